"""Who is back from a release in error is held on what held before, and every page says so."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.assurance.tests.test_surprising_receptions import deliver
from pims.authority import selectors as authority
from pims.custody.tests.prison import Prison
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.release import selectors, services
from pims.release.models import Discharge, ReleaseInError
from pims.release.tests.test_services import case_for, known, order_for
from tests.access.staff import signed_in, staff

ZONE = "America/Belize"
TOLD = ("release.released_in_error", "release.returned_from_error")


@pytest.fixture
def gone(prison: Prison, officer, second):
    """Somebody let go on a bail that was meant for another, twenty minutes ago: the receipt."""
    receipt = prison.held(hours=5)
    with clock.at(clock.now() - timedelta(minutes=20)):
        case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
        known(officer, case_id)
        services.second_officer_agrees(Command(second), case_id=case_id)
        services.discharge_person(Command(officer), case_id=case_id)
    return receipt


def found_wrong(officer, **more: object) -> int:
    return services.record_release_in_error(
        Command(officer),
        discharge_id=Discharge.objects.get().pk,
        discovered_at=clock.now() - timedelta(minutes=10),
        how="The bail was for another",
        **more,  # type: ignore[arg-type]
    ).error_id


def holding(person_id: int) -> list[str]:
    found = authority.detaining_warrants(person_id, zone=ZONE, at=clock.now())
    return [paper.kind for paper in found]


def alarms(prison: Prison) -> list[str]:
    for kind in TOLD:
        deliver(kind)
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    return [a.kind.code for a in open_alarms(prison.actor, prison.establishment_id)]


def boxes(name: str, at: datetime) -> dict[str, str]:
    at = at.astimezone(ZoneInfo(ZONE))
    return {
        f"{name}_day": str(at.day), f"{name}_month": str(at.month), f"{name}_year": str(at.year),
        f"{name}_time": f"{at:%H:%M}",
    }  # fmt: skip


@pytest.mark.any_server
def test_what_the_release_ended_by_mistake_holds_again_and_the_alarm_ends(
    prison: Prison, officer, gone
) -> None:
    error_id = found_wrong(officer)
    assert "released_in_error" in alarms(prison)
    assert holding(gone.person_id) == []
    done = services.record_return_from_error(
        Command(officer), error_id=error_id, returned_at=clock.now()
    )
    assert len(done.warrant_name_ids) == 1
    assert holding(gone.person_id) == ["remand"]
    assert not {"released_in_error", "no_valid_warrant", "freedom_overdue"} & set(alarms(prison))
    orders = authority.release_orders([gone.person_id])[gone.person_id]
    assert [order.is_open for order in orders] == [False], "it frees nobody a second time"


@pytest.mark.any_server
def test_a_bail_that_was_right_stays_done_where_another_warrant_detains(
    prison: Prison, officer, gone
) -> None:
    prison.remand(gone.person_id, at=clock.now() - timedelta(hours=1))
    done = services.record_return_from_error(
        Command(officer), error_id=found_wrong(officer), returned_at=clock.now()
    )
    assert done.warrant_name_ids == ()
    assert len(holding(gone.person_id)) == 1


def test_the_officer_says_on_the_page_what_holds_and_is_told_what_does(
    prison: Prison, officer, gone
) -> None:
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    discharge = reverse("release:discharged", args=[Discharge.objects.get().pk])
    answer = client.post(
        reverse("release:error", args=[Discharge.objects.get().pk]),
        boxes("discovered_at", clock.now() - timedelta(minutes=5))
        | {"how": "The bail was for another", "command_id": str(uuid4())},
        follow=True,
    )
    assert answer.redirect_chain == [(discharge, 302)]
    page = answer.content.decode()
    back = reverse("release:returned", args=[ReleaseInError.objects.get().pk])
    assert "Recorded: released in error." in page
    assert f'href="{back}"' in page
    number = people.person_headers(prison.actor, [gone.person_id])[gone.person_id].number
    assert f'href="{back}"' in client.get(reverse("prisoner", args=[number])).content.decode()
    asked = client.get(back).content.decode()
    assert "On what is the person held again?" in asked
    answer = client.post(
        back,
        boxes("returned_at", clock.now()) | {"warrants_again": "yes", "command_id": str(uuid4())},
        follow=True,
    )
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("prisoner", args=[number])
    assert "These warrants hold again" in page
    assert f'href="{back}"' not in page
    assert holding(gone.person_id) == ["remand"]
    assert selectors.errors_open(prison.actor, prison.establishment_id) == []


def test_a_corrected_hour_of_the_release_ends_nothing_that_holds_again(
    prison: Prison, officer, gone
) -> None:
    services.record_return_from_error(
        Command(officer), error_id=found_wrong(officer), returned_at=clock.now()
    )
    row = Discharge.objects.get()
    services.correct_discharge(
        prison.command,
        discharge_id=row.pk,
        version=row.version,
        reason="The gate book says so",
        happened_at=row.at - timedelta(minutes=2),
    )
    assert holding(gone.person_id) == ["remand"]


@pytest.mark.any_server
def test_the_police_were_not_told_before_the_release_nor_tomorrow(officer, gone) -> None:
    now = clock.now()
    for when, code in (
        (now - timedelta(days=900), "release.told_before_release"),
        (now + timedelta(days=1), "release.in_the_future"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            found_wrong(officer, police_told_at=when)
        assert wrong.value.fields["police_told_at"].code == code
    found_wrong(officer, police_told_at=Discharge.objects.get().at)
