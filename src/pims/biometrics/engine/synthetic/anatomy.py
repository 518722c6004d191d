"""What a finger is before it has a ridge: its class, singular points, size, period and skin.

Shares of the classes by finger follow the published counts of large European collections (Cummins
and Midlo, *Finger Prints, Palms and Soles*), rounded to a few points; a person with a whorl on one
finger is likelier to have others. Lengths are pixels at 500 ppi, in the frame of the finger: origin
in the middle of the pad, x right, y down.
"""

import math
from enum import IntEnum
from typing import Any

import numpy as np

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.dice import (
    Stream,
    gamma_like,
    key_of,
    normal,
    stream,
    uniform,
    within,
)

__all__ = ["ANATOMY", "WAVES", "Pattern", "draw_anatomy"]

WAVES = 3


class Pattern(IntEnum):
    """The classes of Henry, loops by the side on which they open in the print."""

    ARCH = 0
    TENTED_ARCH = 1
    LEFT_LOOP = 2
    RIGHT_LOOP = 3
    WHORL = 4
    DOUBLE_LOOP = 5


ANATOMY = np.dtype(
    [
        ("key", np.uint64),
        ("position", np.int64),
        ("pattern", np.int64),
        ("half_width", np.float64),  # of the skin that any impression could show
        ("half_height", np.float64),
        ("cores", np.int64),
        ("core_x", np.float64, (2,)),
        ("core_y", np.float64, (2,)),
        # Which way the loop at a core opens, and how much rounder its head and how much more
        # parallel its legs are than the bare half turn of a singular point.
        ("core_axis", np.float64, (2,)),
        ("core_round", np.float64, (2,)),
        ("deltas", np.int64),
        ("delta_x", np.float64, (2,)),
        ("delta_y", np.float64, (2,)),
        # Each singular point's angle passes through a periodic correction of its own (after Vizcaya
        # and Gerhardt, with two harmonics where they have straight pieces): cores, then deltas.
        ("bend", np.float64, (4, 4)),
        ("arch", np.float64),  # radians, how steeply plain arches and the tip's ridges rise
        ("arch_y", np.float64),  # px, the height at which they are steepest
        ("arch_width", np.float64),
        ("tilt", np.float64),  # radians, of the whole flow
        ("period", np.float64),  # px from ridge to ridge in the middle
        ("period_down", np.float64),  # share by which it widens from the middle to the crease
        ("wave_x", np.float64, (WAVES,)),  # radians a px: gentle disorder of flow and period
        ("wave_y", np.float64, (WAVES,)),
        ("wave_phase", np.float64, (WAVES,)),
        ("wave_turn", np.float64, (WAVES,)),  # radians
        ("wave_period", np.float64, (WAVES,)),  # share
        ("density", np.float64),  # of chance minutiae, a square pixel
        ("dryness", np.float64),  # of the person's skin, mean 0, deviation 1
        ("wear", np.float64),  # 0 (sharp ridges) to 1 (hardly any left)
        ("creases", np.int64),
        ("crease", np.float64, (4, 5)),  # x, y, direction, half length, half width
    ],
    align=True,
)

# By finger (thumb, index, middle, ring, little) of the right hand, then the left: the shares of
# arch, radial loop, ulnar loop and whorl.
_SHARES = np.array(
    [
        [0.035, 0.005, 0.525, 0.435],
        [0.120, 0.215, 0.345, 0.320],
        [0.075, 0.030, 0.730, 0.165],
        [0.025, 0.012, 0.540, 0.423],
        [0.012, 0.004, 0.850, 0.134],
        [0.055, 0.005, 0.600, 0.340],
        [0.125, 0.205, 0.370, 0.300],
        [0.090, 0.025, 0.730, 0.155],
        [0.030, 0.008, 0.640, 0.322],
        [0.018, 0.003, 0.875, 0.104],
    ]
)
_DOUBLE_LOOPS = np.array([0.42, 0.22, 0.20, 0.12, 0.15])  # of the whorls
_TENTED = 0.42  # of the arches
_SIZES = np.array([1.12, 1.0, 1.02, 0.98, 0.86])


@compiled
def _pattern(state: Stream, position: int, whorls: float) -> int:
    finger = (position - 1) % 5
    shares = _SHARES[position - 1]
    arch = shares[0] * math.exp(-0.8 * whorls)
    radial = shares[1]
    ulnar = shares[2]
    whorl = shares[3] * math.exp(0.8 * whorls)
    die = uniform(state) * (arch + radial + ulnar + whorl)
    which = uniform(state)
    if die < arch:
        return 1 if which < _TENTED else 0
    if die < arch + radial:  # towards the thumb
        return 2 if position <= 5 else 3
    if die < arch + radial + ulnar:
        return 3 if position <= 5 else 2
    return 5 if which < _DOUBLE_LOOPS[finger] else 4


@compiled
def _place_singular_points(state: Stream, one: Any, size: float) -> None:
    """Cores and deltas, first as if the finger had the usual size and opened to the right."""
    pattern = one.pattern
    one.cores = 0
    one.deltas = 0
    x = 6.0 * normal(state)
    y = -12.0 + 14.0 * normal(state)
    if pattern == 1:
        one.cores = 1
        one.deltas = 1
        one.core_x[0] = x
        one.core_y[0] = y
        one.delta_x[0] = x + 7.0 * normal(state)
        one.delta_y[0] = y + within(state, 45.0, 95.0)
    elif pattern == 2 or pattern == 3:
        one.cores = 1
        one.deltas = 1
        one.core_x[0] = x
        one.core_y[0] = y
        away = within(state, 72.0, 150.0)
        down = math.radians(47.0 + 8.0 * normal(state))
        one.delta_x[0] = x - away * math.cos(down)
        one.delta_y[0] = y + away * math.sin(down)
    elif pattern >= 4:
        apart = within(state, 14.0, 52.0) if pattern == 4 else within(state, 50.0, 84.0)
        lean = 12.0 * normal(state) if pattern == 4 else within(state, 30.0, 62.0)
        lean = math.radians(lean if uniform(state) < 0.5 else -lean)
        one.cores = 2
        one.core_x[0] = x - 0.5 * apart * math.sin(lean)
        one.core_y[0] = y - 0.5 * apart * math.cos(lean)
        one.core_x[1] = x + 0.5 * apart * math.sin(lean)
        one.core_y[1] = y + 0.5 * apart * math.cos(lean)
        one.deltas = 2
        for i in range(2):
            side = -1.0 if i == 0 else 1.0
            one.delta_x[i] = x + side * (84.0 + 13.0 * normal(state))
            one.delta_y[i] = y + 88.0 + 15.0 * normal(state)
    if one.deltas == 2 and abs(one.delta_y[0] - one.delta_y[1]) < 8.0:
        one.delta_y[1] = one.delta_y[0] + 8.0  # level to a hair they never are
    mirror = -1.0 if pattern == 2 else 1.0
    for i in range(2):
        one.core_x[i] *= size * mirror
        one.core_y[i] *= size
        one.delta_x[i] *= size * mirror
        one.delta_y[i] *= size


@compiled
def _turn_cores(state: Stream, one: Any) -> None:
    """A core opens where its own half turn and what everything else adds there agree."""
    for i in range(one.cores):
        x = one.core_x[i]
        y = one.core_y[i]
        rest = one.tilt
        for j in range(one.deltas):
            rest -= 0.5 * math.atan2(one.delta_y[j] - y, x - one.delta_x[j])
        for j in range(one.cores):
            if j != i:
                rest += 0.5 * math.atan2(one.core_y[j] - y, x - one.core_x[j])
        one.core_axis[i] = 2.0 * rest
        one.core_round[i] = (
            within(state, 0.55, 1.05) if one.pattern != 1 else within(state, 0.0, 0.4)
        )


@compiled
def draw_anatomy(person: np.uint64, position: int, one: Any) -> None:
    """Fill `one` (an `ANATOMY` record): finger `position` (1..10) of the person with this key."""
    # What the ten fingers of a person have in common is drawn first, and the same for each.
    common = stream(key_of(person, np.uint64(0)))
    whorls = normal(common)
    build = 1.0 + 0.065 * normal(common)
    period = 9.0 * math.sqrt(build) + 0.35 * normal(common)
    dryness = normal(common)
    wear = uniform(common)
    density = gamma_like(common, 1.0, 0.10)

    one.key = key_of(person, np.uint64(position))
    one.position = position
    state = stream(key_of(one.key, np.uint64(0)))
    one.pattern = _pattern(state, position, whorls)
    size = build * _SIZES[(position - 1) % 5] * (1.0 + 0.03 * normal(state))
    one.half_width = 168.0 * size * (1.0 + 0.04 * normal(state))
    one.half_height = 234.0 * size * (1.0 + 0.04 * normal(state))
    _place_singular_points(state, one, size)
    for i in range(4):
        for j in range(4):
            one.bend[i, j] = (0.11 if j < 2 else 0.06) * normal(state)
    plain = one.pattern == 0
    one.arch = within(state, 0.55, 0.95) if plain else within(state, 0.35, 0.62)
    one.arch_y = size * (within(state, 0.0, 45.0) if plain else within(state, 40.0, 75.0))
    one.arch_width = one.half_width * within(state, 0.9, 1.15)
    one.tilt = 0.05 * normal(state)
    _turn_cores(state, one)
    one.period = period * (1.0 + 0.025 * normal(state)) * (1.06 if position in (1, 6) else 1.0)
    one.period_down = 0.09 + 0.05 * normal(state)
    for i in range(WAVES):
        length = 2.0 * math.pi / within(state, 110.0, 300.0)
        direction = within(state, 0.0, math.pi)
        one.wave_x[i] = length * math.cos(direction)
        one.wave_y[i] = length * math.sin(direction)
        one.wave_phase[i] = within(state, 0.0, 2.0 * math.pi)
        one.wave_turn[i] = 0.035 * normal(state)
        one.wave_period[i] = 0.025 * normal(state)
    one.density = gamma_like(state, 0.00036, 0.12) * density
    one.dryness = 0.8 * dryness + 0.6 * normal(state)
    one.wear = min(1.0, max(0.0, 0.75 * wear * wear + 0.25 * uniform(state)))
    one.creases = int(uniform(state) * uniform(state) * 5.0)
    for i in range(4):
        one.crease[i, 0] = one.half_width * within(state, -0.8, 0.8)
        one.crease[i, 1] = one.half_height * within(state, -0.7, 0.9)
        one.crease[i, 2] = 0.5 * normal(state) + (0.0 if uniform(state) < 0.7 else 1.57)
        one.crease[i, 3] = within(state, 15.0, 70.0)
        one.crease[i, 4] = within(state, 0.7, 1.7)
