"""Synthetic fingers: the same every time, different from one another, and shaped like fingers."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from pims.biometrics.engine.extraction import extract
from pims.biometrics.engine.matching import Matcher, decide
from pims.biometrics.engine.synthetic import (
    POORLY,
    SENSOR,
    SMALL_SENSOR,
    WELL,
    Finger,
    Pattern,
    Sensor,
    Touch,
    bulk_templates,
    draw,
    impression_of,
    person,
    ridged_template_of,
    template_of,
)
from pims.biometrics.engine.synthetic.contact import to_finger, to_sensor
from pims.biometrics.engine.synthetic.fingers import contact_of
from pims.biometrics.engine.synthetic.growth import finer
from pims.biometrics.engine.synthetic.likeness import aligned, likeness, rows_of, shape
from pims.biometrics.engine.synthetic.reading import read_minutiae
from pims.biometrics.engine.template import Position, Template

pytestmark = pytest.mark.any_server

COLUMNS = ("x", "y", "angle", "kind", "quality")


@pytest.fixture(scope="module")
def impressions() -> list[list[Template]]:
    """Four of one finger of each of twenty-four persons."""
    return [
        [template_of(Finger(900 + i, Position(i % 10 + 1)), k) for k in range(4)] for i in range(24)
    ]


def test_a_seed_gives_the_same_prints_again_in_whatever_order_they_are_asked_for() -> None:
    first = draw(11, Position.LEFT_INDEX, 4)
    template_of(person(12)[0], 1)
    again = impression_of(Finger(11, Position.LEFT_INDEX), 4)
    assert first.shape == (500, 400)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, draw(11, Position.LEFT_INDEX, 5))


def test_a_population_has_the_templates_that_its_persons_have_one_by_one() -> None:
    many = bulk_templates([3, 2**63 - 1], impression=2, positions=(Position.RIGHT_RING, 10))
    assert len(many) == 4
    assert len(many.x) == many.starts[-1]
    for index, (seed, position) in enumerate(itertools.product((3, 2**63 - 1), (4, 10))):
        assert (many.seeds[index], many.positions[index]) == (seed, position)
        alone, joined = template_of(Finger(seed, Position(position)), 2), many.template(index)
        for column in COLUMNS:
            assert np.array_equal(getattr(alone, column), getattr(joined, column))
    assert len(bulk_templates([])) == 0


def test_templates_hold_what_the_standards_can_say(impressions: list[list[Template]]) -> None:
    for one in itertools.chain.from_iterable(impressions):
        assert ((one.x >= 0) & (one.x < one.width) & (one.y >= 0) & (one.y < one.height)).all()
        assert ((one.angle >= 0) & (one.angle < 2 * math.pi)).all()
        assert set(one.kind) <= {1, 2}
        assert ((one.quality >= 1) & (one.quality <= 100)).all()
    small = template_of(Finger(5, Position.RIGHT_INDEX), 0, sensor=Sensor(200, 180))
    assert (small.x < 200).all()
    assert (small.y < 180).all()


def test_impressions_differ_as_those_of_real_fingers_do(impressions: list[list[Template]]) -> None:
    """Bounds about the optical sensors of FVC2002 (docs/biometrics.md)."""
    form = shape(itertools.chain.from_iterable(impressions))
    assert 32 < form.minutiae < 52
    assert 7 < form.density < 10
    assert 20 < form.nearest < 27
    assert form.too_near < 0.02
    assert 0.3 < form.opposed < 0.55
    like = likeness(pair for some in impressions for pair in itertools.combinations(some, 2))
    assert like.aligned > 0.95
    assert 0.6 < like.common < 0.8
    assert 0.88 < like.found < 0.98
    assert 2 < like.away < 3.5
    assert 1.5 < like.swing < 3.5
    assert like.flipped < 0.2


def test_different_fingers_have_little_in_common(impressions: list[list[Template]]) -> None:
    firsts = [rows_of(some[0]) for some in impressions[:12]]
    for a, b in itertools.combinations(firsts, 2):
        assert np.sum(aligned(a, b)[1] >= 0) < 0.6 * min(len(a), len(b))


def test_poor_prints_of_a_small_sensor_are_hard_to_match_and_still_mostly_are() -> None:
    def score(finger: Finger, sensor: Sensor, touch: Touch) -> float:
        one, other = (template_of(finger, k, sensor=sensor, touch=touch) for k in (0, 1))
        return matcher.compare(matcher.prepare(one), matcher.prepare(other)).score

    matcher = Matcher()
    fingers = [Finger(950 + seed, Position(seed % 10 + 1)) for seed in range(12)]
    poor = [score(finger, SMALL_SENSOR, POORLY) for finger in fingers]
    good = [score(finger, SENSOR, WELL) for finger in fingers]
    assert np.median(poor) < np.median(good) - 4
    assert sum(map(decide, poor)) >= 9


def test_patterns_come_as_often_as_on_real_hands() -> None:
    seen: dict[str, Counter[Pattern]] = {"right": Counter(), "left": Counter()}
    whorls = []
    for seed in range(400):
        fingers = person(seed)
        for hand, some in (("right", fingers[:5]), ("left", fingers[5:])):
            seen[hand].update(finger.pattern for finger in some)
        whorls.append(sum(f.pattern >= Pattern.WHORL for f in fingers))
    # Most loops open to the side of the little finger.
    assert seen["right"][Pattern.RIGHT_LOOP] > 8 * seen["right"][Pattern.LEFT_LOOP]
    assert seen["left"][Pattern.LEFT_LOOP] > 8 * seen["left"][Pattern.RIGHT_LOOP]
    share = {p: (seen["right"][p] + seen["left"][p]) / 4000 for p in Pattern}
    assert 0.58 < share[Pattern.LEFT_LOOP] + share[Pattern.RIGHT_LOOP] < 0.70
    assert 0.23 < share[Pattern.WHORL] + share[Pattern.DOUBLE_LOOP] < 0.34
    assert 0.04 < share[Pattern.ARCH] + share[Pattern.TENTED_ARCH] < 0.11
    # A person who has one whorl has others: more spread than ten separate fingers would have.
    assert np.var(whorls) > 2.2


def _near(a: NDArray[np.float64], b: NDArray[np.float64], within: float) -> NDArray[np.bool_]:
    """Which of `a` have one of `b` near and pointing the same way."""
    away = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    turn = np.cos(a[:, None, 2] - b[None, :, 2]) > math.cos(math.radians(30))
    return np.asarray(((away < within) & turn).any(axis=1))


@pytest.mark.parametrize("pattern", Pattern)
def test_the_ridges_that_grow_have_the_finger_s_minutiae(pattern: Pattern) -> None:
    finger = next(f for seed in itertools.count(50) for f in person(seed) if f.pattern == pattern)
    ridges = finer(finger.ridges)
    middle = np.array([(ridges.shape[1] - 1) / 2, (ridges.shape[0] - 1) / 2])
    half = finger.anatomy["half_width"], finger.anatomy["half_height"]

    def inside(x: NDArray[np.float64], y: NDArray[np.float64], most: float) -> NDArray[np.bool_]:
        return np.asarray(abs(x / half[0]) ** 2.4 + abs(y / half[1]) ** 2.4 < most)

    rows, columns = np.indices(ridges.shape, dtype=float)
    found = np.zeros((300, 4))
    count = read_minutiae(ridges, inside(columns - middle[0], rows - middle[1], 1.0), found)
    found = found[:count]
    found[:, :2] -= middle
    read = found[inside(found[:, 0], found[:, 1], 0.85)]
    meant = finger.minutiae[inside(finger.minutiae[:, 0], finger.minutiae[:, 1], 0.85)]
    assert 30 <= len(finger.minutiae) <= 140
    assert _near(meant, found, 10).mean() > 0.85
    assert _near(read, finger.minutiae, 10).mean() > 0.85


def test_a_finger_on_the_scanner_is_known_by_the_template_that_no_image_was_drawn_for() -> None:
    owner, stranger = Finger(31, Position.RIGHT_INDEX), Finger(32, Position.RIGHT_INDEX)
    scan = extract(draw(31, Position.RIGHT_INDEX, 1, touch=WELL), quality=False)
    matcher = Matcher()
    probe = matcher.prepare(scan)
    assert decide(matcher.compare(probe, matcher.prepare(template_of(owner, 0))).score)
    assert not decide(matcher.compare(probe, matcher.prepare(template_of(stranger, 0))).score)
    ridged = ridged_template_of(owner, 0)
    assert np.array_equal(ridged.x, template_of(owner, 0).x)
    assert decide(matcher.compare(probe, matcher.prepare(ridged)).score)


def test_what_lies_under_a_pixel_is_what_was_laid_there() -> None:
    for number in range(5):
        contact = contact_of(Finger(3, Position.RIGHT_THUMB), number)
        for x, y in itertools.product((-100.0, 0.0, 100.0), (-150.0, 10.0, 150.0)):
            back = to_finger(contact, *to_sensor(contact, x, y))
            assert back == pytest.approx((x, y), abs=0.1)


def test_a_clear_impression_is_dark_ridges_on_a_light_ground() -> None:
    image = impression_of(Finger(8, Position.RIGHT_MIDDLE), 0, touch=WELL)
    assert image.dtype == np.uint8
    assert np.median(image[:20]) > 200
    contact = contact_of(Finger(8, Position.RIGHT_MIDDLE), 0, touch=WELL)
    x, y = to_sensor(contact, float(contact["middle_x"]), float(contact["middle_y"]))
    heart = image[int(y) - 60 : int(y) + 60, int(x) - 60 : int(x) + 60]
    assert 0.3 < np.mean(heart < 140) < 0.7


def test_fingers_that_nobody_has_are_refused() -> None:
    with pytest.raises(ValueError, match="position"):
        Finger(1, Position.UNKNOWN)
    with pytest.raises(ValueError, match="seed"):
        Finger(-1, Position.RIGHT_THUMB)
    with pytest.raises(ValueError, match="positions"):
        bulk_templates([1], positions=(11,))
