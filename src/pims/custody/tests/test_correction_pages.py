"""Corrections of a reception as the officers make them, each on its page and with its reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, EndOfCustody, Episode
from pims.custody.tests.prison import Prison, man
from pims.custody.tests.test_pages import command, instant, van
from pims.kernel import clock
from pims.kernel.asof import AsOf
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def reception(prison: Prison):
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


@pytest.fixture
def records(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def van_of(receipt) -> int:
    return BodyReceipt.objects.get(pk=receipt.receipt_id).van_id


def test_a_reception_officer_mends_the_year_of_a_whole_van_from_its_page(prison, reception) -> None:
    hour = clock.now().replace(second=0, microsecond=0) - timedelta(hours=2)
    first, second = prison.receive(man("A B"), man("C D"), at=hour - timedelta(days=2557))
    page = reception.get(reverse("custody:van", args=[van_of(first)])).content.decode()
    address = reverse("custody:correct_van", args=[van_of(first)])
    assert address in page
    assert reception.get(address).status_code == 200
    sent = command(
        **instant("received_at", hour), from_where="San Pedro", handed_over_by="PC 9",
        reason="The year was mistyped",
    )  # fmt: skip
    assert reception.post(address, sent).status_code == 302
    assert set(Episode.objects.values_list("starts_at", flat=True)) == {hour}
    then = AsOf(hour - timedelta(days=1000))
    assert selectors.roll(prison.actor, prison.establishment_id, then) == []
    custody = reception.get(reverse("prisoner_custody", args=[second.number])).content.decode()
    assert reverse("custody:correct", args=[second.episode_id]) in custody
    assert reception.get(reverse("custody:correct", args=[second.episode_id])).status_code == 200


def test_a_correction_to_long_ago_is_asked_about_as_the_reception_was(prison, reception) -> None:
    held = prison.one()
    address = reverse("custody:correct_start", args=[held.episode_id])
    long_ago = clock.now().replace(second=0, microsecond=0) - timedelta(days=400)
    sent = command(
        **instant("starts_at", long_ago), reception_kind="court", version=1, reason="Old paper"
    )
    asked = reception.post(address, sent)
    assert asked.status_code == 422
    assert "400 days ago" in asked.content.decode()
    assert 'name="sure"' in asked.content.decode()
    sure = {"sure": asked.context["question"].mark}
    assert reception.post(address, sent | sure).status_code == 302
    assert Episode.objects.get().starts_at == long_ago


def test_one_line_is_corrected_and_an_hour_after_what_followed_says_why_not(
    prison, reception
) -> None:
    hour = clock.now() - timedelta(hours=5)
    (held,) = prison.receive(man("A B"), at=hour)
    prison.put(held.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    address = reverse("custody:correct_receipt", args=[held.receipt_id])
    assert f'value="{timezone.localtime(hour):%H:%M}"' in reception.get(address).content.decode()
    sent = command(
        **instant("received_at", hour + timedelta(hours=2)), name_as_given="A Bee",
        warrant_state="no", reason="Seen on the paper",
    )  # fmt: skip
    refused = reception.post(address, sent)
    assert refused.status_code == 422
    assert "A Bee" in refused.content.decode()
    assert reception.post(address, sent | instant("received_at", hour)).status_code == 302
    receipt = BodyReceipt.objects.get()
    assert (receipt.name_as_given, receipt.warrant_state) == ("A Bee", "no")


def test_records_gives_the_reception_to_whom_it_was_and_says_what_stays_behind(
    prison, records
) -> None:
    held = prison.one("Dan Testd")
    address = reverse("custody:wrong_person", args=[held.receipt_id])
    assert records.get(address).status_code == 200
    sent = command(who="new", number="", sex="male", reason="His brother's papers")
    answer = records.post(address, sent)
    assert answer.status_code == 302
    page = records.get(answer.url).content.decode()
    assert held.number in page  # papers recorded there stay there
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.person_id != held.person_id


def test_never_held_asks_for_the_secret_again_and_takes_the_entry_off_every_roll(
    prison, records
) -> None:
    held = prison.one("Dan Testd")
    address = reverse("custody:never_held", args=[held.episode_id])
    sent = command(version=1, reason="Typed twice")
    unsure = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    session = unsure.session
    session["pims_confirmed"] = 0
    session.save()
    assert unsure.post(address, sent).status_code == 403
    assert selectors.roll(prison.actor, prison.establishment_id)
    assert records.post(address, sent).status_code == 302
    assert selectors.roll(prison.actor, prison.establishment_id) == []


def test_never_held_of_a_discharged_man_says_why_not(prison, records) -> None:
    held = prison.held("Dan Testd")
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    address = reverse("custody:never_held", args=[held.episode_id])
    answer = records.post(address, command(version=2, reason="Typed twice"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "whoever was let go was held" in page
    assert "Typed twice" in page


def test_somebody_inside_who_is_said_to_be_the_right_person_is_asked_about(prison, records) -> None:
    inside = prison.held("Dan Banner")
    wrong = prison.one("Dan Testd")
    address = reverse("custody:wrong_person", args=[wrong.receipt_id])
    sent = command(who="known", number=inside.number, sex="male", reason="His photograph")
    asked = records.post(address, sent)
    assert asked.status_code == 422
    assert "who is inside" in asked.content.decode()
    sure = {"sure": asked.context["question"].mark}
    assert records.post(address, sent | sure).status_code == 302


def test_who_only_receives_cannot_take_anybody_off_the_books(prison, reception) -> None:
    held = prison.one()
    for address in (
        reverse("custody:never_held", args=[held.episode_id]),
        reverse("custody:wrong_person", args=[held.receipt_id]),
    ):
        assert reception.get(address).status_code == 403


def test_a_form_with_a_number_that_is_sent_twice_is_received_once(prison, reception) -> None:
    known = prison.one("Dan Banner")
    services.end_episode(prison.command, episode_id=known.episode_id, kind="discharged")
    with clock.at(clock.now() + timedelta(minutes=3)):
        sent = van("Dan Banner") | {"line-0-number": known.number}
        first = reception.post(reverse("custody:receive"), sent)
        again = reception.post(reverse("custody:receive"), sent)
    assert first.status_code == again.status_code == 302
    assert first.url == again.url


def by_way_of(prison, language: str):
    return signed_in(
        staff("reception_officer", establishment_id=prison.establishment_id, language=language)
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["could not be given to 1", "another hour than the van", "Since ", "Correct this"]),
        ("es", ["no se pudo dar a 1", "otra hora que el furgón", "Desde el ", "Corregir esta"]),
    ],
)
def test_who_could_not_be_moved_with_the_van_is_listed_with_why_and_the_way_on(
    prison, language, words
) -> None:
    officer = by_way_of(prison, language)
    hour = clock.now().replace(second=0, microsecond=0) - timedelta(hours=5)
    right = hour + timedelta(hours=2)
    stuck, other = prison.receive(man("A B"), man("C D"), at=hour)
    prison.put(stuck.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    sent = command(**instant("received_at", right), handed_over_by="PC 9", reason="Misread")
    answer = officer.post(reverse("custody:correct_van", args=[van_of(stuck)]), sent)
    page = officer.get(answer.url).content.decode()
    for word in words:
        assert word in page
    assert Episode.objects.get(pk=other.episode_id).starts_at == right
    way = reverse("custody:correct_receipt", args=[stuck.receipt_id])
    assert way in page
    line = command(
        **instant("received_at", right), name_as_given="A B", warrant_state="yes", reason="Misread"
    )
    asked = officer.post(way, line)
    assert asked.status_code == 422
    assert "Remand A-1/1" in asked.content.decode()
    sure = {"sure": asked.context["question"].mark}
    assert officer.post(way, line | sure).status_code == 302
    assert Episode.objects.get(pk=stuck.episode_id).starts_at == right
    assert words[1] not in officer.get(answer.url).content.decode()


def test_a_name_is_corrected_without_moving_the_seconds_of_the_hour(prison, reception) -> None:
    held = prison.one("A B", at=clock.now().replace(second=27) - timedelta(hours=1))
    before = Episode.objects.get().starts_at
    sent = command(
        **instant("received_at", before), name_as_given="A Bee", warrant_state="yes", reason="Ear"
    )
    address = reverse("custody:correct_receipt", args=[held.receipt_id])
    assert reception.post(address, sent).status_code == 302
    assert Episode.objects.get().starts_at == before
    assert BodyReceipt.objects.get().name_as_given == "A Bee"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["detains this person now", "Remand A-1/1 was taken"]),
        ("es", ["detiene a esta persona ahora", "ocupó Remand A-1/1"]),
    ],
)
def test_never_held_of_a_man_in_his_cell_is_asked_about_and_can_be_taken_back(
    prison, language, words
) -> None:
    records = signed_in(
        staff("records_officer", establishment_id=prison.establishment_id, language=language)
    )
    held = prison.held("Dan Banner")
    prison.place(held.episode_id, "REM A-1/1")
    address = reverse("custody:never_held", args=[held.episode_id])
    sent = command(version=1, reason="x")
    asked = records.post(address, sent)
    assert asked.status_code == 422
    for word in words:
        assert word in asked.content.decode()
    assert selectors.roll(prison.actor, prison.establishment_id)
    assert records.post(address, sent | {"sure": asked.context["question"].mark}).status_code == 302
    end_id = EndOfCustody.objects.get().pk
    custody = records.get(reverse("prisoner_custody", args=[held.number])).content.decode()
    assert reverse("custody:end", args=[end_id]) in custody
    assert records.get(reverse("custody:end", args=[end_id])).status_code == 200
