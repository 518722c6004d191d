"""From the minutiae of a finger to those of one impression's template, as an extractor finds them.

Rates were set from genuine pairs of real prints (`docs/biometrics.md`): what is missed, what is
found where nothing is, how far position and direction stray.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.contact import in_contact, to_sensor
from pims.biometrics.engine.synthetic.dice import key_of, normal, stream, uniform, within
from pims.biometrics.engine.synthetic.flow import direction_at

__all__ = ["FOUND", "MOST_FOUND", "cloud", "find_minutiae"]

MOST_FOUND = 255
FOUND = 5  # columns: x, y, angle, kind, quality

_MARGIN = 5.0  # px: extractors give nothing nearer to the edge of the sensor


@compiled
def cloud(one: Any, x: float, y: float) -> float:
    """-1..1, smooth over some 50 px: where on the finger this impression came out badly."""
    a = math.sin(0.071 * x + 0.043 * y + 7.0 * one.ragged[2])
    b = math.sin(-0.038 * x + 0.065 * y + 5.0 * one.ragged[3])
    return 0.5 * (a + b)


@compiled
def _turned_by(one: Any, x: float, y: float, angle: float) -> float:
    """The direction that `angle` at (x, y) of the finger has on the sensor."""
    along_x = 4.0 * math.cos(angle)
    along_y = -4.0 * math.sin(angle)
    ax, ay = to_sensor(one, x - along_x, y - along_y)
    bx, by = to_sensor(one, x + along_x, y + along_y)
    return math.atan2(ay - by, bx - ax)


@compiled
def find_minutiae(
    finger: Any, one: Any, master: NDArray[np.float64], count: int, found: NDArray[np.float64]
) -> int:
    """Fill the rows of `found` (`MOST_FOUND`, `FOUND`) and give their number.

    `one` is a `CONTACT`; `master` has the finger's minutiae in its first `count` rows.
    """
    state = stream(key_of(one.key, np.uint64(1)))
    extreme = max(0.0, abs(one.moisture) - 0.8) + max(0.0, abs(one.pressure) - 1.0)
    bad = 0.012 * extreme + 0.20 * one.trouble
    number = 0
    for i in range(count):
        x = master[i, 0]
        y = master[i, 1]
        edge = in_contact(one, x, y)
        if edge >= 1.0:
            continue
        worse = max(0.0, bad * (1.0 + 1.2 * cloud(one, x, y)))
        rim = max(0.0, (edge - 0.86) / 0.14)
        # Some minutiae show in every impression, some in hardly any.
        faint = master[i, 4] ** 8
        shows = (1.0 - 0.25 * faint) * (1.0 - min(0.95, worse)) * (1.0 - 0.12 * rim)
        luck = uniform(state)
        stray = 0.5 + 3.0 * worse + 0.6 * faint
        stray_x = stray * normal(state)
        stray_y = stray * normal(state)
        swing = math.radians(1.1 + 11.0 * worse + 4.0 * faint) * normal(state)
        flip = uniform(state)
        hazy = normal(state)
        if luck >= shows:
            continue
        sx, sy = to_sensor(one, x, y)
        sx += stray_x
        sy += stray_y
        if not (_MARGIN <= sx <= one.width - _MARGIN and _MARGIN <= sy <= one.height - _MARGIN):
            continue
        angle = _turned_by(one, x, y, master[i, 2]) + swing
        kind = master[i, 3]
        if flip < 0.045 + 0.10 * faint + 0.20 * worse:
            kind = 3.0 - kind
        found[number, 0] = sx
        found[number, 1] = sy
        found[number, 2] = angle % (2.0 * math.pi)
        found[number, 3] = kind
        lost = 2.5 * math.exp(1.1 * hazy) * (1.0 + 4.0 * faint + 8.0 * worse)
        found[number, 4] = 97.0 - min(37.0, lost)
        number += 1
    return _add_spurious(finger, one, bad, state, number, found)


@compiled
def _add_spurious(
    finger: Any, one: Any, bad: float, state: NDArray[np.uint64], number: int,
    found: NDArray[np.float64],
) -> int:  # fmt: skip
    """Breaks and bridges (two minutiae, nose to nose across a ridge's gap) and single ones."""
    area = math.pi * one.half_width * one.half_height
    wanted = area * (0.000012 + 0.00020 * bad)
    tries = int(wanted + uniform(state) + 0.7 * math.sqrt(wanted) * normal(state))
    for _ in range(max(0, tries)):
        across = within(state, -1.0, 1.0)
        along = within(state, -1.0, 1.0)
        both = uniform(state) < 0.1
        forward = uniform(state) < 0.5
        kind = 1.0 if uniform(state) < 0.7 else 2.0
        worth = within(state, 60.0, 97.0)
        gap = within(state, 3.0, 9.0)
        chance = uniform(state)
        x = one.middle_x + one.half_width * across
        y = one.middle_y + one.half_height * along
        edge = in_contact(one, x, y)
        # They crowd where the print is bad and along its rim.
        if edge >= 0.99 or chance > 0.45 + 0.4 * cloud(one, x, y) + (0.5 if edge > 0.88 else 0.0):
            continue
        angle = direction_at(finger, x, y) + (0.0 if forward else math.pi)
        for side in range(2 if both else 1):
            if number >= MOST_FOUND:
                break
            sign = 1.0 if side == 0 else -1.0
            px = x + sign * 0.5 * gap * math.cos(angle)
            py = y - sign * 0.5 * gap * math.sin(angle)
            sx, sy = to_sensor(one, px, py)
            if not (_MARGIN <= sx <= one.width - _MARGIN and _MARGIN <= sy <= one.height - _MARGIN):
                continue
            turned = _turned_by(one, px, py, angle) + (0.0 if side == 0 else math.pi)
            turned += math.radians(8.0) * normal(state)
            found[number, 0] = sx
            found[number, 1] = sy
            found[number, 2] = turned % (2.0 * math.pi)
            found[number, 3] = kind
            found[number, 4] = worth
            number += 1
    return number
