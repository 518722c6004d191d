"""The last day of each sentence from its words alone, whatever dates were stored with it.

What the court pronounced is counted again: the term from its first day, one after the other where
they are consecutive, plus the days at large. No credit and no remission: nobody is held longer.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from pims.assurance.proof.days import day_of
from pims.assurance.proof.history import History, Sentence
from pims.jurisdictions.sentence_law import sentence_law
from pims.sentences.engine import Case, calculate
from pims.sentences.engine.case import Sentence as Pronounced
from pims.kernel.terms import Term

# Bare arithmetic: months and years as the English cases count them.
_ARITHMETIC = "plain"


def last_days(history: History) -> Mapping[str, date]:
    """By sentence; of none that the arithmetic refuses, or of whose words nothing is said."""
    worded = [one for one in history.sentences if one.pronounced_on and _term(one) != Term()]
    if not worded:
        return {}
    numbers = {one.sentence_id: number for number, one in enumerate(worded, 1)}
    pronounced = []
    for one in worded:
        assert one.pronounced_on is not None
        # One that follows what is not there cannot be counted, and so nothing of the chain.
        after = numbers.get(one.follows, 0) if one.follows else None
        pronounced.append(
            Pronounced(
                number=numbers[one.sentence_id],
                pronounced_on=one.pronounced_on,
                effective_from=one.effective_from,
                term=_term(one),
                consecutive_to=after,
            )
        )
    found = calculate(Case(history.person_id, tuple(pronounced)), sentence_law(_ARITHMETIC))
    if found.status != "calculated":
        return {}
    ends = {one.number: one.dates.full_term_end for one in found.sentences}
    away = _days_at_large(history)
    last: dict[str, date] = {}
    for one in worded:
        end = ends.get(numbers[one.sentence_id])
        late = timedelta(days=max(away, one.at_large_days))
        if end is not None and end <= date.max - late - timedelta(days=400):
            last[one.sentence_id] = end + late
    return last


def _term(sentence: Sentence) -> Term:
    return Term(
        years=sentence.years, months=sentence.months, weeks=sentence.weeks, days=sentence.days
    )


def _days_at_large(history: History) -> int:
    """Calendar days from an escape to the return, both counted: no fewer than were lost."""
    periods = sorted(history.custody, key=lambda one: one.begins)
    days = 0
    for custody, following in pairwise(periods):
        if custody.end_kind == "escaped" and custody.ends is not None:
            gone, back = day_of(custody.ends, history.zone), day_of(following.begins, history.zone)
            days += (back - gone).days + 1
    return days
