"""Laying one impression over another by the minutiae that belong together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, sin

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Move:
    """Turn by `turn` degrees (clockwise, y down) about the origin, then shift by `x`, `y` px."""

    turn: float
    x: float
    y: float


def laid(of: Sequence[Point], onto: Sequence[Point]) -> Move:
    """The turn and shift that bring `of` nearest to `onto`, pair by pair (least squares).

    Raises ValueError where there are no pairs.
    """
    if not of or len(of) != len(onto):
        raise ValueError("pairs of points")
    n = len(of)
    ax, ay = sum(p[0] for p in of) / n, sum(p[1] for p in of) / n
    bx, by = sum(p[0] for p in onto) / n, sum(p[1] for p in onto) / n
    dot = cross = 0.0
    for (px, py), (qx, qy) in zip(of, onto, strict=True):
        dot += (px - ax) * (qx - bx) + (py - ay) * (qy - by)
        cross += (px - ax) * (qy - by) - (py - ay) * (qx - bx)
    angle = atan2(cross, dot)
    return Move(
        degrees(angle),
        bx - (cos(angle) * ax - sin(angle) * ay),
        by - (sin(angle) * ax + cos(angle) * ay),
    )
