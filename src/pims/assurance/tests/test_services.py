"""Custody alarms against the real database: raised, climbing, ended by fact or by reason."""

from datetime import timedelta

import pytest

from pims.assurance import selectors, services
from pims.assurance.models import Alarm
from pims.custody.tests.prison import Prison
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused


def sweep(prison: Prison) -> services.Swept:
    return services.sweep(prison.command, establishment_id=prison.establishment_id)


def kinds(prison: Prison) -> list[str]:
    return [a.kind.code for a in selectors.open_alarms(prison.actor, prison.establishment_id)]


def test_whoever_came_without_paper_is_alarmed_until_a_warrant_is_recorded(prison) -> None:
    receipt = prison.one(at=clock.now() - timedelta(hours=1))
    assert sweep(prison).raised == 1
    assert kinds(prison) == ["no_valid_warrant"]
    prison.remand(receipt.person_id)
    assert sweep(prison).ended == 1
    assert kinds(prison) == []
    assert Alarm.objects.get().end_kind == "fact"


def test_a_second_sweep_raises_nothing_twice(prison) -> None:
    prison.one()
    sweep(prison)
    assert sweep(prison).raised == 0
    assert Alarm.objects.count() == 1


def test_an_alarm_that_nobody_ends_climbs_its_ladder_to_the_controller(prison) -> None:
    prison.one()
    sweep(prison)
    start = clock.now()
    owners = []
    for minutes in (1, 121, 361, 1081, 9999):
        with clock.at(start + timedelta(minutes=minutes)):
            sweep(prison)
            owners.append(Alarm.objects.get(kind="no_valid_warrant").owner_role)
    assert owners == [
        "records_officer", "officer_in_charge", "superintendent", "controller", "controller",
    ]  # fmt: skip


def test_a_remand_that_lapses_overnight_is_alarmed_by_morning(prison) -> None:
    prison.held(hours=1)
    sweep(prison)
    assert kinds(prison) == []
    with clock.at(clock.now() + timedelta(days=16)):
        sweep(prison)
        assert {"no_valid_warrant", "next_appearance_passed"} <= set(kinds(prison))


def test_an_overdue_escort_alarms_and_its_return_ends_it(prison) -> None:
    receipt = prison.held()
    now = clock.now()
    (escort_id,) = prison.out(
        receipt.person_id,
        kind="hospital",
        left_at=now - timedelta(hours=4),
        expected_back_at=now - timedelta(minutes=5),
    )
    sweep(prison)
    assert "escort_overdue" in kinds(prison)
    prison.back(outcome="returned", escort_id=escort_id)
    sweep(prison)
    assert "escort_overdue" not in kinds(prison)


def test_a_placement_against_a_rule_is_alarmed_and_may_be_ended_by_a_reason(
    prison, make_actor
) -> None:
    receipt = prison.held()
    prison.put(receipt.episode_id, "WOM W-1/1")
    sweep(prison)
    assert "placement_breach" in kinds(prison)
    alarm = Alarm.objects.get(kind="placement_breach")
    senior = make_actor("assurance.manage", "assurance.view", role="duty_senior_officer")
    with pytest.raises(InvalidInput):
        services.end_alarm(Command(senior), alarm_id=alarm.pk, reason=" ")
    today = clock.today("America/Belize")
    for until in (None, today - timedelta(days=1), today + timedelta(days=400)):
        with pytest.raises(InvalidInput) as refused:
            services.end_alarm(Command(senior), alarm_id=alarm.pk, reason="Hurricane", until=until)
        assert set(refused.value.fields) == {"until"}
    services.end_alarm(
        Command(senior), alarm_id=alarm.pk, reason="Hurricane: one night only", until=today
    )
    sweep(prison)
    assert "placement_breach" not in kinds(prison)
    with clock.at(clock.now() + timedelta(days=1)):
        sweep(prison)
        assert "placement_breach" in kinds(prison)


def test_only_the_fact_ends_an_alarm_about_authority(prison, make_actor) -> None:
    prison.one()
    sweep(prison)
    alarm = Alarm.objects.get()
    senior = make_actor("assurance.manage", "assurance.view")
    with pytest.raises(Refused) as refused:
        services.end_alarm(Command(senior), alarm_id=alarm.pk, reason="Seen")
    assert refused.value.reasons()[0].code == "assurance.only_fact_ends_it"
    services.acknowledge_alarm(Command(senior), alarm_id=alarm.pk)
    assert kinds(prison) == ["no_valid_warrant"]


def test_whoever_may_only_look_cannot_end_an_alarm(prison, make_actor) -> None:
    prison.one()
    sweep(prison)
    viewer = make_actor("assurance.view")
    with pytest.raises(NotPermitted):
        services.acknowledge_alarm(Command(viewer), alarm_id=Alarm.objects.get().pk)


def test_an_admission_left_for_a_day_is_overdue(prison) -> None:
    prison.held(hours=2)
    with clock.at(clock.now() + timedelta(hours=23)):
        sweep(prison)
        assert "admission_overdue" in kinds(prison)
