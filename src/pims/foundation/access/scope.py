"""The one filter under every read: which persons a viewer's grants reach.

A viewer with no grant for the permission reaches nobody. Grants add up (any one may reach a
person), but within a grant establishment, units and labels all must hold. A sealed person must be
reached twice: by a grant of the permission, and by one of `SEE_SEALED`.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from pims.foundation.access.actor import Actor, Reach
from pims.foundation.access.models import PersonScope
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.kernel.errors import NotFound, NotPermitted

SEE_SEALED = "people.view_sealed"


def scope_filter(
    viewer: Actor, permission: str, prefix: str = "", *, sealed_too: bool = False
) -> Q:
    """The condition on `PersonScope`; `prefix` is the path to it, ending in ``__`` or empty.

    `sealed_too` is for lists that must be complete: who is in custody is on the roll, sealed or
    not.
    """
    if viewer.system:
        return Q()
    sealed_by = None if sealed_too else viewer.reaches_with(SEE_SEALED)
    return reached_by(viewer.reaches_with(permission), prefix, sealed_by=sealed_by)


def reached_by(
    reaches: Iterable[Reach], prefix: str = "", *, sealed_by: Iterable[Reach] | None = ()
) -> Q:
    """The condition that one of the reaches covers the person.

    Whoever is sealed must be covered by one of `sealed_by` too; None keeps all the sealed in.
    """
    reached = _covered(reaches, prefix)
    if sealed_by is None:
        return reached
    sealed_by = tuple(sealed_by)
    unsealed = Q(**{f"{prefix}sealed": False})
    return reached & (unsealed | _covered(sealed_by, prefix) if sealed_by else unsealed)


def _covered(reaches: Iterable[Reach], prefix: str) -> Q:
    reached = Q(pk__in=[])
    for reach in reaches:
        condition = Q(**{f"{prefix}labels__contained_by": sorted(reach.labels)})
        if reach.establishment_id is not None:
            condition &= Q(**{f"{prefix}establishment_id": reach.establishment_id})
        if reach.unit_ids is not None:
            condition &= Q(**{f"{prefix}unit_id__in": sorted(reach.unit_ids)})
        reached |= condition
    return reached


def visible_persons(
    viewer: Actor, permission: str, *, sealed_too: bool = False
) -> QuerySet[PersonScope]:
    return PersonScope.objects.filter(scope_filter(viewer, permission, sealed_too=sealed_too))


def visible_ids(viewer: Actor, permission: str, person_ids: Iterable[int]) -> set[int]:
    """Those of `person_ids` that the viewer may see, in one query."""
    return {row.person_id for row in _seen(viewer, permission, person_ids, ids_alone=True)}


def visible_rows(viewer: Actor, permission: str, person_ids: Iterable[int]) -> list[Any]:
    """Of those of `person_ids` that the viewer may see, in one query: (person_id, labels,
    time_zone), the last None for whoever is in no establishment.
    """
    return _seen(viewer, permission, person_ids, ids_alone=False)


def _seen(
    viewer: Actor, permission: str, person_ids: Iterable[int], *, ids_alone: bool
) -> list[Any]:
    return _visible(
        set(person_ids),
        reaches=viewer.reaches_with(permission),
        system=viewer.system,
        sealed_by=viewer.reaches_with(SEE_SEALED),
        ids_alone=ids_alone,
    )


@compiled
def _visible(
    ids: Any,
    *,
    reaches: tuple[Reach, ...],
    system: bool,
    sealed_by: tuple[Reach, ...],
    ids_alone: bool,
) -> QuerySet[Any, Any]:
    where = reached_by(reaches, sealed_by=sealed_by) if not system else Q()
    found = PersonScope.objects.filter(where, any_of("person_id", ids))
    if ids_alone:
        return found.values_list("person_id", named=True)
    return found.annotate(time_zone=F("establishment__time_zone")).values_list(
        "person_id", "labels", "time_zone", named=True
    )


def require_held(viewer: Actor, permission: str) -> None:
    """Raise NotPermitted where no grant at all holds the permission.

    It refuses and never allows: what the viewer may read is then asked of each row's reach. It is
    enough only for what is in no establishment, as users are.
    """
    if not viewer.system and not viewer.reaches_with(permission):
        raise NotPermitted(permission)


def require_visible(viewer: Actor, permission: str, person_id: int) -> None:
    """Raise NotFound where the viewer may not know of this person: as if there were none."""
    require_held(viewer, permission)
    if not visible_ids(viewer, permission, [person_id]):
        raise NotFound("person")
