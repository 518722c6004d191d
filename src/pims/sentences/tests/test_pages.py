"""The pages of dates, as officers of each role meet them."""

import re
import uuid
from datetime import date, timedelta
from importlib.resources import files

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pims.courts.services import SentenceInput
from pims.foundation.access import sessions
from pims.foundation.commands.transaction import Command
from pims.sentences import selectors, services
from pims.sentences.models import Adjustment, HandCalculation, RuleSignature
from pims.sentences.services import HandDates
from pims.sentences.tests.bench import Bench
from tests.access.staff import PIN, signed_in, staff

pytestmark = pytest.mark.any_server


def officer(bench: Bench, role: str, **more: str) -> Client:
    return signed_in(staff(role, establishment_id=bench.court.prison.establishment_id, **more))


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def day(name: str, when: object) -> dict[str, object]:
    return {f"{name}_{part}": getattr(when, part) for part in ("day", "month", "year")}


@pytest.fixture
def dated(bench: Bench) -> Bench:
    bench.sentence(
        SentenceInput(years=2, offence_class="serious"),
        SentenceInput(months=6, link="consecutive", consecutive_to_position=1),
    )
    bench.work_out()
    bench.adjust("remand_credit", days=40, for_pronounced_on=bench.today)
    bench.adjust("at_large", first_day=bench.today, last_day=bench.today + timedelta(days=3))
    bench.adjust("forfeited", days=10, first_day=bench.today)
    bench.read_twice()
    return bench


def test_who_may_read_the_order_again_is_shown_no_date_of_it_before(bench: Bench) -> None:
    bench.sentence(SentenceInput(years=2))
    bench.work_out()
    address = reverse("sentences:person", args=[bench.ana])
    page = officer(bench, "records_officer").get(address).content.decode()
    dates = bench.dates()
    assert dates.edr is not None
    assert f'datetime="{dates.edr.isoformat()}"' not in page
    assert "Not shown to you yet" in page


def test_the_page_draws_and_tells_every_stretch_and_day(dated: Bench) -> None:
    page = officer(dated, "records_officer").get(reverse("sentences:person", args=[dated.ana]))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<rect ") == 5
    for label in ("Sentence 1", "Sentence 2", "held before sentence", "At large", "forfeited"):
        assert text.count(label) >= 2, "drawn and told by the table"
    dates = dated.dates()
    assert dates.edr is not None
    assert f'datetime="{dates.edr.isoformat()}"' in text
    assert "These dates are provisional" in text
    # To scale: a bar of two years is four times as long as one of half a year.
    widths = [float(n) for n in re.findall(r'<rect [^>]*width="([\d.]+)%"', text)]
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.05)


def test_the_page_is_told_in_the_prisoners_language(dated: Bench) -> None:
    client = officer(dated, "records_officer")
    address = reverse("sentences:person", args=[dated.ana])
    assert "remisión" in client.get(address, {"language": "es"}).content.decode()
    assert "remisión" not in client.get(address).content.decode()


def test_whoever_is_unsentenced_has_a_page_that_says_so(bench: Bench) -> None:
    page = officer(bench, "records_officer").get(reverse("sentences:person", args=[bench.ben]))
    assert "No sentence of this person stands" in page.content.decode()


def test_what_if_shows_both_sides_and_saves_nothing(dated: Bench) -> None:
    client = officer(dated, "gate_officer")
    rows = len(dated.rows())
    before = dated.dates()
    page = client.get(
        reverse("sentences:what_if", args=[dated.ana]),
        {"years": "1", "follows": "2", "credit": "", "offence_class": "lesser"},
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "As it is" in text
    assert "As it would be" in text
    assert "(+" in text
    assert (len(dated.rows()), dated.dates()) == (rows, before)
    wrong = client.get(reverse("sentences:what_if", args=[dated.ana]), {"years": "-3"})
    assert wrong.status_code == 422


def test_a_records_officer_records_credit_and_strikes_it_out(dated: Bench) -> None:
    client = officer(dated, "records_officer")
    address = reverse("sentences:adjust", args=[dated.ana])
    empty = client.post(address, command(kind="forfeited", basis="Award 3"))
    assert empty.status_code == 422
    assert "the number of days" in empty.content.decode()
    done = client.post(address, command(kind="forfeited", basis="Award 3", days="7"))
    assert done.status_code == 302, done.content
    row = Adjustment.objects.get(basis="Award 3")
    assert row.days == 7
    struck = client.post(
        reverse("sentences:strike_out", args=[row.pk]), command(reason="Wrong man")
    )
    assert struck.status_code == 302
    row.refresh_from_db()
    assert row.state == "struck_out"


def test_two_officers_make_dates_by_hand_stand(bench: Bench) -> None:
    bench.sentence(SentenceInput(months=6, link="consecutive"))
    bench.work_out()
    bench.read_twice()
    records, charge = officer(bench, "records_officer"), officer(bench, "officer_in_charge")
    queue = charge.get(reverse("sentences:queue")).content.decode()
    assert "does not say to which sentence" in queue
    edr = bench.today + timedelta(days=90)
    late = day("edr", bench.today + timedelta(days=4000))
    address = reverse("sentences:certify", args=[bench.ana])
    assert records.get(address).status_code == 200
    refused = records.post(address, command(reason="As the clerk said", **late))
    assert refused.status_code == 422
    assert "Nobody is held past the full term" in refused.content.decode()
    done = records.post(address, command(reason="As the clerk said", **day("edr", edr)))
    assert done.status_code == 302
    made = HandCalculation.objects.get()
    hand = reverse("sentences:hand", args=[made.pk])
    sign = reverse("sentences:countersign", args=[made.pk])
    assert sign not in records.get(hand).content.decode()
    assert sign in charge.get(hand).content.decode()
    assert charge.post(sign, command()).status_code == 302
    assert bench.dates().edr == edr
    told = records.get(reverse("sentences:person", args=[bench.ana])).content.decode()
    assert "by two officers" in told
    assert "They stand" in told


def test_a_rule_is_signed_after_the_secret_is_given_again(dated: Bench) -> None:
    client = officer(dated, "controller")
    code = "belize-2017.remission"
    page = client.get(reverse("sentences:laws")).content.decode()
    assert reverse("sentences:sign", args=[code]) in page
    fields = command(
        signed_by_name="A. Pech", office="Legal officer", **day("signed_on", dated.today)
    )
    session = client.session
    session[sessions.CONFIRMED] = 0
    session.save()
    address = reverse("sentences:sign", args=[code])
    asked = client.post(address, fields)
    assert asked.status_code == 403
    assert RuleSignature.objects.count() == 0
    done = client.post(address, {**fields, "confirm_secret": PIN})
    assert done.status_code == 302, done.content
    row = RuleSignature.objects.get()
    assert "A. Pech" in client.get(reverse("sentences:laws")).content.decode()
    gone = client.post(
        reverse("sentences:withdraw_signature", args=[row.pk]), command(reason="Overruled")
    )
    assert gone.status_code == 302
    assert "Overruled" in client.get(reverse("sentences:laws")).content.decode()


def test_an_officer_who_may_only_see_the_law_signs_nothing(dated: Bench) -> None:
    client = officer(dated, "records_officer")
    assert "laws/sign/" not in client.get(reverse("sentences:laws")).content.decode()
    refused = client.post(
        reverse("sentences:sign", args=["belize-2017.remission"]),
        command(signed_by_name="A", office="B", **day("signed_on", dated.today)),
    )
    assert refused.status_code == 403
    assert not RuleSignature.objects.exists()


def test_a_law_that_is_only_drafted_is_compared_from_its_file(dated: Bench) -> None:
    client = officer(dated, "superintendent")
    address = reverse("sentences:compare")
    here = (files("pims.jurisdictions") / "belize" / "sentences.toml").read_bytes()
    halved = here.replace(b'fraction = "1/3"', b'fraction = "1/2"')
    assert halved != here
    for content, told in (
        (halved, "1 of 1"),
        (b"law = 3", "lacks something"),
        (b"\xff\xfe not toml", ""),
        (b"x" * (2**20 + 1), "too large"),
    ):
        answer = client.post(
            address,
            command(old="belize", new="plain", draft=SimpleUploadedFile("draft.toml", content)),
        )
        text = answer.content.decode()
        assert told in text, text[:3000]
        assert (answer.status_code == 200) == (content is halved)


def test_laws_are_compared_on_a_page(dated: Bench) -> None:
    client = officer(dated, "controller")
    address = reverse("sentences:compare")
    assert client.get(address).status_code == 200
    page = client.get(address, {"old": "belize", "new": "plain"}).content.decode()
    assert "1 of 1 people with a sentence moves" in page
    assert "CHAN" in page
    assert client.get(address, {"old": "belize", "new": "atlantis"}).status_code == 422
    same = client.get(address, {"old": "belize", "new": "belize"}).content.decode()
    assert "dates move" in same
    assert "CHAN" not in same


def test_papers_with_another_day_are_on_the_page_or_said_to_be_hidden(dated: Bench) -> None:
    spoken = date(2025, 1, 31)
    dated.order(SentenceInput(months=1, pronounced_on=spoken), dated=spoken)
    here = (files("pims.jurisdictions") / "belize" / "sentences.toml").read_bytes()
    short = here.replace(b'"last_of_month"', b'"day_before_last"')

    def page() -> str:
        draft = SimpleUploadedFile("draft.toml", short)
        data = command(old="belize", new="plain", draft=draft)
        answer = officer(dated, "superintendent").post(reverse("sentences:compare"), data)
        assert answer.status_code == 200
        return str(answer.content.decode())

    unread = page()
    assert "1 paper with another day is not shown to you" in unread
    assert "No paper stated in months" not in unread
    dated.read_twice()
    read = page()
    assert "1 paper stated in months has another day" in read
    assert "27 Feb 2025" in read


def test_another_law_is_shown_and_cannot_be_signed(dated: Bench) -> None:
    page = officer(dated, "controller").get(reverse("sentences:laws"), {"law": "testland"})
    text = page.content.decode()
    assert "Not in force here" in text
    assert "laws/sign/" not in text


def test_nobody_out_of_reach_is_shown(dated: Bench, other_prison: object) -> None:
    stranger = signed_in(
        staff("records_officer", establishment_id=other_prison.establishment_id)  # type: ignore[attr-defined]
    )
    for name in ("person", "what_if", "adjust", "certify"):
        page = stranger.get(reverse(f"sentences:{name}", args=[dated.ana]))
        assert page.status_code in (403, 404), name
    assert "CHAN" not in stranger.get(reverse("sentences:queue")).content.decode()


def test_a_sentence_without_an_end_is_drawn_to_the_edge(bench: Bench) -> None:
    bench.sentence(
        SentenceInput(kind="life", minimum_years=20, offence_on=bench.today - timedelta(days=100)),
    )
    bench.work_out()
    bench.read_twice()
    page = officer(bench, "records_officer").get(reverse("sentences:person", args=[bench.ana]))
    assert page.status_code == 200
    if bench.dates().status == "calculated":
        assert "no end" in page.content.decode()


def test_dates_by_hand_of_others_are_withdrawn_with_a_reason(bench: Bench) -> None:
    bench.sentence()
    bench.work_out()
    made = services.certify_by_hand(
        Command(bench.records),
        person_id=bench.ana,
        dates=HandDates(edr=bench.today + timedelta(days=30)),
        reason="Until the law is signed",
    )
    client = officer(bench, "records_officer")
    address = reverse("sentences:withdraw_hand", args=[made.hand_calculation_id])
    assert client.post(address, command(reason=" ")).status_code == 422
    assert client.post(address, command(reason="Signed now")).status_code == 302
    info = selectors.calculation(bench.records, bench.ana)
    assert info is not None
    assert info.hands[0].end_kind == "withdrawn"
