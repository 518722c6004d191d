"""Who acts or looks, and how far that reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field

ORDINARY = "ordinary"
HEALTH = "health"
JUVENILE = "juvenile"
PROTECTED = "protected"  # victim or informant
LABELS = (ORDINARY, HEALTH, JUVENILE, PROTECTED)


@dataclass(frozen=True, slots=True)
class Reach:
    """One active grant of a role: its permissions and where they hold.

    `establishment_id` None reaches every establishment; `unit_ids` None every unit of it;
    `labels` are the labels that a person may carry and still be reached.
    """

    role: str
    permissions: frozenset[str]
    establishment_id: int | None
    unit_ids: frozenset[int] | None
    labels: frozenset[str]

    def covers(
        self, establishment_id: int | None, unit_id: int | None, labels: Iterable[str]
    ) -> bool:
        if self.establishment_id is not None and establishment_id != self.establishment_id:
            return False
        if self.unit_ids is not None and unit_id not in self.unit_ids:
            return False
        return set(labels) <= self.labels


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user, or the system itself, with everything they were granted.

    `strong` is true when a second factor was given in this session; `confirmed_at` is when the
    secret was last entered again (seconds since the epoch), for dangerous steps.
    """

    user_id: int
    name: str
    badge: str
    reaches: tuple[Reach, ...] = ()
    strong: bool = False
    confirmed_at: float | None = None
    language: str = "en"
    system: bool = field(default=False)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(reach.role for reach in self.reaches)

    def reaches_with(self, permission: str) -> tuple[Reach, ...]:
        return tuple(r for r in self.reaches if permission in r.permissions)

    def can(self, permission: str) -> bool:
        """Whether the permission is held anywhere: for menus, never for a decision.

        Only pages may ask it (`tests/architecture`); `scope.require_held` refuses by it.
        """
        return self.system or bool(self.reaches_with(permission))

    def can_at(self, permission: str, establishment_id: int | None) -> bool:
        """Whether the permission is held at that establishment, in any of its units."""
        return self.system or any(
            r.establishment_id is None or r.establishment_id == establishment_id
            for r in self.reaches_with(permission)
        )

    def can_reach(
        self,
        permission: str,
        *,
        establishment_id: int | None,
        unit_id: int | None,
        labels: Iterable[str],
    ) -> bool:
        """Whether one grant alone holds the permission and covers all of where the person is."""
        labels = tuple(labels)
        return self.system or any(
            r.covers(establishment_id, unit_id, labels) for r in self.reaches_with(permission)
        )

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody has signed in: an actor that reaches nothing."""
        return self.user_id == 0 and not self.system


ANONYMOUS = Actor(user_id=0, name="", badge="")
