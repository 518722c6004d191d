"""Several fingers of one person: their evidence together, and whether a label is wrong."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pims.biometrics.engine.matching.calibration import threshold
from pims.biometrics.engine.matching.matcher import Matcher
from pims.biometrics.engine.template import Position, Template

__all__ = ["MISLABELLED", "Sequencing", "Swap", "check_sequence", "fuse", "repeated"]

# How often a finger of a card is not the one its label says (two hands exchanged, one finger
# rolled twice): against so much doubt one finger alone can't outweigh the others' agreement.
MISLABELLED = 0.01


def fuse(scores: Mapping[Position, float]) -> float:
    """The log-likelihood ratio of all fingers together; 0 of none.

    Fingers speak independently, so their ratios multiply, each mixed with the chance that the
    finger is wrongly labelled and says nothing.
    """
    return math.fsum(
        math.log1p(-MISLABELLED + MISLABELLED * math.exp(-score)) + score
        if score > 0
        else math.log((1 - MISLABELLED) * math.exp(score) + MISLABELLED)
        for score in scores.values()
    )


@dataclass(frozen=True, slots=True)
class Swap:
    """What is labelled `labelled` matches what the reference calls `matches`."""

    labelled: Position
    matches: Position
    score: float


@dataclass(frozen=True, slots=True)
class Sequencing:
    """What a check of the labels found."""

    agreeing: tuple[Position, ...]  # match under their own label
    swapped: tuple[Swap, ...]  # match under another one, and not under their own
    unknown: tuple[Position, ...]  # match none, or have no counterpart


def check_sequence(
    prints: Mapping[Position, Template],
    reference: Mapping[Position, Template],
    *,
    matcher: Matcher | None = None,
    fmr: float = 1e-5,
) -> Sequencing:
    """Which labels of `prints` disagree with a `reference` of the same person."""
    matcher = matcher or Matcher()
    known = {at: matcher.prepare(one) for at, one in reference.items()}
    least = threshold(fmr)
    agreeing, swapped, unknown = [], [], []
    for label, template in sorted(prints.items()):
        own = matcher.prepare(template)
        scores = {at: matcher.compare(own, other).score for at, other in known.items()}
        best = max(scores, key=lambda at: (scores[at], at == label), default=None)
        if scores.get(label, -math.inf) > least:
            agreeing.append(label)
        elif best is not None and scores[best] > least:
            swapped.append(Swap(labelled=label, matches=best, score=scores[best]))
        else:
            unknown.append(label)
    return Sequencing(tuple(agreeing), tuple(swapped), tuple(unknown))


def repeated(
    prints: Sequence[tuple[Position, Template]],
    *,
    matcher: Matcher | None = None,
    fmr: float = 1e-5,
) -> list[tuple[int, int, float]]:
    """Pairs of indices of `prints` that show the same finger though labelled differently."""
    matcher = matcher or Matcher()
    ready = [matcher.prepare(template) for _, template in prints]
    least = threshold(fmr)
    found = []
    for i in range(len(ready)):
        for j in range(i + 1, len(ready)):
            if prints[i][0] != prints[j][0]:
                score = matcher.compare(ready[i], ready[j]).score
                if score > least:
                    found.append((i, j, score))
    return found
