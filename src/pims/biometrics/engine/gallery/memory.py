"""A gallery in memory: who is likeliest of everybody, by three stages.

Short codes of small structures vote for a share of the fingers; votes that agree on turn and shift
choose some hundreds of these; each of these is laid on the probe in full. The last stage is the
matcher's own comparison, so whoever comes through has the score that comparing one to one gives.
"""

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from uuid import UUID

from pims.biometrics.engine.gallery.compact import pack, unpack
from pims.biometrics.engine.gallery.shelf import Shelf, asked
from pims.biometrics.engine.matching import Comparison, Matcher, Prepared, fuse, matcher
from pims.biometrics.engine.matching.prepared import frame
from pims.biometrics.engine.template import Position, Template

__all__ = ["SHORTLIST", "Gallery", "Hit"]

# Fingers compared in full for each finger of a probe. Counting votes takes the longer the more are
# held, and a search has its time: in a small gallery more can be compared.
SHORTLIST, SHORTLIST_OF_FEW = 400, 1000
FEWER = 333  # held fingers for which one less is compared


@dataclass(frozen=True, slots=True)
class Hit:
    """A subject that came out of a search."""

    key: UUID
    score: float  # of all fingers together: a log-likelihood ratio
    fingers: Mapping[Position, float]  # of each finger


class Gallery:
    """Subjects by opaque keys, each with some fingers. Safe between threads."""

    def __init__(self, *, shortlist: int | None = None, using: Matcher | None = None) -> None:
        self._shortlist = shortlist
        self._matcher = using or matcher()
        self._shelves: dict[Position, Shelf] = {}
        self._slots: dict[UUID, dict[Position, int]] = {}
        self._changing = threading.RLock()

    def __len__(self) -> int:
        """Fingers, not subjects."""
        return sum(map(len, self._slots.values()))

    def __contains__(self, key: UUID) -> bool:
        return key in self._slots

    def keys(self) -> set[UUID]:
        with self._changing:
            return set(self._slots)

    def put(self, key: UUID, templates: Mapping[Position, Template]) -> None:
        """These are the subject's fingers from now on; none at all lets the subject go."""
        ready = []
        for position, template in templates.items():
            data = pack(template)
            ready.append((Position(position), data, frame(unpack(data))))
        with self._changing:
            self.remove(key)
            if ready:
                self._slots[key] = {
                    position: self._shelves.setdefault(position, Shelf()).put(key, data, places)
                    for position, data, places in ready
                }

    def load(self, many: Iterable[tuple[UUID, Mapping[Position, Template]]]) -> None:
        for key, templates in many:
            self.put(key, templates)

    def remove(self, key: UUID) -> bool:
        """Whether the subject was there. Nothing of theirs stays in memory."""
        with self._changing:
            slots = self._slots.pop(key, None)
            for position, slot in (slots or {}).items():
                self._shelves[position].remove(slot)
            return slots is not None

    def templates(self, key: UUID) -> dict[Position, Template]:
        """As they are kept; empty of an unknown subject."""
        with self._changing:
            slots = dict(self._slots.get(key, {}))
            return {at: self._shelves[at].template(slot) for at, slot in slots.items()}

    def search(
        self,
        probe: Mapping[Position, Template],
        *,
        limit: int = 20,
        without: Collection[UUID] = (),
    ) -> list[Hit]:
        """The likeliest subjects, the likeliest first.

        A finger is compared with those of its own position, and one of position UNKNOWN with all;
        of a subject's fingers that such a one is compared with, the best counts.
        """
        passed = set(without)
        scores: dict[UUID, dict[Position, float]] = {}
        for position, template in probe.items():
            for key, at, score in self._finger(Position(position), template, passed):
                of = scores.setdefault(key, {})
                of[at] = max(score, of.get(at, score))
        hits = []
        for key, fingers in scores.items():
            best = max(fingers.values()) if Position.UNKNOWN in probe else fuse(fingers)
            hits.append(Hit(key, best, fingers))
        hits.sort(key=lambda hit: (-hit.score, hit.key))
        return hits[:limit]

    def _finger(
        self, position: Position, template: Template, passed: set[UUID]
    ) -> list[tuple[UUID, Position, float]]:
        ready = self._matcher.prepare(template)
        questions = asked(ready)
        with self._changing:
            for shelf in self._shelves.values():
                shelf.index()
            shelves = dict(self._shelves)
        found: list[tuple[float, int, int]] = []
        for at, shelf in shelves.items():
            if position in (Position.UNKNOWN, at) or at == Position.UNKNOWN:
                found += [(-votes, int(at), slot) for votes, slot in shelf.likely(questions)]
        found.sort()
        most = self._shortlist or max(SHORTLIST, SHORTLIST_OF_FEW - len(self) // FEWER)
        waiting = sum(votes == -inf for votes, _, _ in found)
        chosen, others = [], []
        for _, number, slot in found[: most + waiting]:
            at = Position(number)
            key, data = shelves[at].keys[slot], shelves[at].data[slot]
            if key is not None and data and key not in passed:
                chosen.append((key, at))
                others.append(self._matcher.prepare(unpack(data)))
        told = self._matcher.compare_many(ready, others)
        return [
            (key, at if position == Position.UNKNOWN else position, float(score))
            for (key, at), score in zip(chosen, told, strict=True)
        ]

    def verify(self, key: UUID, probe: Mapping[Position, Template]) -> Hit | None:
        """The likeness to this one subject; None where nothing comparable of them is held."""
        held = {at: self._matcher.prepare(one) for at, one in self.templates(key).items()}
        fingers: dict[Position, float] = {}
        for position, template in probe.items():
            ready = self._matcher.prepare(template)
            for at, other in held.items():
                if position in (Position.UNKNOWN, at) or at == Position.UNKNOWN:
                    score = self._matcher.compare(ready, other).score
                    name = at if position == Position.UNKNOWN else Position(position)
                    fingers[name] = max(score, fingers.get(name, score))
        if not fingers:
            return None
        best = max(fingers.values()) if Position.UNKNOWN in probe else fuse(fingers)
        return Hit(key, best, fingers)

    def exhaustive(
        self, probe: Template, *, position: Position = Position.UNKNOWN
    ) -> list[tuple[UUID, Position, float]]:
        """Every held finger compared in full, as `search` would rank it: slow, and exact."""
        ready: Prepared = self._matcher.prepare(probe)
        out: list[tuple[UUID, Position, float]] = []
        for at, shelf in dict(self._shelves).items():
            if position not in (Position.UNKNOWN, at):
                continue
            for key, data in zip(list(shelf.keys), list(shelf.data), strict=True):
                if key is not None:
                    other = self._matcher.prepare(unpack(data))
                    out.append((key, at, self._matcher.compare(ready, other).score))
        return out

    def compare(self, one: Template, other: Template) -> Comparison:
        return self._matcher.compare(self._matcher.prepare(one), self._matcher.prepare(other))

    def bytes_held(self) -> tuple[int, int]:
        """(of the index that is searched first, of the templates compared in full)."""
        with self._changing:
            shelves = list(self._shelves.values())
            return sum(s.index_bytes() for s in shelves), sum(s.template_bytes() for s in shelves)
