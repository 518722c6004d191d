"""The weights of the evidence and what a score means, fitted by `fitting` and kept as data."""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["Calibration", "Tail", "calibration", "decide", "false_match_rate", "threshold"]

# Fewer impostor pairs than this were seen at none: beyond it a rate is extrapolated.
DEFAULT_FMR = 1e-4


@dataclass(frozen=True, slots=True)
class Tail:
    """The scores of strangers above `start`: a share `share` of all, falling as an exponential."""

    start: float
    share: float
    fall: float  # score in which the share falls e-fold

    def score(self, fmr: float) -> float:
        return self.start + self.fall * math.log(self.share / fmr)

    def rate(self, score: float) -> float:
        return min(1.0, self.share * math.exp(-(score - self.start) / self.fall))


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    minutiae: NDArray[np.float32]  # weights of the terms, then the constant
    ridges: NDArray[np.float32]
    tails: tuple[Tail, ...]  # by minutiae alone, and with ridges


@cache
def calibration() -> Calibration:
    """As shipped."""
    text = resources.files(__package__).joinpath("calibration.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return Calibration(
        minutiae=np.array(told["minutiae"]["weights"], dtype=np.float32),
        ridges=np.array(told["ridges"]["weights"], dtype=np.float32),
        tails=tuple(Tail(**told[name]["tail"]) for name in ("minutiae", "ridges")),
    )


def threshold(fmr: float = DEFAULT_FMR) -> float:
    """The score that at most the share `fmr` of pairs of strangers exceeds.

    The tail of the strangers' scores is measured down to a share of about 1e-3 and taken to fall
    on as an exponential below; of the two kinds of comparison the more careful one counts.
    Raises ValueError unless 0 < fmr < 1.
    """
    if not 0.0 < fmr < 1.0:
        raise ValueError("a false-match rate lies between 0 and 1")
    return max(tail.score(fmr) for tail in calibration().tails)


def false_match_rate(score: float) -> float:
    """The share of pairs of strangers that would score as high; the inverse of `threshold`."""
    return max(tail.rate(score) for tail in calibration().tails)


def decide(score: float, fmr: float = DEFAULT_FMR) -> bool:
    """Whether the score says "one finger" at that false-match rate."""
    return score > threshold(fmr)
