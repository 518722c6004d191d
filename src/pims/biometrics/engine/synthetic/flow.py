"""How the ridges of a finger run: direction and period anywhere, and where ridges must begin.

Where ridges fan out, new ones must begin, or the gaps between them would grow: at a rate of
div(t / period) an area, for a unit vector t along the ridges (Bonnevie's old remark on minutiae,
in one line). A minutia, ending or bifurcation, has one ridge more on the side to which its
direction points, so the same expression says which way the minutiae there point.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.anatomy import WAVES
from pims.biometrics.engine.synthetic.compiled import compiled

__all__ = ["STEP", "begin_rate", "direction_at", "nodes_of", "on_skin", "period_at", "turned"]

STEP = 18.0  # px between the nodes on which the flow is written down


@compiled
def turned(dx: float, dy: float, one: Any, index: int) -> float:
    """The angle about a singular point at which (dx, dy), y up, is seen from it: corrected."""
    away = math.sqrt(dx * dx + dy * dy) + 1e-9
    sin = dy / away
    cos = dx / away
    bend = one.bend[index]
    return float(
        math.atan2(dy, dx)
        + bend[0] * sin
        + bend[1] * (cos - 1.0)
        + bend[2] * 2.0 * sin * cos
        - bend[3] * 2.0 * sin * sin
    )


@compiled
def direction_at(one: Any, x: float, y: float) -> float:
    """Of the ridge at (x, y) of the finger: radians, y up, to be read modulo pi."""
    angle = one.tilt
    for i in range(one.cores):
        dx = x - one.core_x[i]
        dy = one.core_y[i] - y
        angle += 0.5 * turned(dx, dy, one, i)
        away = dx * dx + dy * dy
        aside = dy * math.cos(one.core_axis[i]) - dx * math.sin(one.core_axis[i])
        angle -= 0.78 * one.core_round[i] * aside / math.sqrt(away + 1.0) / (1.0 + away / 14400.0)
    for i in range(one.deltas):
        angle -= 0.5 * turned(x - one.delta_x[i], one.delta_y[i] - y, one, 2 + i)
    across = x / one.arch_width
    across = max(-1.2, min(1.2, across))
    if one.pattern == 0:
        below = (y - one.arch_y) / 120.0
        rise = one.arch / (1.0 + below * below if below > 0.0 else 1.0 + 0.3 * below * below)
        angle -= rise * math.sin(math.pi * 0.8 * across)
    else:
        # The tip's ridges follow its outline, whatever the pattern beneath them.
        angle -= one.arch * across / (1.0 + math.exp((y - one.arch_y) / 28.0))
    for i in range(WAVES):
        angle += one.wave_turn[i] * math.sin(
            one.wave_x[i] * x + one.wave_y[i] * y + one.wave_phase[i]
        )
    return float(angle)


@compiled
def period_at(one: Any, x: float, y: float) -> float:
    """Px from ridge to ridge."""
    share = 1.0 + one.period_down * y / one.half_height
    for i in range(WAVES):
        share += one.wave_period[i] * math.cos(
            one.wave_x[i] * y - one.wave_y[i] * x + one.wave_phase[i]
        )
    return float(one.period * min(1.35, max(0.75, share)))


@compiled
def on_skin(one: Any, x: float, y: float) -> float:
    """1 at the outline of what any impression could show, less inside: a blunt ellipse."""
    across = abs(x) / one.half_width
    along = abs(y) / one.half_height
    return float(across**2.4 + along**2.4)


@compiled
def nodes_of(one: Any) -> NDArray[np.float64]:
    """The flow on nodes `STEP` px apart: (rows, columns, 4) of cos and sin of the doubled
    direction, 1/period, and the rate at which ridges begin (below) along that direction.
    Node (r, c) is at x = (c - (columns - 1) / 2) * STEP, and y alike."""
    columns = 2 * int(one.half_width / STEP + 1.0) + 1
    rows = 2 * int(one.half_height / STEP + 1.0) + 1
    nodes = np.empty((rows, columns, 4))
    for r in range(rows):
        y = (r - (rows - 1) / 2) * STEP
        for c in range(columns):
            x = (c - (columns - 1) / 2) * STEP
            angle = 2.0 * direction_at(one, x, y)
            nodes[r, c, 0] = math.cos(angle)
            nodes[r, c, 1] = math.sin(angle)
            nodes[r, c, 2] = 1.0 / period_at(one, x, y)
    for r in range(rows):
        for c in range(columns):
            nodes[r, c, 3] = begin_rate(nodes, r, c)
    return nodes


@compiled
def _along(nodes: NDArray[np.float64], r: int, c: int) -> tuple[float, float]:
    """The ridges' unit vector at a node, to the right; y up."""
    cos = math.sqrt(max(0.0, 0.5 + 0.5 * nodes[r, c, 0]))
    sin = math.sqrt(max(0.0, 0.5 - 0.5 * nodes[r, c, 0]))
    return cos, (sin if nodes[r, c, 1] >= 0.0 else -sin)


@compiled
def _beside(
    nodes: NDArray[np.float64], r: int, c: int, tx: float, ty: float
) -> tuple[float, float]:
    """The unit vector at a node on the side of (tx, ty), over the period there."""
    x, y = _along(nodes, r, c)
    share = nodes[r, c, 2] if x * tx + y * ty >= 0.0 else -nodes[r, c, 2]
    return x * share, y * share


@compiled
def begin_rate(nodes: NDArray[np.float64], r: int, c: int) -> float:
    """Ridges begun a square pixel on the way along the direction at node (r, c), rightwards."""
    rows, columns = nodes.shape[:2]
    tx, ty = _along(nodes, r, c)
    left = max(c - 1, 0)
    right = min(c + 1, columns - 1)
    up = max(r - 1, 0)
    down = min(r + 1, rows - 1)
    dx = _beside(nodes, r, right, tx, ty)[0] - _beside(nodes, r, left, tx, ty)[0]
    dy = _beside(nodes, up, c, tx, ty)[1] - _beside(nodes, down, c, tx, ty)[1]
    return float(dx / ((right - left) * STEP) + dy / ((down - up) * STEP))
