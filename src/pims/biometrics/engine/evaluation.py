"""The error rates of the matcher on the sets of a Fingerprint Verification Competition.

Inside each set every pair of impressions of one finger is a true pair and every pair of two fingers
a pair of strangers. A threshold for a rate of false matches is the lowest score that no more than
that share of the strangers' pairs exceeds; whoever does not exceed it is not matched.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching import Matcher, Prepared
from pims.biometrics.engine.matching.fitting import fit, terms
from pims.biometrics.engine.template import Template

__all__ = [
    "ANCHORS",
    "Pairs",
    "Rates",
    "Report",
    "Row",
    "evaluate",
    "evidence_of",
    "left_out",
    "measure",
    "paired",
    "pairs_of",
    "rates",
    "read",
]  # fmt: skip

# Set 2 of the competition of 2002 was scanned at 569 ppi, the others at 500.
RESOLUTIONS = {("2002", "DB2"): 569.0, ("2004", "DB3"): 512.0}
SUFFIXES = (".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".wsq")
RESAMPLED = 400
MEASURED = ("EER", "FNMR@1e-3", "FNMR@1e-4", "Zero")
# Measured beside on the 320 prints of 2002, with the same protocol: per cent.
ANCHORS: Mapping[str, tuple[float, float, float, float]] = {
    "SecuGen templates, OpenAFIS": (10.14, 18.5, 23.2, 23.2),
    "mindtct, bozorth3": (5.44, 16.4, 19.9, 19.9),
    "SourceAFIS, its own extractor": (5.89, 13.3, 14.9, 15.3),
    "LEADER, SourceAFIS": (1.52, 3.5, 5.1, 5.1),
}

Float = NDArray[np.float64]
Flags = NDArray[np.bool_]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every pair to compare: indices of impressions, whether of one finger, and the set of each."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    same: Flags
    sets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares, 0 to 1."""

    eer: float
    at_1e3: float
    at_1e4: float
    zero: float

    def told(self) -> tuple[float, float, float, float]:
        return self.eer, self.at_1e3, self.at_1e4, self.zero


@dataclass(frozen=True, slots=True)
class Row:
    """One set, or all of them (`pooled`), under one way of weighing the evidence."""

    way: str
    name: str
    rates: Rates
    low: Rates  # of 95 in 100 resamplings of the fingers
    high: Rates
    true_pairs: int
    strangers: int


@dataclass(frozen=True, slots=True)
class Report:
    rows: Sequence[Row]

    def as_json(self) -> dict[str, object]:
        return {
            "rows": [
                {
                    "weights": row.way, "set": row.name, "true_pairs": row.true_pairs,
                    "strangers": row.strangers,
                    **{
                        name: {"value": value, "low": low, "high": high}
                        for name, value, low, high in zip(
                            MEASURED, row.rates.told(), row.low.told(), row.high.told(),
                            strict=True,
                        )
                    },
                }
                for row in self.rows
            ],
            "anchors_per_cent": {name: list(values) for name, values in ANCHORS.items()},
        }  # fmt: skip

    def as_text(self) -> str:
        """Per cent, with the interval in which 95 of 100 resamplings of the fingers fell."""
        out = []
        for way in dict.fromkeys(row.way for row in self.rows):
            out.append(way)
            out.append(f"  {'set':<10}" + "".join(f"{name:>22}" for name in MEASURED))
            for row in self.rows:
                if row.way == way:
                    cells = (
                        f"{100 * v:6.2f} ({100 * low:.2f} to {100 * high:.2f})"
                        for v, low, high in zip(
                            row.rates.told(), row.low.told(), row.high.told(), strict=True
                        )
                    )
                    out.append(f"  {row.name:<10}" + "".join(f"{cell:>22}" for cell in cells))
        out.append("Measured elsewhere on the 320 prints of 2002, pooled")
        out += [
            f"  {name:<32}" + "".join(f"{value:>10.2f}" for value in values)
            for name, values in ANCHORS.items()
        ]
        return "\n".join(out)


def evaluate(directory: Path | str, *, say: Say = lambda _: None) -> Report:
    """Read `directory`/<set>/<finger>_<impression>.<suffix>, extract, compare, and measure.

    Raises ValueError where there are no such images. An image that shows no finger takes part with
    what was found on it.
    """
    return measure(*read(directory, say=say), say=say)


def read(
    directory: Path | str, *, say: Say = lambda _: None
) -> tuple[list[Template], list[str], list[str]]:
    """Templates, sets and fingers of all images of a directory as `evaluate` takes it."""
    from pims.biometrics.engine.extraction import examine

    directory = Path(directory)
    files = _files(directory)
    if not files:
        raise ValueError(f"no images named <set>/<finger>_<impression> in {directory.name}")

    def template(file: Path) -> Template:
        ppi = resolution(directory, file.parent.name)
        return examine(file, ppi=ppi, quality=False, strict=False).template

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        templates = []
        for number, one in enumerate(pool.map(template, files), 1):
            templates.append(one)
            if number % 40 == 0:
                say(f"{number} of {len(files)} prints extracted")
    return (
        templates,
        [file.parent.name for file in files],
        [file.stem.split("_")[0] for file in files],
    )


def resolution(directory: Path, name: str) -> float:
    for (year, start), ppi in RESOLUTIONS.items():
        if year in directory.name and name.startswith(start):
            return ppi
    return 500.0


def _files(directory: Path) -> list[Path]:
    found = [
        file
        for file in directory.glob("*/*")
        if file.suffix.lower() in SUFFIXES and re.fullmatch(r"\d+_\d+", file.stem)
    ]
    return sorted(found, key=lambda f: (f.parent.name, *map(int, f.stem.split("_"))))


def measure(
    templates: Sequence[Template],
    sets: Sequence[str],
    fingers: Sequence[str],
    *,
    say: Say = lambda _: None,
) -> Report:
    """Compare every pair inside each set; `sets` and `fingers` name each template's."""
    names, labels, pairs = paired(sets, fingers)
    for at, name in enumerate(names):
        if len(set(pairs.same[pairs.sets == at])) < 2:
            raise ValueError(f"{name}: two fingers and two prints of one are needed")
    matcher = Matcher()
    prepared = [matcher.prepare(template) for template in templates]
    shipped = np.array(
        [
            matcher.compare(prepared[i], prepared[j]).score
            for i, j in zip(pairs.one, pairs.other, strict=True)
        ]
    )
    ways = {"As shipped": shipped}
    if len(names) > 1:
        with_ridges, without = evidence_of(prepared, pairs, say=say)
        ways["Weights fitted without the set they are used on"] = left_out(with_ridges, pairs)
        ways["The same by minutiae alone, as from a minutiae record"] = left_out(without, pairs)
    people = np.unique(labels, return_inverse=True)[1]
    rows = []
    for way, scores in ways.items():
        for at, name in enumerate(names):
            rows.append(_row(way, name, scores, pairs, pairs.sets == at, people))
        rows.append(_row(way, "pooled", scores, pairs, np.ones(len(scores), bool), people))
    return Report(rows)


def paired(
    sets: Sequence[str], fingers: Sequence[str]
) -> tuple[list[str], NDArray[np.str_], Pairs]:
    """The sets' names, a label for each finger, and every pair."""
    names = sorted(set(sets))
    number = np.array([names.index(name) for name in sets])
    labels = np.array([f"{name}/{finger}" for name, finger in zip(sets, fingers, strict=True)])
    return names, labels, pairs_of(number, labels)


def evidence_of(
    prepared: Sequence[Prepared], pairs: Pairs, *, say: Say = lambda _: None
) -> tuple[Float, Float]:
    """The terms of every pair: with ridges (pairs, 14) and of minutiae alone (pairs, 7)."""
    matcher, told = Matcher(), []
    for i, j in zip(pairs.one, pairs.other, strict=True):
        told.append(matcher.evidence(prepared[i], prepared[j]))
        if len(told) % 2000 == 0:
            say(f"{len(told)} of {len(pairs.one)} pairs compared")
    features = np.stack([one.features for one in told])
    ridges = np.stack([one.ridges for one in told])
    return terms(features, ridges, both=True), terms(features, ridges, both=False)


def pairs_of(sets: NDArray[np.int64], labels: NDArray[np.str_]) -> Pairs:
    one, other = np.triu_indices(len(sets), 1)
    inside = sets[one] == sets[other]
    one, other = one[inside], other[inside]
    return Pairs(one, other, labels[one] == labels[other], sets[one])


def left_out(told: Float, pairs: Pairs) -> Float:
    """The score of each pair by weights fitted on the other sets."""
    scores = np.empty(len(told))
    for name in np.unique(pairs.sets):
        here = pairs.sets == name
        weights = fit(told[~here], pairs.same[~here])
        scores[here] = told[here] @ weights[:-1] + weights[-1]
    return scores


def _row(
    way: str, name: str, scores: Float, pairs: Pairs, here: Flags, people: NDArray[np.int64]
) -> Row:
    scores, same = scores[here], pairs.same[here]
    one, other = people[pairs.one[here]], people[pairs.other[here]]
    found = rates(scores, same, np.ones(len(scores)))
    dice = np.random.default_rng(20021)
    everybody = np.unique(one)
    resampled = np.empty((RESAMPLED, 4))
    for k in range(RESAMPLED):
        drawn = dice.choice(everybody, len(everybody))
        while len(np.unique(drawn)) < 2:  # nobody would be a stranger to anybody
            drawn = dice.choice(everybody, len(everybody))
        times = np.bincount(drawn, minlength=int(people.max()) + 1).astype(float)
        weight = np.where(same, times[one], times[one] * times[other])
        resampled[k] = rates(scores, same, weight).told()
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    return Row(
        way, name, found, Rates(*map(float, low)), Rates(*map(float, high)),
        int(same.sum()), int((~same).sum()),
    )  # fmt: skip


def rates(scores: Float, same: Flags, weight: Float) -> Rates:
    """The error rates of weighed pairs."""
    used = weight > 0
    scores, same, weight = scores[used], same[used], weight[used]
    true, strange = scores[same], scores[~same]
    order, other = np.argsort(true), np.argsort(-strange)
    true, strange = true[order], strange[other]
    missed = np.concatenate([[0.0], np.cumsum(weight[same][order])])
    passed = np.cumsum(weight[~same][other])
    missed, passed = missed / missed[-1], passed / passed[-1]

    def at(rate: float) -> float:
        """FNMR where at most that share of strangers scores above the threshold."""
        # Of equal scores none may pass unless all may.
        over = int(np.searchsorted(passed, rate + 1e-12, side="right"))
        if over == len(strange):
            return 0.0
        return float(missed[np.searchsorted(true, strange[over], side="right")])

    levels = np.unique(scores)
    lost = missed[np.searchsorted(true, levels, side="left")]
    below = np.searchsorted(-strange, -levels, side="right")
    let_in = np.where(below > 0, passed[np.maximum(below - 1, 0)], 0.0)
    nearest = int(np.argmin(np.abs(lost - let_in)))
    return Rates(float(lost[nearest] + let_in[nearest]) / 2, at(1e-3), at(1e-4), at(0.0))
