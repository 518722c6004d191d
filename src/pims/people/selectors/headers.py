"""The head of a person's page, for one or for a thousand at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from pims.foundation.access.actor import Actor
from pims.foundation.access.days import day_in
from pims.foundation.access.scope import visible_rows
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.collation import sort_key
from pims.people import rules
from pims.people.models import Infant, Nationality, Person, PersonName, Photograph, SpokenLanguage
from pims.people.search import index

_PERSON_COLUMNS = (
    "id", "number", "sex", "gender", "birth_date", "birth_precision", "born_earliest",
    "born_latest", "age_disputed", "age_decision", "erased_at", "died_on", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonHeader:
    """`display_name` is "FAMILY, Given", "" where no name is known or the person was erased.

    `age` is in whole years that are certain, None where the birth is unknown. `labels` are those
    of the scope ("juvenile", "protected").
    """

    person_id: int
    number: str
    display_name: str
    sort_key: str
    sex: str
    gender: str
    birth_date: date | None
    birth_precision: str
    age: int | None
    is_juvenile: bool
    nationality_codes: tuple[str, ...]
    photo_blob_id: UUID | None
    languages: tuple[str, ...]
    erased: bool
    labels: tuple[str, ...]
    given: str = ""
    family: str = ""
    age_disputed: bool = False
    died_on: date | None = None
    version: int = 1


def ids_canonical(person_ids: Iterable[int]) -> dict[int, int]:
    """Each id -> the id of the person it leads to after merges. Unknown ids are absent."""
    return index.roots(person_ids)


def canonical_id(person_id: int) -> int:
    """The record that this one leads to after merges; the same where it leads nowhere."""
    return ids_canonical([person_id]).get(person_id, person_id)


def persons_of(person_id: int, *, known_at: datetime | None = None) -> frozenset[int]:
    """All records of the one human being: the canonical person and those merged into it.

    With `known_at` those that were joined then.
    """
    if known_at is not None:
        links = index.links_known([person_id], known_at)
        return frozenset({person_id, *links.keys(), *links.values()})
    root = ids_canonical([person_id]).get(person_id, person_id)
    return frozenset(index.merged_into([root]))


def joined_records(
    person_ids: Collection[int], *, known_at: datetime | None = None
) -> dict[int, int]:
    """Every other record of these people -> the one of `person_ids` that it belongs to.

    Empty where none of them was ever joined with another, which one query over the joined
    records tells. What is asked about a person must be asked about these too. With `known_at`
    the records that were joined then.
    """
    ids = set(person_ids)
    if known_at is not None:
        links = index.links_known(ids, known_at)
        family = {*links.keys(), *links.values()}
        asked = {index.root_known(i, links): i for i in sorted(ids & family)}
        roots = {i: index.root_known(i, links) for i in family - ids}
        return {i: asked[root] for i, root in roots.items() if root in asked}
    touched = {i for pair in _merges_among(ids) for i in pair}
    if not touched:
        return {}
    family = index.merged_into(index.roots(touched).values())
    roots = index.roots(family)
    asked = {roots[i]: i for i in sorted(ids & family)}
    return {i: asked[root] for i, root in roots.items() if i not in ids and root in asked}


def born_between(person_ids: Collection[int]) -> dict[int, tuple[date, date]]:
    """Person -> the first and the last day on which they can have been born; no scope.

    Whose birth is not known is absent.
    """
    rows = Person.objects.filter(any_of("id", sorted(set(person_ids))), born_earliest__isnull=False)
    return {
        person_id: (earliest, latest or earliest)
        for person_id, earliest, latest in rows.values_list("id", "born_earliest", "born_latest")
        if earliest is not None
    }


def births_unknown(person_ids: Collection[int]) -> set[int]:
    """Those of whom no record, their own or one joined with it, says when they were born; no scope.

    One query where all are known, a few otherwise.
    """
    unknown = set(person_ids) - born_between(person_ids).keys()
    if not unknown:
        return set()
    roots = ids_canonical(unknown)
    among = set(roots.values())
    joined = joined_records(among)
    known = {joined.get(i, i) for i in born_between({*among, *joined})}
    return {i for i in unknown if roots.get(i, i) not in known}


def birth_range(given: date | None, precision: str) -> tuple[date, date] | None:
    """The first and the last possible day of a birth as it was typed; None where not known."""
    born = rules.birth(given, precision)
    if born.earliest is None or born.latest is None:
        return None
    return born.earliest, born.latest


def person_headers(
    viewer: Actor, person_ids: Collection[int], as_of: AsOf | None = None, *, brief: bool = False
) -> dict[int, PersonHeader]:
    """The heads of those the viewer may see, in a constant number of queries.

    Age is as at T; names, sex and birth are as known at K. `brief` leaves nationalities,
    languages and photograph empty, for rules that need none of them.
    """
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    rows = {row.person_id: row for row in visible_rows(viewer, "people.view", ids)}
    ids = [i for i in ids if i in rows or viewer.system]
    known_at = as_of.known_at if as_of else None
    at = as_of.valid_at if as_of else clock.now()
    persons = {person.id: person for person in _persons(ids, known_at=known_at)}
    names = {name.person_id: name for name in _primary_names(ids, known_at=known_at)}
    nationalities: dict[int, tuple[str, ...]] = {}
    languages: dict[int, tuple[str, ...]] = {}
    photographs: dict[int, UUID] = {}
    if not brief:
        nationalities = _listed(ids, Nationality, "country", known_at)
        languages = _listed(ids, SpokenLanguage, "code", known_at)
        photographs = _front_photographs(ids, known_at, as_of.valid_at if as_of else None)
    headers = {}
    for person_id in ids:
        person = persons.get(person_id)
        if person is None:
            continue
        name = names.get(person_id)
        given, family = (name.given, name.family) if name else ("", "")
        row = rows.get(person_id)
        on = day_in(row and row.time_zone, at)
        facts = rules.AgeFacts(
            person.born_earliest, person.born_latest, person.age_disputed, person.age_decision
        )
        headers[person_id] = PersonHeader(
            person_id=person_id,
            number=person.number,
            display_name=display_name(given, family),
            sort_key=name.sort_key if name else sort_key("", person.number),
            sex=person.sex,
            gender=person.gender,
            birth_date=person.birth_date,
            birth_precision=person.birth_precision,
            age=rules.age(facts, on),
            is_juvenile=rules.is_juvenile(facts, on),
            nationality_codes=nationalities.get(person_id, ()),
            photo_blob_id=photographs.get(person_id),
            languages=languages.get(person_id, ()),
            erased=person.erased_at is not None,
            labels=tuple(row.labels) if row else (),
            given=given,
            family=family,
            age_disputed=person.age_disputed,
            died_on=person.died_on,
            version=person.version,
        )
    return headers


def display_name(given: str, family: str) -> str:
    """FAMILY, Given: the family name in capitals, so that nobody takes one for the other."""
    return ", ".join(part for part in (family.upper(), given) if part)


def infants_inside(person_ids: Collection[int], as_of: AsOf) -> dict[int, int]:
    """Mother's id -> how many babies were inside with her at T, as known at K; none is absent.

    Those entered under a record that was joined are hers too.
    """
    ids, at = set(person_ids), as_of.valid_at
    joined = joined_records(ids, known_at=as_of.known_at)
    rows = as_known(Infant, as_of.known_at, among=any_of("person_id", ids | joined.keys())).filter(
        Q(left_at__isnull=True) | Q(left_at__gt=at),
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at),
        entered_at__lte=at,
    )
    found: dict[int, int] = defaultdict(int)
    for person_id in rows.values_list("person_id", flat=True):
        found[joined.get(person_id, person_id)] += 1
    return dict(found)


@compiled
def _merges_among(ids: Any) -> QuerySet[Any, Any]:
    merged = any_of("id", ids) | any_of("canonical_id", ids)
    return Person.objects.filter(merged, canonical_id__isnull=False).values_list(
        "id", "canonical_id"
    )


@compiled
def _persons(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(Person, known_at, among=any_of("id", ids)).values_list(
        *_PERSON_COLUMNS, named=True
    )


@compiled
def _primary_names(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(PersonName, known_at, among=any_of("person_id", ids))
    return rows.filter(is_primary=True, withdrawn_at__isnull=True).values_list(
        "person_id", "given", "family", "sort_key", named=True
    )


@compiled
def _standing(
    ids: Any, *, model: type[Model], columns: tuple[str, ...], known_at: datetime | None
) -> QuerySet[Any, Any]:
    rows = as_known(model, known_at, among=any_of("person_id", ids))
    return rows.filter(withdrawn_at__isnull=True).values_list(*columns)


def _listed(
    ids: list[int],
    model: type[Nationality] | type[SpokenLanguage],
    column: str,
    known_at: datetime | None,
) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = _standing(ids, model=model, columns=("person_id", column), known_at=known_at)
    for person_id, value in sorted(rows):
        found[person_id].append(value)
    return {person_id: tuple(values) for person_id, values in found.items()}


def _front_photographs(
    ids: list[int], known_at: datetime | None, at: datetime | None
) -> dict[int, UUID]:
    columns = ("person_id", "taken_at", "id", "blob_id", "kind")
    rows = _standing(ids, model=Photograph, columns=columns, known_at=known_at)
    return {
        person_id: blob_id
        for person_id, taken_at, _, blob_id, kind in sorted(rows)
        if kind == "front" and (at is None or taken_at <= at)
    }
