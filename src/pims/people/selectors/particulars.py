"""What would be told of many people at once: names, documents, description, pictures."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from pims.foundation.access.models import PersonScope
from pims.foundation.bulk import any_of
from pims.people.models import Description, Identifier, Mark, Person, PersonName, Photograph
from pims.people.selectors.headers import joined_records


@dataclass(frozen=True, slots=True)
class Particulars:
    """Of one person and of the records joined to it; nothing that was withdrawn.

    `names` are (given, family, kind), the primary one first; `documents` (kind, number, country);
    `photographs` (blob, kind, taken), the newest first.
    """

    person_id: int
    numbers: tuple[str, ...]
    sealed: bool
    names: tuple[tuple[str, str, str], ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()
    height_cm: int | None = None
    build: str = ""
    hair: str = ""
    eyes: str = ""
    marks: tuple[str, ...] = ()
    photographs: tuple[tuple[UUID, str, datetime], ...] = ()


def particulars(person_ids: Collection[int]) -> dict[int, Particulars]:
    """For the room that keeps ready what others are told; no scope. Who was erased is absent.

    The ids are of records that were joined to no other. A constant number of queries.
    """
    asked = set(person_ids)
    joined = joined_records(asked)
    whose = {**{i: i for i in asked}, **joined}
    persons = Person.objects.filter(any_of("id", list(whose)), erased_at=None)
    numbers: dict[int, list[str]] = defaultdict(list)
    for person_id, number in persons.order_by("id").values_list("id", "number"):
        if person_id in asked:
            numbers[whose[person_id]].insert(0, number)
        else:
            numbers[whose[person_id]].append(number)
    sealed = set(
        PersonScope.objects.filter(any_of("person_id", list(whose)), sealed=True).values_list(
            "person_id", flat=True
        )
    )
    names = _by_person(PersonName, whose, ("-is_primary", "id"))
    documents = _by_person(Identifier, whose, ("id",))
    descriptions = _by_person(Description, whose, ("-observed_on", "-id"))
    marks = _by_person(Mark, whose, ("id",))
    photographs = _by_person(Photograph, whose, ("-taken_at", "-id"))
    found = {}
    for person_id in asked & numbers.keys():
        newest = next(iter(descriptions[person_id]), None)
        found[person_id] = Particulars(
            person_id=person_id,
            numbers=tuple(numbers[person_id]),
            sealed=any(i in sealed for i, root in whose.items() if root == person_id),
            names=tuple(
                (n.given, n.family, n.kind)
                for n in sorted(names[person_id], key=lambda n: n.person_id != person_id)
            ),
            documents=tuple((d.kind, d.number, d.country) for d in documents[person_id]),
            height_cm=newest.height_cm if newest else None,
            build=newest.build if newest else "",
            hair=newest.hair if newest else "",
            eyes=newest.eyes if newest else "",
            marks=tuple(_mark(m) for m in marks[person_id]),
            photographs=tuple((p.blob_id, p.kind, p.taken_at) for p in photographs[person_id]),
        )
    return found


def _mark(mark: Mark) -> str:
    return ", ".join(part for part in (mark.body_part, mark.side, mark.text) if part)


def _by_person(
    model: Any, whose: dict[int, int], order: Iterable[str]
) -> defaultdict[int, list[Any]]:
    rows: QuerySet[Any] = model.objects.filter(
        any_of("person_id", list(whose)), withdrawn_at=None
    ).order_by(*order)
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[whose[row.person_id]].append(row)
    return found
