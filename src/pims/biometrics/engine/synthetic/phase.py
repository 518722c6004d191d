"""In which step the ridges must start at each minutia for all of them to meet.

The ridges are a wave. Its phase grows by 2 pi a period across the flow, and by 2 pi too many around
each minutia: a screw. The phase nearest to all that, in the sense of least squares over a grid, is
found by conjugate gradients. Ridges have no head and tail: where the direction, as a number,
jumps by pi, the phase changes its sign, and `turns` keeps that.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled, compiled_loosely
from pims.biometrics.engine.synthetic.flow import direction_at, on_skin, period_at

__all__ = ["agreed_phase"]

_STEPS = 3000  # at most: some 700 bring it as near as matters
_PIN = 2.5  # how strongly a minutia insists on being an ending, or a bifurcation
_PINS = 5  # how strongly a minutia insists on being an ending, or a bifurcation


@compiled
def _write_flow(
    finger: Any, step: float, angle: NDArray[np.float32], wave: NDArray[np.float32],
    skin: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Direction (radians, y up), radians of phase a pixel across the flow, and where skin is."""
    rows, columns = angle.shape
    for r in range(rows):
        y = (r - (rows - 1) / 2) * step
        for c in range(columns):
            x = (c - (columns - 1) / 2) * step
            inner = 0 < r < rows - 1 and 0 < c < columns - 1
            skin[r, c] = inner and on_skin(finger, x, y) < 1.25
            if skin[r, c]:
                angle[r, c] = direction_at(finger, x, y)
                wave[r, c] = 2.0 * math.pi / period_at(finger, x, y)


@compiled
def _write_edges(
    finger: Any, step: float, angle: NDArray[np.float32], wave: NDArray[np.float32],
    skin: NDArray[np.bool_], turns: NDArray[np.float32], rise: NDArray[np.float32],
    owner: NDArray[np.int8],
) -> None:  # fmt: skip
    """From each pixel to its right (0) and lower (1) neighbour: `turns` is 1, -1 where the sign
    changes, 0 where there is no skin; `rise` is the phase here less the (signed) phase there.
    `owner` is the singular point from which a change of sign goes out (leftwards), or -1."""
    rows, columns = angle.shape
    for r in range(rows):
        top = (r - (rows - 1) / 2) * step
        for c in range(columns):
            x = (c - (columns - 1) / 2) * step
            for side in range(2):
                r2 = r + side
                c2 = c + 1 - side
                if r2 >= rows or c2 >= columns or not (skin[r, c] and skin[r2, c2]):
                    continue
                sign = 1.0
                for i in range(4 if side else 0):
                    core = i < 2
                    if i % 2 >= (finger.cores if core else finger.deltas):
                        continue
                    at_x = finger.core_x[i % 2] if core else finger.delta_x[i % 2]
                    at_y = finger.core_y[i % 2] if core else finger.delta_y[i % 2]
                    if x < at_x and top < at_y <= top + step:
                        sign = -1.0
                        owner[r, c] = i
                here = math.cos(angle[r, c]) if side else math.sin(angle[r, c])
                there = math.cos(angle[r2, c2]) if side else math.sin(angle[r2, c2])
                turns[side, r, c] = sign
                rise[side, r, c] = -0.5 * step * (here * wave[r, c] + sign * there * wave[r2, c2])


@compiled
def _cut(
    x: float, y: float, direction: float, step: float, angle: NDArray[np.float32],
    skin: NDArray[np.bool_], turns: NDArray[np.float32], rise: NDArray[np.float32],
) -> None:  # fmt: skip
    """One screw: a cut from the minutia to the outline, over which the phase jumps by 2 pi."""
    rows, columns = angle.shape
    r = math.floor(y / step + (rows - 1) / 2)
    c = math.floor(x / step + (columns - 1) / 2)
    if not (0 <= r < rows - 1 and 0 <= c < columns - 1) or not skin[r, c]:
        return
    # To the right, unless a core or a delta lies on the way.
    way = 1
    for k in range(c, columns - 1):
        around = turns[0, r, k] * turns[1, r, k + 1] * turns[0, r + 1, k] * turns[1, r, k]
        if around < 0.0:
            way = -1
            break
    charge = 1.0 if math.cos(direction - angle[r, c]) >= 0.0 else -1.0
    if way < 0:
        charge = -charge
    k = c + 1 if way > 0 else c
    if way > 0 and turns[0, r, c] < 0.0:
        charge = -charge
    while 0 <= k < columns:
        rise[1, r, k] += 2.0 * math.pi * charge
        following = k if way > 0 else k - 1
        if following < 0 or following >= columns - 1:
            break
        if turns[0, r, following] < 0.0:
            charge = -charge
        k += way


@compiled_loosely
def _apply(
    phase: NDArray[np.float32], counts: NDArray[np.float64], turns: NDArray[np.float32],
    pins: NDArray[np.float32], owner: NDArray[np.int8], scale: NDArray[np.float64],
    out: NDArray[np.float32], counts_out: NDArray[np.float64],
) -> None:  # fmt: skip
    """The normal equations' matrix times (`phase`, `counts`); arrays have a margin of a pixel."""
    rows, columns = phase.shape
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            here = phase[r, c]
            right = turns[0, r, c]
            below = turns[1, r, c]
            left = turns[0, r, c - 1]
            above = turns[1, r - 1, c]
            number = abs(right) + abs(below) + abs(left) + abs(above) + pins[r, c]
            out[r, c] = (
                number * here - right * phase[r, c + 1] - below * phase[r + 1, c]
                - left * phase[r, c - 1] - above * phase[r - 1, c]
            )  # fmt: skip
    for i in range(4):
        counts_out[i] = 0.0
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            i = owner[r, c]
            if i < 0 or scale[i] == 0.0:
                continue
            share = np.float32(scale[i] * counts[i])
            out[r, c] -= share
            out[r + 1, c] -= share
            counts_out[i] += scale[i] * (share - phase[r, c] - phase[r + 1, c])


@compiled_loosely
def _dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    total = 0.0
    for r in range(a.shape[0]):
        line = np.float32(0.0)
        for c in range(a.shape[1]):
            line += a[r, c] * b[r, c]
        total += float(line)
    return total


@compiled
def _dot_counts(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3])


@compiled_loosely
def _solve(
    phase: NDArray[np.float32], counts: NDArray[np.float64], turns: NDArray[np.float32],
    pins: NDArray[np.float32], owner: NDArray[np.int8], scale: NDArray[np.float64],
    right_hand: NDArray[np.float32], counts_right: NDArray[np.float64], steps: int,
) -> int:  # fmt: skip
    """Conjugate gradients from (`phase`, `counts`), which are changed; gives the steps taken."""
    rows, columns = phase.shape
    product = np.zeros((rows, columns), np.float32)
    residue = np.zeros((rows, columns), np.float32)
    search = np.zeros((rows, columns), np.float32)
    product_counts = np.zeros(4)
    residue_counts = np.zeros(4)
    search_counts = np.zeros(4)
    _apply(phase, counts, turns, pins, owner, scale, product, product_counts)
    for r in range(rows):
        for c in range(columns):
            residue[r, c] = right_hand[r, c] - product[r, c]
            search[r, c] = residue[r, c]
    for i in range(4):
        if scale[i] > 0.0:
            residue_counts[i] = counts_right[i] - product_counts[i]
            search_counts[i] = residue_counts[i]
    size = _dot(residue, residue) + _dot_counts(residue_counts, residue_counts)
    enough = 1e-8 * _dot(right_hand, right_hand)
    for step in range(steps):
        if size <= enough:
            return step
        _apply(search, search_counts, turns, pins, owner, scale, product, product_counts)
        along = _dot(search, product) + _dot_counts(search_counts, product_counts)
        length = np.float32(size / along)
        for r in range(rows):
            for c in range(columns):
                phase[r, c] += length * search[r, c]
                residue[r, c] -= length * product[r, c]
        for i in range(4):
            counts[i] += length * search_counts[i]
            residue_counts[i] -= length * product_counts[i]
        was = size
        size = _dot(residue, residue) + _dot_counts(residue_counts, residue_counts)
        share = np.float32(size / was)
        for r in range(rows):
            for c in range(columns):
                search[r, c] = residue[r, c] + share * search[r, c]
        for i in range(4):
            search_counts[i] = residue_counts[i] + share * search_counts[i]
    return steps


@compiled
def _right_hand(
    turns: NDArray[np.float32], rise: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    rows, columns = out.shape
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            total = rise[0, r, c] + rise[1, r, c]
            total -= turns[0, r, c - 1] * rise[0, r, c - 1]
            total -= turns[1, r - 1, c] * rise[1, r - 1, c]
            out[r, c] = total


@compiled
def _pin(
    finger: Any, minutiae: NDArray[np.float64], step: float, phase: NDArray[np.float32],
    angle: NDArray[np.float32], pins: NDArray[np.float32], right_hand: NDArray[np.float32],
) -> None:  # fmt: skip
    """Ahead of an ending is ridge and behind it valley, of a bifurcation the other way round: the
    nearest such phases."""
    rows, columns = angle.shape
    for i in range(2 * _PINS * len(minutiae)):
        x, y, direction, kind = minutiae[i // (2 * _PINS), :4]
        forward = i % 2 == 0
        ahead = (0.35 + 0.3 * (i // 2 % _PINS)) * period_at(finger, x, y)
        ahead = ahead if forward else -ahead
        x += ahead * math.cos(direction)
        y -= ahead * math.sin(direction)
        r = math.floor(y / step + (rows - 1) / 2 + 0.5)
        c = math.floor(x / step + (columns - 1) / 2 + 0.5)
        if not (1 <= r < rows - 1 and 1 <= c < columns - 1):
            continue
        wanted = 0.0 if (kind == 1.0) == forward else math.pi
        now = phase[r, c]
        target = wanted + 2.0 * math.pi * math.floor((now - wanted) / (2.0 * math.pi) + 0.5)
        pins[r, c] += _PIN
        right_hand[r, c] += _PIN * target


def agreed_phase(
    finger: Any, minutiae: NDArray[np.float64], rows: int, columns: int, step: float
) -> NDArray[np.float32]:
    """Radians on a grid of `step` px whose middle is the middle of the pad: ridges where its
    cosine is above 0. Its sign is arbitrary from place to place, so only its cosine has meaning."""
    shape = (rows + 2, columns + 2)
    angle = np.zeros(shape, np.float32)
    wave = np.zeros(shape, np.float32)
    skin = np.zeros(shape, np.bool_)
    turns = np.zeros((2, *shape), np.float32)
    rise = np.zeros((2, *shape), np.float32)
    owner = np.full(shape, -1, np.int8)
    _write_flow(finger, step, angle, wave, skin)
    _write_edges(finger, step, angle, wave, skin, turns, rise, owner)
    for x, y, direction, *_ in minutiae:
        _cut(x, y, direction, step, angle, skin, turns, rise)
    rise *= np.abs(turns)  # no edge, no rise

    # How many ridges lie between one singular point and the next is unknown as well: first any
    # number, then the nearest whole one. The first point has a ridge or a valley in its middle.
    edges = np.bincount(owner[owner >= 0], minlength=4).astype(float)
    owners = np.flatnonzero(edges)
    counts = np.zeros(4)
    if len(owners):
        counts[owners[0]] = 2.0 * math.pi * (int(finger["key"]) >> 40 & 1)
    scale = np.where(edges > 0, 2.0 / np.sqrt(np.maximum(edges, 1.0)), 0.0)
    scale[owners[:1]] = 0.0
    known = counts.copy()
    _add_counts(rise, owner, known)
    right_hand = np.zeros(shape, np.float32)
    _right_hand(turns, rise, right_hand)
    counts_right = np.zeros(4)
    _counts_right(rise, owner, scale, counts_right)
    pins = np.zeros(shape, np.float32)
    phase = np.zeros(shape, np.float32)
    free = np.zeros(4)
    _solve(phase, free, turns, pins, owner, scale, right_hand, counts_right, _STEPS)

    whole = 2.0 * math.pi * np.round(free * scale / (2.0 * math.pi))
    _add_counts(rise, owner, whole)
    scale[:] = 0.0
    _right_hand(turns, rise, right_hand)
    _pin(finger, minutiae, step, phase, angle, pins, right_hand)
    _solve(phase, free, turns, pins, owner, scale, right_hand, counts_right, _STEPS)
    return phase[1:-1, 1:-1].copy()


@compiled
def _add_counts(
    rise: NDArray[np.float32], owner: NDArray[np.int8], counts: NDArray[np.float64]
) -> None:
    for r in range(owner.shape[0]):
        for c in range(owner.shape[1]):
            if owner[r, c] >= 0:
                rise[1, r, c] += counts[owner[r, c]]


@compiled
def _counts_right(
    rise: NDArray[np.float32], owner: NDArray[np.int8], scale: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:  # fmt: skip
    for r in range(owner.shape[0]):
        for c in range(owner.shape[1]):
            if owner[r, c] >= 0:
                out[owner[r, c]] -= scale[owner[r, c]] * rise[1, r, c]
