"""From evidence to a log-likelihood ratio: a weighed sum of a few measures, compiled."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.matching.evidence import (
    ALIKE,
    ALONE,
    CONSENSUS,
    KIND,
    PAIRS,
    PLACE,
    TURN,
)
from pims.biometrics.engine.matching.ridges import BLOCKS, COHERENT, FLOW, LEVEL, PERIOD

F32 = NDArray[np.float32]

MINUTIAE_TERMS = (
    "pairs", "place", "turn", "kind", "share of those that should match", "neighbourhoods",
    "consensus",
)  # fmt: skip
RIDGE_TERMS = (
    "flow", "flow by area", "period", "phase held", "phase held by area", "phase",
    "phase by area",
)  # fmt: skip


@njit(cache=True, nogil=True)
def minutiae_terms(features: F32, out: F32) -> None:
    """Fill `out[:7]`, as `MINUTIAE_TERMS` names them."""
    pairs = features[PAIRS]
    out[0] = math.log(1.0 + pairs)
    out[1] = features[PLACE] / (pairs + 1.0)
    out[2] = features[TURN] / (pairs + 1.0)
    out[3] = features[KIND] / (pairs + 1.0)
    out[4] = pairs / (pairs + 0.5 * features[ALONE] + 1.0)
    out[5] = math.log(0.3 + max(0.0, features[ALIKE]))
    out[6] = math.log(0.1 + features[CONSENSUS])


@njit(cache=True, nogil=True)
def ridge_terms(ridges: F32, out: F32) -> None:
    """Fill `out[:7]`, as `RIDGE_TERMS` names them."""
    much = math.sqrt(ridges[BLOCKS] / 50.0)
    out[0], out[1] = ridges[FLOW], ridges[FLOW] * much
    out[2] = ridges[PERIOD]
    out[3], out[4] = ridges[COHERENT], ridges[COHERENT] * much
    out[5], out[6] = ridges[LEVEL], ridges[LEVEL] * much


@njit(cache=True, nogil=True)
def minutiae_score(features: F32, weights: F32) -> float:
    """`weights` (8): of the terms, then the constant."""
    terms = np.empty(7, dtype=np.float32)
    minutiae_terms(features, terms)
    score = float(weights[7])
    for k in range(7):
        score += weights[k] * terms[k]
    return score


@njit(cache=True, nogil=True)
def ridge_score(features: F32, ridges: F32, weights: F32) -> float:
    """`weights` (15): of the terms of minutiae, of those of ridges, then the constant."""
    terms = np.empty(7, dtype=np.float32)
    minutiae_terms(features, terms)
    score = float(weights[14])
    for k in range(7):
        score += weights[k] * terms[k]
    ridge_terms(ridges, terms)
    for k in range(7):
        score += weights[7 + k] * terms[k]
    return score
