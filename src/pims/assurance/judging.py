"""The faults that a proof of custody finds, as alarms: raised, kept, ended by the fact."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db.models import Q, QuerySet

from pims.assurance.histories import Known, everyone, histories
from pims.assurance.kinds import alarm_kinds, told_by_both
from pims.assurance.law import law_here
from pims.assurance.locking import one_at_a_time
from pims.assurance.models import Alarm
from pims.assurance.owners import watches_over
from pims.assurance.proof import Fault, Law, fault_kinds
from pims.assurance.proof.verdict import judge
from pims.assurance.raising import OF_PROOF, end_open, hand_over, raise_new, settled_by_reason
from pims.assurance.rules import DueAlarm
from pims.foundation.bulk import any_of
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import clock
from pims.people import selectors as people

# Who has been gone for longer is judged when something is recorded about them, not every night.
GONE_FOR = timedelta(days=366)
# Alarms of other kinds that already say that somebody left who perhaps should not have.
LEFT_WRONGLY = ("released_in_error", "released_in_doubt")
LEFT_TOLD = ("discharged_with_order_open", "freed_without_power")
KEY = 80
# In the params of an alarm that others raised: the names of those that the proof added.
SAID = "of_proof"
Params = Mapping[str, object]


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
    due, why = _due(changed & roots, tx.now)
    for told in _told_by_others(changed).select_for_update().order_by("pk"):
        _say_why(told, why.get((told.kind, told.person_id)))
    open_ones = {
        (alarm.kind, alarm.key): alarm
        for alarm in _open(changed).select_for_update().order_by("pk")
    }
    settled = settled_by_reason(due, tx.now)
    _bring_along(tx, due, open_ones)
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
    verdict = judge(known.history, law, now)
    faults = [fault for fault in verdict.faults if fault.until is None]
    for fault in sorted(faults, key=lambda one: (fault_kinds()[one.kind].severity, one.since)):
        kind = fault_kinds()[fault.kind]
        yield DueAlarm(
            kind=kind.alarm or kind.code,
            key=f"{OF_PROOF}{known.person_id}"
            if kind.alarm
            else _key(known.person_id, fault, verdict.inside_since),
            since=fault.since,
            establishment_id=known.establishment_id,
            person_id=known.person_id,
            episode_id=known.episode_id,
            params={**fault.params, "fault": fault.kind},
        )


Due = dict[tuple[str, str], DueAlarm]


def _due(roots: Collection[int], now: datetime) -> tuple[Due, dict[tuple[str, int | None], Params]]:
    """What is due, and of what an alarm tells that the proof did not raise, why it is so."""
    law = law_here()
    due: Due = {}
    for known in histories(roots).values():
        for alarm in due_of(known, law, now):
            due.setdefault((alarm.kind, alarm.key), alarm)
    told = _about(_told_by_others(roots))
    ours = {key: alarm for key, alarm in due.items() if _same(alarm) not in told}
    return ours, {_same(a): a.params for key, a in due.items() if key not in ours}


def _same(alarm: DueAlarm) -> tuple[str, int | None]:
    return alarm.kind, alarm.person_id


def _to_change(roots: set[int], now: datetime) -> set[int]:
    """Those about whom there is something to raise, to end, to move or to say, with the records
    joined to them."""
    records = roots | people.joined_records(roots).keys()
    due, why = _due(roots, now)
    open_ones = {(alarm.kind, alarm.key): alarm for alarm in _open(records)}
    settled = settled_by_reason(due, now)
    raised = {a.person_id for key, a in due.items() if key not in open_ones.keys() | settled}
    over = {alarm.person_id for key, alarm in open_ones.items() if key not in due}
    moved = {a.person_id for key, a in open_ones.items() if key in due and _elsewhere(a, due[key])}
    told = _told_by_others(records).filter(kind__in=told_by_both())
    said = {a.person_id for a in told if _with_why(a, why.get((a.kind, a.person_id))) != a.params}
    return {i for i in raised | over | moved | said if i is not None}


def _elsewhere(alarm: Alarm, due: DueAlarm) -> bool:
    return alarm.establishment_id is not None and alarm.establishment_id != due.establishment_id


def _bring_along(tx: Transaction, due: Due, open_ones: Mapping[tuple[str, str], Alarm]) -> None:
    """What stands on goes to where the person is held now: nobody elsewhere can reach them."""
    gone = {
        alarm.pk: due[key]
        for key, alarm in open_ones.items()
        if key in due and _elsewhere(alarm, due[key])
    }
    watch_over = watches_over(gone.values())
    for alarm in open_ones.values():
        there = gone.get(alarm.pk)
        if there is not None and there.establishment_id is not None:
            watch = watch_over(there)
            hand_over(tx, alarm, establishment_id=there.establishment_id, watch=watch)


def _say_why(alarm: Alarm, why: Params | None) -> None:
    """An alarm that others raised gets the reason that only the proof knows, and the way out."""
    params = _with_why(alarm, why)
    if alarm.kind in told_by_both() and params != alarm.params:
        alarm.params = params
        alarm.save(update_fields=["params"])


def _with_why(alarm: Alarm, why: Params | None) -> Params:
    before = alarm.params.get(SAID, [])
    own = {k: v for k, v in alarm.params.items() if k != SAID and k not in before}
    added = {k: v for k, v in (why or {}).items() if k not in own}
    return {**own, **added, **({SAID: sorted(added)} if added else {})}


def _open(person_ids: Collection[int]) -> QuerySet[Alarm]:
    return _of_proof(Alarm.objects.filter(any_of("person_id", person_ids), ended_at=None))


def _of_proof(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    own = [code for code, kind in alarm_kinds().items() if kind.of_proof]
    return alarms.filter(Q(kind__in=own) | Q(kind__in=told_by_both(), key__startswith=OF_PROOF))


def _told_by_others(person_ids: Collection[int]) -> QuerySet[Alarm]:
    """The open alarms that the proof did not raise, of kinds that tell of the same."""
    return Alarm.objects.filter(
        any_of("person_id", person_ids), kind__in=(*told_by_both(), *LEFT_WRONGLY), ended_at=None
    ).exclude(key__startswith=OF_PROOF)


def _about(alarms: QuerySet[Alarm]) -> set[tuple[str, int | None]]:
    """(kind, person) of what they tell."""
    found: set[tuple[str, int | None]] = set()
    for kind, person_id in alarms.values_list("kind", "person_id"):
        if kind in LEFT_WRONGLY:
            found |= {(told, person_id) for told in LEFT_TOLD}
        else:
            found.add((kind, person_id))
    return found


def _key(person_id: int, fault: Fault, inside_since: datetime | None) -> str:
    """What the fault is about: the same for as long as it is the same thing. What is about no paper
    is about this custody, and another one's dismissal silences nothing."""
    params: Mapping[str, object] = fault.params
    about = [*fault.order_ids, *(str(params[k]) for k in ("sentence", "hearing") if k in params)]
    about += [str(one) for one in _listed(params.get("interests"))]
    if fault.kind in ("juvenile_among_adults", "held_for_police"):
        about.append(f"{fault.since:%Y%m%dT%H%M}")
    if not about and inside_since is not None:
        about.append(f"@{inside_since:%Y%m%dT%H%M}")
    key = f"{person_id}/{'+'.join(about)}"
    if len(key) <= KEY:
        return key
    return f"{person_id}/{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
