"""The steps of an admission."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.custody.rules.admission import (
    MAY_BE_LEFT_OUT,
    STEPS,
    complete,
    decide_step,
    due_at,
    next_step,
    overdue,
    remaining,
)

states = st.fixed_dictionaries(
    {}, optional={step: st.sampled_from(["todo", "done", "not_needed"]) for step in STEPS}
)


@given(states)
def test_an_admission_is_complete_exactly_when_no_step_is_left(found: dict[str, str]) -> None:
    assert complete(found) is (next_step(found) is None) is (not list(remaining(found)))


@pytest.mark.parametrize("step", STEPS)
def test_only_what_there_may_be_nothing_of_can_be_left_out_and_never_without_a_reason(
    step: str,
) -> None:
    bare = decide_step(step, "not_needed", reason=" ", ended=False)
    explained = decide_step(step, "not_needed", reason="has no property", ended=False)
    assert not bare.allowed
    assert explained.allowed is (step in MAY_BE_LEFT_OUT)


def test_no_step_is_marked_after_the_end_of_custody() -> None:
    assert not decide_step("risk", "done", reason="", ended=True).allowed


@given(st.integers(0, 100))
def test_an_admission_is_overdue_after_twenty_four_hours(hours: int) -> None:
    received = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    now = received + timedelta(hours=hours)
    assert overdue(due_at(received), admitted=False, as_of=now) is (hours > 24)
    assert not overdue(due_at(received), admitted=True, as_of=now)
