"""Whose an alarm is: the ladder of its kind; about a sealed record, who may see sealed records.

An alarm whose owner cannot see it is nobody's. So one about a sealed record belongs to the first
role from its step of the ladder upwards that sees sealed records, or to another that does.
"""

from collections.abc import Iterable

from pims.assurance.kinds import AlarmKind
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import SEE_SEALED
from pims.foundation.access.selectors import deciders, roles_in_order, users_with_permission

VIEW = "assurance.view"


def sealed_among(person_ids: Iterable[int | None]) -> set[int]:
    """Those of the persons whose record is sealed. One query, none for nobody."""
    ids = {i for i in person_ids if i is not None}
    if not ids:
        return set()
    rows = PersonScope.objects.filter(person_id__in=ids, sealed=True)
    return set(rows.values_list("person_id", flat=True))


def owner_of(kind: AlarmKind, step: int, *, sealed: bool, establishment_id: int | None) -> str:
    """The role that an alarm on `step` belongs to."""
    if not sealed:
        return kind.ladder[step]
    see_alarms = {role.code for role in roles_in_order() if VIEW in role.permissions}
    able = [role for role in deciders(SEE_SEALED, establishment_id) if role in see_alarms]
    above = [role for role in kind.ladder[step:] if role in able]
    return next(iter([*above, *able]), kind.ladder[step])


def who_sees_sealed(establishment_id: int | None) -> dict[int, str]:
    """Staff who may see an alarm about a sealed record there now, by id."""
    watching = users_with_permission(VIEW, establishment_id)
    return {
        user_id: name
        for user_id, name in users_with_permission(SEE_SEALED, establishment_id).items()
        if user_id in watching
    }
