"""A probe compared in full with many packed templates in one go: the last stage of a search.

The score of each is what `Matcher.compare` gives. Most are strangers and stop before their ridges
are looked at; so ridges are unpacked only of those that do not.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.compact import joined, unpack
from pims.biometrics.engine.matching import Matcher, Prepared
from pims.biometrics.engine.matching.comparing import HOPELESS_MINUTIAE, compare_prints
from pims.biometrics.engine.matching.descriptors import describe
from pims.biometrics.engine.matching.evidence import ROWS
from pims.biometrics.engine.matching.prepared import FLOOR, PITCH, frame
from pims.biometrics.engine.matching.regions import MARGIN, hull, hull_region, levels
from pims.biometrics.engine.matching.ridges import MEASURES

__all__ = ["closely"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

EMPTY = np.zeros((0, 0, 5), np.float32)


def closely(matcher: Matcher, probe: Prepared, data: Sequence[bytes]) -> F32:
    """The score of the probe with each packed template, in their order."""
    out = np.empty(len(data), np.float32)
    if not data:
        return out
    every = joined(data)
    places = frame(every.template)
    weights = matcher.calibration
    _scores(
        probe, probe.xy.view(np.uint8), places.xy, places.angle, places.way, places.trust,
        every.template.kind, every.firsts, every.shapes, EMPTY, weights.minutiae, weights.ridges,
        out,
    )  # fmt: skip
    if len(probe.ridges):
        hopeful = np.flatnonzero((out >= HOPELESS_MINUTIAE) & every.ridged).tolist()
        others = [matcher.prepare(unpack(data[k])) for k in hopeful]
        out[hopeful] = matcher.compare_many(probe, others)
    return out


@njit(cache=True, nogil=True)
def _scores(
    probe: Any, own: U8, xy: F32, angle: F32, way: F32, trust: F32, kind: U8, firsts: I64,
    shapes: I64, ridges: F32, weights: F32, ridge_weights: F32, out: F32,
) -> None:  # fmt: skip
    features, measures = np.empty(ROWS, np.float32), np.empty(MEASURES, np.float32)
    longest = probe.xy.shape[0]
    for k in range(out.shape[0]):
        longest = max(longest, firsts[k + 1] - firsts[k])
    a, b = np.empty(longest, np.int32), np.empty(longest, np.int32)
    move = np.empty(4, np.float32)
    for k in range(out.shape[0]):
        begin, end = firsts[k], firsts[k + 1]
        rows = max(1, -(-shapes[k, 1] // int(PITCH)))
        columns = max(1, -(-shapes[k, 0] // int(PITCH)))
        places = xy[begin:end]
        region = hull_region(hull(places), rows, columns, PITCH, MARGIN)
        bits, seen = describe(places, angle[begin:end], trust[begin:end], region, PITCH, FLOOR)
        other = Prepared(
            bits, seen, places, way[begin:end], trust[begin:end], kind[begin:end], levels(region),
            ridges, 8.0,
        )  # fmt: skip
        if _in_order(own, places.view(np.uint8)):
            told = compare_prints(
                probe, other, weights, ridge_weights, features, measures, a, b, move, False
            )
        else:
            told = compare_prints(
                other, probe, weights, ridge_weights, features, measures, a, b, move, False
            )
        out[k] = told[0]


@njit(cache=True, nogil=True)
def _in_order(one: U8, other: U8) -> bool:
    """As `matcher.in_order`, of the bytes of the two prints' places."""
    if one.shape[0] != other.shape[0]:
        return bool(one.shape[0] < other.shape[0])
    for row in range(one.shape[0]):
        for column in range(one.shape[1]):
            if one[row, column] != other[row, column]:
                return bool(one[row, column] < other[row, column])
    return True
