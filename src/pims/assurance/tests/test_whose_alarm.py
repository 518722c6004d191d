"""Who may take an alarm in hand, and since when it says that custody is not covered."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pims.assurance import selectors, services
from pims.assurance.models import Alarm
from pims.authority import services as authority
from pims.custody import services as custody
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import NotFound, NotPermitted

MANAGE = ("assurance.manage", "assurance.view")


def sweep(prison: Prison) -> None:
    services.sweep(prison.command, establishment_id=prison.establishment_id)


def misplaced(prison: Prison) -> Alarm:
    """Somebody put where the rules speak against it: an alarm that a reason may end."""
    (receipt,) = prison.receive(man("Juan Perez"))
    prison.remand(receipt.person_id)
    prison.put(receipt.episode_id, "WOM W-1/1")
    sweep(prison)
    return Alarm.objects.get(kind="placement_breach")


def both_refused(actor: Actor, alarm: Alarm, error: type[Exception]) -> None:
    with pytest.raises(error):
        services.acknowledge_alarm(Command(actor), alarm_id=alarm.pk)
    with pytest.raises(error):
        services.end_alarm(Command(actor), alarm_id=alarm.pk, reason="Seen")
    alarm.refresh_from_db()
    assert (alarm.acknowledged_at, alarm.ended_at) == (None, None)


def test_an_alarm_about_a_juvenile_is_not_for_staff_who_may_not_reach_juveniles(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    alarm = misplaced(prison)
    assert alarm.person_id is not None
    PersonScope.objects.filter(pk=alarm.person_id).update(labels=["juvenile"])
    ordinary = make_actor(*MANAGE, labels=["ordinary"])
    both_refused(ordinary, alarm, NotPermitted)
    services.acknowledge_alarm(Command(make_actor(*MANAGE, labels=["juvenile"])), alarm_id=alarm.pk)


def test_an_alarm_about_a_sealed_record_does_not_show_that_there_is_one(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    alarm = misplaced(prison)
    assert alarm.person_id is not None
    PersonScope.objects.filter(pk=alarm.person_id).update(sealed=True)
    both_refused(make_actor(*MANAGE), alarm, NotFound)


def test_a_unit_officer_takes_in_hand_the_alarms_of_the_own_unit_alone(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    alarm = misplaced(prison)
    where = {"establishment_id": prison.establishment_id}
    both_refused(make_actor(*MANAGE, unit_ids=[prison.units["REM"]], **where), alarm, NotPermitted)
    services.end_alarm(
        Command(
            make_actor(*MANAGE, unit_ids=[prison.units["WOM"]], role="duty_senior_officer", **where)
        ),
        alarm_id=alarm.pk,
        reason="Hurricane: one night only",
        until=clock.today("America/Belize"),
    )


def test_the_right_person_at_the_wrong_establishment_is_refused_too(
    prison: Prison, other_prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    alarm = misplaced(prison)
    both_refused(
        make_actor(*MANAGE, establishment_id=other_prison.establishment_id), alarm, NotPermitted
    )


def since(prison: Prison) -> object:
    sweep(prison)
    (alarm,) = [
        a
        for a in selectors.open_alarms(prison.actor, prison.establishment_id)
        if a.kind.code == "no_valid_warrant"
    ]
    return alarm.since


def test_no_valid_warrant_counts_from_when_the_last_one_was_ended(prison: Prison) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3))
    name = prison.remand(receipt.person_id, at=clock.now() - timedelta(days=3))
    ended = clock.now() - timedelta(hours=5)
    authority.end_warrant(
        prison.command, warrant_name_id=name, end_kind="withdrawn", ended_at=ended, basis="Nolle"
    )
    assert since(prison) == ended


def test_no_valid_warrant_counts_from_the_last_of_several_papers(prison: Prison) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3))
    for hours in (5, 30):
        name = prison.remand(receipt.person_id, at=clock.now() - timedelta(days=3))
        authority.end_warrant(
            prison.command,
            warrant_name_id=name,
            end_kind="withdrawn",
            ended_at=clock.now() - timedelta(hours=hours),
            basis="Nolle",
        )
    assert clock.now() - timedelta(hours=6) < since(prison)  # type: ignore[operator]


def test_a_paper_of_an_earlier_stay_covers_nothing_of_this_one(prison: Prison) -> None:
    held = prison.one(at=clock.now() - timedelta(days=9))
    name = prison.remand(held.person_id, at=clock.now() - timedelta(days=9))
    authority.end_warrant(
        prison.command,
        warrant_name_id=name,
        end_kind="released",
        ended_at=clock.now() - timedelta(days=8),
        basis="Order",
    )
    custody.record_court_discharge(
        prison.command,
        episode_id=held.episode_id,
        happened_at=clock.now() - timedelta(days=8),
        order_seen="Order 4/26",
    )
    at = clock.now() - timedelta(hours=2)
    prison.receive(custody.BodyReceiptInput(person_id=held.person_id, warrant_state="no"), at=at)
    assert since(prison) == at


def test_an_alarm_of_no_establishment_is_opened_and_taken_by_a_grant_of_any(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    """It stands on the list of each: whoever sees it there can open it, and nobody else."""
    raised = {
        where: services.raise_about(
            prison.command, kind="agency_silent", key=f"agency {where}", since=clock.now(),
            establishment_id=where, params={},
        ).alarm_id
        for where in (None, prison.establishment_id)
    }  # fmt: skip
    here = make_actor(*MANAGE, establishment_id=prison.establishment_id)
    elsewhere = make_actor(*MANAGE, establishment_id=10**6)
    nobody = make_actor("people.view", establishment_id=prison.establishment_id)
    may = {
        who: [where for where, pk in raised.items() if selectors.alarm(actor, pk) is not None]
        for who, actor in (("here", here), ("elsewhere", elsewhere), ("nobody", nobody))
    }
    assert may == {"here": [None, prison.establishment_id], "elsewhere": [None], "nobody": []}
    listed = {one.alarm_id for one in selectors.open_alarms(here, prison.establishment_id)}
    assert listed == set(raised.values())
    services.acknowledge_alarm(Command(elsewhere), alarm_id=raised[None])
    assert Alarm.objects.get(pk=raised[None]).acknowledged_by_id == elsewhere.user_id
    for actor, where in ((nobody, None), (elsewhere, prison.establishment_id)):
        with pytest.raises(NotPermitted):
            services.acknowledge_alarm(Command(actor), alarm_id=raised[where])
