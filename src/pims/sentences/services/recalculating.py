"""Every date worked out anew from what stands now, for one person or for all at once."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.sentence_law import Law
from pims.people import selectors as people
from pims.sentences import events
from pims.sentences import law as laws
from pims.sentences.assembling import Assembled, assemble
from pims.sentences.engine import Calculation as Found
from pims.sentences.engine import calculate
from pims.sentences.keeping import keep_texts, kept
from pims.sentences.models import Calculation, HandCalculation
from pims.sentences.services.common import end_hand
from pims.sentences.services.first_law import law_in_force
from pims.sentences.services.storing import store

VIEW = "sentences.view"


@dataclass(frozen=True, slots=True)
class Recalculated:
    """Human beings looked at, and those of whom the answer is another one than before."""

    looked_at: int
    changed: int


@service
def recalculate(
    tx: Transaction, *, person_ids: Collection[int], force: bool = False
) -> Recalculated:
    """Work out and keep the dates of these persons, joined numbers as one.

    A constant number of queries for any number of people. Where nothing that the answer rests on
    has changed nothing is written, unless `force`. Dates by hand end with the facts that they were
    worked out for. Those out of the actor's reach are passed over.
    """
    require_held(tx.actor, VIEW)
    asked = set(person_ids)
    if not tx.actor.system:
        asked = visible_ids(tx.actor, VIEW, asked)
    return recalculated(tx, asked, force=force)


def recalculated(
    tx: Transaction, person_ids: Iterable[int], *, force: bool = False
) -> Recalculated:
    """Inside a change whose permission is settled."""
    roots = people.ids_canonical(set(person_ids))
    asked = {*roots.keys(), *roots.values()}
    asked |= people.joined_records(set(roots.values())).keys()
    tx.lock_persons(asked)
    # Under the lock: a signature given or withdrawn meanwhile is known to whoever comes last.
    law = law_in_force(tx)
    signed = laws.signed_rules(law)
    basis = _basis(law, signed)
    found = assemble(asked)
    changed = _write(tx, found, asked, law=law, signed=signed, basis=basis, force=force)
    _end_by_hand(tx, asked, found)
    return Recalculated(len(found), changed)


def _basis(law: Law, signed: frozenset[str]) -> str:
    return repr((laws.fingerprint(law), sorted(signed)))


def _inputs_hash(one: Assembled, basis: str) -> str:
    said = repr((one.facts_hash, one.case.as_of if one.moves else None, basis))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _current(person_ids: Collection[int]) -> QuerySet[Calculation]:
    return Calculation.objects.filter(any_of("person_id", person_ids), superseded_at=None)


def _write(
    tx: Transaction,
    found: dict[int, Assembled],
    concerned: set[int],
    *,
    law: Law,
    signed: frozenset[str],
    basis: str,
    force: bool,
) -> int:
    before = {row.person_id: row for row in _current(concerned).defer("result")}
    rows, over = [], []
    for root, one in sorted(found.items()):
        inputs, last = _inputs_hash(one, basis), before.get(root)
        if last is None or last.inputs_hash != inputs or force:
            answer = calculate(one.case, law, signed=signed)
            rows.append(_row(tx, one, answer, signed, inputs))
            over += [] if last is None else [last]
    gone = [last for person_id, last in before.items() if person_id not in found]
    if over or gone:
        old = Calculation.objects.filter(any_of("pk", [row.pk for row in (*over, *gone)]))
        old.update(superseded_at=tx.now)
    if rows:
        keep_texts(law)
        store(rows)
    for row in rows:
        if (last := before.get(row.person_id)) is None or _said(row) != _said(last):
            _tell(tx, row)
    for last in gone:
        tx.record(events.NothingToCalculate(person_id=last.person_id))
    return len(rows) + len(gone)


def _row(
    tx: Transaction, one: Assembled, answer: Found, signed: frozenset[str], inputs: str
) -> Calculation:
    dates = answer.dates
    return Calculation(
        person_id=one.person_id,
        made_at=tx.now,
        law=answer.law,
        law_version=", ".join(answer.versions)[:200],
        status=answer.status,
        provisional=bool(answer.provisional),
        full_term_end=dates.full_term_end,
        sentence_expiry=dates.sentence_expiry,
        edr=dates.edr,
        ldr=dates.ldr,
        ped=dates.ped,
        next_review=dates.next_review,
        release_day=dates.release_day,
        earliest_arguable=answer.earliest_arguable,
        remission_days=dates.remission_days,
        result=kept(answer, signed),
        facts_hash=one.facts_hash,
        inputs_hash=inputs,
    )


def _said(row: Calculation) -> tuple[object, ...]:
    """What others act on: of a new explanation of the same dates nobody need be told."""
    return (
        row.status, row.provisional, row.full_term_end, row.sentence_expiry, row.edr, row.ldr,
        row.ped, row.next_review, row.release_day, row.earliest_arguable,
    )  # fmt: skip


def _tell(tx: Transaction, row: Calculation) -> None:
    tx.record(
        events.Calculated(
            person_id=row.person_id,
            calculation_id=row.pk,
            status=row.status,
            edr=_iso(row.edr),
            sentence_expiry=_iso(row.sentence_expiry),
            provisional=row.provisional,
        )
    )


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _end_by_hand(tx: Transaction, records: set[int], found: dict[int, Assembled]) -> None:
    """Dates by hand end with the facts that they are of, and where the engine has an answer that
    needs nobody to certify it: what rests on signed rules is not kept waiting by a hand."""
    whose = {record: root for root, one in found.items() for record in one.records}
    rows = HandCalculation.objects.filter(any_of("person_id", records), ended_at=None)
    open_rows = list(rows.order_by("pk"))
    final = {
        row.person_id: row
        for row in _current({whose.get(one.person_id, 0) for one in open_rows}).defer("result")
        if row.status == "calculated" and not row.provisional
    }
    for row in open_rows:
        root = whose.get(row.person_id)
        if root is None or found[root].facts_hash != row.facts_hash:
            end_hand(tx, row, kind=HandCalculation.EndKind.FACTS_CHANGED)
        elif root in final:
            differs = final[root].edr != row.edr and row.second_at is not None
            end_hand(
                tx,
                row,
                kind=HandCalculation.EndKind.CALCULATED,
                reason=f"{_iso(row.edr)} > {_iso(final[root].edr)}" if differs else "",
            )
