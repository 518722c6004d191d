"""What the 17:00 desk must be told, and what it may leave for the paper that follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.custody.rules.returns import NEVER_LEFT, OUTCOMES, ReturnFacts, concerned, missing

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def facts(outcome: str, **given_facts: object) -> ReturnFacts:
    values: dict[str, object] = {
        "happened_at": NOON,
        "left_at": NOON - timedelta(hours=6),
        "court_day": TODAY,
        **given_facts,
    }
    return ReturnFacts(outcome=outcome, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [o for o in OUTCOMES if o != "new_date"])
def test_a_return_is_never_refused_for_a_paper_that_has_not_come_yet(outcome: str) -> None:
    assert missing(facts(outcome)) == {}


@given(st.sampled_from(OUTCOMES), st.integers(-600, 600))
def test_nobody_returns_before_leaving(outcome: str, minutes: int) -> None:
    left = NOON + timedelta(minutes=minutes)
    wrong = missing(facts(outcome, left_at=left, next_appearance=TODAY, detaining=(1,)))
    assert ("happened_at" in wrong) is (left >= NOON)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_those_who_never_left_need_no_escort(outcome: str) -> None:
    wrong = missing(facts(outcome, left_at=None, next_appearance=TODAY, detaining=(1,)))
    assert ("escort_id" in wrong) is (outcome not in NEVER_LEFT)


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)))
def test_a_new_date_lies_on_the_day_of_the_hearing_or_after_it(day: date) -> None:
    wrong = missing(facts("new_date", next_appearance=day, detaining=(1,)))
    assert ("next_appearance" in wrong) is (day < TODAY)


def test_with_several_warrants_the_desk_says_which_one_the_new_date_is_for() -> None:
    several = facts("new_date", next_appearance=TODAY, detaining=(1, 2))
    assert missing(several)["warrant_name_ids"].code == "custody.which_warrant"
    chosen = facts("new_date", next_appearance=TODAY, detaining=(1, 2), chosen=(2,))
    assert missing(chosen) == {}
    assert concerned(chosen) == (2,)


def test_a_warrant_of_somebody_else_is_told() -> None:
    wrong = missing(facts("bailed", detaining=(1,), chosen=(7,)))
    assert wrong["warrant_name_ids"].code == "custody.warrant_does_not_detain"


def test_an_unknown_outcome_is_told_before_anything_else() -> None:
    assert set(missing(facts("vanished"))) == {"outcome"}


def test_back_from_hospital_is_no_outcome_of_a_court() -> None:
    assert "outcome" in missing(facts("returned"))
    assert missing(facts("returned", escort_kind="hospital")) == {}
