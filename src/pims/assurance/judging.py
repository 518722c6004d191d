"""The faults that a proof of custody finds, as alarms: raised, kept, ended by the fact."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db.models import Q, QuerySet

from pims.assurance.histories import Known, everyone, histories
from pims.assurance.kinds import alarm_kinds, told_by_both
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import watches_over
from pims.assurance.proof import Fault, Law, fault_kinds, law_of
from pims.assurance.proof.verdict import judge
from pims.assurance.raising import OF_PROOF, end_open, raise_new, settled_by_reason
from pims.assurance.rules import DueAlarm
from pims.foundation.bulk import any_of
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import clock
from pims.people import selectors as people

# Who has been gone for longer is judged when something is recorded about them, not every night.
GONE_FOR = timedelta(days=366)
# Alarms of other kinds that already say that somebody left who perhaps should not have.
LEFT_WRONGLY = ("released_in_error", "released_in_doubt")
KEY = 80


@dataclass(frozen=True, slots=True)
class Judged:
    persons: int
    raised: int
    ended: int


@service
def judge_custody(tx: Transaction, *, person_ids: Iterable[int]) -> Judged:
    """Judge the whole custody of these persons anew, and raise or end the alarms about it.

    What still is so keeps its alarm, with its hour and its owner. Joined records are one person.
    """
    tx.require("assurance.sweep")
    one_at_a_time()
    roots = set(people.ids_canonical(set(person_ids)).values())
    changed = _to_change(roots, tx.now)
    tx.lock_persons(changed)
    if not changed:
        return Judged(len(roots), 0, 0)
    # Looked at again now that they are locked: what was being recorded meanwhile is recorded.
    due = _due(changed & roots, tx.now)
    open_ones = {
        (alarm.kind, alarm.key): alarm
        for alarm in _open(changed).select_for_update().order_by("pk")
    }
    settled = settled_by_reason(due, tx.now)
    new = [a for key, a in due.items() if key not in open_ones and key not in settled]
    watch_over = watches_over(new)
    for alarm in new:
        raise_new(tx, alarm, watch=watch_over(alarm))
    over = [alarm for key, alarm in open_ones.items() if key not in due]
    for standing in over:
        end_open(tx, standing, kind=Alarm.EndKind.FACT, reason="")
    return Judged(len(roots), len(new), len(over))


def to_judge() -> list[int]:
    """Whom every night is about: everybody in custody or gone for less than a year, and whomever
    such an alarm is about."""
    about = _of_proof(Alarm.objects.filter(ended_at=None)).values_list("person_id", flat=True)
    asked = set(people.ids_canonical(i for i in about if i is not None).values())
    return sorted(asked | set(everyone(since=clock.now() - GONE_FOR)))


def due_of(known: Known, law: Law, now: datetime) -> Iterator[DueAlarm]:
    """The alarms that one person's history calls for, the gravest first."""
    faults = [fault for fault in judge(known.history, law, now).faults if fault.until is None]
    for fault in sorted(faults, key=lambda one: (fault_kinds()[one.kind].severity, one.since)):
        kind = fault_kinds()[fault.kind]
        yield DueAlarm(
            kind=kind.alarm or kind.code,
            key=f"{OF_PROOF}{known.person_id}" if kind.alarm else _key(known.person_id, fault),
            since=fault.since,
            establishment_id=known.establishment_id,
            person_id=known.person_id,
            episode_id=known.episode_id,
            params={**fault.params, "fault": fault.kind},
        )


def _due(roots: Collection[int], now: datetime) -> dict[tuple[str, str], DueAlarm]:
    law = law_of()
    due: dict[tuple[str, str], DueAlarm] = {}
    for known in histories(roots).values():
        for alarm in due_of(known, law, now):
            due.setdefault((alarm.kind, alarm.key), alarm)
    told = _told_by_others(roots)
    return {key: alarm for key, alarm in due.items() if (alarm.kind, alarm.person_id) not in told}


def _to_change(roots: set[int], now: datetime) -> set[int]:
    """Those about whom there is something to raise or to end, with the records joined to them."""
    records = roots | people.joined_records(roots).keys()
    due = _due(roots, now)
    open_ones = {
        (kind, key): person_id
        for kind, key, person_id in _open(records).values_list("kind", "key", "person_id")
    }
    settled = settled_by_reason(due, now)
    raised = {a.person_id for key, a in due.items() if key not in open_ones.keys() | settled}
    over = {person_id for key, person_id in open_ones.items() if key not in due}
    return {i for i in raised | over if i is not None}


def _open(person_ids: Collection[int]) -> QuerySet[Alarm]:
    return _of_proof(Alarm.objects.filter(any_of("person_id", person_ids), ended_at=None))


def _of_proof(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    own = [code for code, kind in alarm_kinds().items() if kind.of_proof]
    return alarms.filter(Q(kind__in=own) | Q(kind__in=told_by_both(), key__startswith=OF_PROOF))


def _told_by_others(person_ids: Collection[int]) -> set[tuple[str, int | None]]:
    """(kind, person) of what an alarm that the proof did not raise tells already."""
    rows = Alarm.objects.filter(
        any_of("person_id", person_ids), kind__in=(*told_by_both(), *LEFT_WRONGLY), ended_at=None
    ).exclude(key__startswith=OF_PROOF)
    found: set[tuple[str, int | None]] = set()
    for kind, person_id in rows.values_list("kind", "person_id"):
        found.add(("discharged_with_order_open" if kind in LEFT_WRONGLY else kind, person_id))
    return found


def _key(person_id: int, fault: Fault) -> str:
    """What the fault is about: the same for as long as it is the same thing."""
    params: Mapping[str, object] = fault.params
    about = [*fault.order_ids, *(str(params[k]) for k in ("sentence", "hearing") if k in params)]
    about += [str(one) for one in _listed(params.get("interests"))]
    if fault.kind in ("juvenile_among_adults", "held_for_police"):
        about.append(f"{fault.since:%Y%m%dT%H%M}")
    key = f"{person_id}/{'+'.join(about)}"
    if len(key) <= KEY:
        return key
    return f"{person_id}/{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
