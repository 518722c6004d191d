"""What the gallery holds, and comparing with it: a finger with the same finger of everybody.

Exhaustive: every subject is compared in full. A finger of unknown position is compared with all
ten. Changes put a new mapping in the place of the old one, so that a search under way goes on with
what it began with.
"""

import threading
from collections.abc import Collection, Mapping
from uuid import UUID

from pims.biometrics.engine import Template
from pims.biometrics.gallery.matching import ENGINE, Prepared, compare, fuse, prepare, scores

Found = tuple[UUID, float, dict[int, float]]


class Holding:
    """Safe between threads."""

    engine = ENGINE

    def __init__(self) -> None:
        self._held: dict[UUID, dict[int, Prepared]] = {}
        self._changing = threading.Lock()
        self._size = 0

    def __len__(self) -> int:
        """Fingers, not subjects."""
        return self._size

    def keys(self) -> set[UUID]:
        return set(self._held)

    def put(self, key: UUID, templates: Mapping[int, Template]) -> None:
        """These are the subject's fingers from now on; none at all lets the subject go."""
        ready = {position: prepare(template) for position, template in templates.items()}
        with self._changing:
            held = dict(self._held)
            before = held.pop(key, {})
            if ready:
                held[key] = ready
            self._held = held
            self._size += len(ready) - len(before)

    def load(self, many: Mapping[UUID, Mapping[int, Template]]) -> None:
        """Put many at once, without a copy for each."""
        ready = {k: {p: prepare(t) for p, t in of.items()} for k, of in many.items() if of}
        with self._changing:
            held = dict(self._held)
            self._size += sum(len(of) - len(held.get(k, {})) for k, of in ready.items())
            held.update(ready)
            self._held = held

    def identify(
        self, probe: Mapping[int, Template], *, limit: int, without: Collection[UUID] = ()
    ) -> list[Found]:
        """The likest subjects first."""
        held, passed = self._held, set(without)
        found: dict[UUID, dict[int, float]] = {}
        for position, template in probe.items():
            mine = prepare(template)
            pairs = [
                (key, theirs, prepared)
                for key, fingers in held.items()
                if key not in passed
                for theirs, prepared in fingers.items()
                if not position or theirs == position
            ]
            for (key, theirs, _), score in zip(
                pairs, scores(mine, [prepared for _, _, prepared in pairs]), strict=True
            ):
                of = found.setdefault(key, {})
                at = position or theirs
                of[at] = max(score, of.get(at, score))
        hits = [(key, fuse(fingers), fingers) for key, fingers in found.items()]
        hits.sort(key=lambda hit: (-hit[1], hit[0]))
        return hits[:limit]

    def verify(self, key: UUID, probe: Mapping[int, Template]) -> Found | None:
        """The likeness to this one subject; None where nothing of them is held."""
        mine = self._held.get(key)
        if mine is None:
            return None
        fingers: dict[int, float] = {}
        for position, template in probe.items():
            ready = prepare(template)
            against = {p: one for p, one in mine.items() if not position or p == position}
            for at, score in zip(against, scores(ready, list(against.values())), strict=True):
                fingers[at] = max(score, fingers.get(at, score))
        if not fingers:
            return None
        # Of a finger that may be any, the best counts; of named ones, all together.
        best = max(fingers.values()) if 0 in probe else fuse(fingers)
        return key, best, fingers

    def compare(
        self, one: Template, others: Collection[Template]
    ) -> list[tuple[float, list[list[int]]]]:
        ready = prepare(one)
        return [compare(ready, prepare(other)) for other in others]
