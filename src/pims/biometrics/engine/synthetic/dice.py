"""Seeded chance inside compiled code: splitmix64, a stream for each thing that is drawn.

A stream is an array of one uint64. Streams of different keys are independent, so whatever is drawn
for one finger or one impression never depends on what was drawn before it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled

__all__ = ["Stream", "gamma_like", "key_of", "mixed", "normal", "stream", "uniform", "within"]

Stream = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2 ** -53


@compiled
def mixed(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> _30)) * _FIRST
    value = (value ^ (value >> _27)) * _SECOND
    return np.uint64(value ^ (value >> _31))


@compiled
def key_of(parent: np.uint64, child: np.uint64) -> np.uint64:
    """The key of what `child` numbers inside what `parent` is the key of."""
    return mixed(mixed(parent + _GOLDEN) ^ (child + np.uint64(1)) * _GOLDEN)


@compiled
def stream(key: np.uint64) -> Stream:
    state = np.empty(1, dtype=np.uint64)
    state[0] = key
    return state


@compiled
def uniform(state: Stream) -> float:
    """In [0, 1)."""
    state[0] = state[0] + _GOLDEN
    return float(mixed(state[0]) >> _11) * _UNIT


@compiled
def within(state: Stream, low: float, high: float) -> float:
    return low + (high - low) * uniform(state)


@compiled
def normal(state: Stream) -> float:
    """Mean 0, deviation 1, never beyond 3: nothing in a hand is."""
    while True:
        radius = math.sqrt(-2.0 * math.log(1.0 - uniform(state)))
        value = radius * math.cos(2.0 * math.pi * uniform(state))
        if -3.0 <= value <= 3.0:
            return value


@compiled
def gamma_like(state: Stream, mean: float, spread: float) -> float:
    """Positive and skewed: `mean` times a log-normal of mean 1 and logarithmic deviation."""
    return mean * math.exp(spread * normal(state) - 0.5 * spread * spread)
