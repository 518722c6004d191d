"""Fit the matcher's weights again: `python -m pims.biometrics.engine.refit DIRECTORY`.

DIRECTORY is as for `pims biometrics evaluate`. Prints `calibration.toml` as the matcher reads it.
The weights are fitted on all sets; the tails of strangers' scores, which thresholds rest on, on
scores by weights fitted without the set they are used on.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.evaluation import evidence_of, left_out, paired, read
from pims.biometrics.engine.matching import Matcher
from pims.biometrics.engine.matching.fitting import fit, tail

HEAD = """# Written by `python -m pims.biometrics.engine.refit`, of 320 prints of four sensors.
# Weights of the terms in the order of scoring.py, then the constant."""


def refit(directory: Path) -> str:
    templates, sets, fingers = read(directory, say=_say)
    _, _, pairs = paired(sets, fingers)
    matcher = Matcher()
    prepared = [matcher.prepare(template) for template in templates]
    with_ridges, without = evidence_of(prepared, pairs, say=_say)
    parts = [HEAD]
    for name, told in (("minutiae", without), ("ridges", with_ridges)):
        strangers = tail(left_out(told, pairs)[~pairs.same])
        parts.append(
            f"[{name}]\nweights = {_row(fit(told, pairs.same))}\n"
            f"tail = {{ start = {strangers.start:.4g}, share = {strangers.share:.4g}, "
            f"fall = {strangers.fall:.4g} }}"
        )
    return "\n\n".join(parts) + "\n"


def _row(weights: NDArray[np.float64]) -> str:
    return "[" + ", ".join(f"{weight:.5g}" for weight in weights) + "]"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.stdout.write(refit(Path(sys.argv[1])))
