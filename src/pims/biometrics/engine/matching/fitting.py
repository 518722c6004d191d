"""How the weights of the evidence are fitted (`engine/refit.py` does it).

Logistic regression weighed for a rare event (one true pair in two hundred): what matters is how
strangers' highest scores compare with the weakest true ones, not the bulk of either. Its output is
then a log-likelihood ratio. No weight may say that more agreement is worse.
"""

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching.calibration import Tail
from pims.biometrics.engine.matching.scoring import minutiae_terms, ridge_terms

__all__ = ["fit", "tail", "terms"]

PRIOR = 0.005
PENALTY = 1e-5  # on the squared weights of terms of unit spread
# A wider difference of the ridges' period speaks against; all else speaks for.
SIGNS = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 1, 1, 1, 1])

Float = NDArray[np.float64]


def terms(features: NDArray[np.float32], ridges: NDArray[np.float32], *, both: bool) -> Float:
    """(pairs, 7) or, with ridges, (pairs, 14), from rows of `Evidence`."""
    out = np.empty((len(features), 14 if both else 7))
    row = np.empty(7, np.float32)
    for k in range(len(features)):
        minutiae_terms(features[k], row)
        out[k, :7] = row
        if both:
            ridge_terms(ridges[k], row)
            out[k, 7:] = row
    return out


def fit(told: Float, same: NDArray[np.bool_]) -> Float:
    """Weights (terms + 1) of `told` (pairs, terms); `same` says which pairs are of one finger."""
    middle, spread = told.mean(axis=0), told.std(axis=0) + 1e-9
    scaled = np.column_stack([(told - middle) / spread, np.ones(len(told))])
    weight = np.where(same, PRIOR / same.sum(), (1 - PRIOR) / (~same).sum())
    kept = np.ones(told.shape[1], dtype=bool)
    signs = SIGNS[: told.shape[1]]
    while True:
        columns = np.append(kept, True)
        found = np.zeros(len(columns))
        found[columns] = _newton(scaled[:, columns], same, weight)
        wrong = found[:-1] * signs < 0
        if not wrong.any():
            break
        # The worst goes first: without it the others may come right.
        kept[np.argmin(found[:-1] * signs)] = False
    weights = found[:-1] / spread
    return np.append(weights, found[-1] - float(weights @ middle))


def _newton(columns: Float, same: NDArray[np.bool_], weight: Float) -> Float:
    offset = np.log(PRIOR / (1 - PRIOR))
    penalty = np.append(np.full(columns.shape[1] - 1, PENALTY), 1e-12)
    found = np.zeros(columns.shape[1])
    for _ in range(200):
        odds = np.clip(columns @ found + offset, -40, 40)
        share = 1 / (1 + np.exp(-odds))
        slope = columns.T @ (weight * (same - share)) - penalty * found
        bend = (columns * (weight * share * (1 - share))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        longest = float(np.abs(step).max())
        found += step * min(1.0, 2.0 / max(longest, 1e-300))
        if longest < 1e-8:
            break
    return found


def tail(scores: Float, share: float = 0.01) -> Tail:
    """The tail of strangers' scores above the `share` highest, as an exponential."""
    ordered = np.sort(scores)[::-1]
    count = max(2, round(len(ordered) * share))
    start = float(ordered[count])
    return Tail(
        start=start, share=count / len(ordered), fall=float((ordered[:count] - start).mean())
    )
