"""The fingers of one position: their bytes, and the index that is searched first."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.compact import unpack
from pims.biometrics.engine.gallery.structures import (
    MOST_ASKED_OF,
    MOST_HELD,
    asked_codes,
    held_codes,
)
from pims.biometrics.engine.gallery.voting import (
    SHIFTS,
    SLOTS,
    TURNS,
    Segment,
    count_shifts,
    count_turns,
    heights,
    peaks,
    segment,
    without,
)
from pims.biometrics.engine.matching.prepared import Frame, Prepared
from pims.biometrics.engine.template import Template

__all__ = ["TAIL", "Asked", "Shelf", "asked"]

TAIL = 256  # fingers put since the index was made; all of these are compared
FIRST_SHARE = 0.03  # of a segment's fingers whose shifts are counted
FIRST_LEAST = 512
USUAL_CODES = 200.0
NOBODY: UUID | None = None

U32 = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a probe asks an index for."""

    codes: U32
    turned: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]


def asked(probe: Prepared) -> Asked:
    codes = np.empty(MOST_ASKED_OF, np.uint32)
    turned, middle = np.empty(MOST_ASKED_OF, np.int32), np.empty(MOST_ASKED_OF, np.int32)
    count = asked_codes(probe.xy, probe.way, probe.trust, codes, turned, middle)
    places = probe.xy[middle[:count]]
    return Asked(
        codes[:count].copy(), turned[:count].copy(), places[:, 0].copy(), places[:, 1].copy()
    )


class Shelf:
    """Slots are never used twice. Callers see to it that only one changes it at a time; a search
    reads `segments` and `indexed` once and is not disturbed by changes."""

    def __init__(self) -> None:
        self.keys: list[UUID | None] = []
        self.data: list[bytes] = []
        self.view: tuple[tuple[Segment, ...], int] = ((), 0)
        self._codes: list[U32] = []  # of what is not indexed yet
        self._wheres: list[U32] = []

    def put(self, key: UUID, data: bytes, ready: Frame) -> int:
        codes, where = np.empty(MOST_HELD, np.uint32), np.empty(MOST_HELD, np.uint32)
        count = held_codes(ready.xy, ready.way, ready.trust, codes, where)
        self._codes.append(codes[:count].copy())
        self._wheres.append(where[:count].copy())
        self.data.append(data)
        self.keys.append(key)
        return len(self.keys) - 1

    def remove(self, slot: int) -> None:
        """Forgets the finger, in the index as well."""
        self.keys[slot], self.data[slot] = NOBODY, b""
        segments, indexed = self.view
        number, local = divmod(slot, SLOTS)
        if slot >= indexed:
            nothing = np.empty(0, np.uint32)
            self._codes[slot - indexed] = self._wheres[slot - indexed] = nothing
        if slot < indexed:
            changed = without(segments[number], local)
            self.view = ((*segments[:number], changed, *segments[number + 1 :]), indexed)

    def index(self) -> None:
        """Take what was put lately into the index, if it is much."""
        segments, indexed = self.view
        if len(self.keys) - indexed <= TAIL:
            return
        made = list(segments)
        while self._codes:
            last = made.pop() if made and len(made[-1]) < SLOTS else None
            room = SLOTS - (len(last) if last is not None else 0)
            made.append(segment(self._codes[:room], self._wheres[:room], last))
            del self._codes[:room], self._wheres[:room]
        self.view = (tuple(made), len(self.keys))

    def likely(self, probe: Asked) -> list[tuple[float, int]]:
        """(votes, slot) of who may be it; those not indexed come with infinitely many."""
        segments, indexed = self.view
        found: list[tuple[float, int]] = [
            (float("inf"), slot)
            for slot in range(indexed, len(self.keys))
            if self.keys[slot] is not NOBODY
        ]
        for number, one in enumerate(segments):
            base = number * SLOTS
            for votes, local in _likely(one, probe):
                if self.keys[base + local] is not NOBODY:
                    found.append((votes, base + local))
        return found

    def template_bytes(self) -> int:
        return sum(map(len, self.data))

    def index_bytes(self) -> int:
        waiting = sum(a.nbytes + b.nbytes for a, b in zip(self._codes, self._wheres, strict=True))
        return waiting + sum(one.nbytes for one in self.view[0])

    def template(self, slot: int) -> Template:
        return unpack(self.data[slot])


def _likely(one: Segment, probe: Asked) -> list[tuple[float, int]]:
    count = len(one)
    tally = np.zeros(count * TURNS, np.uint8)
    total = count_turns(probe.codes, probe.turned, one.starts, one.postings, tally)
    height, turn = np.empty(count, np.float32), np.empty(count, np.int32)
    heights(tally, total / max(1, len(one.postings)), one.counts, height, turn)
    most = min(count, max(FIRST_LEAST, int(count * FIRST_SHARE)))
    best = np.argpartition(-height, most - 1)[:most]
    chosen = np.full(count, -1, np.int32)
    chosen[best] = np.arange(most)
    shifts = np.zeros(most * SHIFTS * SHIFTS, np.uint8)
    count_shifts(
        probe.codes, probe.turned, probe.x, probe.y, one.starts, one.postings, chosen, turn, shifts
    )
    peak = np.empty(most, np.float32)
    peaks(shifts, peak)
    # A finger of many structures gets more votes by chance; equal peaks by what agrees in turn.
    worth = (peak + 0.02 * height[best]) / (one.counts[best] + USUAL_CODES)
    return list(zip(worth.tolist(), best.tolist(), strict=True))
