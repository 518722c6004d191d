"""What two viewers of the board must have in common to be shown the very same figures.

Nothing here needs the rest of the product: the page server puts a view into the pass that it signs,
and the stream reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pims.foundation.access.actor import Actor, Reach

# What decides who is on the roll that the figures are sums of.
PERMISSION = "custody.view"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Span:
    """How far one grant reaches. `establishment_id` or `unit_ids` of None: all of them."""

    establishment_id: int | None
    unit_ids: tuple[int, ...] | None
    labels: tuple[str, ...]

    def within(self, other: "Span") -> bool:
        """Whether the other one reaches everybody whom this one reaches."""
        return (
            other.establishment_id in (None, self.establishment_id)
            and (
                other.unit_ids is None
                or (self.unit_ids is not None and set(self.unit_ids) <= set(other.unit_ids))
            )
            and set(self.labels) <= set(other.labels)
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """Whom of which establishment a viewer sees. `spans` of None sees everyone."""

    establishment_id: int
    spans: tuple[Span, ...] | None

    def actor(self) -> Actor:
        """Somebody who sees exactly this much and may do nothing else."""
        if self.spans is None:
            return Actor(user_id=0, name=SYSTEM, badge="", system=True)
        held = frozenset({PERMISSION})
        reaches = tuple(
            Reach(
                role="",
                permissions=held,
                establishment_id=span.establishment_id,
                unit_ids=None if span.unit_ids is None else frozenset(span.unit_ids),
                labels=frozenset(span.labels),
            )
            for span in self.spans
        )
        return Actor(user_id=0, name="", badge="", reaches=reaches)


@dataclass(frozen=True, slots=True)
class View:
    """A sight, told in a language."""

    sight: Sight
    language: str

    def claims(self) -> dict[str, Any]:
        """The view as JSON; `view_from` reads it."""
        spans = self.sight.spans
        return {
            "at": self.sight.establishment_id,
            "in": self.language,
            "of": None
            if spans is None
            else [[s.establishment_id, s.unit_ids, s.labels] for s in spans],
        }


def view_of(actor: Actor, establishment_id: int | None, language: str) -> View | None:
    """What this viewer's figures depend on; None where they may see no roll there."""
    if establishment_id is None or not actor.can_at(PERMISSION, establishment_id):
        return None
    spans = None if actor.system else _widest(_span(r) for r in actor.reaches_with(PERMISSION))
    return View(Sight(establishment_id, spans), language)


def view_from(claims: dict[str, Any]) -> View:
    """Raises KeyError, TypeError or ValueError for what `View.claims` never made."""
    spans = None
    if claims["of"] is not None:
        spans = tuple(
            Span(
                None if at is None else int(at),
                None if units is None else tuple(int(unit) for unit in units),
                tuple(str(label) for label in labels),
            )
            for at, units, labels in claims["of"]
        )
    return View(Sight(int(claims["at"]), spans), str(claims["in"]))


def _span(reach: Reach) -> Span:
    units = None if reach.unit_ids is None else tuple(sorted(reach.unit_ids))
    return Span(reach.establishment_id, units, tuple(sorted(reach.labels)))


def _widest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Without those that lie within another, in an order that does not depend on the grants'."""
    found = set(spans)
    kept = [one for one in found if not any(one != other and one.within(other) for other in found)]
    return tuple(sorted(kept, key=repr))
