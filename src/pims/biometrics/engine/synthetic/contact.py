"""How a finger meets the sensor, impression by impression: where, how turned, how its skin gives.

The skin under the middle of the contact sticks; beyond it the finger has turned and slid a little
further, with a smooth passage between (after Cappelli, Maio and Maltoni's model of plastic
distortion); gentle waves stand for everything else that pulls. A point of the finger goes to the
sensor by: skin gives (`_given`), then turns and moves as a whole.
"""

import math
from typing import Any

import numpy as np

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.dice import (
    gamma_like,
    key_of,
    normal,
    stream,
    uniform,
    within,
)

__all__ = ["CONTACT", "draw_contact", "in_contact", "to_finger", "to_sensor"]

PULLS = 3
_PARTIAL = 0.28  # share of impressions in which only a part of the pad touches

CONTACT = np.dtype(
    [
        ("key", np.uint64),
        ("width", np.int64),  # px of the sensor
        ("height", np.int64),
        ("turn", np.float64),  # radians, counter-clockwise
        ("x", np.float64),  # where the middle of the pad comes to lie, px from the left, from above
        ("y", np.float64),
        ("middle_x", np.float64),  # of the skin that touches, in the finger's frame
        ("middle_y", np.float64),
        ("half_width", np.float64),
        ("half_height", np.float64),
        ("ragged", np.float64, (4,)),  # of its outline: sizes and phases of two harmonics
        ("stick_x", np.float64),
        ("stick_y", np.float64),
        ("stick", np.float64),  # px, half the skin that stays where it touched first
        ("passage", np.float64),  # over how much of `stick` the rest lets go
        ("slide_x", np.float64),
        ("slide_y", np.float64),
        ("torsion", np.float64),  # radians
        ("stretch", np.float64),  # share
        ("pull_x", np.float64, (PULLS,)),
        ("pull_y", np.float64, (PULLS,)),
        ("pull_phase", np.float64, (PULLS,)),
        ("pull_dx", np.float64, (PULLS,)),
        ("pull_dy", np.float64, (PULLS,)),
        ("pressure", np.float64),  # mean 0, deviation 1: light to hard
        ("moisture", np.float64),  # mean 0, deviation 1: dry to wet
        ("trouble", np.float64),  # 0 (as good as it gets) to 1: what goes wrong beyond these
    ],
    align=True,
)


@compiled
def draw_contact(finger: Any, number: np.uint64, width: int, height: int, one: Any) -> None:
    """Fill `one` (a `CONTACT` record): impression `number` of a finger on a sensor."""
    one.key = key_of(finger.key, np.uint64(1000) + number)
    state = stream(one.key)
    one.width = width
    one.height = height
    one.pressure = normal(state)
    one.moisture = -0.6 * finger.dryness + 0.8 * normal(state)
    trouble = uniform(state)
    one.trouble = min(1.0, 0.15 * finger.wear + 0.7 * trouble**5)
    one.turn = math.radians(11.0) * normal(state)
    share = 0.79 * gamma_like(state, 1.0, 0.11) + 0.03 * one.pressure
    one.half_width = finger.half_width * min(0.97, share * (1.0 + 0.05 * normal(state)))
    one.half_height = finger.half_height * min(0.97, share * (1.0 + 0.08 * normal(state)))
    # The finger rolls and tips: other skin touches; now and then only a part of the usual.
    astray = gamma_like(state, 1.0, 0.45)
    partial = uniform(state) < _PARTIAL
    less = within(state, 0.45, 0.9)
    narrower = within(state, 0.7, 1.0)
    if partial:
        one.half_height *= less
        one.half_width *= narrower
        astray *= 1.5
    one.middle_x = max(-60.0, min(60.0, 17.0 * astray * normal(state)))
    one.middle_y = max(-90.0, min(90.0, 29.0 * astray * normal(state)))
    for i in range(4):
        one.ragged[i] = 0.015 * normal(state) if i < 2 else within(state, 0.0, 2.0 * math.pi)
    # The part that touches is brought to the middle of the sensor, more or less.
    cos = math.cos(one.turn)
    sin = math.sin(one.turn)
    one.x = 0.5 * width + 0.045 * width * normal(state)
    one.y = 0.5 * height + 0.045 * height * normal(state)
    one.x -= cos * one.middle_x + sin * one.middle_y
    one.y -= cos * one.middle_y - sin * one.middle_x
    one.stick_x = one.middle_x + 22.0 * normal(state)
    one.stick_y = one.middle_y + 30.0 * normal(state)
    one.stick = within(state, 30.0, 70.0)
    one.passage = within(state, 1.2, 2.6)
    soft = gamma_like(state, 1.0, 0.45)  # few fingers give much, most little
    one.slide_x = 3.2 * soft * normal(state)
    one.slide_y = 3.2 * soft * normal(state)
    one.torsion = math.radians(2.1) * soft * normal(state)
    one.stretch = 0.012 * normal(state)
    for i in range(PULLS):
        length = 2.0 * math.pi / within(state, 130.0, 320.0)
        direction = within(state, 0.0, 2.0 * math.pi)
        one.pull_x[i] = length * math.cos(direction)
        one.pull_y[i] = length * math.sin(direction)
        one.pull_phase[i] = within(state, 0.0, 2.0 * math.pi)
        one.pull_dx[i] = 0.75 * soft * normal(state)
        one.pull_dy[i] = 0.75 * soft * normal(state)


@compiled
def _given(one: Any, x: float, y: float) -> tuple[float, float]:
    """By how much the skin at (x, y) of the finger has moved against the rest of it, px."""
    dx = x - one.stick_x
    dy = y - one.stick_y
    beyond = (math.sqrt(dx * dx + 0.7 * dy * dy) / one.stick - 1.0) / one.passage
    moved_x = 0.0
    moved_y = 0.0
    if beyond > 0.0:
        free = 1.0 if beyond >= 1.0 else beyond * beyond * (3.0 - 2.0 * beyond)
        moved_x = free * (one.slide_x + one.stretch * dx + one.torsion * dy)
        moved_y = free * (one.slide_y + one.stretch * dy - one.torsion * dx)
    for i in range(PULLS):
        wave = math.sin(one.pull_x[i] * x + one.pull_y[i] * y + one.pull_phase[i])
        moved_x += one.pull_dx[i] * wave
        moved_y += one.pull_dy[i] * wave
    return moved_x, moved_y


@compiled
def to_sensor(one: Any, x: float, y: float) -> tuple[float, float]:
    """Where a point of the finger comes to lie on the sensor, px from its top left corner."""
    given_x, given_y = _given(one, x, y)
    x += given_x
    y += given_y
    cos = math.cos(one.turn)
    sin = math.sin(one.turn)
    return one.x + cos * x + sin * y, one.y + cos * y - sin * x


@compiled
def to_finger(one: Any, x: float, y: float) -> tuple[float, float]:
    """Which point of the finger lies at (x, y) of the sensor: the inverse, to 0.1 px."""
    cos = math.cos(one.turn)
    sin = math.sin(one.turn)
    moved_x = cos * (x - one.x) - sin * (y - one.y)
    moved_y = cos * (y - one.y) + sin * (x - one.x)
    x = moved_x
    y = moved_y
    for _ in range(6):
        given_x, given_y = _given(one, x, y)
        x = moved_x - given_x
        y = moved_y - given_y
    return x, y


@compiled
def in_contact(one: Any, x: float, y: float) -> float:
    """1 at the edge of the skin that touches, less inside; (x, y) in the finger's frame."""
    dx = (x - one.middle_x) / one.half_width
    dy = (y - one.middle_y) / one.half_height
    about = math.atan2(dy, dx)
    edge = 1.0 + one.ragged[0] * math.cos(2.0 * about + one.ragged[2])
    edge += one.ragged[1] * math.cos(3.0 * about + one.ragged[3])
    away = math.sqrt(dx * dx + dy * dy)
    # Blunter than an ellipse, as tips are.
    blunt = 1.0 + 0.06 * math.sin(2.0 * about) ** 2
    return float(away / (edge * blunt))
