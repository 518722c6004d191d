"""Having everything compiled before anybody asks, or read from where compiled code is kept."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np

from pims.biometrics.engine import RidgeMap, Template
from pims.biometrics.engine.gallery.shelf import TAIL
from pims.biometrics.gallery.holding import Holding


def warm() -> None:
    """The first time on a machine it takes half a minute, later a second."""
    with _alone():
        _use_everything()


@contextmanager
def _alone() -> Iterator[None]:
    """Of several processes of this checkout one compiles, and the others read what it kept."""
    folder = os.open(Path(__file__).parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # there is a file system that locks nothing: each compiles for itself
            pass
        yield
    finally:
        os.close(folder)


def _use_everything() -> None:
    dice = np.random.default_rng(1)
    count = 24
    x, y = dice.uniform(20, 280, (2, count)).astype(np.float32)
    template = Template(
        x=x, y=y, angle=dice.uniform(0, 6.28, count).astype(np.float32),
        kind=np.ones(count, np.uint8), quality=np.full(count, 50, np.uint8), width=300, height=300,
    )  # fmt: skip
    map_ = np.full((38, 38), 100, np.uint8)
    for ridges in (None, RidgeMap(map_, map_, map_), RidgeMap(map_, map_, map_, phase=map_)):
        holding, finger = Holding(), replace(template, ridges=ridges)
        # So many that they are taken into the index.
        for number in range(1, TAIL + 2):
            holding.put(UUID(int=number), {1: finger})
        holding.identify({1: finger}, limit=1)
        holding.verify(UUID(int=1), {1: finger})
        holding.compare(finger, [finger])
