"""Which rows are the person's: followed from the person through every foreign key, both in the
tables as they are and in their histories (a row may be gone and its history still there)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from pims.foundation.vault.erasure.plan import HISTORY_OF, Link, Plan, Table

Keys = set[object]


class WouldHarmAnother(Exception):
    """Another person's row can't stand without one that would be destroyed."""


@dataclass(slots=True)
class Doomed:
    """`keys`: table -> keys of the rows to destroy; `shared`: papers that also name others, with
    one of those others each."""

    keys: dict[str, Keys] = field(default_factory=dict)
    shared: list[tuple[str, object, int]] = field(default_factory=list)


def find_rows(plan: Plan, person_ids: Sequence[int]) -> Doomed:
    doomed = Doomed({name: set() for name in plan.tables})
    persons = list(person_ids)
    for table in plan.tables.values():
        doomed.keys[table.name] |= _of_persons(table, persons)
    while _follow(plan, doomed):
        pass
    _take_papers(plan, doomed, persons)
    while _follow(plan, doomed):
        pass
    return doomed


def _follow(plan: Plan, doomed: Doomed) -> bool:
    """One step from doomed rows to those that hang from them; whether any was new."""
    grown = False
    for table in plan.tables.values():
        for link in table.links:
            parents = doomed.keys[link.parent]
            if parents:
                found = _hanging(table, link, parents) - doomed.keys[table.name]
                doomed.keys[table.name] |= found
                grown |= bool(found)
    return grown


def _of_persons(table: Table, persons: list[int]) -> Keys:
    found: Keys = set()
    if table.persons:
        where = " OR ".join(f'"{column}" = ANY(%s)' for column in table.persons)
        found |= _keys(
            f'SELECT "{table.key}" FROM "{table.name}" WHERE {where}',
            [persons] * len(table.persons),
        )
    columns = [c for c in table.persons if c in table.history_columns]
    if table.history and columns:
        where = " OR ".join(f'"{column}" = ANY(%s)' for column in columns)
        found |= _keys(
            f'SELECT "{HISTORY_OF}" FROM "{table.history}" WHERE {where}',
            [persons] * len(columns),
        )
    return found


def _hanging(table: Table, link: Link, parents: Keys) -> Keys:
    """Rows under the parents that belong to nobody by a column of their own."""
    nobody = "".join(f' AND "{column}" IS NULL' for column in table.persons)
    found = _keys(
        f'SELECT "{table.key}" FROM "{table.name}" WHERE "{link.column}" = ANY(%s){nobody}',
        [list(parents)],
    )
    if table.history and link.column in table.history_columns:
        found |= _keys(
            f'SELECT "{HISTORY_OF}" FROM "{table.history}" WHERE "{link.column}" = ANY(%s){nobody}',
            [list(parents)],
        )
    return found


def _take_papers(plan: Plan, doomed: Doomed, persons: list[int]) -> None:
    for paper, (names, column) in plan.papers.items():
        person = plan.tables[names].persons[0]
        candidates = _keys(
            f'SELECT "{column}" FROM "{names}" WHERE "{person}" = ANY(%s)', [persons]
        )
        if history := plan.tables[names].history:
            candidates |= _keys(
                f'SELECT "{column}" FROM "{history}" WHERE "{person}" = ANY(%s)', [persons]
            )
        others = {
            row[0]: int(str(row[1]))
            for row in _select(
                f'SELECT "{column}", min("{person}") FROM "{names}"'
                f' WHERE "{column}" = ANY(%s) AND NOT "{person}" = ANY(%s) GROUP BY 1',
                [list(candidates), persons],
            )
        }
        doomed.keys[paper] |= candidates - others.keys()
        doomed.shared += [(paper, key, other) for key, other in sorted(others.items(), key=str)]


def references_of_others(plan: Plan, doomed: Doomed) -> list[tuple[Table, Link]]:
    """Links by which rows that stay point at rows that go.

    Raises WouldHarmAnother where such a row can't be without it.
    """
    found: list[tuple[Table, Link]] = []
    for table in plan.tables.values():
        for link in table.links:
            if not doomed.keys[link.parent]:
                continue
            rows = _keys(
                f'SELECT "{table.key}" FROM "{table.name}" WHERE "{link.column}" = ANY(%s)',
                [list(doomed.keys[link.parent])],
            )
            if rows - doomed.keys[table.name]:
                if not link.nullable:
                    raise WouldHarmAnother(f"{table.name}.{link.column} -> {link.parent}")
                found.append((table, link))
    return found


def _keys(sql: str, params: Sequence[Any]) -> Keys:
    return {row[0] for row in _select(sql, params)} - {None}


def _select(sql: str, params: Sequence[Any]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
