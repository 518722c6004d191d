"""The fingers of one position: their bytes, and the index that is searched first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.gallery.compact import unpack
from pims.biometrics.engine.gallery.rough import lay
from pims.biometrics.engine.gallery.segments import SLOTS, Segment, segment, without
from pims.biometrics.engine.gallery.structures import (
    MOST_ASKED_OF,
    MOST_HELD,
    asked_codes,
    held_codes,
)
from pims.biometrics.engine.gallery.voting import (
    TURNS,
    agree,
    answers,
    count_turns,
    gather,
    most_at,
    sift,
)
from pims.biometrics.engine.matching.prepared import Frame, Prepared
from pims.biometrics.engine.template import Template

__all__ = ["TAIL", "Asked", "Shelf", "View", "asked", "best_of", "likely"]

TAIL = 64  # fingers put since the index was made; all of these are compared
MUCH = 4096  # of these are taken into the index at once, whether or not anybody searches
# Of a segment's fingers, those on which the probe is laid: more, the fewer minutiae it has, as it
# then says less and takes less time.
LAID_SHARE, LAID_LEAST, USUAL_MINUTIAE = 0.045, 256, 46
USUAL_CODES = 100.0
NOBODY: UUID | None = None

U32 = NDArray[np.uint32]
F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a probe asks an index for: its codes in order, and which minutia each is of."""

    probe: Prepared
    codes: U32
    turned: NDArray[np.uint8]
    middle: NDArray[np.uint8]


def asked(probe: Prepared) -> Asked:
    codes = np.empty(MOST_ASKED_OF, np.uint32)
    turned, middle = np.empty(MOST_ASKED_OF, np.uint8), np.empty(MOST_ASKED_OF, np.uint8)
    count = asked_codes(probe.xy, probe.way, probe.trust, codes, turned, middle)
    order = np.argsort(codes[:count], kind="stable")
    return Asked(probe, codes[order], turned[order], middle[order])


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a search looks at, whatever changes meanwhile."""

    segments: tuple[Segment, ...] = ()
    indexed: int = 0
    # Packed templates of those that came later; grows at its end.
    tail: Sequence[bytes] = field(default_factory=list)

    def data(self, slot: int) -> bytes:
        """The packed template; empty of one that was removed."""
        if slot < self.indexed:
            return self.segments[slot // SLOTS].data(slot % SLOTS)
        return self.tail[slot - self.indexed]


class Shelf:
    """Slots are never used twice. Callers see to it that only one changes it at a time; a search
    reads `view` once and is not disturbed by changes."""

    def __init__(self) -> None:
        self.keys: list[UUID | None] = []
        self._tail: list[bytes] = []
        self.view = View(tail=self._tail)
        self._codes: list[U32] = []  # of what is not indexed yet
        self._wheres: list[U32] = []

    def put(self, key: UUID, data: bytes, ready: Frame) -> int:
        codes, where = np.empty(MOST_HELD, np.uint32), np.empty(MOST_HELD, np.uint32)
        count = held_codes(ready.xy, ready.way, ready.trust, codes, where)
        self._codes.append(codes[:count].copy())
        self._wheres.append(where[:count].copy())
        self._tail.append(data)
        self.keys.append(key)
        if len(self._tail) >= MUCH:
            self.index()
        return len(self.keys) - 1

    def remove(self, slot: int) -> None:
        """Forgets the finger, in the index as well."""
        self.keys[slot] = NOBODY
        segments, indexed = self.view.segments, self.view.indexed
        number, local = divmod(slot, SLOTS)
        if slot >= indexed:
            nothing = np.empty(0, np.uint32)
            self._codes[slot - indexed] = self._wheres[slot - indexed] = nothing
            self._tail[slot - indexed] = b""
        else:
            changed = without(segments[number], local)
            self.view = View(
                (*segments[:number], changed, *segments[number + 1 :]), indexed, self._tail
            )

    def index(self) -> None:
        """Take what was put lately into the index, if it is much."""
        if len(self._tail) <= TAIL:
            return
        made = list(self.view.segments)
        while self._codes:
            last = made.pop() if made and len(made[-1]) < SLOTS else None
            room = SLOTS - (len(last) if last is not None else 0)
            made.append(segment(self._codes[:room], self._wheres[:room], self._tail[:room], last))
            # A search that began before still reads the old tail.
            self._tail = self._tail[room:]
            del self._codes[:room], self._wheres[:room]
        self.view = View(tuple(made), len(self.keys), self._tail)

    def index_bytes(self) -> int:
        waiting = sum(a.nbytes + b.nbytes for a, b in zip(self._codes, self._wheres, strict=True))
        return waiting + sum(one.index_bytes for one in self.view.segments)

    def template_bytes(self) -> int:
        return sum(map(len, self._tail)) + sum(one.template_bytes for one in self.view.segments)

    def template(self, slot: int) -> Template:
        return unpack(self.view.data(slot))


def likely(view: View, probe: Asked) -> tuple[F32, NDArray[np.int64]]:
    """How well each finger in the index that may be it fits, roughly, and its slot."""
    fits, slots = [np.empty(0, np.float32)], [np.empty(0, np.int64)]
    for number, one in enumerate(view.segments):
        fit, local = _likely(one, probe)
        fits.append(fit)
        slots.append(local.astype(np.int64) + number * SLOTS)
    return np.concatenate(fits), np.concatenate(slots)


def best_of(values: F32, most: int) -> NDArray[np.int64]:
    """Places of the `most` greatest, in no order."""
    if len(values) <= most:
        return np.arange(len(values))
    return np.argpartition(-values, most - 1)[:most]


def _likely(one: Segment, probe: Asked) -> tuple[F32, NDArray[np.int32]]:
    ready, count = probe.probe, len(one)
    bound = answers(probe.codes, one.starts) + 1
    told, whose = np.empty(bound, np.uint32), np.empty(bound, np.uint16)
    total, _ = gather(probe.codes, one.starts, one.postings, told, whose)
    tally = np.zeros(count * TURNS, np.uint8)
    count_turns(told, whose, total, probe.turned, tally)
    turn = np.empty(count, np.int32)
    most_at(tally, turn)
    firsts = np.empty(count + 1, np.int32)
    kept, askers = np.empty(total + 1, np.uint32), np.empty(total + 1, np.uint16)
    sift(told, whose, total, probe.turned, turn, firsts, kept, askers)
    votes, different = np.empty(count, np.float32), np.empty(count, np.float32)
    moves = np.empty((count, 4), np.float32)
    agree(firsts, kept, askers, probe.middle, ready.xy, ready.way, votes, different, moves)

    # A finger of many structures gets more votes by chance.
    worth = (different + votes) / (one.counts + USUAL_CODES)
    share = LAID_SHARE * max(1.0, USUAL_MINUTIAE / max(1, len(ready.xy))) ** 1.5
    slots = best_of(worth, max(LAID_LEAST, int(count * share))).astype(np.int32)
    fits = np.empty(len(slots), np.float32)
    lay(ready.xy, ready.way, ready.trust, moves[slots], one.packed, one.at, slots, fits)
    return fits + np.float32(0.3) * different[slots], slots
