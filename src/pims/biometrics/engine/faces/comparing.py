"""How near two faces are, and what that says: a second opinion that never decides alone.

The score is a log-likelihood ratio, natural logarithm: 0 says as much for the same person as
against. What stands behind it is little, and is said here:

- Anchor: the descriptor's author documents 99.38 % right decisions at a distance of 0.6 on the
  6,000 pairs of Labelled Faces in the Wild, half of them of one person. So the ratio is taken to be
  even at 0.6.
- Slope: two bell curves of equal width that err in 0.62 % each lie five widths apart; a width of
  0.12 is assumed, which is wider, and so more careful, than what is usually reported. It has not
  been measured on prisoners, on Belizeans, or on anybody here: no photographs came with this work.
- Ends: 6,000 pairs with 37 errors carry no claim beyond one in 160, so the score stops at
  ln 160 = 5.1 either way. A photograph can therefore never outweigh a fingerprint.

`Calibration.fitted` makes a better one from an institution's own portraits.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.reasons import Unusable

__all__ = ["DOCUMENTED", "LENGTH", "Calibration", "Candidate", "Faces", "distance"]

LENGTH = 128
Descriptor = NDArray[np.float32]
EVEN_AT = 0.6
WIDTH = 0.12
ERROR = 0.0062
APART = 5.0  # widths: twice 2.50, the quantile of 0.62 %
LEAST_PAIRS = 100


@dataclass(frozen=True, slots=True)
class Calibration:
    """score = slope * (even - distance), no further from 0 than `most`."""

    even: float
    slope: float
    most: float
    of: str  # on what it stands

    def score(self, distances: NDArray[np.float32]) -> NDArray[np.float32]:
        scores = self.slope * (self.even - distances)
        return np.asarray(np.clip(scores, -self.most, self.most), dtype=np.float32)

    @classmethod
    def fitted(cls, same: Sequence[float], different: Sequence[float], *, of: str) -> "Calibration":
        """From distances of pictures of one person and of different ones: a logistic curve with
        the shares of the two taken out. Its ends claim no more than the pairs can show.

        Raises Unusable ``biometrics.face.few_pairs``."""
        if min(len(same), len(different)) < LEAST_PAIRS:
            raise Unusable(
                "biometrics.face.few_pairs", count=min(len(same), len(different)), least=LEAST_PAIRS
            )
        values = np.concatenate([np.asarray(same), np.asarray(different)]).astype(np.float64)
        truth = np.concatenate([np.ones(len(same)), np.zeros(len(different))])
        weight = np.concatenate(
            [np.full(len(same), 0.5 / len(same)), np.full(len(different), 0.5 / len(different))]
        )
        centre, spread = values.mean(), values.std() or 1.0
        design = np.stack([np.ones_like(values), (values - centre) / spread], axis=1)
        # A tenth of a pair's weight keeps sets that do not overlap from a slope without end.
        factor, ridge = np.zeros(2), np.diag([0.0, 0.1 / len(values)])
        for _ in range(100):
            chance = 1 / (1 + np.exp(-np.clip(design @ factor, -30, 30)))
            gradient = design.T @ (weight * (truth - chance)) - ridge @ factor
            curve = (design * (weight * chance * (1 - chance))[:, None]).T @ design + ridge
            step = np.linalg.solve(curve + 1e-9 * np.eye(2), gradient)
            factor += step
            if np.abs(step).max() < 1e-9:
                break
        slope = -factor[1] / spread
        if slope <= 0:
            raise Unusable("biometrics.face.not_apart")
        even = centre - spread * factor[0] / factor[1]
        return cls(float(even), float(slope), math.log(min(len(same), len(different))), of)


DOCUMENTED = Calibration(
    EVEN_AT, APART / WIDTH, math.log(1 / ERROR), "99.38 % at 0.6 on LFW, as its author documents"
)


class Candidate(NamedTuple):
    """`key` as given; score as above. There is no decision here, and none follows from it."""

    key: bytes
    distance: float
    score: float


def distance(first: Descriptor, second: Descriptor) -> float:
    """Euclidean."""
    return float(np.linalg.norm(first.astype(np.float64) - second.astype(np.float64)))


class Faces:
    """Descriptors in memory, 512 bytes each, with opaque keys; one person may have several."""

    def __init__(
        self, entries: Iterable[tuple[bytes, Descriptor]] = (), *,
        calibration: Calibration = DOCUMENTED,
    ) -> None:  # fmt: skip
        self.calibration = calibration
        listed = list(entries)
        self._keys = [key for key, _ in listed]
        self._rows = np.zeros((0, LENGTH), dtype=np.float32)
        if listed:
            self._rows = np.stack([_checked(row) for _, row in listed]).astype(np.float32)
        self._squares = np.einsum("ij,ij->i", self._rows, self._rows)

    def __len__(self) -> int:
        return len(self._keys)

    def nearest(self, probe: Descriptor, *, most: int = 10) -> list[Candidate]:
        """The `most` persons nearest to the probe, each by the best of their pictures, the nearest
        first; ties in the order in which they were given."""
        if not self._keys or most <= 0:
            return []
        probe = _checked(probe)
        # Squared distances less the probe's own square: the order is the same.
        nearness = self._rows @ probe
        nearness *= -2
        nearness += self._squares
        own = float(probe @ probe)
        best: dict[bytes, float] = {}
        # Enough for persons with several pictures, without sorting everybody.
        take = min(len(nearness), most)
        while True:
            few = np.argpartition(nearness, take - 1)[:take]
            best.clear()
            for row in few[np.lexsort((few, nearness[few]))]:
                best.setdefault(self._keys[row], math.sqrt(max(float(nearness[row]) + own, 0)))
            if len(best) >= most or take == len(nearness):
                break
            take = min(len(nearness), take * 4)
        found = list(best.items())[:most]
        scores = self.calibration.score(np.array([d for _, d in found], dtype=np.float32))
        return [Candidate(key, d, float(s)) for (key, d), s in zip(found, scores, strict=True)]


def _checked(row: Descriptor) -> Descriptor:
    row = np.asarray(row, dtype=np.float32)
    if row.shape != (LENGTH,) or not np.isfinite(row).all():
        raise Unusable("biometrics.face.descriptor", length=LENGTH)
    return row
