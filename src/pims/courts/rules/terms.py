"""Terms as written, and the last day to which a paper alone reaches. Pure.

This is no calculation of a release date: no credit, no remission, no law. It says how long a
commitment holds by its own words, until the calculation has said when it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pims.kernel import terms
from pims.kernel.terms import MonthRule, Term

# A term beyond this holds nobody longer than a life does: a slip of the keys, or a mistake.
LONGEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of a paper: `first_day` is when it takes effect if it follows no other.

    `follows` is the position of the earlier sentence of the same paper that it is consecutive to;
    `months`, how the law that governs it counts them.
    """

    position: int
    term: Term
    first_day: date
    months: MonthRule
    follows: int | None = None


def is_beyond_a_life(term: Term) -> bool:
    """Whether it is longer than `LONGEST_YEARS`, months taken as twelfths of a year."""
    return term.rough_days > LONGEST_YEARS * 366


def last_day(first_day: date, term: Term, months: MonthRule) -> date | None:
    """The last day of a term that begins on `first_day`, both counted, as its law counts.

    None for a term of nothing, or of more than a life.
    """
    if term.is_nothing or is_beyond_a_life(term):
        return None
    try:
        return terms.last_day(first_day, term, months)
    except OverflowError:
        return None


def reaches_to(sentences: Sequence[Written]) -> date | None:
    """The last day of all sentences of one paper; None where one of them has no end.

    One that follows another of the paper begins on the day after it; one that follows itself, or
    one that comes after it, is taken by its own day.
    """
    ends: dict[int, date] = {}
    for one in sorted(sentences, key=lambda s: s.position):
        before = ends.get(one.follows) if one.follows is not None else None
        first = one.first_day if before is None else before + timedelta(days=1)
        end = last_day(first, one.term, one.months)
        if end is None:
            return None
        ends[one.position] = end
    return max(ends.values(), default=None)


def review_day(begins: date, months: int | None, rule: MonthRule) -> date | None:
    """The day by which the first review is due, the last of `months` that begin on `begins`; None
    without a period."""
    if not months or months > LONGEST_YEARS * 12:
        return None
    try:
        return terms.review_day(begins, months, rule)
    except OverflowError:
        return None


def as_term(values: Mapping[str, int | None]) -> Term:
    return Term(**{unit: values.get(unit) or 0 for unit in ("years", "months", "weeks", "days")})
