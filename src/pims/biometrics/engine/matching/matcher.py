"""The matcher: prints in, calibrated scores out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching.calibration import Calibration, calibration
from pims.biometrics.engine.matching.comparing import compare_prints
from pims.biometrics.engine.matching.evidence import ROWS
from pims.biometrics.engine.matching.prepared import Prepared, prepare
from pims.biometrics.engine.matching.ridges import MEASURES
from pims.biometrics.engine.template import Template

__all__ = ["Comparison", "Evidence", "Matcher", "in_order", "matcher"]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What two prints have to do with each other."""

    score: float  # natural logarithm of a likelihood ratio: one finger against two
    pairs: NDArray[np.int32]  # (k, 2) minutiae of the probe and of the other that match
    # Cosine, sine, x, y: where a place of the probe lies on the other, (cx - sy + tx, sx + cy + ty)
    # in px with y down. None where no alignment was found.
    transform: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The measures behind a score, for fitting and for looking at."""

    features: NDArray[np.float32]  # rows of `evidence`
    ridges: NDArray[np.float32]  # measures of `ridges`
    with_ridges: bool
    score: float


class Matcher:
    """Compares prepared prints; the order of the two makes no difference. Safe to share."""

    def __init__(self, shipped: Calibration | None = None) -> None:
        self.calibration = shipped or calibration()

    def prepare(self, template: Template) -> Prepared:
        return prepare(template)

    def compare(self, probe: Prepared, other: Prepared) -> Comparison:
        swap = not in_order(probe, other)
        one, two = (other, probe) if swap else (probe, other)
        a, b = np.empty(len(one.xy), np.int32), np.empty(len(one.xy), np.int32)
        move = np.zeros(4, np.float32)
        score, count, _, _ = self._compared(one, two, a, b, move, full=False)
        pairs = np.stack([a[:count], b[:count]], axis=1)
        if not count:
            return Comparison(score, pairs.astype(np.int32), None)
        c, s, x, y = (float(value) for value in move)
        if swap:
            pairs = pairs[:, ::-1]
            s, x, y = -s, -(c * x + s * y), s * x - c * y
        return Comparison(score, np.ascontiguousarray(pairs), (c, s, x, y))

    def compare_many(self, probe: Prepared, gallery: Sequence[Prepared]) -> NDArray[np.float32]:
        """The score of the probe with each print of the gallery."""
        move = np.zeros(4, np.float32)
        scores = np.empty(len(gallery), np.float32)
        for k, other in enumerate(gallery):
            one, two = (probe, other) if in_order(probe, other) else (other, probe)
            a, b = np.empty(len(one.xy), np.int32), np.empty(len(one.xy), np.int32)
            scores[k] = self._compared(one, two, a, b, move, full=False)[0]
        return scores

    def evidence(self, probe: Prepared, other: Prepared) -> Evidence:
        """All measures, also of a pair that `compare` would have given up on."""
        one, two = (probe, other) if in_order(probe, other) else (other, probe)
        a, b = np.empty(len(one.xy), np.int32), np.empty(len(one.xy), np.int32)
        score, _, features, ridges = self._compared(
            one, two, a, b, np.zeros(4, np.float32), full=True
        )
        both = one.ridges.shape[0] > 0 and two.ridges.shape[0] > 0
        return Evidence(features, ridges, both, score)

    def _compared(
        self,
        one: Prepared,
        two: Prepared,
        a: NDArray[np.int32],
        b: NDArray[np.int32],
        move: NDArray[np.float32],
        *,
        full: bool,
    ) -> tuple[float, int, NDArray[np.float32], NDArray[np.float32]]:
        features, ridges = np.empty(ROWS, np.float32), np.empty(MEASURES, np.float32)
        score, count = compare_prints(
            one, two, self.calibration.minutiae, self.calibration.ridges,
            features, ridges, a, b, move, full,
        )  # fmt: skip
        return float(score), int(count), features, ridges


@cache
def matcher() -> Matcher:
    """The one that everybody uses, with the shipped calibration."""
    return Matcher()


def in_order(one: Prepared, two: Prepared) -> bool:
    """Whether `one` is the print to lay on `two`: that with fewer minutiae, else by its places."""
    left, right = len(one.xy), len(two.xy)
    if left != right:
        return left < right
    return one.xy.tobytes() <= two.xy.tobytes()
