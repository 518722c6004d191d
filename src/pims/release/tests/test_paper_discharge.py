"""A discharge made on paper: recorded as the paper tells it, whoever typed it in."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.models import Alarm
from pims.assurance.selectors import open_alarms
from pims.assurance.tests.test_surprising_receptions import deliver
from pims.custody import selectors as custody
from pims.custody import services as custody_services
from pims.custody.tests.prison import LAYOUT, Prison
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.release import selectors, services
from pims.release.models import Discharge, DischargeCase
from pims.release.services.discharges import DischargeResult
from pims.release.tests.test_services import case_for, codes, order_for
from pims.ui.tests.papers import Printed
from tests.access.staff import signed_in, staff


@pytest.fixture
def typist(prison: Prison):
    return staff("records_officer", establishment_id=prison.establishment_id)


def on_paper(typist, receipt, **paper: object) -> DischargeResult:
    return services.record_paper_discharge(
        Command(actor_for(typist)),
        episode_id=receipt.episode_id,
        happened_at=clock.now(),
        **paper,  # type: ignore[arg-type]
    )


@pytest.mark.any_server
def test_page_book_and_certificate_name_the_officers_of_the_paper_and_not_who_typed_it(
    prison, typist
) -> None:
    receipt = prison.held("Ana Chan")
    done = on_paper(
        typist, receipt, order_seen="Slip of MC-BZ 44/26", first_officer="Cpl Bob Ical",
        second_officer="PC Wade",
    )  # fmt: skip
    client = signed_in(typist)
    page = client.get(reverse("release:discharged", args=[done.discharge_id]))
    facts = {str(f.label): str(f.value) for f in page.context["facts"]}
    assert facts["First officer"] == "Cpl Bob Ical"
    assert facts["Second officer"] == "PC Wade"
    assert facts["Typed in by"] == typist.name
    assert facts["Order seen, as the paper says"] == "Slip of MC-BZ 44/26"
    book = client.get(reverse("release:book")).content.decode()
    assert "Cpl Bob Ical" in book
    assert "PC Wade" in book
    certificate = Printed(
        client.get(reverse("release:certificate_paper", args=[done.discharge_id]))
    )
    for promised in ("Cpl Bob Ical", "PC Wade", "Slip of MC-BZ 44/26", typist.name):
        assert promised in certificate.text, promised
    assert "Nobody is named" not in certificate.text


@pytest.mark.any_server
def test_a_release_without_order_or_officer_is_recorded_marked_and_alarmed(prison, typist) -> None:
    receipt = prison.held()
    client = signed_in(typist)
    url = reverse("release:paper", args=[receipt.episode_id])
    assert "Leave it empty where none was seen" in client.get(url).content.decode()
    local = clock.now().astimezone(ZoneInfo(LAYOUT.time_zone))
    form = {
        "command_id": "4f6b0f0e-4a0f-4bb0-8a26-1a2f3c4d5e61",
        "happened_at_day": local.day, "happened_at_month": local.month,
        "happened_at_year": local.year, "happened_at_time": f"{local:%H:%M}",
    }  # fmt: skip
    answer = client.post(url, form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    row = selectors.discharge_of_episode(prison.actor, receipt.episode_id)
    assert row is not None
    assert {"no_order_seen", "officer_not_named", "release.no_order_or_final_date"} <= set(
        row.marks
    )


@pytest.mark.any_server
def test_a_check_that_was_being_prepared_lends_its_ground_to_no_paper(prison, typist) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3))
    last_day = (clock.now() + timedelta(days=300)).date()
    prison.remand(receipt.person_id, kind="committal_sentence", until=last_day)
    prepared = services.start_discharge(
        Command(actor_for(typist)),
        episode_id=receipt.episode_id,
        basis="final_date",
        final_date=last_day,
    )
    done = on_paper(typist, receipt, first_officer="Bob")
    row = selectors.discharge(prison.actor, done.discharge_id)
    assert row.final_date is None
    assert row.minutes_from_order == 0
    assert DischargeCase.objects.get(pk=prepared.case_id).state == "closed"
    text = Printed(
        signed_in(typist).get(reverse("release:certificate_paper", args=[done.discharge_id]))
    ).text
    assert "Final date" not in text


@pytest.mark.any_server
def test_an_order_that_stood_is_the_ground_and_its_clock_is_counted(
    prison, officer, typist
) -> None:
    receipt = prison.held()
    case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    with clock.at(clock.now() + timedelta(minutes=40)):
        done = on_paper(typist, receipt, order_seen="Bail 7/26", first_officer="Bob")
    row = selectors.discharge(prison.actor, done.discharge_id)
    assert row.basis == "order"
    assert row.minutes_from_order == 40
    assert "release.no_order_or_final_date" not in row.marks


@pytest.mark.any_server
def test_whoever_typed_a_paper_discharge_cannot_be_its_second_officer(prison, typist) -> None:
    receipt = prison.held()
    done = on_paper(typist, receipt, first_officer="Bob")
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    kinds = [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]
    assert "countersign_missing" in kinds
    with pytest.raises(Refused) as refused:
        services.countersign(Command(actor_for(typist)), discharge_id=done.discharge_id)
    assert codes(refused.value) == ["release.same_officer"]
    other = staff("duty_senior_officer", establishment_id=prison.establishment_id)
    services.countersign(Command(actor_for(other)), discharge_id=done.discharge_id)


def test_who_is_at_large_is_asked_about_marked_and_no_return_is_invented(prison: Prison) -> None:
    held = prison.held(hours=5)
    prison.remand(held.person_id)
    now = clock.now()
    custody_services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=now - timedelta(hours=2)
    )
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    here = now.astimezone(ZoneInfo(LAYOUT.time_zone))
    sent = {
        "happened_at_day": here.day, "happened_at_month": here.month,
        "happened_at_year": here.year, "happened_at_time": f"{here:%H:%M}",
        "order_seen": "4/26", "first_officer": "Gate", "command_id": str(uuid4()),
    }  # fmt: skip
    url = reverse("release:paper", args=[held.episode_id])
    asked = client.post(url, sent)
    assert asked.status_code == 422
    assert "is unlawfully at large since" in asked.content.decode()
    assert not Discharge.objects.exists()
    assert client.post(url, sent | {"sure": asked.context["question"].mark}).status_code == 302
    row = Discharge.objects.get()
    assert row.marks.count("release.further_warrant") == 1, "two warrants, one mark"
    assert "was_at_large" in row.marks
    deliver("release.released")
    (alarm,) = Alarm.objects.filter(kind="released_in_error")
    assert "was_at_large" in alarm.params["why"]
    codes = [fact.code for fact in custody.timeline(prison.actor, held.person_id)]
    assert "custody.timeline_ended_at_large" in codes
    assert "custody.timeline_recaptured" not in codes
