"""One amount for several defaults on one paper, which does not say how much is for which.

All of it ends them all, whatever the shares are. What a part takes off nobody can say: a person
decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pims.courts.selectors.infos import SentenceInfo
from pims.sentences.engine import Adjustment
from pims.sentences.engine.case import DEFAULTS, PAYMENTS


@dataclass(frozen=True, slots=True)
class SharedAmount:
    """`cents` end these sentences of one paper together; without those that
    have an amount of their own."""

    sentences: tuple[SentenceInfo, ...]
    cents: int

    @property
    def sentence_ids(self) -> tuple[int, ...]:
        return tuple(one.sentence_id for one in self.sentences)


def shared_amounts(standing: Iterable[SentenceInfo]) -> list[SharedAmount]:
    """Of each paper with defaults that have no amount of their own, where it names one for all."""
    papers: dict[int, list[SentenceInfo]] = defaultdict(list)
    for one in standing:
        if one.kind in DEFAULTS and one.paper_cents is not None:
            papers[one.order_id].append(one)
    found = []
    for rows in papers.values():
        open_ones = tuple(one for one in rows if one.amount_cents is None)
        rest = (rows[0].paper_cents or 0) - sum(one.amount_cents or 0 for one in rows)
        if open_ones and rest > 0:
            found.append(SharedAmount(open_ones, rest))
    return found


def left_of(shared: SharedAmount, payments: Iterable[Adjustment], numbers: Collection[int]) -> int:
    """What is still owed of it, in cents; `numbers` are its sentences' in the case."""
    own = [a for a in payments if a.kind in PAYMENTS and a.sentence in numbers]
    if any(a.kind == "fine_paid" for a in own):
        return 0
    return max(shared.cents - sum(a.paid_cents or 0 for a in own), 0)


def paid_together(
    standing: Sequence[SentenceInfo],
    adjustments: Sequence[Adjustment],
    numbers: Mapping[int, int],
) -> tuple[Adjustment, ...]:
    """The adjustments, and for each such amount that is paid one payment of each sentence in full,
    on the day of the last part, in the place of the parts."""
    found = list(adjustments)
    for shared in shared_amounts(standing):
        own = [numbers[one] for one in shared.sentence_ids]
        parts = [a for a in found if a.kind in PAYMENTS and a.sentence in own]
        if not parts or left_of(shared, parts, own):
            continue
        on = max((a.starts for a in parts if a.starts is not None), default=date.min)
        found = [a for a in found if a not in parts]
        found += [Adjustment("fine_paid", starts=on, sentence=number) for number in own]
    return tuple(found)
