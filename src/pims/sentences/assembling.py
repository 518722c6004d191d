"""From what the courts said and what was certified since to the case that the engine is given.

All records of one human being are one case: the joined numbers' sentences run together.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from django.utils import timezone

from pims.courts.law import law_in_force, month_rule
from pims.courts.selectors.infos import SentenceInfo
from pims.courts.selectors.orders import sentences_of
from pims.custody.selectors.stays import Away, at_large_of
from pims.foundation.bulk import any_of
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel import clock
from pims.kernel.terms import review_day
from pims.people import selectors as people
from pims.sentences.engine import Adjustment, Case, Finding, Sentence, Term
from pims.sentences.engine.case import PAYMENTS
from pims.sentences.models import Adjustment as AdjustmentRow
from pims.sentences.shared_amounts import paid_together

# Kind of a row -> kind for the engine; a payment is in part wherever an amount is known.
ADJUSTMENT_KINDS = {
    "remand_credit": "remand",
    "bail_credit": "tagged_bail",
    "at_large": "unlawfully_at_large",
    "forfeited": "additional_days",
    "restored": "restored_days",
    "fine_paid": "fine_paid",
}
ENDLESS = {"life": "life", "pleasure": "pleasure", "unfit": "pleasure"}


class _Term(Protocol):
    """A length as the courts room has it."""

    @property
    def years(self) -> int: ...
    @property
    def months(self) -> int: ...
    @property
    def weeks(self) -> int: ...
    @property
    def days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Assembled:
    """One human being: the canonical person, all records of theirs, and the case.

    `numbers` gives for each sentence of the courts room its number in the case, in the order in
    which they were pronounced. `facts_hash` is of everything that was said, the day asked about
    apart; `moves` says whether the answer depends on the day asked about.
    """

    person_id: int
    records: tuple[int, ...]
    case: Case
    facts_hash: str
    numbers: Mapping[int, int] = field(default_factory=dict)
    sentences: tuple[SentenceInfo, ...] = ()

    @property
    def moves(self) -> bool:
        today = self.case.as_of
        open_ended = any(
            a.days is None and a.ends is None and a.kind not in PAYMENTS
            for a in self.case.adjustments
        )
        to_come = any(today is not None and s.pronounced_on > today for s in self.case.sentences)
        return open_ended or to_come


def today() -> date:
    return timezone.localdate(clock.now())


def assemble(person_ids: Iterable[int], *, as_of: date | None = None) -> dict[int, Assembled]:
    """Canonical person -> their case, for whoever has a sentence that stands.

    Any of a person's numbers may be given. A constant number of queries; no scope.
    """
    roots = set(people.ids_canonical(set(person_ids)).values())
    joined = people.joined_records(roots)
    root_of = {**{root: root for root in roots}, **joined}
    records: dict[int, list[int]] = defaultdict(list)
    for record, root in sorted(root_of.items()):
        records[root].append(record)
    said = sentences_of(roots)
    certified: dict[int, list[AdjustmentRow]] = defaultdict(list)
    for row in AdjustmentRow.objects.filter(
        any_of("person_id", list(root_of)), state=AdjustmentRow.State.STANDS
    ).order_by("first_day", "pk"):
        certified[root_of[row.person_id]].append(row)
    born = _births(root_of)
    away: dict[int, list[Away]] = defaultdict(list)
    for record, absences in at_large_of(root_of).items():
        away[root_of[record]] += absences
    on = as_of or today()
    return {
        root: _assembled(
            root,
            records[root],
            sentences,
            [
                *certified.get(root, []),
                *_days_away(away.get(root, []), certified.get(root, []), root, on),
            ],
            born.get(root),
            on,
        )
        for root, sentences in said.items()
        if any(_is_served(one) for one in sentences)
    }


def _is_served(said: SentenceInfo) -> bool:
    """Whether it stands and is still to be served: a paper that frees for time served may name the
    term, and holds nobody to it."""
    kind = order_kinds().get(said.order_kind)
    return said.stands and (kind is None or kind.effect is not Effect.FREES)


def _days_away(
    absences: Iterable[Away], certified: Collection[AdjustmentRow], person_id: int, as_of: date
) -> list[AdjustmentRow]:
    """Days at large that the gate recorded and nobody certified: the whole days between the escape
    and the return, for of those two days each was spent in custody in part.

    Where Records certified days of the same absence, theirs count.
    """
    theirs = [row for row in certified if row.kind == AdjustmentRow.Kind.AT_LARGE]
    found = []
    for one in absences:
        gone = timezone.localdate(one.starts_at)
        back = None if one.ends_at is None else timezone.localdate(one.ends_at)
        first = gone + timedelta(days=1)
        last = None if back is None else back - timedelta(days=1)
        if first <= (last or as_of) and not any(_is_of(row, gone, back) for row in theirs):
            found.append(
                AdjustmentRow(
                    person_id=person_id,
                    kind=AdjustmentRow.Kind.AT_LARGE,
                    first_day=first,
                    last_day=last,
                )
            )
    return found


def _is_of(row: AdjustmentRow, gone: date, back: date | None) -> bool:
    """Whether certified days lie in that absence."""
    first = row.first_day
    if first is None:
        return False
    last = row.last_day or first
    return last >= gone and (back is None or first <= back)


def _births(root_of: Mapping[int, int]) -> dict[int, date]:
    """The last day on which each can have been born: whoever may be young is looked at as such."""
    found: dict[int, date] = {}
    for record, (_earliest, latest) in people.born_between(list(root_of)).items():
        root = root_of[record]
        if record == root or root not in found:
            found[root] = latest
    return found


def _assembled(
    root: int,
    records: Sequence[int],
    sentences: Sequence[SentenceInfo],
    certified: Collection[AdjustmentRow],
    born_on: date | None,
    as_of: date,
) -> Assembled:
    standing = sorted(
        (one for one in sentences if _is_served(one)),
        key=lambda one: (one.pronounced_on, one.order_id, one.position, one.sentence_id),
    )
    numbers = {one.sentence_id: n for n, one in enumerate(standing, 1)}
    fallen = {one.sentence_id for one in sentences} - numbers.keys()
    first_days = _first_days(sentences)
    numbers_after = {**numbers, **_amended(sentences, numbers)}
    faults: list[Finding] = []
    case = Case(
        case_id=str(root),
        sentences=tuple(
            _sentence(one, numbers_after, fallen, first_days, faults) for one in standing
        ),
        adjustments=paid_together(
            standing,
            [
                adjustment_of(row, numbers)
                for row in certified
                if row.sentence_id is None or row.sentence_id not in fallen
            ],
            numbers,
        ),
        as_of=as_of,
        born_on=born_on,
        faults=tuple(faults),
    )
    return Assembled(root, tuple(records), case, _hash(case), numbers, tuple(standing))


def _first_days(sentences: Iterable[SentenceInfo]) -> dict[int, date]:
    """Order -> the first day that its sentences name."""
    found: dict[int, date] = {}
    for one in sentences:
        day = one.effective_from or one.pronounced_on
        found[one.order_id] = min(day, found.get(one.order_id, day))
    return found


def _amended(sentences: Sequence[SentenceInfo], numbers: Mapping[int, int]) -> dict[int, int]:
    """A sentence of a paper that another took the place of, one sentence for one -> the number of
    that other: what was to follow the first follows it as it was changed. Of a paper with more
    sentences nobody can tell which is which."""
    of_order: dict[int, list[SentenceInfo]] = defaultdict(list)
    changed_by: dict[int, set[int]] = defaultdict(set)
    for one in sentences:
        of_order[one.order_id].append(one)
        if one.changes_order_id is not None and one.order_state != "void":
            changed_by[one.changes_order_id].add(one.order_id)
    found = {}
    for one in sentences:
        at, seen = one, {one.order_id}
        while at.state == "replaced" and len(of_order[at.order_id]) == 1:
            heirs = [heir for order in changed_by[at.order_id] - seen for heir in of_order[order]]
            if len(heirs) != 1:
                break
            at = heirs[0]
            seen.add(at.order_id)
        if at is not one and at.sentence_id in numbers and len(of_order[at.order_id]) == 1:
            found[one.sentence_id] = numbers[at.sentence_id]
    return found


def _hash(case: Case) -> str:
    said = repr((case.sentences, case.adjustments, case.born_on, case.faults))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _sentence(
    said: SentenceInfo,
    numbers: Mapping[int, int],
    fallen: set[int],
    first_days: Mapping[int, date],
    faults: list[Finding],
) -> Sentence:
    number = numbers[said.sentence_id]
    term = _term(said.term)
    minimum = None if said.minimum is None else _term(said.minimum)
    kind = ENDLESS.get(said.kind, said.kind)
    if kind == "life":
        if not term.is_nothing:
            faults.append(_fault("invalid", "life_and_days", number))
        term = minimum or Term()
    elif minimum is not None:
        faults.append(_fault("invalid", "minimum_without_life", number))
    changes = order_kinds().get(said.order_kind)
    first = None if said.changes_order_id is None else first_days.get(said.changes_order_id)
    amended = said.link != "consecutive" and first not in (None, said.pronounced_on)
    changes_one = changes is not None and changes.changes_earlier
    if said.effective_from is None and (changes_one or amended):
        # From the day of the first sentence, or from this one? The paper does not say.
        faults.append(_fault("needs_person", "varied_without_first_day", number))
    if said.undated and said.effective_from is None and said.link != "consecutive":
        # The day on which the paper came is no day on which anybody was sentenced.
        faults.append(_fault("needs_person", "sentence_undated", number))
    after = None
    if said.link == "consecutive":
        after = numbers.get(said.consecutive_to_id or 0)
        if said.consecutive_to_id is None:
            faults.append(_fault("needs_person", "follows_unnamed", number))
        elif after is None and said.consecutive_to_id in fallen:
            faults.append(_fault("needs_person", "follows_fallen", number))
        elif after is None:
            faults.append(_fault("invalid", "follows_another_persons", number))
    return Sentence(
        number=number,
        pronounced_on=said.pronounced_on,
        term=term,
        consecutive_to=after,
        effective_from=None if said.effective_from == said.pronounced_on else said.effective_from,
        offence_on=said.offence_on,
        kind=kind,  # type: ignore[arg-type]
        offence_class=said.offence_class,  # type: ignore[arg-type]
        amount_cents=said.amount_cents,
        review_on=_review(said) if kind == "pleasure" else None,
    )


def _term(said: _Term) -> Term:
    return Term(said.years, said.months, said.weeks, said.days)


def _review(said: SentenceInfo) -> date | None:
    """The day that the court named for the review, or the last of so many months as it named, as
    the law in force counts them; None: as the law has it."""
    if said.next_date is not None or said.review_months is None:
        return said.next_date
    first = said.effective_from or said.pronounced_on
    try:
        rule = month_rule(law_in_force(), passed_on=first)
        return review_day(first, said.review_months, rule)
    except OverflowError:
        return None


def _fault(outcome: str, what: str, number: int) -> Finding:
    return Finding(outcome, f"sentences.{what}", {"sentence": number}, (number,))  # type: ignore[arg-type]


def adjustment_of(row: AdjustmentRow, numbers: Mapping[int, int]) -> Adjustment:
    """A row as the engine takes it; a payment for a sentence that is not this person's names one
    that is not in the case."""
    kind = ADJUSTMENT_KINDS[row.kind]
    if kind == "fine_paid" and row.amount_cents is not None:
        kind = "fine_part_paid"
    starts = row.first_day
    if starts is None and kind in PAYMENTS:
        # Where the paper names no day, the one on which the money was entered.
        starts = timezone.localdate(row.recorded_at)
    return Adjustment(
        kind=kind,  # type: ignore[arg-type]
        days=row.days,
        starts=starts,
        ends=row.last_day,
        applies_from=row.for_pronounced_on,
        sentence=None if row.sentence_id is None else numbers.get(row.sentence_id, 0),
        paid_cents=row.amount_cents,
    )
