"""What is owed to many people for who they are: age, consul, lawyer. No scope, five queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet

from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people.models import ConsularNotice, Contact, Nationality, Person
from pims.people.selectors.headers import joined_records

Lawyer = Literal["unknown", "known", "declined"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`born_latest` is the last day on which the person can have been born, None where that is
    not known or where the age was decided to be that of an adult, `born_earliest` the first;
    `in_doubt`: to be treated as a juvenile until the age is known or decided. `consul_told` are
    the hours at which a consul was told, in order, whatever custody that was about. `lawyer` is
    ``known``, ``declined`` or ``unknown``, as it was last said, at `lawyer_said_at`."""

    number: str
    born_latest: date | None
    in_doubt: bool
    nationalities: tuple[str, ...]
    consul_told_at: datetime | None
    lawyer: Lawyer
    born_earliest: date | None = None
    consul_told: tuple[datetime, ...] = ()
    lawyer_said_at: datetime | None = None


def circumstances(person_ids: Collection[int]) -> dict[int, Circumstances]:
    """Person as asked for -> what is known; parts of joined records count with them."""
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **joined_records(ids)}
    countries: dict[int, set[str]] = defaultdict(set)
    for person_id, country in _nationalities(whose.keys()):
        countries[whose[person_id]].add(country)
    told: dict[int, list[datetime]] = defaultdict(list)
    for person_id, at in _told(whose.keys()):
        told[whose[person_id]].append(at)
    lawyers: dict[int, tuple[datetime, Lawyer]] = {}
    for person_id, kind, asked_at, recorded_at in _lawyers(whose.keys()):
        answer: Lawyer = "known" if kind == Contact.Kind.LAWYER else "declined"
        said = asked_at or recorded_at, answer
        lawyers[whose[person_id]] = max(said, lawyers.get(whose[person_id], said))
    born: dict[int, tuple[date | None, date]] = {}
    rows = {row.pk: row for row in _persons(whose.keys())}
    for person_id, row in rows.items():
        root = whose[person_id]
        if row.born_latest is not None and (person_id == root or root not in born):
            born[root] = row.born_earliest, row.born_latest
    return {
        i: _one(rows[i], born.get(i), countries[i], tuple(sorted(told[i])), lawyers.get(i))
        for i in ids
        if i in rows
    }


def _one(
    row: Any,
    born: tuple[date | None, date] | None,
    countries: set[str],
    told: tuple[datetime, ...],
    lawyer: tuple[datetime, Lawyer] | None,
) -> Circumstances:
    decided = row.age_decision
    doubted = (row.age_disputed and not decided) or (decided == "juvenile" and born is None)
    return Circumstances(
        number=row.number,
        born_latest=None if decided == "adult" or born is None else born[1],
        born_earliest=None if decided == "adult" or born is None else born[0],
        in_doubt=doubted,
        nationalities=tuple(sorted(countries)),
        consul_told_at=told[0] if told else None,
        lawyer="unknown" if lawyer is None else lawyer[1],
        lawyer_said_at=None if lawyer is None else lawyer[0],
        consul_told=told,
    )


@compiled
def _persons(ids: Any) -> QuerySet[Any, Any]:
    return Person.objects.filter(any_of("id", ids))


@compiled
def _nationalities(ids: Any) -> QuerySet[Any, Any]:
    rows = Nationality.objects.filter(any_of("person_id", ids), withdrawn_at=None)
    return rows.order_by().values_list("person_id", "country")


@compiled
def _told(ids: Any) -> QuerySet[Any, Any]:
    rows = ConsularNotice.objects.filter(any_of("person_id", ids), withdrawn_at=None)
    return rows.filter(told_at__isnull=False).order_by().values_list("person_id", "told_at")


@compiled
def _lawyers(ids: Any) -> QuerySet[Any, Any]:
    rows = Contact.objects.filter(any_of("person_id", ids), withdrawn_at=None)
    rows = rows.filter(kind__in=(Contact.Kind.LAWYER, Contact.Kind.NO_LAWYER)).order_by()
    return rows.values_list("person_id", "kind", "asked_at", "recorded_at")
