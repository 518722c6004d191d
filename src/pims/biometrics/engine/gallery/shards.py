"""A gallery on several machines: each of some processes holds a share of the subjects.

A search goes to all of them, they tell whom it may be, the best of all are chosen as one gallery
chooses, and those who hold these compare them in full. A process that dies is begun again with its
share, from where the templates are kept, and what it was asked is asked again. Ray runs the
processes; it is no part of an installation on one machine.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pims.biometrics.engine.gallery.compact import pack, unpack
from pims.biometrics.engine.gallery.memory import (
    SHORTLIST,
    Gallery,
    Hit,
    Place,
    best_places,
    ranked,
)
from pims.biometrics.engine.template import Position, Template

__all__ = ["Shards", "Source", "share_of"]

AT_ONCE = 2_000  # subjects sent at a time
ATTEMPTS = 5  # at one question, before a machine is given up

Packed = dict[Position, bytes]
Probe = dict[Position, Template]
# What a process is given that holds share `number` of so many: the database's subjects whose
# `share_of` it is.
Source = Callable[[int, int], Iterable[tuple[UUID, Packed]]]


def share_of(key: UUID, count: int) -> int:
    """Which of so many shares the subject belongs to."""
    return key.int % (2**61 - 1) % count


class Held:
    """One share, in a process of its own."""

    def __init__(self) -> None:
        self._gallery = Gallery()

    def load(self, many: Sequence[tuple[UUID, Packed]]) -> int:
        for key, fingers in many:
            self._gallery.put(key, {at: unpack(one) for at, one in fingers.items()})
        return len(self._gallery)

    def remove(self, key: UUID) -> bool:
        return self._gallery.remove(key)

    def rough(self, probe: Probe, most: int) -> dict[Position, list[Place]]:
        return {at: self._gallery.rough(at, one, most=most) for at, one in probe.items()}

    def close(
        self, probe: Probe, chosen: Mapping[Position, Sequence[Place]]
    ) -> dict[UUID, dict[Position, float]]:
        return self._gallery.close(probe, chosen)


class Shards:
    """As `Gallery`, on Ray's actors. Ray has been started; safe between threads."""

    def __init__(self, source: Source, count: int, *, shortlist: int = SHORTLIST) -> None:
        import ray

        self._ray: Any = ray
        self._held = self._ray.remote(num_cpus=1, max_concurrency=2)(Held)
        self._source, self._shortlist = source, shortlist
        self._changing = threading.Lock()
        self.actors: list[Any] = []
        made = [self._held.remote() for _ in range(count)]
        for number, actor in enumerate(made):
            self._fill(actor, number, count)
        self.actors = made

    def put(self, key: UUID, templates: Mapping[Position, Template]) -> None:
        """After the source has them: these are the subject's fingers from now on."""
        packed = {Position(at): pack(one) for at, one in templates.items()}
        self._ask({share_of(key, len(self.actors)): ("load", ([(key, packed)],))})

    def remove(self, key: UUID) -> bool:
        """After the source has them no more."""
        number = share_of(key, len(self.actors))
        return bool(self._ask({number: ("remove", (key,))})[number])

    def search(
        self,
        probe: Mapping[Position, Template],
        *,
        limit: int = 20,
        without: Collection[UUID] = (),
    ) -> list[Hit]:
        """As `Gallery.search`. Raises `ray.exceptions.RayActorError` where a share can't be held
        anywhere."""
        # As it is: packing rounds a little.
        asked = {Position(at): one for at, one in probe.items()}
        most = self._shortlist + len(Position) * len(without)
        told = self._ask(dict.fromkeys(range(len(self.actors)), ("rough", (asked, most))))
        found: dict[Position, list[Place]] = {at: [] for at in asked}
        for share in told.values():
            for at, places in share.items():
                found[at] += places
        chosen = best_places(found, self._shortlist, without=without)
        scores: dict[UUID, dict[Position, float]] = {}
        for share in self._ask(self._owners(asked, chosen)).values():
            scores |= share
        return ranked(scores, limit, blind=Position.UNKNOWN in probe)

    def _owners(
        self, probe: Probe, chosen: Mapping[Position, Sequence[Place]]
    ) -> dict[int, tuple[str, tuple[Any, ...]]]:
        """What each share is asked to compare in full."""
        owned: dict[int, dict[Position, list[Place]]] = {}
        for at, places in chosen.items():
            for place in places:
                of = owned.setdefault(share_of(place.key, len(self.actors)), {})
                of.setdefault(at, []).append(place)
        return {number: ("close", (probe, places)) for number, places in owned.items()}

    def _ask(self, questions: Mapping[int, tuple[str, tuple[Any, ...]]]) -> dict[int, Any]:
        """Each share's answer; of one that died, when it lives again."""
        answers: dict[int, Any] = {}
        for attempt in range(ATTEMPTS):
            asked = {}
            for number, (what, given) in questions.items():
                if number not in answers:
                    actor = self.actors[number]
                    asked[number] = actor, getattr(actor, what).remote(*given)
            for number, (actor, answer) in asked.items():
                try:
                    answers[number] = self._ray.get(answer)
                except self._ray.exceptions.RayActorError:
                    if attempt == ATTEMPTS - 1:
                        raise
                    self._revive(number, actor)
            if len(answers) == len(questions):
                break
        return answers

    def _revive(self, number: int, dead: Any) -> None:
        with self._changing:
            if self.actors[number] is not dead:
                return  # somebody else was faster
            actor = self._held.remote()
            self._fill(actor, number, len(self.actors))
            self.actors[number] = actor

    def _fill(self, actor: Any, number: int, count: int) -> None:
        many: list[tuple[UUID, Packed]] = []
        waiting = []
        for subject in self._source(number, count):
            many.append(subject)
            if len(many) == AT_ONCE:
                waiting.append(actor.load.remote(many))
                many = []
        waiting.append(actor.load.remote(many))
        self._ray.get(waiting)
