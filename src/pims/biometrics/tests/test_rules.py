"""What follows from a quality, a likeness, an examiner's word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.biometrics import rules
from pims.biometrics.rules import ExaminationFacts, Likeness

STATES = st.sampled_from((rules.PRESENT, *rules.ABSENT))


@pytest.mark.parametrize(
    ("quality", "minutiae", "word"),
    [
        (19, 40, "again"),
        (20, 40, "usable"),
        (40, 40, "good"),
        (None, 40, "usable"),
        (90, 7, "again"),
    ],
)
def test_the_word_for_a_quality(quality: int | None, minutiae: int, word: str) -> None:
    assert rules.quality_word(quality, minutiae) == word


@given(st.dictionaries(st.sampled_from(rules.POSITIONS), STATES))
def test_an_enrolment_ends_when_every_finger_is_accounted_for_whatever_became_of_it(
    fingers: dict[int, str],
) -> None:
    state = rules.enrolment_state(fingers)
    assert (state == rules.OPEN) == (len(fingers) < 10)
    if state == rules.NO_USABLE_FINGER:
        assert rules.PRESENT not in fingers.values()


def doubt(position: int, *found: Likeness) -> str:
    return rules.sequence_doubt(position, found, threshold=10).code


def test_the_same_finger_twice_is_seen() -> None:
    assert doubt(3, Likeness(2, 25, earlier=False)) == rules.SAME_FINGER_TWICE


def test_a_finger_on_record_under_another_name_is_seen() -> None:
    assert doubt(3, Likeness(2, 25, earlier=True)) == rules.OTHER_POSITION


def test_a_finger_that_is_not_the_one_on_record_is_seen() -> None:
    assert doubt(3, Likeness(3, -4, earlier=True)) == rules.NOT_AS_BEFORE


@given(
    st.lists(st.builds(Likeness, st.sampled_from((1, 2, 3)), st.floats(-30, 9.9), st.booleans()))
)
def test_unlike_fingers_of_other_positions_raise_no_doubt(found: list[Likeness]) -> None:
    assert doubt(7, *found) == ""


def test_the_finger_of_before_clears_every_likeness_to_its_neighbours() -> None:
    assert doubt(3, Likeness(3, 30, earlier=True), Likeness(2, 12, earlier=True)) == ""


@given(st.sampled_from(("open", "unsure", "same", "different")), st.lists(st.integers(1, 3)))
def test_nobody_examines_twice_and_nothing_decided_is_decided_again(
    state: str, spoken: list[int]
) -> None:
    allowed = rules.may_examine(ExaminationFacts(state, 1, spoken)).allowed
    assert allowed == (state in rules.UNDECIDED and 1 not in spoken)
