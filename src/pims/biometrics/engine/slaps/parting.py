"""Where the fingers of a slap are: how the hand is turned, where one ends and the next begins.

Turned upright, each finger is a hump of the amount of ridges from left to right; the turn at which
the valleys between the humps are deepest is the hand's. Between fingers that touch, ridges are
faint and two flows of them meet: what is dark counts by how clearly the ridges run one way there.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.extraction.checks import looks_inverted
from pims.biometrics.engine.extraction.ridges import STEP, Ridges, measure
from pims.biometrics.engine.template import PPI

__all__ = ["HAND", "THUMBS", "Finger", "Kind", "Parting", "part"]

Float = NDArray[np.float32]
Flags = NDArray[np.bool_]

TURNS = np.arange(-44, 45, 2)  # degrees
FINE_TURNS = np.arange(-2, 2.1, 0.5)
SQUARE = 4  # px, the side of the squares in which fingers are told apart
SQUARE_MM = SQUARE * 25.4 / PPI
MOST_FINGERS = 4
LONGEST = 32.0  # mm from the tip: beyond it is another part of the finger
LEAST_MM2 = 60.0  # of ridges on a finger


@dataclass(frozen=True, slots=True)
class Kind:
    """What may lie on the scanner. In mm: how near their middles are, how wide each is at most,
    over how much the amount is smoothed from left to right."""

    near: float
    widest: float
    smooth: float
    deep: float  # the least depth of a valley, as a share of the lower hump beside it


HAND = Kind(near=7.5, widest=30.0, smooth=0.4, deep=0.22)
# Pressed on hard a thumb is dark at its sides and lighter between, but nothing like paper.
THUMBS = Kind(near=7.5, widest=42.0, smooth=0.4, deep=0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Finger:
    """In px of the upright frame. `mask` says which squares of `square` px from (`mask_left`,
    `mask_top`) are the finger's."""

    left: float
    right: float
    top: float
    bottom: float
    mask: Flags
    mask_left: float
    mask_top: float
    square: int = SQUARE


@dataclass(frozen=True, slots=True, eq=False)
class Parting:
    """`fingers` from left to right; `turn` is the hand's, clockwise in degrees."""

    fingers: tuple[Finger, ...]
    turn: float
    inverted: bool
    middle: tuple[float, float]  # px: of the image and of the upright frame, which turns about it
    upright_middle: tuple[float, float]

    def on_image(self, points: Float) -> Float:
        """(n, 2) px of the upright frame, on the image."""
        c, s = np.cos(np.radians(self.turn)), np.sin(np.radians(self.turn))
        x, y = (points - np.array(self.upright_middle, np.float32)).T
        moved = np.stack([c * x - s * y, s * x + c * y], axis=1) + np.array(self.middle)
        out: Float = moved.astype(np.float32)
        return out


def part(pixels: NDArray[np.uint8], kind: Kind = HAND) -> Parting | None:
    """The fingers of an image at 500 ppi; None where there are no ridges at all."""
    ridges = measure(pixels)
    if float(ridges.valid.sum()) * (STEP * 25.4 / PPI) ** 2 < LEAST_MM2:
        return None
    inverted = looks_inverted(pixels, ridges)
    weight = _amount(255 - pixels if inverted else pixels, ridges)
    turn = _turn(weight, kind)
    upright = _turned(weight, turn)
    fingers = tuple(_fingers(upright, kind))
    rows, columns = weight.shape
    side = upright.shape[0]
    return Parting(
        fingers, float(turn), inverted, (columns * SQUARE / 2, rows * SQUARE / 2),
        (side * SQUARE / 2, side * SQUARE / 2),
    )  # fmt: skip


def _amount(pixels: NDArray[np.uint8], ridges: Ridges) -> Float:
    """How much of each square is dark where ridges are, by how clearly they run one way."""
    rows, columns = ridges.valid.shape
    times = STEP // SQUARE
    whole = np.full((rows * STEP, columns * STEP), 255, np.uint8)
    whole[: pixels.shape[0], : pixels.shape[1]] = pixels
    inside = np.kron(ridges.valid, np.ones((STEP, STEP), np.bool_))
    dark, light = np.percentile(whole[inside], [10, 90])
    ink = (whole < 0.5 * (dark + light)).reshape(rows * times, SQUARE, columns * times, SQUARE)
    clear = np.where(ridges.valid, 0.15 + 0.85 * np.clip(ridges.coherence / 0.5, 0, 1), 0)
    amount: Float = ink.mean(axis=(1, 3), dtype=np.float32) * np.kron(
        clear, np.ones((times, times))
    ).astype(np.float32)
    return amount


def _turn(weight: Float, kind: Kind) -> float:
    best = max(TURNS.tolist(), key=lambda turn: _worth(weight, turn, kind))
    finer: list[float] = (best + FINE_TURNS).tolist()
    return max(finer, key=lambda turn: _worth(weight, turn, kind))


def _worth(weight: Float, turn: float, kind: Kind) -> tuple[int, float]:
    """Above all many humps, but no more than a hand has, then deep valleys, then none too far
    turned. Not the expected number of humps: at some turn two fingers look like one."""
    rows, columns = np.nonzero(weight)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    # Against the hand's turn.
    across = c * (columns - weight.shape[1] / 2) + s * (rows - weight.shape[0] / 2)
    counts = np.bincount(
        np.rint(across - across.min()).astype(np.int64), weights=weight[rows, columns]
    )
    profile = _smoothed(np.pad(counts, round(4 * kind.smooth / SQUARE_MM)), kind)
    humps, valleys = _humps(profile, kind)
    tops = profile[humps]
    depth = [
        1 - valley / min(tops[k], tops[k + 1])
        for k, valley in enumerate(profile[valley] for valley in valleys)
    ]
    if len(humps) == 1:
        # One finger alone is narrowest when it is upright.
        wide = float((profile > 0.1 * profile.max()).sum())
        return 1 - MOST_FINGERS, -wide - 0.1 * abs(turn)
    return -abs(len(humps) - MOST_FINGERS), float(np.sum(depth)) - 0.002 * abs(turn)


def _smoothed(counts: NDArray[np.float64], kind: Kind) -> NDArray[np.float64]:
    squares = kind.smooth / SQUARE_MM
    reach = int(np.ceil(3 * squares))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / squares) ** 2)
    return np.convolve(counts, weights / weights.sum(), mode="same")


def _humps(profile: NDArray[np.float64], kind: Kind) -> tuple[list[int], list[int]]:
    """Where the humps are highest, and the valleys between them lowest.

    Neighbours with no deep valley between them, or too near each other, are one; so are specks.
    """
    inner = profile[1:-1]
    peaks = (np.flatnonzero((inner > profile[:-2]) & (inner >= profile[2:])) + 1).tolist()
    peaks = [p for p in peaks if profile[p] > 0.12 * profile.max()]
    near = kind.near / SQUARE_MM
    while len(peaks) > 1:
        shallow, at = 2.0, -1
        for k in range(len(peaks) - 1):
            one, two = peaks[k], peaks[k + 1]
            depth = 1 - profile[one : two + 1].min() / min(profile[one], profile[two])
            if two - one < near:
                depth *= 0.3
            if depth < shallow:
                shallow, at = depth, k
        if shallow >= kind.deep:
            break
        lower = at if profile[peaks[at]] < profile[peaks[at + 1]] else at + 1
        del peaks[lower]
    valleys = [int(one + np.argmin(profile[one : two + 1])) for one, two in pairwise(peaks)]
    return peaks, valleys


def _turned(weight: Float, turn: float) -> Float:
    """The squares in the upright frame, a square with the diagonal as its side."""
    rows, columns = weight.shape
    side = int(np.ceil(np.hypot(rows, columns))) + 2
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    column = np.floor(c * x - s * y + columns / 2).astype(np.int64)
    row = np.floor(s * x + c * y + rows / 2).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    out = np.zeros((side, side), np.float32)
    out[inside] = weight[row[inside], column[inside]]
    return out


def _fingers(upright: Float, kind: Kind) -> list[Finger]:
    profile = _smoothed(upright.sum(axis=0).astype(np.float64), kind)
    _, valleys = _humps(profile, kind)
    edges = [0, *valleys, upright.shape[1]]
    # Between two ridges it is light as well.
    near = _widened(upright > 0.1, 2)
    found = []
    for left, right in pairwise(edges):
        mask = np.zeros_like(near)
        mask[:, left:right] = near[:, left:right]
        mask = _body(mask)
        if mask.sum() * SQUARE_MM**2 < LEAST_MM2:
            continue
        top = int(np.flatnonzero(mask.any(axis=1))[0])
        mask[top + round(LONGEST / SQUARE_MM) :] = False
        mask = _filled(mask)
        ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(xs) * SQUARE_MM > kind.widest:
            # Two that can't be told apart: not one finger, so that the count does not fit.
            continue
        found.append(
            Finger(
                left=float(xs[0] * SQUARE), right=float((xs[-1] + 1) * SQUARE),
                top=float(ys[0] * SQUARE), bottom=float((ys[-1] + 1) * SQUARE),
                mask=mask[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1],
                mask_left=float(xs[0] * SQUARE), mask_top=float(ys[0] * SQUARE),
            )
        )  # fmt: skip
    return found


def _widened(mask: Flags, by: int) -> Flags:
    for _ in range(by):
        grown = mask.copy()
        grown[1:] |= mask[:-1]
        grown[:-1] |= mask[1:]
        mask = grown.copy()
        mask[:, 1:] |= grown[:, :-1]
        mask[:, :-1] |= grown[:, 1:]
    return mask


def _filled(mask: Flags) -> Flags:
    """With its holes: what has some of it above, below, left and right."""
    reach = np.logical_or.accumulate
    across = reach(mask, axis=1) & reach(mask[:, ::-1], axis=1)[:, ::-1]
    down = reach(mask, axis=0) & reach(mask[::-1], axis=0)[::-1]
    out: Flags = across & down
    return out


def _body(mask: Flags) -> Flags:
    """The uppermost of the large connected parts: the fingertip, not what lies below its crease."""
    parts = _connected(mask)
    if not parts:
        return mask
    largest = max(int(one.sum()) for one in parts)
    large = [one for one in parts if one.sum() >= 0.3 * largest]
    return min(large, key=lambda one: int(np.flatnonzero(one.any(axis=1))[0]))


def _connected(mask: Flags) -> list[Flags]:
    """Parts that hang together by their sides or corners."""
    left = mask.copy()
    parts = []
    while left.any():
        seed = np.zeros_like(left)
        seed[np.unravel_index(int(left.argmax()), left.shape)] = True
        ys, xs = np.nonzero(left)
        window = (slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1))
        part_, around = seed[window], left[window]
        count = 0
        while count != (count := int(part_.sum())):
            part_ = _widened(part_, 1) & around
        whole = np.zeros_like(left)
        whole[window] = part_
        parts.append(whole)
        left &= ~whole
    return parts
