"""The engine's matcher, as the gallery uses it."""

from pims.biometrics.engine import Template
from pims.biometrics.engine.matching import matcher
from pims.biometrics.engine.matching import threshold as _threshold
from pims.biometrics.engine.matching.prepared import Prepared

__all__ = ["ENGINE", "Prepared", "compare", "prepare", "threshold"]

ENGINE = "local-1"


def prepare(template: Template) -> Prepared:
    return matcher().prepare(template)


def compare(one: Prepared, other: Prepared) -> tuple[float, list[list[int]]]:
    """The score, and the pairs of minutiae that belong together."""
    found = matcher().compare(one, other)
    return float(found.score), [[int(i), int(j)] for i, j in found.pairs]


def threshold(fmr: float) -> float:
    return float(_threshold(fmr))
