"""The life of an alarm: raising, climbing, acknowledging and ending.

Handing alarms over when a record is sealed is in `sealing`, when somebody is transferred in
`transfers`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pims.assurance import events
from pims.assurance.facts import collect_facts, collect_owed
from pims.assurance.kinds import AlarmKind, alarm_kinds
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import Watch, owner_of, watches_over
from pims.assurance.rules import DueAlarm, due_alarms
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people

# Kinds that are due for as long as the facts say so; the others are raised once, by an event.
BY_FACT = frozenset(
    {
        "freedom_overdue",
        "no_valid_warrant",
        "at_large",
        "placement_breach",
        "escort_overdue",
        "next_appearance_passed",
        "warrant_expiring",
        "defect_undecided",
        "admission_overdue",
        "birth_in_doubt",
        "countersign_missing",
        "identity_unsigned",
        "end_unsigned",
        "not_returned",
        "warrant_to_come",
        "order_in_doubt",
    }
)


@dataclass(frozen=True, slots=True)
class Swept:
    raised: int
    ended: int
    climbed: int


@dataclass(frozen=True, slots=True)
class AlarmResult:
    alarm_id: int


@service
def sweep(
    tx: Transaction,
    *,
    establishment_id: int | None = None,
    person_ids: Iterable[int] | None = None,
) -> Swept:
    """Raise what is due, end what no longer is, and let what is past its deadline climb.

    With `person_ids` only those persons are looked at: what an event just changed. Without, all
    open episodes are: what only the clock changed.
    """
    tx.require("assurance.sweep")
    one_at_a_time()
    if person_ids is None:
        concerned = _to_change(tx, establishment_id=establishment_id)
    else:
        concerned = sorted(set(person_ids))
    tx.lock_persons(concerned)
    due = _due(tx, establishment_id=establishment_id, person_ids=concerned)
    standing = _standing(establishment_id=establishment_id).select_for_update()
    open_alarms = {
        (alarm.kind, alarm.key): alarm
        for alarm in standing.filter(person_id__in=concerned).order_by("pk")
    }
    settled = _settled_by_reason(due)
    new = [a for key, a in due.items() if key not in open_alarms and key not in settled]
    watch_over = watches_over(new)
    raised = [_raise(tx, alarm, watch_over(alarm)) for alarm in new]
    over = [alarm for key, alarm in open_alarms.items() if key not in due]
    for alarm in over:
        _end(tx, alarm, kind=Alarm.EndKind.FACT, reason="")
    climbed = 0
    if person_ids is None:
        climbed = climb_overdue(tx, establishment_id=establishment_id)
    return Swept(len(raised), len(over), climbed)


def _to_change(tx: Transaction, *, establishment_id: int | None) -> list[int]:
    """The persons about whom an alarm is to be raised, ended or handed on, at a first look.

    They are locked together, in order, before any alarm is: a row at a time, the sweep and a desk
    that records a whole van would wait for each other.
    """
    due = _due(tx, establishment_id=establishment_id)
    open_alarms = {(a.kind, a.key): a for a in _standing(establishment_id=establishment_id)}
    settled = _settled_by_reason(due)
    raised = (a.person_id for key, a in due.items() if key not in open_alarms.keys() | settled)
    over = (a.person_id for key, a in open_alarms.items() if key not in due)
    climbing = _overdue(tx, establishment_id=establishment_id).values_list("person_id", flat=True)
    return sorted({i for i in (*raised, *over, *climbing) if i is not None})


def _due(
    tx: Transaction, *, establishment_id: int | None, person_ids: Sequence[int] | None = None
) -> dict[tuple[str, str], DueAlarm]:
    """Every alarm that the facts call for now, by kind and key."""
    custody, releases = collect_facts(establishment_id=establishment_id, person_ids=person_ids)
    due = due_alarms(custody, releases, as_of=tx.now)
    owed = collect_owed(establishment_id=establishment_id, person_ids=person_ids)
    return due | {(alarm.kind, alarm.key): alarm for alarm in owed}


def _standing(*, establishment_id: int | None) -> QuerySet[Alarm]:
    """The open alarms that stand for as long as the facts say so."""
    found = Alarm.objects.filter(ended_at=None, kind__in=BY_FACT)
    return found if establishment_id is None else found.filter(establishment_id=establishment_id)


def _overdue(tx: Transaction, *, establishment_id: int | None) -> QuerySet[Alarm]:
    found = Alarm.objects.filter(ended_at=None, deadline_at__lte=tx.now)
    return found if establishment_id is None else found.filter(establishment_id=establishment_id)


@service
def raise_alarm(tx: Transaction, *, alarm: DueAlarm) -> AlarmResult:
    """Raise one alarm that an event calls for; one that is open about it already is returned."""
    tx.require("assurance.sweep")
    one_at_a_time()
    standing = Alarm.objects.filter(kind=alarm.kind, key=alarm.key, ended_at=None).first()
    if standing is None:
        standing = _raise(tx, alarm, watches_over([alarm])(alarm))
    return AlarmResult(standing.pk)


@service
def acknowledge_alarm(tx: Transaction, *, alarm_id: int) -> AlarmResult:
    """An officer has it in hand: seen, by whom, when. It stays open. A repeat changes nothing."""
    alarm = _locked(tx, alarm_id)
    _require(tx, alarm)
    if alarm.acknowledged_at is None and alarm.ended_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by_id = tx.now, tx.actor.user_id
        alarm.save(update_fields=["acknowledged_at", "acknowledged_by_id"])
        tx.record(
            events.AlarmAcknowledged(
                person_id=alarm.person_id,
                establishment_id=alarm.establishment_id,
                alarm_id=alarm.pk,
                alarm_kind=alarm.kind,
            )
        )
    return AlarmResult(alarm.pk)


@service
def end_alarm(tx: Transaction, *, alarm_id: int, reason: str) -> AlarmResult:
    """End an alarm by a recorded reason.

    Raises Refused for a kind that only its fact ends, InvalidInput without a reason.
    """
    alarm = _locked(tx, alarm_id)
    _require(tx, alarm)
    reason = clean_field(
        "reason", reason, limit=500, multiline=True, missing="assurance.reason_missing"
    )
    if not alarm_kinds()[alarm.kind].by_reason:
        refuse(Reason("assurance.only_fact_ends_it", {"kind": alarm.kind})).require()
    if alarm.ended_at is None:
        _end(tx, alarm, kind=Alarm.EndKind.REASON, reason=reason)
    return AlarmResult(alarm.pk)


@service
def end_alarm_by_fact(tx: Transaction, *, kind: str, key: str) -> None:
    """What the alarm warned of is no longer so, as an event said."""
    tx.require("assurance.sweep")
    for alarm in _locked_all(tx, Alarm.objects.filter(kind=kind, key=key, ended_at=None)):
        _end(tx, alarm, kind=Alarm.EndKind.FACT, reason="")


@service
def end_alarms_of_stay(tx: Transaction, *, kind: str, episode_id: int, by: str) -> None:
    """End the alarms of a kind about one stay: `by` is the fact, a code of `web.rows.ENDED_BY`."""
    tx.require("assurance.sweep")
    open_ones = Alarm.objects.filter(kind=kind, episode_id=episode_id, ended_at=None)
    for alarm in _locked_all(tx, open_ones):
        _end(tx, alarm, kind=Alarm.EndKind.FACT, reason=by)


def climb_overdue(tx: Transaction, *, establishment_id: int | None) -> int:
    """Give every alarm past its deadline to the next role on its ladder; give how many climbed.

    Whom they are about is locked already. An acknowledged release order climbs all the same: seen
    is not free.
    """
    overdue = _overdue(tx, establishment_id=establishment_id).select_for_update()
    climbed, found = 0, list(overdue.order_by("pk"))
    watch_over = watches_over(found)
    for alarm in found:
        kind = alarm_kinds()[alarm.kind]
        step, deadline = _step_at(kind, _counts_from(kind, alarm.since, alarm.raised_at), tx.now)
        if step == alarm.step:
            continue
        alarm.step, alarm.deadline_at = step, deadline
        alarm.owner_role = owner_of(kind, step, watch_over(alarm))
        alarm.acknowledged_at = alarm.acknowledged_by_id = None
        alarm.save()
        climbed += 1
        tx.record(
            events.AlarmClimbed(
                person_id=alarm.person_id,
                establishment_id=alarm.establishment_id,
                alarm_id=alarm.pk,
                alarm_kind=alarm.kind,
                owner_role=alarm.owner_role,
            )
        )
    return climbed


def _step_at(kind: AlarmKind, began: datetime, now: datetime) -> tuple[int, datetime | None]:
    """The step of the ladder that the alarm has reached by `now`, and that step's deadline."""
    step, started = 0, began
    deadline = kind.deadline(step, started)
    while deadline is not None and deadline <= now:
        step, started = step + 1, deadline
        deadline = kind.deadline(step, started)
    return step, deadline


def _counts_from(kind: AlarmKind, since: datetime, raised_at: datetime) -> datetime:
    return since if kind.from_since else raised_at


def _settled_by_reason(due: Mapping[tuple[str, str], DueAlarm]) -> set[tuple[str, str]]:
    """Those due about a thing for which an officer already gave a reason: said once, it stands."""
    return set(
        Alarm.objects.filter(
            end_kind=Alarm.EndKind.REASON,
            kind__in={kind for kind, _ in due},
            key__in={key for _, key in due},
        ).values_list("kind", "key")
    ) & set(due)


def _raise(tx: Transaction, due: DueAlarm, watch: Watch | None) -> Alarm:
    kind = alarm_kinds()[due.kind]
    step, deadline = _step_at(kind, _counts_from(kind, due.since, tx.now), tx.now)
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


def _end(tx: Transaction, alarm: Alarm, *, kind: str, reason: str) -> None:
    alarm.ended_at, alarm.end_kind, alarm.end_reason = tx.now, kind, reason[:500]
    alarm.ended_by_id = tx.actor.user_id
    alarm.save(update_fields=["ended_at", "end_kind", "end_reason", "ended_by_id"])
    tx.record(
        events.AlarmEnded(
            person_id=alarm.person_id,
            establishment_id=alarm.establishment_id,
            alarm_id=alarm.pk,
            alarm_kind=alarm.kind,
            end_kind=kind,
        )
    )


def _require(tx: Transaction, alarm: Alarm) -> None:
    """Who takes an alarm in hand may do so here and may reach whom it is about."""
    tx.require("assurance.manage", establishment_id=alarm.establishment_id)
    if alarm.person_id is not None:
        tx.require_person("assurance.manage", people.canonical_id(alarm.person_id))


def _locked(tx: Transaction, alarm_id: int) -> Alarm:
    for alarm in _locked_all(tx, Alarm.objects.filter(pk=alarm_id)):
        return alarm
    raise NotFound("alarm", alarm_id)


def _locked_all(tx: Transaction, alarms: QuerySet[Alarm]) -> list[Alarm]:
    """These alarms, whom they are about locked first: the order that every change keeps to."""
    about = alarms.values_list("person_id", flat=True)
    tx.lock_persons(person_id for person_id in about if person_id is not None)
    return list(alarms.select_for_update().order_by("pk"))
