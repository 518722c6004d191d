"""What the gallery holds: the engine's gallery, in the plain values of the socket's messages."""

from collections.abc import Collection, Mapping
from uuid import UUID

from pims.biometrics.engine import Position, Template
from pims.biometrics.engine.gallery import Gallery, Hit
from pims.biometrics.gallery.matching import ENGINE, compare, prepare

Found = tuple[UUID, float, dict[int, float]]


class Holding:
    """Safe between threads."""

    engine = ENGINE

    def __init__(self) -> None:
        self._gallery = Gallery()

    def __len__(self) -> int:
        """Fingers, not subjects."""
        return len(self._gallery)

    def keys(self) -> set[UUID]:
        return self._gallery.keys()

    def put(self, key: UUID, templates: Mapping[int, Template]) -> None:
        """These are the subject's fingers from now on; none at all lets the subject go."""
        self._gallery.put(key, _placed(templates))

    def load(self, many: Mapping[UUID, Mapping[int, Template]]) -> None:
        self._gallery.load((key, _placed(templates)) for key, templates in many.items())

    def identify(
        self, probe: Mapping[int, Template], *, limit: int, without: Collection[UUID] = ()
    ) -> list[Found]:
        """The likest subjects first."""
        found = self._gallery.search(_placed(probe), limit=limit, without=without)
        return [_found(hit) for hit in found]

    def verify(self, key: UUID, probe: Mapping[int, Template]) -> Found | None:
        """The likeness to this one subject; None where nothing comparable of them is held."""
        hit = self._gallery.verify(key, _placed(probe))
        return None if hit is None else _found(hit)

    def compare(
        self, one: Template, others: Collection[Template]
    ) -> list[tuple[float, list[list[int]]]]:
        ready = prepare(one)
        return [compare(ready, prepare(other)) for other in others]


def _placed(templates: Mapping[int, Template]) -> dict[Position, Template]:
    return {Position(position): template for position, template in templates.items()}


def _found(hit: Hit) -> Found:
    return hit.key, hit.score, {int(at): score for at, score in hit.fingers.items()}
