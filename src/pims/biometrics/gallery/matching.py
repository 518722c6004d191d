"""The engine's matcher, as the gallery uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pims.biometrics.engine import Position, RidgeMap, Template
from pims.biometrics.engine.matching import fuse as _fuse
from pims.biometrics.engine.matching import matcher
from pims.biometrics.engine.matching import threshold as _threshold
from pims.biometrics.engine.matching.prepared import Prepared

__all__ = ["ENGINE", "Prepared", "compare", "fuse", "prepare", "scores", "threshold", "warm"]

ENGINE = "local-1"


def prepare(template: Template) -> Prepared:
    return matcher().prepare(template)


def scores(probe: Prepared, others: Sequence[Prepared]) -> list[float]:
    if not others:
        return []
    return [float(score) for score in matcher().compare_many(probe, others)]


def compare(one: Prepared, other: Prepared) -> tuple[float, list[list[int]]]:
    """The score, and the pairs of minutiae that belong together."""
    found = matcher().compare(one, other)
    return float(found.score), [[int(i), int(j)] for i, j in found.pairs]


def fuse(fingers: Mapping[int, float]) -> float:
    return float(_fuse({Position(position): score for position, score in fingers.items()}))


def warm() -> None:
    """Have everything compiled, or read from where the compiled code is kept, before anybody asks:
    the first time on a machine takes half a minute."""
    dice = np.random.default_rng(1)
    count = 12
    x, y = dice.uniform(20, 280, (2, count)).astype(np.float32)
    template = Template(
        x=x, y=y, angle=dice.uniform(0, 6.28, count).astype(np.float32),
        kind=np.ones(count, np.uint8), quality=np.full(count, 50, np.uint8), width=300, height=300,
    )  # fmt: skip
    map_ = np.full((38, 38), 100, np.uint8)
    for ridges in (None, RidgeMap(map_, map_, map_), RidgeMap(map_, map_, map_, phase=map_)):
        ready = prepare(replace(template, ridges=ridges))
        compare(ready, ready)
        scores(ready, [ready])


def threshold(fmr: float) -> float:
    return float(_threshold(fmr))
