"""Every alarm leads to the page on which it is ended, and that page opens for whoever owns it."""

from datetime import timedelta

import pytest
from django.urls import resolve, reverse

from pims.assurance import selectors, services
from pims.assurance.kinds import alarm_kinds, kinds_of_file
from pims.assurance.models import Alarm
from pims.assurance.proof import fault_kinds
from pims.assurance.web.remedies import NOWHERE, WAYS, opens_for, remedy
from pims.authority import selectors as authority
from pims.foundation.access.roles import definitions
from pims.kernel import clock
from pims.ui.pages import permission_of
from pims.ui.wording import catalogue
from tests.access.staff import signed_in, staff

# What is said of each kind: the faults that an alarm of the file tells of, and all alarms.
ALL = sorted({*alarm_kinds(), *fault_kinds()} - NOWHERE)


def test_every_kind_has_its_way_and_says_what_ends_it() -> None:
    assert [code for code in ALL if code not in WAYS] == []
    lacking = {
        code
        for code in (*kinds_of_file(), *fault_kinds())
        if f"alarm.{code}.ends" not in catalogue() and f"proof.{code}.ends" not in catalogue()
    }
    assert lacking == set()


@pytest.fixture
def held(prison):
    """One man on a remand without a next date, and an alarm about him that can be any kind."""
    receipt = prison.held()
    (brief,) = authority.warrants_of([receipt.person_id], zone="America/Belize")[receipt.person_id]
    return prison, receipt, brief


def test_the_way_of_every_kind_opens_for_the_role_that_owns_it_first(held) -> None:
    prison, receipt, brief = held
    wrong = []
    for code in ALL:
        kind = alarm_kinds().get(code)
        fault = fault_kinds().get(code)
        ladder = (kind or fault).ladder  # type: ignore[union-attr]
        about = {"fault": code, "orders": [f"W{brief.warrant_name_id}"]}
        alarm = _as(prison, receipt, code if kind else fault.alarm, about)  # type: ignore[union-attr]
        address = remedy(prison.actor, alarm)
        if not address:
            wrong.append((code, "nowhere"))
            continue
        asked = permission_of(resolve(address).func)
        if asked is not None and asked not in definitions()[ladder[0]].permissions:
            wrong.append((code, f"{ladder[0]} does not hold {asked}: {address}"))
    assert wrong == []


def test_a_paper_without_a_next_date_leads_to_where_the_date_is_named(held) -> None:
    prison, receipt, brief = held
    about = {"fault": "order_without_end", "orders": [f"W{brief.warrant_name_id}"]}
    alarm = _as(prison, receipt, "order_without_end", about)
    assert remedy(prison.actor, alarm) == reverse("authority:next", args=[brief.warrant_name_id])


def test_a_role_that_cannot_mend_it_is_told_with_whom_it_is(prison) -> None:
    with clock.at(clock.now() - timedelta(hours=30)):
        prison.one()
    services.sweep(prison.command, establishment_id=prison.establishment_id)
    alarm = Alarm.objects.get(kind="admission_overdue")
    address = reverse("assurance:alarm", args=[alarm.pk])
    where = prison.establishment_id
    desk = signed_in(staff("reception_officer", establishment_id=where)).get(address).text
    assert reverse("custody:admission_step", args=[alarm.episode_id, "person"]) in desk
    assert "Still to do" in desk
    assert "Who this is" in desk
    gate = signed_in(staff("gate_officer", establishment_id=where)).get(address).text
    assert "Your role does not open the page where this is put right" in gate
    assert "Only these may end it" not in gate


def test_a_way_that_turns_somebody_away_is_not_offered(prison, make_actor) -> None:
    address = reverse("people:edit", args=[1, "identity"])
    assert opens_for(make_actor("people.edit"), address)
    assert not opens_for(make_actor("people.view"), address)


def _as(prison, receipt, code: str, params: dict[str, object]) -> selectors.AlarmInfo:
    now = clock.now()
    return selectors.AlarmInfo(
        alarm_id=1, kind=alarm_kinds()[code], person_id=receipt.person_id,
        episode_id=receipt.episode_id, establishment_id=prison.establishment_id, params=params,
        since=now, raised_at=now, owner_role="records_officer", step=0, deadline_at=None,
        acknowledged_at=None, acknowledged_by_id=None, ended_at=None, end_kind="", end_reason="",
        key="1",
    )  # fmt: skip
