"""The one filter under every read: which persons a viewer's grants reach.

A viewer with no grant for the permission reaches nobody. Grants add up (any one may reach a
person), but within a grant establishment, units and labels all must hold.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.bulk import any_of
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
    reached = Q(pk__in=[])
    for reach in viewer.reaches_with(permission):
        condition = Q(**{f"{prefix}labels__contained_by": sorted(reach.labels)})
        if reach.establishment_id is not None:
            condition &= Q(**{f"{prefix}establishment_id": reach.establishment_id})
        if reach.unit_ids is not None:
            condition &= Q(**{f"{prefix}unit_id__in": sorted(reach.unit_ids)})
        reached |= condition
    if not sealed_too and not viewer.can(SEE_SEALED):
        reached &= Q(**{f"{prefix}sealed": False})
    return reached


def visible_persons(
    viewer: Actor, permission: str, *, sealed_too: bool = False
) -> QuerySet[PersonScope]:
    return PersonScope.objects.filter(scope_filter(viewer, permission, sealed_too=sealed_too))


def visible_ids(viewer: Actor, permission: str, person_ids: Iterable[int]) -> set[int]:
    """Those of `person_ids` that the viewer may see, in one query."""
    return set(
        visible_persons(viewer, permission)
        .filter(any_of("person_id", list(person_ids)))
        .values_list("person_id", flat=True)
    )


def require_visible(viewer: Actor, permission: str, person_id: int) -> None:
    """Raise NotFound where the viewer may not know of this person: as if there were none."""
    if not viewer.can(permission):
        raise NotPermitted(permission)
    if not visible_ids(viewer, permission, [person_id]):
        raise NotFound("person")
