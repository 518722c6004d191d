"""Everybody against everybody: how long a sweep takes, and what it finds of whom
the simulated prison has on record twice. Minutes long: with `--full` alone."""

import json
import time

from bench.context import Context
from bench.gallery import fingers_held, gallery
from bench.prison import prison
from bench.results import Result
from pims.biometrics import selectors
from pims.biometrics.sweeping import sweep_everything
from pims.config import instance
from pims.foundation.access.selectors import system_actor

# A night has eight hours; the largest prison system of the region a hundred times as many people.
WITHIN = 600.0  # seconds


def run(context: Context) -> list[Result]:
    if not context.full:
        return []
    with prison(context), gallery(context) as found:
        known = json.loads((instance.var_dir() / "demo" / "known_bad_data.json").read_text())
        planted = {frozenset(pair) for pair in known["same_fingers_twice"]}
        size = fingers_held(found)
        began = time.monotonic()
        done = sweep_everything(of=found)
        took = time.monotonic() - began
        if done is None:
            raise AssertionError("the gallery went away")
        lines = selectors.candidates(system_actor(), limit=10_000)
        told = {
            frozenset((line.person.number, line.other.number))
            for line in lines
            if line.purpose == "sweep"
        }
    return [
        Result(
            name="sweep of the whole prison",
            value=took,
            unit="s",
            target=WITHIN,
            details={
                "fingers": size, "records": done.total, "planted": len(planted),
                "found": len(planted & told), "false": len(told - planted),
            },
        ),
        Result(
            name="  doubles that it missed or made up",
            value=float(len(planted ^ told)),
            unit="pairs",
            target=0.0,
        ),
    ]  # fmt: skip
