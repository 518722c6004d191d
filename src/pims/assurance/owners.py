"""Whose an alarm is: the ladder of its kind; about a sealed record, who may see sealed records.

An alarm whose owner cannot see it is nobody's. So one about a sealed record belongs to a role
that somebody holds there now who sees both alarms and sealed records: a watcher.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from pims.assurance.kinds import AlarmKind
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import SEE_SEALED
from pims.foundation.access.selectors import HeldRole, roles_held, roles_in_order

VIEW = "assurance.view"
BOTH = frozenset({VIEW, SEE_SEALED})


def sealed_among(person_ids: Iterable[int | None]) -> set[int]:
    """Those of the persons whose record is sealed. One query, none for nobody."""
    ids = {i for i in person_ids if i is not None}
    if not ids:
        return set()
    rows = PersonScope.objects.filter(person_id__in=ids, sealed=True)
    return set(rows.values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True)
class Watch:
    """Who may see an alarm about a sealed record at one establishment now.

    `watchers` are their names by id, in order of name; `roles` are theirs, those first that see
    both by themselves, so that everybody who holds one sees the alarm.
    """

    watchers: Mapping[int, str]
    roles: tuple[str, ...]


def watches(establishment_ids: Iterable[int | None]) -> dict[int | None, Watch]:
    """The watch of each establishment, and under None that of an alarm of no establishment.

    One query for any number of them, none for none.
    """
    places = set(establishment_ids)
    held = roles_held(BOTH) if places else ()
    return {
        place: _watch([h for h in held if place is None or h.establishment_id in (None, place)])
        for place in places
    }


class About(Protocol):
    """An alarm, raised or due."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def establishment_id(self) -> int | None: ...


def watches_over(alarms: Iterable[About]) -> Callable[[About], Watch | None]:
    """Of each of the alarms the watch of its establishment, None about a record not sealed.

    Two queries for any number of alarms, one where no record is sealed.
    """
    found = list(alarms)
    sealed = sealed_among(alarm.person_id for alarm in found)
    there = watches(alarm.establishment_id for alarm in found if alarm.person_id in sealed)
    return lambda alarm: there[alarm.establishment_id] if alarm.person_id in sealed else None


def owner_of(kind: AlarmKind, step: int, watch: Watch | None) -> str:
    """The role that an alarm on `step` belongs to; `watch` is None about a record not sealed.

    From its step of the ladder upwards the first that sees it, or another that does; where nobody
    watches, the step's own.
    """
    if watch is None:
        return kind.ladder[step]
    alone = [role for role in watch.roles if role in _seeing_both()]
    shared = [role for role in watch.roles if role not in alone]
    return next(_first_above(kind.ladder[step:], alone, shared), kind.ladder[step])


def _first_above(ladder: tuple[str, ...], *able: list[str]) -> Iterator[str]:
    for roles in able:
        yield from (role for role in ladder if role in roles)
        yield from roles


def _watch(held: Iterable[HeldRole]) -> Watch:
    """What one user sees is what all their roles there see together."""
    permissions = {role.code: set(role.permissions) for role in roles_in_order()}
    roles: dict[int, set[str]] = {}
    names: dict[int, str] = {}
    for one in held:
        roles.setdefault(one.user_id, set()).add(one.role)
        names[one.user_id] = one.name
    watchers = {
        user_id: names[user_id]
        for user_id, mine in roles.items()
        if set[str]().union(*(permissions[role] for role in mine)) >= BOTH
    }
    theirs = {role for user_id in watchers for role in roles[user_id]}
    both = _seeing_both()
    in_order = [role for role in permissions if role in theirs]
    return Watch(watchers, tuple(sorted(in_order, key=lambda role: role not in both)))


def _seeing_both() -> set[str]:
    return {role.code for role in roles_in_order() if set(role.permissions) >= BOTH}


def may_dismiss(kind: AlarmKind, step: int, owner_role: str) -> tuple[str, ...]:
    """The roles that may end such an alarm by a reason, lowest first: of its ladder those from the
    step to which it has climbed, and whose it is now where that is another."""
    able = kind.ladder[step:]
    return able if owner_role in able else (owner_role, *able)


def is_held_there(actor: Actor, roles: Iterable[str], establishment_id: int | None) -> bool:
    """Whether the actor holds one of the roles at that establishment; where it is None, at any:
    what is in no establishment is everybody's who answers for such things somewhere."""
    wanted = set(roles)
    return actor.system or any(
        reach.role in wanted
        and (establishment_id is None or reach.establishment_id in (None, establishment_id))
        for reach in actor.reaches
    )
