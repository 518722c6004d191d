"""The day by which a detention is looked at again is one day, whoever works it out."""

import random
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pims.assurance.proof.checks_time import UNFIT_MONTHS
from pims.assurance.proof.counting import counting_of
from pims.assurance.proof.history import Review
from pims.assurance.proof.law import law_of
from pims.assurance.proof.verdict import judge
from pims.courts.rules import terms
from pims.jurisdictions.sentence_law import Law, sentence_law
from pims.sentences import assembling
from pims.sentences.engine import Case, Sentence, Term, calculate
from tests.faults.lawful import Life, at

DAY = timedelta(days=1)
# First day -> the day of the review six months later, as the law of Belize counts months.
SIX_MONTHS = {
    "2024-01-10": "2024-07-09",
    "2024-08-31": "2025-02-28",
    "2023-08-31": "2024-02-29",
    "2024-08-29": "2025-02-28",
    "2024-02-29": "2024-08-28",
    "2025-03-01": "2025-08-31",
    "2024-12-31": "2025-06-30",
    "2025-07-01": "2025-12-31",
}
LAWS = {"belize": 6, "testland": 12}


def calculated(law: Law, first: date, reviewed: date | None = None) -> date | None:
    one = Sentence(1, first, Term(), kind="pleasure", offence_on=first, reviewed_on=reviewed)
    return calculate(Case("a case", (one,)), law).dates.next_review


def overdue(law: str, months: int, first: date, on: date, reviewed: date | None = None) -> bool:
    """Whether the proof finds, at noon of that day, that nobody looked at it in time."""
    life = Life(random.Random(1), "P")
    life.born = first - 5_500 * DAY
    if months <= UNFIT_MONTHS:
        order = life.order("courts_pleasure", "HC", first, review_months=months)
    else:
        until = first + 900 * DAY
        order = life.order("juvenile_behaviour", "FC-BZ", first, until=until, review_months=months)
    life.inside(at(first, 18))
    reviews = () if reviewed is None else (Review(on=reviewed, order_id=order.order_id),)
    history = replace(life.history(), reviews=reviews)
    counting = counting_of(sentence_law(law))
    found = judge(history, replace(law_of(), counting=counting), at(on)).faults
    return not {"review_overdue", "unfit_not_reviewed"}.isdisjoint(one.kind for one in found)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("said", SIX_MONTHS)
def test_courts_calculation_and_proof_agree_on_the_day(law: str, said: str) -> None:
    data, months, first = sentence_law(law), LAWS[law], date.fromisoformat(said)
    due = terms.review_day(first, months, data.month_rule(passed_on=first, offence_on=first))
    assert due is not None
    assert calculated(data, first) == due
    assert not overdue(law, months, first, due)
    assert overdue(law, months, first, due + DAY)
    if law == "belize":
        assert due == date.fromisoformat(SIX_MONTHS[said])


@pytest.mark.parametrize("said", SIX_MONTHS)
def test_they_agree_on_the_day_after_a_review_too(said: str) -> None:
    data, reviewed = sentence_law("belize"), date.fromisoformat(said)
    first = reviewed - 100 * DAY
    due = calculated(data, first, reviewed)
    assert due is not None
    assert due == date.fromisoformat(SIX_MONTHS[said])
    assert not overdue("belize", 6, first, due, reviewed)
    assert overdue("belize", 6, first, due + DAY, reviewed)


@pytest.mark.parametrize("law", LAWS)
def test_months_that_the_court_named_are_counted_alike(
    law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sentence_law(law)
    monkeypatch.setattr(assembling, "law_in_force", lambda: data)
    for first in map(date.fromisoformat, SIX_MONTHS):
        said: Any = SimpleNamespace(
            next_date=None, review_months=6, effective_from=None, pronounced_on=first
        )
        day = terms.review_day(first, 6, data.month_rule(passed_on=first))
        assert assembling._review(said) == day
