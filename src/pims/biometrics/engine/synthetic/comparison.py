"""Synthetic prints beside real ones: how the scores of the matcher, and the prints, are spread."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.matching import Matcher, threshold
from pims.biometrics.engine.synthetic.contact import in_contact, to_finger, to_sensor
from pims.biometrics.engine.synthetic.fingers import (
    SENSOR,
    WELL,
    Finger,
    contact_of,
    impression_of,
    template_of,
)
from pims.biometrics.engine.synthetic.likeness import likeness, rows_of, shape
from pims.biometrics.engine.template import NOT_COMPUTED, Position, Template

__all__ = [
    "Prints", "Scores", "clear_prints_read", "drawn_templates", "extracted_templates",
    "minutiae_alone", "prints_table", "score", "scores_table", "synthetic_fingers",
]  # fmt: skip

# One finger's impressions, by a name of the finger; impostors are looked for inside each set.
Prints = Mapping[tuple[str, str], Sequence[Template]]

_IMPOSTORS = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Of all pairs of one finger's prints, and of pairs of different fingers of one set."""

    genuine: NDArray[np.float32]
    impostor: NDArray[np.float32]

    @property
    def equal_error_rate(self) -> float:
        """Share of errors where both kinds are as frequent."""
        marks = np.unique(np.concatenate([self.genuine, self.impostor]))
        missed = np.searchsorted(np.sort(self.genuine), marks, side="left") / len(self.genuine)
        false = 1 - np.searchsorted(np.sort(self.impostor), marks, side="left") / len(self.impostor)
        nearest = int(np.argmin(abs(missed - false)))
        return float((missed[nearest] + false[nearest]) / 2)

    def missed_at(self, fmr: float) -> float:
        """Share of genuine pairs below the matcher's own threshold for a false-match rate."""
        return float(np.mean(self.genuine < threshold(fmr)))


def synthetic_fingers(count: int, seed: int = 20_000) -> list[Finger]:
    """One finger of each of so many persons, positions in turn."""
    return [Finger(seed + i, Position(i % 10 + 1)) for i in range(count)]


def drawn_templates(fingers: Sequence[Finger], impressions: int) -> Prints:
    return {
        ("", f"{f.seed}/{f.position}"): [template_of(f, i) for i in range(impressions)]
        for f in fingers
    }


def extracted_templates(fingers: Sequence[Finger], impressions: int) -> Prints:
    """Through the image: some half a second a print."""
    from pims.biometrics.engine.extraction import extract

    return {
        ("", f"{f.seed}/{f.position}"): [
            extract(impression_of(f, i), position=f.position) for i in range(impressions)
        ]
        for f in fingers
    }


def clear_prints_read(fingers: Sequence[Finger]) -> tuple[float, float]:
    """Of clear impressions: the share of the fingers' minutiae that the network finds, within 8 px
    and 30 degrees, and the share of what it finds that is one of them. Away from the rim."""
    from pims.biometrics.engine.extraction import extract

    had = seen = found = meant = 0
    for finger in fingers:
        contact = contact_of(finger, 0, touch=WELL)
        template = extract(impression_of(finger, 0, touch=WELL), quality=False)
        there = rows_of(template)
        places = [to_finger(contact, x, y) for x, y in there[:, :2]]
        inner = np.array([in_contact(contact, *place) < 0.86 for place in places])
        mine = finger.minutiae[:, :4].copy()
        touched = np.array([in_contact(contact, *row[:2]) < 0.86 for row in mine])
        mine[:, :2] = [to_sensor(contact, *row[:2]) for row in mine]
        mine[:, 2] += contact["turn"]
        away = np.hypot(*(mine[:, None, i] - there[None, :, i] for i in range(2)))
        alike = np.cos(mine[:, None, 2] - there[None, :, 2]) > np.cos(np.radians(30))
        near = (away < 8) & alike
        margin = (mine[:, :2] > 12) & (mine[:, :2] < (SENSOR.width - 12, SENSOR.height - 12))
        touched &= margin.all(axis=1)
        had += int(touched.sum())
        seen += int(near.any(axis=1)[touched].sum())
        found += int(inner.sum())
        meant += int(near.any(axis=0)[inner].sum())
    return seen / had, meant / found


def minutiae_alone(prints: Prints) -> Prints:
    return {name: [replace(one, ridges=None) for one in some] for name, some in prints.items()}


def score(prints: Prints, matcher: Matcher) -> Scores:
    """All genuine pairs; impostor pairs all, or as many as are enough, spread evenly."""
    ready = {name: [matcher.prepare(one) for one in some] for name, some in prints.items()}
    genuine = [
        matcher.compare(a, b).score
        for some in ready.values()
        for a, b in itertools.combinations(some, 2)
    ]
    strangers = [
        (a, b)
        for (one, some), (two, others) in itertools.combinations(ready.items(), 2)
        if one[0] == two[0]
        for a in some
        for b in others
    ]
    every = max(1, len(strangers) // _IMPOSTORS)
    impostor = [matcher.compare(a, b).score for a, b in strangers[::every]]
    return Scores(np.array(genuine, np.float32), np.array(impostor, np.float32))


def scores_table(named: Mapping[str, Scores]) -> Iterator[str]:
    yield (
        "| prints | genuine pairs | 1 % | 5 % | 25 % | 50 % | 75 % | impostor pairs | 50 % | 99 % "
        "| 99.9 % | EER % | missed at 1e-4 % |"
    )
    yield "|---" * 13 + "|"
    for name, one in named.items():
        low = " | ".join(f"{q:.1f}" for q in np.percentile(one.genuine, [1, 5, 25, 50, 75]))
        high = " | ".join(f"{q:.1f}" for q in np.percentile(one.impostor, [50, 99, 99.9]))
        yield (
            f"| {name} | {len(one.genuine):,} | {low} | {len(one.impostor):,} | {high} "
            f"| {100 * one.equal_error_rate:.2f} | {100 * one.missed_at(1e-4):.2f} |"
        )


def prints_table(named: Mapping[str, Prints]) -> Iterator[str]:
    yield (
        "| prints | minutiae (5-95 %) | per 10,000 px | nearest, px | endings % "
        "| common % (10 %) | found in both % | px apart (90 %) | degrees (90 %) | kinds differ % "
        "| NFIQ 2 (25-75 %) |"
    )
    yield "|---" * 11 + "|"
    for name, prints in named.items():
        form = shape(one for some in prints.values() for one in some)
        like = likeness(
            pair for some in prints.values() for pair in itertools.combinations(some, 2)
        )
        values = [
            one.image_quality
            for some in prints.values()
            for one in some
            if one.image_quality != NOT_COMPUTED
        ]
        quality = "-"
        if values:
            low, middle, high = np.percentile(values, [25, 50, 75])
            quality = f"{middle:.0f} ({low:.0f}-{high:.0f})"
        yield (
            f"| {name} | {form.minutiae:.0f} ({form.fewest:.0f}-{form.most:.0f}) "
            f"| {form.density:.1f} | {form.nearest:.1f} | {100 * form.endings:.0f} "
            f"| {100 * like.common:.0f} ({100 * like.common_low:.0f}) | {100 * like.found:.1f} "
            f"| {like.away:.1f} ({like.away_high:.1f}) | {like.swing:.1f} ({like.swing_high:.1f}) "
            f"| {100 * like.flipped:.0f} | {quality} |"
        )
