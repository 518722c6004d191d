"""A gallery in memory: who is likeliest of everybody, by four stages.

Short codes of small structures vote for a share of the fingers; votes that agree on turn and shift
choose some of these and tell how the probe would lie on each; it is laid there roughly; and those
it fits best are compared in full. The last stage is the matcher's own comparison, so whoever comes
through has the score that comparing one to one gives.
"""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple
from uuid import UUID

import numpy as np

from pims.biometrics.engine.gallery.closely import closely
from pims.biometrics.engine.gallery.compact import pack, unpack
from pims.biometrics.engine.gallery.shelf import Shelf, asked, best_of, likely
from pims.biometrics.engine.matching import Comparison, Matcher, fuse, matcher
from pims.biometrics.engine.matching.prepared import frame
from pims.biometrics.engine.template import Position, Template

__all__ = ["SHORTLIST", "Gallery", "Hit", "Place", "best_places", "ranked"]

AT_ONCE = 10_000  # fingers, where all are compared
SHORTLIST = 200  # fingers compared in full for each finger of a probe


@dataclass(frozen=True, slots=True)
class Hit:
    """A subject that came out of a search."""

    key: UUID
    score: float  # of all fingers together: a log-likelihood ratio
    fingers: Mapping[Position, float]  # of each finger


class Place(NamedTuple):
    """A held finger that may be it; `fit` says how well, roughly."""

    fit: float
    key: UUID
    at: Position


def best_places(
    found: Mapping[Position, Iterable[Place]], most: int, *, without: Collection[UUID] = ()
) -> dict[Position, list[Place]]:
    """Of each finger of a probe the `most` who fit best, beside whoever was not in an index."""
    passed = set(without)
    out: dict[Position, list[Place]] = {}
    for position, places in found.items():
        left = sorted(
            (one for one in places if one.key not in passed),
            key=lambda one: (-one.fit, one.key, one.at),
        )
        late = sum(one.fit == inf for one in left)
        out[position] = left[: late + most]
    return out


def ranked(
    scores: Mapping[UUID, Mapping[Position, float]], limit: int, *, blind: bool
) -> list[Hit]:
    """The likeliest subjects first; `blind` where nobody knows which finger was laid on."""
    hits = [
        Hit(key, max(fingers.values()) if blind else fuse(fingers), fingers)
        for key, fingers in scores.items()
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.key))
    return hits[:limit]


class Gallery:
    """Subjects by opaque keys, each with some fingers. Safe between threads."""

    def __init__(self, *, shortlist: int = SHORTLIST, using: Matcher | None = None) -> None:
        self.shortlist = shortlist
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
        blind = Position.UNKNOWN in probe
        # Whoever is left out must not take the place of another.
        most = self.shortlist + len(Position) * len(without)
        places = {at: self.rough(at, one, most=most) for at, one in probe.items()}
        chosen = best_places(places, self.shortlist, without=without)
        return ranked(self.close(probe, chosen), limit, blind=blind)

    def rough(
        self, position: Position, template: Template, *, most: int | None = None
    ) -> list[Place]:
        """Who may be it, by the stages before the last: the `most` who fit best, roughly (without:
        the shortlist), and whoever is not in the index yet."""
        questions = asked(self._matcher.prepare(template))
        with self._changing:
            for shelf in self._shelves.values():
                shelf.index()
            shelves = {at: (shelf.keys, shelf.view) for at, shelf in self._shelves.items()}
        fits, slots = [np.empty(0, np.float32)], [np.empty(0, np.int64)]
        ats: list[Position] = []
        for at, (_, view) in shelves.items():
            if position in (Position.UNKNOWN, at) or at == Position.UNKNOWN:
                fit, found = likely(view, questions)
                late = np.arange(view.indexed, view.indexed + len(view.tail))
                fits += [fit, np.full(len(late), np.inf, np.float32)]
                slots += [found, late]
                ats += [at] * (len(found) + len(late))
        fit, slot = np.concatenate(fits), np.concatenate(slots)
        waiting = int(np.isinf(fit).sum())
        out: list[Place] = []
        for k in best_of(fit, waiting + (most or self.shortlist)).tolist():
            key = shelves[ats[k]][0][slot[k]]
            if key is not None:
                out.append(Place(float(fit[k]), key, ats[k]))
        return out

    def close(
        self, probe: Mapping[Position, Template], chosen: Mapping[Position, Sequence[Place]]
    ) -> dict[UUID, dict[Position, float]]:
        """The scores of the chosen fingers, compared in full, by subject and position.

        Of a subject's fingers that one of unknown position is compared with, each has its own.
        """
        scores: dict[UUID, dict[Position, float]] = {}
        for position, places in chosen.items():
            keys, data = [], []
            with self._changing:
                for place in places:
                    slot = self._slots.get(place.key, {}).get(place.at)
                    if slot is not None:
                        keys.append(place)
                        data.append(self._shelves[place.at].view.data(slot))
            told = closely(self._matcher, self._matcher.prepare(probe[position]), data)
            for place, score in zip(keys, told.tolist(), strict=True):
                of = scores.setdefault(place.key, {})
                name = place.at if position == Position.UNKNOWN else position
                of[name] = max(score, of.get(name, score))
        return scores

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
        ready = self._matcher.prepare(probe)
        out: list[tuple[UUID, Position, float]] = []
        for at, shelf in dict(self._shelves).items():
            if position not in (Position.UNKNOWN, at):
                continue
            view = shelf.view
            slots = [slot for slot, key in enumerate(list(shelf.keys)) if key is not None]
            for begin in range(0, len(slots), AT_ONCE):
                some = slots[begin : begin + AT_ONCE]
                told = closely(self._matcher, ready, [view.data(slot) for slot in some])
                for slot, score in zip(some, told.tolist(), strict=True):
                    key = shelf.keys[slot]
                    if key is not None:
                        out.append((key, at, score))
        return out

    def compare(self, one: Template, other: Template) -> Comparison:
        return self._matcher.compare(self._matcher.prepare(one), self._matcher.prepare(other))

    def bytes_held(self) -> tuple[int, int]:
        """(of the index that is searched first, of the templates compared in full)."""
        with self._changing:
            shelves = list(self._shelves.values())
            return sum(s.index_bytes() for s in shelves), sum(s.template_bytes() for s in shelves)
