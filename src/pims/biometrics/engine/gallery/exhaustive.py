"""A probe with each of many prepared prints, in full and in one go: the answer searches aim at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numba.typed import List
from numpy.typing import NDArray

from pims.biometrics.engine.matching import Calibration, Prepared, calibration
from pims.biometrics.engine.matching.comparing import compare_prints
from pims.biometrics.engine.matching.evidence import ROWS
from pims.biometrics.engine.matching.ridges import MEASURES
from pims.biometrics.engine.template import MOST_MINUTIAE

__all__ = ["Exhaustive"]


@njit(cache=True, nogil=True)
def _scores(
    probe: Any, others: Any, weights: Any, ridge_weights: Any, first: Any, out: Any, most: int
) -> None:
    features, ridges = np.empty(ROWS, np.float32), np.empty(MEASURES, np.float32)
    a, b = np.empty(most, np.int32), np.empty(most, np.int32)
    move = np.empty(4, np.float32)
    for k in range(len(others)):
        if first[k]:
            told = compare_prints(
                probe, others[k], weights, ridge_weights, features, ridges, a, b, move, False
            )
        else:
            told = compare_prints(
                others[k], probe, weights, ridge_weights, features, ridges, a, b, move, False
            )
        out[k] = told[0]


class Exhaustive:
    """Some 15 KB for each print: for sweeps and for measuring, not for a large gallery."""

    def __init__(self, prints: Sequence[Prepared], shipped: Calibration | None = None) -> None:
        self._prints = List(prints)
        self._sizes = np.array([len(one.xy) for one in prints])
        self._bytes = [one.xy.tobytes() for one in prints]
        self._calibration = shipped or calibration()

    def __len__(self) -> int:
        return len(self._sizes)

    def scores(self, probe: Prepared) -> NDArray[np.float32]:
        """Of the probe with each, in their order: what `Matcher.compare` gives."""
        size, own = len(probe.xy), probe.xy.tobytes()
        first = self._sizes > size
        for k in np.flatnonzero(self._sizes == size):
            first[k] = own <= self._bytes[k]
        out = np.empty(len(self), np.float32)
        if len(self):
            most = max(MOST_MINUTIAE, size, int(self._sizes.max()))
            _scores(
                probe, self._prints, self._calibration.minutiae, self._calibration.ridges,
                first, out, most,
            )  # fmt: skip
        return out
