"""What the matcher promises, on synthetic fingers: nobody's prints are needed for it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims.biometrics.engine.matching import (
    Matcher,
    check_sequence,
    decide,
    false_match_rate,
    fuse,
    repeated,
    threshold,
)
from pims.biometrics.engine.synthetic import WELL, Finger, person, template_of
from pims.biometrics.engine.template import Kind, Position, RidgeMap, Template

MATCHER = Matcher()
EMPTY = Template(
    *(np.empty(0, np.float32) for _ in range(3)),
    *(np.empty(0, np.uint8) for _ in range(2)),
    width=300, height=300,
)  # fmt: skip


def score(one: Template, other: Template) -> float:
    return MATCHER.compare(MATCHER.prepare(one), MATCHER.prepare(other)).score


def finger(seed: int, position: int = 2) -> Finger:
    return Finger(seed, Position(position))


def moved(template: Template, turn: float, x: float, y: float) -> Template:
    """Turned counter-clockwise about the upper left corner, then shifted."""
    cos, sin = math.cos(turn), math.sin(turn)
    return replace(
        template,
        x=(cos * template.x + sin * template.y + x).astype(np.float32),
        y=(cos * template.y - sin * template.x + y).astype(np.float32),
        angle=np.mod(template.angle + turn, 2 * np.pi).astype(np.float32),
    )


def test_two_impressions_of_a_finger_match_and_those_of_two_fingers_do_not() -> None:
    fingers = [finger(seed) for seed in range(12)]
    first = [MATCHER.prepare(template_of(one, 0, touch=WELL)) for one in fingers]
    second = [MATCHER.prepare(template_of(one, 1, touch=WELL)) for one in fingers]
    scores = np.array([MATCHER.compare_many(one, second) for one in first])
    same = np.eye(len(fingers), dtype=bool)
    assert scores[same].min() > threshold(1e-4)
    assert scores[~same].max() < threshold(1e-4)


def test_the_order_of_two_prints_makes_no_difference() -> None:
    one, other = (MATCHER.prepare(template_of(finger(3), number)) for number in (0, 1))
    there, back = MATCHER.compare(one, other), MATCHER.compare(other, one)
    assert there.score == back.score
    assert {tuple(p) for p in there.pairs} == {tuple(p[::-1]) for p in back.pairs}


def test_comparing_again_gives_the_same_bits() -> None:
    prints = [MATCHER.prepare(template_of(finger(5), number)) for number in (0, 1)]
    assert len({MATCHER.compare(*prints).score for _ in range(3)}) == 1


def test_matched_minutiae_lie_on_each_other_under_the_transform_it_tells() -> None:
    one = template_of(finger(7), 0, touch=WELL)
    other = moved(one, 0.6, 40.0, 130.0)
    found = MATCHER.compare(MATCHER.prepare(one), MATCHER.prepare(other))
    assert found.transform is not None
    c, s, x, y = found.transform
    i, j = found.pairs.T
    assert len(i) > 0.9 * len(one)
    assert (i == j).all()
    assert np.abs(c * one.x[i] - s * one.y[i] + x - other.x[j]).max() < 0.5
    assert np.abs(s * one.x[i] + c * one.y[i] + y - other.y[j]).max() < 0.5


def test_a_print_turned_upside_down_still_matches() -> None:
    one = template_of(finger(8), 0, touch=WELL)
    other = moved(template_of(finger(8), 1, touch=WELL), math.pi, 400.0, 500.0)
    assert decide(score(one, other))


def test_part_of_a_print_matches_the_whole() -> None:
    whole, other = (template_of(finger(9), number, touch=WELL) for number in (0, 1))
    part = other.x < np.median(other.x) + 25
    half = replace(
        other, x=other.x[part], y=other.y[part], angle=other.angle[part],
        kind=other.kind[part], quality=other.quality[part],
    )  # fmt: skip
    assert decide(score(whole, half))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_print_with_hardly_any_minutiae_matches_nobody_and_breaks_nothing(count: int) -> None:
    few = template_of(finger(1), 0).best(count)
    assert not decide(score(few, template_of(finger(1), 1)))
    assert not decide(score(few, few))
    assert not decide(score(EMPTY, EMPTY))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(0, 255))
def test_no_template_however_odd_makes_the_matcher_fail(seed: int, n: int, m: int) -> None:
    dice = np.random.default_rng(seed)

    def odd(count: int) -> Template:
        return Template(
            x=dice.choice([0, 1, 250, 1e4], count).astype(np.float32),
            y=dice.uniform(0, 20, count).astype(np.float32),
            angle=dice.choice([0, 3.1415927, 6.2831], count).astype(np.float32),
            kind=dice.integers(0, 3, count).astype(np.uint8),
            quality=dice.integers(0, 101, count).astype(np.uint8),
            width=int(dice.integers(1, 400)), height=int(dice.integers(1, 400)),
        )  # fmt: skip

    assert math.isfinite(score(odd(n), odd(m)))


def test_a_lower_rate_of_false_matches_asks_for_a_higher_score() -> None:
    rates = [1e-2, 1e-3, 1e-4, 1e-6]
    scores = [threshold(rate) for rate in rates]
    assert scores == sorted(scores)
    assert [false_match_rate(score) for score in scores] == pytest.approx(rates, rel=0.01)
    for wrong in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError):
            threshold(wrong)


def test_fingers_speak_together_and_one_wrong_label_does_not_outweigh_nine() -> None:
    good = {Position(k): 12.0 for k in range(1, 10)}
    assert fuse({}) == 0.0
    assert fuse({Position(1): 3.0}) == pytest.approx(3.0, abs=0.02)
    assert fuse(good) > 100
    assert fuse(good | {Position(10): -9.0}) > 100
    assert fuse({Position(1): -9.0}) < -4


def test_two_fingers_whose_labels_were_exchanged_are_named() -> None:
    hand = person(21)
    reference = {one.position: template_of(one, 0, touch=WELL) for one in hand[:5]}
    taken = {one.position: template_of(one, 1, touch=WELL) for one in hand[:5]}
    index, middle = Position.RIGHT_INDEX, Position.RIGHT_MIDDLE
    taken[index], taken[middle] = taken[middle], taken[index]
    found = check_sequence(taken, reference)
    assert {(one.labelled, one.matches) for one in found.swapped} == {
        (index, middle), (middle, index),
    }  # fmt: skip
    assert set(found.agreeing) == {1, 4, 5}
    assert found.unknown == ()


def test_the_same_finger_taken_twice_is_noticed() -> None:
    hand = person(22)
    prints = [(one.position, template_of(one, 0, touch=WELL)) for one in hand[:4]]
    prints[2] = (prints[2][0], template_of(hand[1], 1, touch=WELL))
    assert [pair[:2] for pair in repeated(prints)] == [(1, 2)]


def striped(period: float, shift: float, step: int = 8) -> RidgeMap:
    """Upright ridges everywhere, `shift` px to the right."""
    shape = (400 // step, 400 // step)
    x = (np.arange(shape[1]) + 0.5) * step - shift
    # Upright ridges: the normal points to the left.
    phase = np.rint(-x / period * 256).astype(np.int64) & 255
    return RidgeMap(
        orientation=np.full(shape, 128, np.uint8),
        period=np.full(shape, round(period * 8), np.uint8),
        coherence=np.full(shape, 200, np.uint8),
        step=step,
        phase=np.broadcast_to(phase, shape).astype(np.uint8),
    )


def test_ridges_that_agree_speak_for_a_match_and_others_against() -> None:
    one, other = template_of(finger(30), 0, touch=WELL), template_of(finger(30), 1, touch=WELL)
    dice = np.random.default_rng(1)
    noise = striped(9.0, 0.0)
    scrambled = replace(noise, phase=dice.integers(0, 256, noise.orientation.shape, np.uint8))

    def told(map_one: RidgeMap, map_other: RidgeMap) -> float:
        return score(replace(one, ridges=map_one), replace(one, ridges=map_other))

    assert told(striped(9.0, 0.0), striped(9.0, 0.0)) > told(striped(9.0, 0.0), scrambled)
    assert told(striped(9.0, 0.0), striped(9.0, 2.0)) > told(striped(9.0, 0.0), scrambled)
    # Ridges on one side only can't be compared: the minutiae decide, as without.
    assert score(replace(one, ridges=noise), other) == score(one, other)


def test_the_kind_of_a_minutia_counts_but_does_not_decide() -> None:
    one, other = template_of(finger(31), 0, touch=WELL), template_of(finger(31), 1, touch=WELL)
    unknown = replace(other, kind=np.full(len(other), Kind.OTHER, np.uint8))
    assert score(one, unknown) <= score(one, other)
    assert decide(score(one, unknown))
