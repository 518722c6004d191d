"""Raising one alarm and ending one: rows, owners, events. Locks are the caller's."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from pims.assurance import events
from pims.assurance.kinds import AlarmKind, alarm_kinds, told_by_both
from pims.assurance.models import Alarm
from pims.assurance.owners import Watch, owner_of
from pims.assurance.rules import DueAlarm
from pims.foundation.bulk import any_of
from pims.foundation.commands.transaction import Transaction

# How the key of an alarm begins that the proof of custody raised, of a kind that others raise too.
OF_PROOF = "proof-"


def told_by_proof(person_ids: Collection[int] | None = None) -> set[tuple[str, int | None]]:
    """(kind, person) of the open alarms that the proof raised in the place of the minute's look."""
    found = Alarm.objects.filter(ended_at=None, kind__in=told_by_both(), key__startswith=OF_PROOF)
    if person_ids is not None:
        found = found.filter(any_of("person_id", person_ids))
    return set(found.values_list("kind", "person_id"))


def step_at(kind: AlarmKind, began: datetime, now: datetime) -> tuple[int, datetime | None]:
    """The step of the ladder that the alarm has reached by `now`, and that step's deadline."""
    step, started = 0, began
    deadline = kind.deadline(step, started)
    while deadline is not None and deadline <= now:
        step, started = step + 1, deadline
        deadline = kind.deadline(step, started)
    return step, deadline


def counts_from(kind: AlarmKind, since: datetime, raised_at: datetime) -> datetime:
    return since if kind.from_since else raised_at


def settled_by_reason(
    due: Mapping[tuple[str, str], DueAlarm], now: datetime
) -> set[tuple[str, str]]:
    """Those due about a thing for which an officer gave a reason, until the day that was named."""
    return set(
        Alarm.objects.filter(
            Q(dismissed_until=None) | Q(dismissed_until__gt=now),
            end_kind=Alarm.EndKind.REASON,
            kind__in={kind for kind, _ in due},
            key__in={key for _, key in due},
        ).values_list("kind", "key")
    ) & set(due)


def raise_new(tx: Transaction, due: DueAlarm, *, watch: Watch | None) -> Alarm:
    kind = alarm_kinds()[due.kind]
    step, deadline = step_at(kind, counts_from(kind, due.since, tx.now), tx.now)
    alarm = Alarm.objects.create(
        kind=due.kind,
        key=due.key,
        person_id=due.person_id,
        episode_id=due.episode_id,
        establishment_id=due.establishment_id,
        params=dict(due.params),
        since=due.since,
        raised_at=tx.now,
        step=step,
        owner_role=owner_of(kind, step, watch),
        deadline_at=deadline,
    )
    tx.record(
        events.AlarmRaised(
            person_id=due.person_id,
            establishment_id=due.establishment_id,
            alarm_id=alarm.pk,
            alarm_kind=due.kind,
            owner_role=alarm.owner_role,
        )
    )
    return alarm


def hand_over(tx: Transaction, alarm: Alarm, *, establishment_id: int, watch: Watch | None) -> None:
    """Give an open alarm to another establishment, to be seen anew there."""
    before, alarm.establishment_id = alarm.owner_role, establishment_id
    alarm.owner_role = owner_of(alarm_kinds()[alarm.kind], alarm.step, watch)
    alarm.acknowledged_at = alarm.acknowledged_by_id = None
    alarm.save(
        update_fields=["establishment", "owner_role", "acknowledged_at", "acknowledged_by_id"]
    )
    tx.record(
        events.AlarmHandedOver(
            person_id=alarm.person_id,
            establishment_id=establishment_id,
            alarm_id=alarm.pk,
            alarm_kind=alarm.kind,
            owner_role=alarm.owner_role,
            was_role=before,
        )
    )


def end_open(
    tx: Transaction, alarm: Alarm, *, kind: str, reason: str, until: datetime | None = None
) -> None:
    alarm.ended_at, alarm.end_kind, alarm.end_reason = tx.now, kind, reason[:500]
    alarm.ended_by_id, alarm.dismissed_until = tx.actor.user_id, until
    alarm.save(
        update_fields=["ended_at", "end_kind", "end_reason", "ended_by_id", "dismissed_until"]
    )
    tx.record(
        events.AlarmEnded(
            person_id=alarm.person_id,
            establishment_id=alarm.establishment_id,
            alarm_id=alarm.pk,
            alarm_kind=alarm.kind,
            end_kind=kind,
        )
    )
