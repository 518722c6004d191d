"""How two impressions of one finger differ, in a few numbers: of real prints, and of the generator.

This is what the generator's rates were set by, and what shows whether they still hold. Alignment is
by trying every pair of minutiae, so it needs no matcher.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.template import Template

__all__ = ["Likeness", "Shape", "likeness", "rows_of", "shape"]

_NEAR = 16.0  # px
_ALIKE = math.radians(25.0)
_LEAST = 8  # matched minutiae for a pair to count as aligned


def rows_of(template: Template) -> NDArray[np.float64]:
    """(n, 4) of x, y, angle, kind."""
    columns = (template.x, template.y, template.angle, template.kind)
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


@compiled
def _moved(rows: NDArray[np.float64], turn: float, x: float, y: float) -> NDArray[np.float64]:
    """Turned counter-clockwise about the origin, then shifted."""
    out = rows.copy()
    cos = math.cos(turn)
    sin = math.sin(turn)
    for i in range(len(rows)):
        out[i, 0] = cos * rows[i, 0] + sin * rows[i, 1] + x
        out[i, 1] = cos * rows[i, 1] - sin * rows[i, 0] + y
        out[i, 2] = (rows[i, 2] + turn) % (2.0 * math.pi)
    return out


@compiled
def _pairs(a: NDArray[np.float64], b: NDArray[np.float64], near: float) -> NDArray[np.int64]:
    """For each of `a` the nearest of `b` that is also nearest to it, or -1."""
    best = np.full(len(a), -1)
    for side in range(2):
        for i in range(len(a)):
            least = near
            found = -1
            for j in range(len(b)):
                away = math.hypot(a[i, 0] - b[j, 0], a[i, 1] - b[j, 1])
                turn = abs((a[i, 2] - b[j, 2] + math.pi) % (2.0 * math.pi) - math.pi)
                if away < least and turn < _ALIKE:
                    least = away
                    found = j
            if side == 0:
                best[i] = found
        if side == 0:
            for j in range(len(b)):
                least = near
                found = -1
                for i in range(len(a)):
                    away = math.hypot(a[i, 0] - b[j, 0], a[i, 1] - b[j, 1])
                    turn = abs((a[i, 2] - b[j, 2] + math.pi) % (2.0 * math.pi) - math.pi)
                    if away < least and turn < _ALIKE:
                        least = away
                        found = i
                for i in range(len(a)):
                    if best[i] == j and found != i:
                        best[i] = -1
    return best


@compiled
def _fitted(
    a: NDArray[np.float64], b: NDArray[np.float64], best: NDArray[np.int64]
) -> tuple[float, float, float]:
    """The turn and shift of `a` that bring its matched minutiae nearest to those of `b`."""
    number = 0
    ax = ay = bx = by = 0.0
    for i in range(len(a)):
        if best[i] >= 0:
            number += 1
            ax += a[i, 0]
            ay += a[i, 1]
            bx += b[best[i], 0]
            by += b[best[i], 1]
    ax /= number
    ay /= number
    bx /= number
    by /= number
    along = across = 0.0
    for i in range(len(a)):
        if best[i] >= 0:
            px = a[i, 0] - ax
            py = -(a[i, 1] - ay)
            qx = b[best[i], 0] - bx
            qy = -(b[best[i], 1] - by)
            along += px * qx + py * qy
            across += px * qy - py * qx
    turn = math.atan2(across, along)
    cos = math.cos(turn)
    sin = math.sin(turn)
    return turn, bx - (cos * ax + sin * ay), by - (cos * ay - sin * ax)


@compiled
def aligned(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """`a` brought over `b`, which of `b` each matches (or -1), and by how much it was turned."""
    most = -1
    best_turn = best_x = best_y = 0.0
    for i in range(len(a)):
        for j in range(len(b)):
            turn = (b[j, 2] - a[i, 2] + math.pi) % (2.0 * math.pi) - math.pi
            if abs(turn) > 0.9:
                continue
            cos = math.cos(turn)
            sin = math.sin(turn)
            x = b[j, 0] - (cos * a[i, 0] + sin * a[i, 1])
            y = b[j, 1] - (cos * a[i, 1] - sin * a[i, 0])
            number = 0
            for k in range(len(a)):
                px = cos * a[k, 0] + sin * a[k, 1] + x
                py = cos * a[k, 1] - sin * a[k, 0] + y
                for m in range(len(b)):
                    if abs(px - b[m, 0]) < 12.0 and abs(py - b[m, 1]) < 12.0:
                        off = (a[k, 2] + turn - b[m, 2] + math.pi) % (2.0 * math.pi) - math.pi
                        if abs(off) < _ALIKE:
                            number += 1
                            break
            if number > most:
                most = number
                best_turn = turn
                best_x = x
                best_y = y
    moved = _moved(a, best_turn, best_x, best_y)
    best = _pairs(moved, b, _NEAR)
    for _ in range(4):
        if np.sum(best >= 0) < 3:
            break
        turn, x, y = _fitted(a, b, best)
        best_turn = turn
        moved = _moved(a, turn, x, y)
        best = _pairs(moved, b, _NEAR)
    return moved, best, best_turn


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of the convex hull, in order (Andrew's chains)."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]

    def chain(some: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        kept: list[NDArray[np.float64]] = []
        for point in some:
            while len(kept) > 1 and _side(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _side(
    a: NDArray[np.float64], b: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Above 0 where a point lies to the left of the line from a to b."""
    step = b - a
    off = points - a
    return np.asarray(step[0] * off[..., 1] - step[1] * off[..., 0])


def _inside(hull: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    within = np.ones(len(points), bool)
    for a, b in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        within &= _side(a, b, points) >= 0
    return within


def _area(hull: NDArray[np.float64]) -> float:
    x, y = hull.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """Of single prints: medians over the prints."""

    prints: int
    minutiae: float
    fewest: float  # the 5th percentile
    most: float  # the 95th
    area: float  # px, of the hull of the minutiae
    density: float  # minutiae per 10,000 px of it
    nearest: float  # px to the nearest other minutia
    too_near: float  # share of minutiae with another within 8 px
    opposed: float  # share of neighbours within 30 px that point the other way
    endings: float  # share


def shape(templates: Iterable[Template]) -> Shape:
    kept: list[tuple[float, ...]] = []
    for template in templates:
        rows = rows_of(template)
        if len(rows) < 6:
            continue
        area = _area(_hull(rows[:, :2]))
        away = np.hypot(*(rows[:, None, i] - rows[None, :, i] for i in range(2)))
        np.fill_diagonal(away, np.inf)
        beside = (away > 8.0) & (away < 30.0)
        turn = np.cos(rows[:, None, 2] - rows[None, :, 2])
        either = max(1, int(np.sum(beside & (abs(turn) > 0.5))))
        opposed = int(np.sum(beside & (turn < -0.5))) / either
        least = away.min(axis=1)
        kept.append(
            (
                len(rows), area, 1e4 * len(rows) / area, float(np.median(least)),
                float(np.mean(least < 8.0)), float(opposed), float(np.mean(rows[:, 3] == 1)),
            )
        )  # fmt: skip
    table = np.array(kept)
    middle = np.median(table, axis=0)
    middle[4:] = table[:, 4:].mean(axis=0)
    low, high = np.percentile(table[:, 0], [5, 95])
    return Shape(
        len(kept), middle[0], low, high, middle[1], middle[2], middle[3], middle[4], middle[5],
        middle[6],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of pairs of impressions of one finger that could be aligned."""

    pairs: int
    aligned: float  # share
    turn: float  # degrees, deviation of the difference
    common: float  # median share of a print's minutiae that lie inside the other's hull
    common_low: float  # the 10th percentile over pairs
    found: float  # mean share of those that the other print has as well
    found_low: float  # the 10th percentile over pairs
    found_high: float  # the 90th
    away: float  # px, median distance of matched minutiae after a rigid move
    away_high: float  # px, the 90th percentile
    swing: float  # degrees, median difference of direction
    swing_high: float  # the 90th percentile
    flipped: float  # share of matched minutiae whose kinds differ


def likeness(pairs: Iterable[tuple[Template, Template]]) -> Likeness:
    of_pairs: list[tuple[float, float, float]] = []
    of_minutiae: list[NDArray[np.float64]] = []
    asked = 0
    for first, second in pairs:
        asked += 1
        a, b = rows_of(first), rows_of(second)
        if len(a) < _LEAST or len(b) < _LEAST:
            continue
        moved, best, turn = aligned(a, b)
        matched = best >= 0
        if matched.sum() < _LEAST:
            continue
        inside_b = _inside(_hull(b[:, :2]), moved[:, :2])
        inside_a = _inside(_hull(moved[:, :2]), b[:, :2])
        hit = np.zeros(len(b), bool)
        hit[best[matched]] = True
        common = (inside_b.sum() + inside_a.sum()) / (len(a) + len(b))
        asked_for = max(1, int(inside_b.sum() + inside_a.sum()))
        found = int(np.sum(matched & inside_b) + np.sum(hit & inside_a)) / asked_for
        of_pairs.append((math.degrees(turn), common, found))
        other = b[best[matched]]
        mine = moved[matched]
        swing = (mine[:, 2] - other[:, 2] + math.pi) % (2 * math.pi) - math.pi
        of_minutiae.append(
            np.stack(
                [
                    np.hypot(*(mine[:, :2] - other[:, :2]).T),
                    np.abs(np.degrees(swing)),
                    mine[:, 3] != other[:, 3],
                ],
                axis=1,
            )
        )
    whole = np.array(of_pairs)
    single = np.concatenate(of_minutiae)
    low, high = np.percentile(whole[:, 2], [10, 90])
    return Likeness(
        pairs=asked,
        aligned=len(whole) / asked,
        turn=float(whole[:, 0].std()),
        common=float(np.median(whole[:, 1])),
        common_low=float(np.percentile(whole[:, 1], 10)),
        found=float(whole[:, 2].mean()), found_low=float(low), found_high=float(high),
        away=float(np.median(single[:, 0])), away_high=float(np.percentile(single[:, 0], 90)),
        swing=float(np.median(single[:, 1])), swing_high=float(np.percentile(single[:, 1], 90)),
        flipped=float(single[:, 2].mean()),
    )  # fmt: skip
