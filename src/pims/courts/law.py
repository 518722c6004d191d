"""How the law in force counts months: for the deadlines of papers, until dates are worked out.

Which law was put in force only the room of sentences knows, above this one: it says so with
`answers`. Where no room does, the files of this version are the law.
"""

from collections.abc import Callable
from datetime import date

from pims.jurisdictions.here import HERE
from pims.jurisdictions.sentence_law import Law, sentence_law
from pims.kernel.terms import MonthRule

_ANSWERS: list[Callable[[], Law]] = []


def answers(ask: Callable[[], Law]) -> Callable[[], Law]:
    """Have `ask` say which law is in force."""
    _ANSWERS[:] = [ask]
    return ask


def law_in_force() -> Law:
    """The law that was put in force here. One query where a room answers."""
    return _ANSWERS[0]() if _ANSWERS else sentence_law(HERE)


def month_rule(law: Law, *, passed_on: date, offence_on: date | None = None) -> MonthRule:
    """How that law counts the months of an order of that day, for an offence of that day."""
    return law.month_rule(passed_on=passed_on, offence_on=offence_on)
