"""The life of an alarm: raising, climbing, acknowledging and ending.

Handing alarms over when a record is sealed is in `sealing`, when somebody is transferred in
`transfers`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from pims.assurance import events
from pims.assurance.facts import collect_facts, collect_owed
from pims.assurance.kinds import alarm_kinds
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import is_held_there, may_dismiss, owner_of, watches_over
from pims.assurance.proof.days import end_of
from pims.assurance.raising import (
    OF_PROOF,
    counts_from,
    end_open,
    raise_new,
    settled_by_reason,
    step_at,
    told_by_proof,
)
from pims.assurance.rules import DueAlarm, due_alarms
from pims.facilities import selectors as facilities
from pims.foundation.access.scope import require_held
from pims.foundation.access.selectors import role_name
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
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
        "birth_unknown",
        "countersign_missing",
        "identity_unsigned",
        "release_dates_differ",
        "end_unsigned",
        "not_returned",
        "warrant_to_come",
        "order_in_doubt",
        "freed_without_order",
        "order_unconfirmed",
    }
)


# For so long an alarm may be dismissed at once: the service's practice, to be confirmed.
LONGEST = timedelta(days=92)


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
    settled = settled_by_reason(due, tx.now)
    new = [a for key, a in due.items() if key not in open_alarms and key not in settled]
    watch_over = watches_over(new)
    raised = [raise_new(tx, alarm, watch=watch_over(alarm)) for alarm in new]
    over = [alarm for key, alarm in open_alarms.items() if key not in due]
    for alarm in over:
        end_open(tx, alarm, kind=Alarm.EndKind.FACT, reason="")
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
    settled = settled_by_reason(due, tx.now)
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
    told = told_by_proof(person_ids)
    return {
        key: alarm
        for key, alarm in (due | {(alarm.kind, alarm.key): alarm for alarm in owed}).items()
        if (alarm.kind, alarm.person_id) not in told
    }


def _standing(*, establishment_id: int | None) -> QuerySet[Alarm]:
    """The open alarms that stand for as long as the facts say so."""
    found = Alarm.objects.filter(ended_at=None, kind__in=BY_FACT)
    found = found.exclude(key__startswith=OF_PROOF)
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
        standing = raise_new(tx, alarm, watch=watches_over([alarm])(alarm))
    return AlarmResult(standing.pk)


@service
def raise_about(
    tx: Transaction,
    *,
    kind: str,
    key: str,
    since: datetime,
    establishment_id: int | None,
    params: Mapping[str, object],
    person_id: int | None = None,
) -> AlarmResult:
    """Raise an alarm that a higher room calls for; one that is open about `key` already is
    returned."""
    due = DueAlarm(kind, key, since, establishment_id, person_id, params=params)
    return raise_alarm(tx, alarm=due)


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
def end_alarm(
    tx: Transaction, *, alarm_id: int, reason: str, until: date | None = None
) -> AlarmResult:
    """End an alarm by a recorded reason: what has happened is settled, what goes on is dismissed.

    What the facts still call for is dismissed through the day `until` and comes back after it.

    Raises Refused for a kind that only its fact ends, and to whoever is below the step to which it
    has climbed; InvalidInput without a reason, or where what
    goes on is given no day, one that is over, or one further off than `LONGEST`.
    """
    alarm = _locked(tx, alarm_id)
    _require(tx, alarm)
    reason = clean_field(
        "reason", reason, limit=500, multiline=True, missing="assurance.reason_missing"
    )
    if not alarm_kinds()[alarm.kind].by_reason:
        refuse(Reason("assurance.only_fact_ends_it", {"kind": alarm.kind})).require()
    _require_on_ladder(tx, alarm)
    if alarm.ended_at is None:
        comes_back = _comes_back(tx, alarm, until) if goes_on(alarm.kind) else None
        end_open(tx, alarm, kind=Alarm.EndKind.REASON, reason=reason, until=comes_back)
    return AlarmResult(alarm.pk)


def goes_on(kind: str) -> bool:
    """Whether an alarm of the kind stands for as long as the facts say so."""
    return kind in BY_FACT or alarm_kinds()[kind].of_proof


def _comes_back(tx: Transaction, alarm: Alarm, until: date | None) -> datetime:
    """The end of the day until which the alarm is dismissed, where it is."""
    if until is None:
        raise InvalidInput({"until": Reason("assurance.until_missing")})
    zone = "UTC" if alarm.establishment_id is None else facilities.time_zone(alarm.establishment_id)
    today = tx.now.astimezone(ZoneInfo(zone)).date()
    if not today <= until <= today + LONGEST:
        raise InvalidInput({"until": Reason("assurance.until_too_far", {"days": LONGEST.days})})
    return end_of(until, zone)


@service
def end_alarm_by_fact(tx: Transaction, *, kind: str, key: str) -> None:
    """What the alarm warned of is no longer so, as an event said."""
    tx.require("assurance.sweep")
    for alarm in _locked_all(tx, Alarm.objects.filter(kind=kind, key=key, ended_at=None)):
        end_open(tx, alarm, kind=Alarm.EndKind.FACT, reason="")


@service
def end_alarms_of_stay(tx: Transaction, *, kind: str, episode_id: int, by: str) -> None:
    """End the alarms of a kind about one stay: `by` is the fact, a code of `web.rows.ENDED_BY`."""
    tx.require("assurance.sweep")
    open_ones = Alarm.objects.filter(kind=kind, episode_id=episode_id, ended_at=None)
    for alarm in _locked_all(tx, open_ones):
        end_open(tx, alarm, kind=Alarm.EndKind.FACT, reason=by)


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
        step, deadline = step_at(kind, counts_from(kind, alarm.since, alarm.raised_at), tx.now)
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


def _require(tx: Transaction, alarm: Alarm) -> None:
    """Who takes an alarm in hand may do so here and may reach whom it is about. What is in no
    establishment stands on the list of each, and is in the hand of whoever may take any."""
    if alarm.establishment_id is None:
        require_held(tx.actor, "assurance.manage")
    else:
        tx.require("assurance.manage", establishment_id=alarm.establishment_id)
    if alarm.person_id is not None:
        tx.require_person("assurance.manage", people.canonical_id(alarm.person_id))


def _require_on_ladder(tx: Transaction, alarm: Alarm) -> None:
    """What has climbed past an officer is no longer that officer's to dismiss."""
    able = may_dismiss(alarm_kinds()[alarm.kind], alarm.step, alarm.owner_role)
    if not is_held_there(tx.actor, able, alarm.establishment_id):
        roles = [{"en": role_name(role, "en"), "es": role_name(role, "es")} for role in able]
        refuse(Reason("assurance.climbed_above_you", {"roles": roles})).require()


def _locked(tx: Transaction, alarm_id: int) -> Alarm:
    for alarm in _locked_all(tx, Alarm.objects.filter(pk=alarm_id)):
        return alarm
    raise NotFound("alarm", alarm_id)


def _locked_all(tx: Transaction, alarms: QuerySet[Alarm]) -> list[Alarm]:
    """These alarms, whom they are about locked first: the order that every change keeps to."""
    about = alarms.values_list("person_id", flat=True)
    tx.lock_persons(person_id for person_id in about if person_id is not None)
    return list(alarms.select_for_update().order_by("pk"))
