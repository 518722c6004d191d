"""The pages of the courts' desk: cases, hearings, the diary, lists and papers."""

import io
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from pypdf import PdfReader

from pims.authority import selectors as authority
from pims.courts import selectors, services
from pims.courts.models import CaseParty, Charge, CourtCase, Hearing
from pims.courts.tests.court import Court
from pims.courts.tests.desk import TODAY, boxes, client_of, lines, sitting, text, yes
from pims.foundation.commands.transaction import Command
from pims.people import selectors as people
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo("America/Belize")


@pytest.fixture
def client(court: Court) -> Any:
    return client_of(court)


def sent(**values: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), **values}


def words_of(paper: Any) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(paper)).pages).split())


def hearing(court: Court, on: Any, **more: Any) -> int:
    made = services.schedule_hearing(
        Command(court.clerk),
        establishment_id=court.prison.establishment_id,
        person_id=court.ana,
        body_id=court.body(),
        on=on,
        **more,
    )
    return made.hearing_id


def test_a_case_is_opened_with_everyone_in_it_and_charged_by_the_name_of_the_offence(
    court: Court, client: Any
) -> None:
    ben = people.person_headers(court.prison.actor, [court.ben])[court.ben].number
    data = sent(body_id=court.body(), number="S 31/26", others=ben)
    answer = client.post(reverse("courts:open_case", args=[court.ana]), data)
    case = CourtCase.objects.get(number="S 31/26")
    assert answer.url == reverse("courts:case", args=[case.pk])
    assert CaseParty.objects.filter(case=case).count() == 2

    charge = sent(
        person_id=court.ben, offence="Robbery", as_written="with a stick",
        **boxes("offence_from", TODAY - timedelta(days=40)),
    )  # fmt: skip
    client.post(reverse("courts:add_charge", args=[case.pk]), charge)
    made = Charge.objects.get(case=case)
    assert (made.person_id, made.as_written) == (court.ben, "with a stick")
    page = text(client.get(answer.url))
    assert "Robbery" in page
    assert ben in page


@pytest.mark.any_server
def test_offence_dates_of_no_calendar_are_kept_in_the_words_of_the_charge(
    court: Court, client: Any
) -> None:
    case_id = court.case()
    bad = {"offence_from_day": "31", "offence_from_month": "4", "offence_from_year": "2026"}
    data = sent(person_id=court.ana, offence="Took a hen", **bad)
    where = reverse("courts:add_charge", args=[case_id])
    answer = client.post(where, data)
    assert answer.status_code == 422
    client.post(where, data | {"sure": yes(answer)})
    made = Charge.objects.get(case_id=case_id)
    assert made.as_written == "Took a hen\nOffence on, or from: 31 4 2026"


def test_whoever_was_slower_sees_both_and_loses_nothing(court: Court, client: Any) -> None:
    case_id = court.case()
    where = reverse("courts:amend_case", args=[case_id])
    data = sent(version=1, body_id=court.body(), number="S 12/2026", title="", reason="Misread")
    other = sent(version=1, body_id=court.body(), number="S 13/26", title="", reason="Typed wrong")
    assert client.post(where, other).status_code == 302
    answer = client.post(where, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else changed this" in page
    assert "S 13/26" in page
    assert 'value="S 12/2026"' in page
    assert 'name="version" value="2"' in page
    assert client.post(where, data | sent(version=2)).status_code == 302
    assert CourtCase.objects.get(pk=case_id).number == "S 12/2026"


def test_a_charge_is_decided_and_corrected(court: Court, client: Any) -> None:
    charge_id = court.charge(court.case())
    decided = sent(state="withdrawn", **boxes("decided_on", TODAY))
    client.post(reverse("courts:decide_charge", args=[charge_id]), decided)
    made = Charge.objects.get(pk=charge_id)
    assert (made.state, made.decided_on) == ("withdrawn", TODAY)
    amend = sent(version=made.version, offence="Murder", as_written="", reason="Read again")
    client.post(reverse("courts:amend_charge", args=[charge_id]), amend)
    made.refresh_from_db()
    assert made.offence_code
    page = text(client.get(reverse("courts:person", args=[court.ana])))
    assert "Murder" in page
    assert "Charge withdrawn" in page


@pytest.mark.any_server
def test_a_hearing_on_a_day_when_the_court_is_closed_is_asked_about_and_recorded(
    court: Court, client: Any
) -> None:
    sunday = TODAY + timedelta(days=13 - TODAY.weekday())
    where = reverse("courts:schedule", args=[court.ana])
    data = sent(body_id=court.body(), mode="video", at_time="9:30", **boxes("on", sunday))
    answer = client.post(where, data)
    assert answer.status_code == 422
    assert "does not sit" in text(answer)
    assert client.post(where, data | {"sure": yes(answer)}).status_code == 302
    made = Hearing.objects.get(person_id=court.ana)
    assert (made.on, made.at_time, made.defects) == (sunday, time(9, 30), ["court_closed"])
    diary = text(client.get(reverse("courts:diary"), {"day": sunday.isoformat(), "view": "week"}))
    assert "By video" in diary
    assert "Nobody is due before a court." in diary


def test_a_hearing_is_moved_and_cancelled_with_a_reason(court: Court, client: Any) -> None:
    hearing_id = hearing(court, sitting(5))
    move = sent(
        version=1, mode="in_person", body_id=court.body(), reason="Judge ill",
        **boxes("on", sitting(9)),
    )  # fmt: skip
    assert client.post(reverse("courts:move", args=[hearing_id]), move).status_code == 302
    assert Hearing.objects.get(pk=hearing_id).on == sitting(9)
    cancel = sent(version=1, reason="Struck from the list")
    late = client.post(reverse("courts:cancel", args=[hearing_id]), cancel)
    assert late.status_code == 422
    assert "Somebody else changed this" in text(late)
    client.post(reverse("courts:cancel", args=[hearing_id]), cancel | sent(version=2))
    assert Hearing.objects.get(pk=hearing_id).cancelled_reason == "Struck from the list"


def test_an_outcome_in_the_line_names_the_next_day_on_the_warrant(
    court: Court, client: Any
) -> None:
    yesterday = TODAY - timedelta(days=1)
    hearing_id = hearing(court, yesterday, warrant_name_id=court.ana_warrant)
    where = reverse("courts:without_outcome")
    page = client.get(where)
    row = next(r for r in page.context["lines"] if r[1].person_id == court.ana)
    values = {name: row[0][name].value() for name in row[0].fields}
    following = sitting(10)
    line = {**values, "outcome": "adjourned", "next_on": following.strftime("%d/%m/%Y")}
    line = {k: "" if v is None else v for k, v in line.items()}
    answer = client.post(where, sent(**lines(line, prefix="row", spare=0)))
    assert answer.status_code == 302, text(answer)
    made = Hearing.objects.get(pk=hearing_id)
    assert made.outcome == "adjourned"
    assert made.outcome_at == datetime.combine(yesterday, time(16), ZONE)
    assert Hearing.objects.filter(person_id=court.ana, on=following, outcome="").exists()
    held = authority.warrants_of([court.ana], zone="America/Belize")[court.ana]
    assert following in {warrant.next_appearance for warrant in held}
    assert court.ana not in {
        one.person_id
        for one in selectors.hearings_without_outcome(court.clerk, court.prison.establishment_id)
    }


def test_a_bad_line_loses_none_of_the_others(court: Court, client: Any) -> None:
    yesterday = TODAY - timedelta(days=1)
    hearing(court, yesterday)
    services.schedule_hearing(
        Command(court.clerk),
        establishment_id=court.prison.establishment_id,
        person_id=court.ben,
        body_id=court.body(),
        on=yesterday,
    )
    where = reverse("courts:without_outcome")
    rows = [
        {name: form[name].value() or "" for name in form.fields}
        for form, row in client.get(where).context["lines"]
        if row.on == yesterday and row.hearing_id
    ]
    assert len(rows) == 2
    rows[0] |= {"outcome": "remanded", "next_on": (TODAY - timedelta(days=9)).strftime("%d/%m/%Y")}
    rows[1] |= {"outcome": "other", "note": "Taken to hospital"}
    data = sent(**lines(*rows, prefix="row", spare=0))
    answer = client.post(where, data)
    answer = client.post(where, data | {"sure": yes(answer)})
    assert answer.status_code == 422
    said = text(answer)
    assert "1 recorded." in said
    assert "1 row could not be recorded." in said
    assert Hearing.objects.filter(outcome="other", outcome_note="Taken to hospital").count() == 1
    assert Hearing.objects.filter(outcome="remanded").count() == 0


@pytest.mark.any_server
def test_the_production_list_has_the_place_and_the_boxes_to_sign(court: Court, client: Any) -> None:
    day = sitting(3)
    hearing(court, day, at_time=time(9), purpose="Plea")
    page = client.get(reverse("courts:production"), {"day": day.isoformat()})
    said = text(page)
    number = people.person_headers(court.prison.actor, [court.ana])[court.ana].number
    for words in (number, "09:00", "Plea", "Left (signature)", "Back (signature)"):
        assert words in said
    paper = client.get(reverse("courts:production_paper", args=[day.isoformat(), court.body()]))
    assert paper["content-type"] == "application/pdf"
    printed = words_of(paper.content)
    for words in (number, "Production list", "Escort commander", "Plea"):
        assert words in printed
    nobody = reverse("courts:production_paper", args=["2031-01-01", court.body()])
    assert client.get(nobody).status_code == 404
    assert "Nobody is due" in text(client.get(reverse("courts:production"), {"day": "2031-01-01"}))


@pytest.mark.any_server
def test_the_certificate_names_every_interval_and_says_how_days_were_counted(
    court: Court, client: Any
) -> None:
    case_id = court.case()
    charge_id = court.charge(case_id)
    court.order("remand", case_id=case_id, charge_ids=[charge_id], next_date=sitting(10))
    found = selectors.time_in_custody_by_charge(court.clerk, case_id, court.ana)
    page = text(client.get(reverse("courts:certificate", args=[case_id, court.ana])))
    total = found.charges[0].days.total
    assert total > 0
    assert f"{total} day" in page
    assert "How the days were counted" in page
    paper = client.get(reverse("courts:certificate_paper", args=[case_id, court.ana]))
    printed = words_of(paper.content)
    for words in ("Certificate of time in custody by charge", "Burglary", "Officer in charge"):
        assert words in printed
    spanish = client.get(
        reverse("courts:certificate_paper", args=[case_id, court.ana]), {"language": "es"}
    )
    assert "Cómo se contaron los días" in words_of(spanish.content)


@pytest.mark.any_server
def test_who_waits_for_a_court_without_a_day_is_listed(court: Court, client: Any) -> None:
    rows = selectors.no_next_hearing(court.clerk, court.prison.establishment_id)
    page = text(client.get(reverse("courts:no_next")))
    for one in rows:
        assert one.row.number in page
    if not rows:
        assert "Everyone who waits for a court has a day." in page


def test_the_start_page_of_the_room_leads_from_a_number_to_the_order(
    court: Court, client: Any
) -> None:
    number = people.person_headers(court.prison.actor, [court.ana])[court.ana].number
    answer = client.get(reverse("courts:index"), {"number": number})
    assert answer.url == reverse("courts:record_order", args=[court.ana])
    assert client.get(reverse("courts:index"), {"number": "nobody"}).status_code == 422
    assert "Second readings due" in text(client.get(reverse("courts:index")))


@pytest.mark.any_server
def test_whoever_may_only_look_finds_nothing_to_press(court: Court) -> None:
    controller = client_of(court, "controller")
    case_id = court.case()
    for name, part in (("person", court.ana), ("case", case_id)):
        page = controller.get(reverse(f"courts:{name}", args=[part]))
        assert page.status_code == 200
        assert "Record an order" not in text(page)
        assert "Add a charge" not in text(page)
    assert controller.get(reverse("courts:record_order", args=[court.ana])).status_code == 403


@pytest.mark.any_server
def test_an_officer_who_reads_spanish_finds_the_same_in_it(court: Court) -> None:
    user = staff("records_officer", establishment_id=court.prison.establishment_id, language="es")
    client = signed_in(user)
    case_id = court.case()
    court.charge(case_id, offence_code="burglary", as_written="")
    court.order("remand", case_id=case_id, next_date=sitting(10))
    for name, part, said in (
        ("index", None, "Registrar una orden"),
        ("person", court.ana, "Segunda lectura pendiente"),
        ("case", case_id, "Robo con allanamiento"),
        ("diary", None, "Agenda de tribunales"),
        ("production", None, "Lista de conducción"),
        ("record_order", court.ana, "Prisión preventiva hasta la próxima fecha"),
    ):
        page = client.get(reverse(f"courts:{name}", args=[] if part is None else [part]))
        assert 'lang="es"' in page.content.decode()[:200]
        assert said in text(page), name


def test_a_day_that_a_warrant_alone_names_gets_its_outcome_and_one_hearing(
    court: Court, client: Any
) -> None:
    zone = "America/Belize"
    passed = TODAY - timedelta(days=3)
    court.prison.remand(court.ben, at=datetime.combine(passed - timedelta(days=9), time(9), ZONE),
                        next_appearance=passed)  # fmt: skip
    where = reverse("courts:without_outcome")
    form, row = next(
        (form, row)
        for form, row in client.get(where).context["lines"]
        if row.person_id == court.ben and row.hearing_id is None
    )
    typed = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in typed.items()}
    early = (passed - timedelta(days=5)).strftime("%d/%m/%Y")
    bad = sent(**lines({**values, "outcome": "adjourned", "next_on": early}, prefix="row", spare=0))
    answer = client.post(where, bad)
    assert client.post(where, bad | {"sure": yes(answer)}).status_code == 422
    assert not Hearing.objects.filter(person_id=court.ben).exists()
    good = sent(
        **lines({**values, "outcome": "refused", "note": "Would not go"}, prefix="row", spare=0)
    )
    assert client.post(where, good).status_code == 302
    assert client.post(where, good).status_code == 302
    made = Hearing.objects.get(person_id=court.ben)
    assert (made.on, made.outcome, made.outcome_note) == (row.on, "refused", "Would not go")
    assert authority.warrants_of([court.ben], zone=zone)[court.ben]


@pytest.mark.any_server
def test_whoever_may_only_look_records_no_outcome(court: Court) -> None:
    hearing(court, TODAY - timedelta(days=1))
    controller = client_of(court, "controller")
    where = reverse("courts:without_outcome")
    assert "Record the rows" not in text(controller.get(where))
    assert controller.post(where, sent(**lines(prefix="row", spare=0))).status_code == 403
