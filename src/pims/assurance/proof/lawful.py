"""Which order makes custody lawful, at each instant from reception on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from pims.assurance.proof.history import Custody, History
from pims.assurance.proof.law import Law
from pims.assurance.proof.reaches import FLAWS, Reach, reaches

LAWFUL = "lawful"
NO_ORDER = "no_order"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` until, and not including, `end` custody rests on `order_ids`.

    `why` is ``lawful``; or one of FLAWS, where an order is there that proves nothing; or why none
    is there: ``no_order``, or what ended the last (`order_ids` are then that one and, where there
    is one, the order that ended it).
    """

    begin: datetime
    end: datetime
    order_ids: tuple[str, ...]
    why: str

    @property
    def proven(self) -> bool:
        return self.why == LAWFUL


def authority_over(history: History, law: Law, upto: datetime) -> list[Stretch]:
    """Custody until `upto`, in order of time: each instant of it is in exactly one stretch."""
    return stretches(history, reaches(history, law), upto)


def stretches(history: History, found: Sequence[Reach], upto: datetime) -> list[Stretch]:
    whole: list[Stretch] = []
    earlier: datetime | None = None
    for custody in sorted(history.custody, key=lambda one: (one.begins, one.custody_id)):
        end = upto if custody.ends is None else min(custody.ends, upto)
        if custody.begins < end:
            whole += _joined(_within(custody, end, earlier, found))
        earlier = custody.ends
    return whole


def _within(
    custody: Custody, end: datetime, earlier: datetime | None, found: Sequence[Reach]
) -> Iterator[Stretch]:
    """Piece by piece: nothing begins or ends within one."""
    begin = custody.begins
    holding = sorted(
        (r for r in found if r.begins < end and (r.ends is None or r.ends > begin) and r.holds),
        key=lambda reach: reach.begins,
    )
    over = sorted(
        (r for r in found if r.ends is not None and r.ends < end and _told(r, begin, earlier)),
        key=_ended,
    )
    marks = {begin, end}
    for reach in holding:
        marks.add(max(reach.begins, begin))
        if reach.ends is not None:
            marks.add(min(reach.ends, end))
    marks.update(reach.ends for reach in over if reach.ends is not None and reach.ends > begin)
    instants = sorted(marks)
    active: list[Reach] = []
    last: Reach | None = None
    coming, gone = 0, 0
    for start, stop in pairwise(instants):
        while coming < len(holding) and holding[coming].begins <= start:
            active.append(holding[coming])
            coming += 1
        active = [reach for reach in active if reach.ends is None or reach.ends > start]
        while gone < len(over) and _ended(over[gone])[0] <= start:
            last = over[gone]
            gone += 1
        yield _piece(start, stop, active, last)


def _piece(start: datetime, stop: datetime, active: list[Reach], last: Reach | None) -> Stretch:
    firm = {reach.order_id for reach in active if not reach.flaw}
    if firm:
        return Stretch(start, stop, tuple(sorted(firm)), LAWFUL)
    if active:
        flaw = min((reach.flaw for reach in active), key=FLAWS.index)
        doubtful = {reach.order_id for reach in active if reach.flaw == flaw}
        return Stretch(start, stop, tuple(sorted(doubtful)), flaw)
    if last is None:
        return Stretch(start, stop, (), NO_ORDER)
    return Stretch(start, stop, tuple(filter(None, (last.order_id, last.by))), last.ending)


def _told(reach: Reach, begin: datetime, earlier: datetime | None) -> bool:
    """Whether the end of an order explains a gap of this custody, and not of one before it."""
    assert reach.ends is not None
    return reach.begins >= begin or reach.ends > begin or earlier is None or reach.begins >= earlier


def _ended(reach: Reach) -> tuple[datetime, str, str, str]:
    assert reach.ends is not None
    return reach.ends, reach.ending, reach.order_id, reach.by


def _joined(pieces: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before and (before.order_ids, before.why) == (piece.order_ids, piece.why):
            found[-1] = replace(before, end=piece.end)
        else:
            found.append(piece)
    return found
