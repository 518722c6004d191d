"""The days on which warrants bring people before a court, those that are past included."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from pims.authority.models import CourtDate, Warrant, WarrantName
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class Appearance:
    """One person due before a court on a day by the words of a warrant."""

    warrant_name_id: int
    person_id: int
    on: date
    kind: str
    body_id: int
    reference: str


def appearances(
    person_ids: Collection[int], *, begins: date, ends: date, zone: str
) -> list[Appearance]:
    """Every appearance from `begins` to `ends`, both included, for rooms above: no scope.

    A day for which another was named before it came is none; one after which the next was named
    is. A warrant that had ended before the day brings nobody. Constant queries.
    """
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    if not whose:
        return []
    names = {name.id: name for name in _names(whose.keys())}
    given: dict[int, list[tuple[datetime, date | None]]] = defaultdict(list)
    for name_id, given_at, appears_on in _dates(names.keys()) if names else ():
        given[name_id].append((given_at, appears_on))
    where = ZoneInfo(zone)
    due: list[tuple[Any, date]] = []
    for name in names.values():
        # A paper that was kept before its days were has only the one named last.
        dates = given.get(name.id) or [(name.starts_at, name.next_appearance)]
        days = {day for n, (_, day) in enumerate(dates) if day and _stood(dates[n:], day, where)}
        if name.next_appearance is not None:
            days.add(name.next_appearance)
        due += [
            (name, day)
            for day in days
            if begins <= day <= ends
            and (name.ends_at is None or name.ends_at > datetime.combine(day, time(), where))
        ]
    papers = {paper.id: paper for paper in _papers({name.warrant_id for name, _ in due})}
    return [
        Appearance(
            name.id,
            whose[name.person_id],
            day,
            papers[name.warrant_id].kind,
            papers[name.warrant_id].body_id,
            papers[name.warrant_id].reference,
        )
        for name, day in sorted(due, key=lambda pair: (pair[1], pair[0].id))
        if papers[name.warrant_id].state not in (Warrant.State.VOID, Warrant.State.RETURNED)
    ]


def _stood(dates: list[tuple[datetime, date | None]], day: date, where: ZoneInfo) -> bool:
    """Whether no other day was named before this one came; `dates` begin with its naming."""
    morning = datetime.combine(day, time(), where)
    return all(given_at >= morning for given_at, _ in dates[1:])


@compiled
def _names(ids: Any) -> QuerySet[Any, Any]:
    return WarrantName.objects.filter(any_of("person_id", ids), next_appearance__isnull=False)


@compiled
def _dates(ids: Any) -> QuerySet[Any, Any]:
    return (
        CourtDate.objects.filter(any_of("warrant_name_id", ids), taken_back_at=None)
        .order_by("given_at", "id")
        .values_list("warrant_name_id", "given_at", "appears_on")
    )


@compiled
def _papers(ids: Any) -> QuerySet[Any, Any]:
    return Warrant.objects.filter(any_of("id", ids))
