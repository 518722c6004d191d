"""Keeping where a person falls for scope, in the transaction of the change that moves them."""

from collections.abc import Collection, Iterable
from typing import Final

from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import require_locked


class _Unchanged:
    pass


UNCHANGED: Final = _Unchanged()


def new_scope(person_id: int, *, establishment_id: int | None) -> None:
    """Where a person just made falls: at the establishment, in no unit, with no label."""
    PersonScope.objects.create(person_id=person_id, establishment_id=establishment_id)


def set_scope(
    person_id: int,
    *,
    establishment_id: int | _Unchanged | None = UNCHANGED,
    unit_id: int | _Unchanged | None = UNCHANGED,
    add_labels: Collection[str] = (),
    drop_labels: Collection[str] = (),
    sealed: bool | _Unchanged = UNCHANGED,
) -> None:
    """Change what is given and leave the rest; makes the row where there is none.

    `unit_id` None is nowhere in the establishment: released, or at large. Labels never hold
    "ordinary". Raises RuntimeError unless the write service under way has locked the person.
    """
    require_locked([person_id])
    row, made = PersonScope.objects.select_for_update(of=("self",)).get_or_create(
        person_id=person_id
    )
    before = (row.establishment_id, row.unit_id, tuple(row.labels), row.sealed)
    if not isinstance(establishment_id, _Unchanged):
        row.establishment_id = establishment_id
    if not isinstance(unit_id, _Unchanged):
        row.unit_id = unit_id
    row.labels = sorted((set(row.labels) | set(add_labels)) - set(drop_labels) - {"ordinary"})
    if not isinstance(sealed, _Unchanged):
        row.sealed = sealed
    if made or before != (row.establishment_id, row.unit_id, tuple(row.labels), row.sealed):
        row.save()


def join_scopes(person_ids: Iterable[int]) -> tuple[tuple[str, ...], bool]:
    """Hide records of one human being alike: each gets the labels of all, sealed where one is.

    Gives what all of them carry now. Raises RuntimeError unless the write service under way has
    locked them.
    """
    person_ids = set(person_ids)
    require_locked(person_ids)
    rows = list(
        PersonScope.objects.select_for_update(of=("self",))
        .filter(person_id__in=person_ids)
        .order_by("person_id")
    )
    labels = sorted({label for row in rows for label in row.labels})
    sealed = any(row.sealed for row in rows)
    for row in rows:
        if (row.labels, row.sealed) != (labels, sealed):
            row.labels, row.sealed = labels, sealed
            row.save(update_fields=["labels", "sealed"])
    return tuple(labels), sealed
