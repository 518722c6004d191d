"""What a case would come to with something more, or without something: pure, nothing is kept."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from pims.sentences.engine import Adjustment, Case, Sentence, Term


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried: a further sentence (`term`; after the sentence `follows`), sentences left
    out by number, days more of each kind."""

    term: Term = field(default_factory=Term)
    passed_on: date | None = None
    follows: int | None = None
    offence_class: str = ""
    without: Collection[int] = ()
    credit: int = 0
    forfeited: int = 0
    restored: int = 0
    at_large: int = 0

    @property
    def is_nothing(self) -> bool:
        more = (self.credit, self.forfeited, self.restored, self.at_large)
        return self.term.is_nothing and not self.without and not any(more)


def changed(case: Case, change: Change) -> Case:
    """The case as it would be. A sentence that follows one left out follows what that followed."""
    today = case.as_of
    assert today is not None
    before = {one.number: one.consecutive_to for one in case.sentences}
    left_out = set(change.without)

    def after(number: int | None) -> int | None:
        seen = set()
        while number in left_out and number not in seen:
            seen.add(number)
            number = before.get(number)
        return number

    kept = [
        replace(one, consecutive_to=after(one.consecutive_to))
        for one in case.sentences
        if one.number not in left_out
    ]
    passed_on = change.passed_on or today
    if not change.term.is_nothing:
        number = max(before, default=0) + 1
        kept.append(
            Sentence(
                number,
                passed_on,
                change.term,
                consecutive_to=after(change.follows),
                offence_class=change.offence_class,  # type: ignore[arg-type]
            )
        )
    first = kept[0].pronounced_on if kept else passed_on
    more = [
        Adjustment("remand", change.credit, applies_from=first),
        Adjustment("additional_days", change.forfeited, starts=today, ends=today),
        Adjustment("restored_days", change.restored, starts=today, ends=today),
        Adjustment("unlawfully_at_large", change.at_large, starts=today),
    ]
    as_of = max(today, passed_on)
    return replace(
        case,
        sentences=tuple(kept),
        adjustments=(*case.adjustments, *(one for one in more if one.days)),
        as_of=as_of,
        faults=tuple(f for f in case.faults if not left_out & set(f.sentences)),
    )
