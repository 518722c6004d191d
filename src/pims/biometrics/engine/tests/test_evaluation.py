"""What the figures of an evaluation mean, on scores that can be counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.biometrics.engine.evaluation import evaluate, measure, pairs_of, rates
from pims.biometrics.engine.matching.fitting import fit, tail
from pims.biometrics.engine.synthetic import Finger, template_of
from pims.biometrics.engine.template import Position


def of(true: list[float], strange: list[float]):
    scores = np.array([*true, *strange], float)
    same = np.arange(len(scores)) < len(true)
    return rates(scores, same, np.ones(len(scores)))


def test_rates_are_those_counted_by_hand() -> None:
    # At 0 false matches nobody up to 5 gets in, which loses 2, 4 and 5 of ten.
    found = of([2, 4, 5, 6, 7, 8, 9, 10, 11, 12], [0.0] * 1990 + [1] * 8 + [3, 5])
    assert found.zero == pytest.approx(0.3)
    assert found.at_1e4 == pytest.approx(0.3)
    # Two of 2000 may pass: 5 and 3, so the threshold is 1.
    assert found.at_1e3 == pytest.approx(0.0)
    # Accepting from 2 on lets 2 in 2000 in and loses none; from 4 on, 1 in 2000 and one in ten.
    assert found.eer == pytest.approx(0.0005)


def test_scores_that_tell_nothing_are_as_bad_as_can_be() -> None:
    assert of([1.0] * 5, [1.0] * 50).zero == 1.0
    assert of([1.0] * 5, [0.0] * 50).told() == (0.0, 0.0, 0.0, 0.0)


@given(
    st.lists(st.integers(-5, 9), min_size=1, max_size=30),
    st.lists(st.integers(-9, 5), min_size=1, max_size=30),
)
def test_fewer_false_matches_never_lose_fewer_people(true: list[int], strange: list[int]) -> None:
    found = of([float(v) for v in true], [float(v) for v in strange])
    assert 0 <= found.at_1e3 <= found.at_1e4 <= found.zero <= 1
    assert 0 <= found.eer <= 1


def test_every_pair_inside_a_set_is_compared_once() -> None:
    sets = np.repeat([0, 1], 80)
    labels = np.array([f"{k // 80}/{k % 80 // 8}" for k in range(160)])
    pairs = pairs_of(sets, labels)
    for one in (0, 1):
        here = pairs.sets == one
        assert (pairs.same & here).sum() == 280
        assert (~pairs.same & here).sum() == 2880


def test_an_evaluation_of_synthetic_fingers_tells_each_set_and_all() -> None:
    templates, sets, fingers = [], [], []
    for name, first in (("A", 0), ("B", 50)):
        for seed in range(first, first + 4):
            for number in range(3):
                templates.append(template_of(Finger(seed, Position.LEFT_INDEX), number))
                sets.append(name)
                fingers.append(str(seed))
    report = measure(templates, sets, fingers)
    assert [row.name for row in report.rows[:3]] == ["A", "B", "pooled"]
    assert (report.rows[2].true_pairs, report.rows[2].strangers) == (24, 108)
    for row in report.rows[:3]:
        for value, low, high in zip(row.rates.told(), row.low.told(), row.high.told(), strict=True):
            assert 0 <= low <= high <= 1
            assert value <= 0.2
    assert "pooled" in report.as_text()
    assert len(report.as_json()["rows"]) == len(report.rows)


def test_a_folder_without_prints_is_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="no images"):
        evaluate(tmp_path)


def test_weights_never_say_that_more_agreement_is_worse() -> None:
    dice = np.random.default_rng(5)
    same = np.arange(4000) < 400
    told = dice.normal(0, 1, (4000, 14)) + 3.0 * same[:, None] * (np.arange(14) % 2)
    told[:, 3] = dice.normal(0, 1, 4000) - 2.0 * same
    weights = fit(told, same)
    assert (weights[:9] >= 0).all()
    assert weights[9] <= 0
    assert weights[3] == 0
    scores = told @ weights[:-1] + weights[-1]
    assert scores[same].mean() > scores[~same].mean() + 5


def test_a_tail_gives_back_the_rates_it_was_measured_at() -> None:
    scores = np.random.default_rng(6).exponential(1.5, 200_000)
    found = tail(scores)
    for rate in (5e-3, 1e-3, 1e-4):
        assert (scores > found.score(rate)).mean() == pytest.approx(rate, rel=0.35)
