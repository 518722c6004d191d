"""Which tables an erasure touches, read from the database's own catalogue.

Nothing is guessed: a table that neither belongs to persons nor is listed as kept makes the plan
fail, so that a new table is thought about before anybody is erased around it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from pims.foundation.vault.erasure.settings import Settings, settings

ROOT = "people_person"
HISTORY = "_history"
HISTORY_OF = "pgh_obj_id"


class PlanIncomplete(Exception):
    """The database holds tables that the erasure knows nothing about."""


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: `column` of the table refers to the key of `parent`."""

    column: str
    parent: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class Table:
    """`persons` are the columns that name a person; `links` lead to other doomed tables."""

    name: str
    key: str
    persons: tuple[str, ...]
    links: tuple[Link, ...]
    columns: frozenset[str]
    history: str | None
    history_columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """`others` are the tables that stay and of which some rows are emptied."""

    tables: dict[str, Table]
    papers: dict[str, tuple[str, str]]
    person_columns: tuple["Column", ...]
    others: tuple[str, ...]

    @property
    def rewritten(self) -> tuple[str, ...]:
        """Every table whose files must be rewritten afterwards."""
        names = set(self.others)
        for table in self.tables.values():
            names.add(table.name)
            if table.history:
                names.add(table.history)
        return tuple(sorted(names))


@dataclass(frozen=True, slots=True)
class Column:
    table: str
    name: str
    type: str
    nullable: bool


@dataclass(slots=True)
class _Catalogue:
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    foreign: list[tuple[str, str, str]] = field(default_factory=list)


def make_plan() -> Plan:
    """Raises PlanIncomplete with every table that is not provided for."""
    known = _read_catalogue()
    given = settings()
    return _plan(known, given)


def _plan(known: _Catalogue, given: Settings) -> Plan:
    persons = {table: _person_columns(known, table) for table in known.columns}
    doomed = {
        table
        for table in known.columns
        if persons[table] and table != ROOT and not _is_history(known, table)
        and not given.is_kept(table)
    }  # fmt: skip
    doomed |= given.papers.keys() & known.columns.keys()
    grown = True
    while grown:
        children = {
            child
            for child, _, parent in known.foreign
            if parent in doomed and child not in doomed and not given.is_kept(child)
        }
        doomed |= children
        grown = bool(children)
    _refuse_unknown(known, given, doomed)
    tables = {name: _table(known, name, persons[name], doomed) for name in sorted(doomed)}
    papers = {t: names for t, names in given.papers.items() if t in known.columns}
    others = (ROOT, ROOT + HISTORY, *given.emptied)
    return Plan(
        tables,
        papers,
        tuple(known.columns[ROOT].values()),
        tuple(table for table in others if table in known.columns),
    )


def _table(known: _Catalogue, name: str, persons: tuple[str, ...], doomed: Iterable[str]) -> Table:
    history = name + HISTORY if name + HISTORY in known.columns else None
    return Table(
        name=name,
        key=known.keys[name],
        persons=persons,
        links=tuple(
            Link(column, parent, known.columns[name][column].nullable)
            for child, column, parent in known.foreign
            if child == name and parent in doomed and column not in persons
        ),
        columns=frozenset(known.columns[name]),
        history=history,
        history_columns=frozenset(known.columns[history]) if history else frozenset(),
    )


def _refuse_unknown(known: _Catalogue, given: Settings, doomed: set[str]) -> None:
    faults = [
        f"{table}: neither of a person nor listed as kept"
        for table in known.columns
        if table not in doomed and not given.is_kept(table) and not _is_history(known, table)
    ]
    faults += [
        f"{child}.{column}: a kept table refers to {parent}, which is destroyed"
        for child, column, parent in known.foreign
        if parent in doomed and child not in doomed and not _is_history(known, child)
    ]
    faults += [
        f"{table}: a list of persons ({column.name}) in a table that is not kept"
        for table in doomed
        for column in known.columns[table].values()
        if column.type == "bigint[]" and "person" in column.name
    ]
    faults += [f"{table}: no single key" for table in doomed if table not in known.keys]
    if faults:
        raise PlanIncomplete("; ".join(sorted(faults)))


def _person_columns(known: _Catalogue, table: str) -> tuple[str, ...]:
    found = {column for child, column, parent in known.foreign if child == table and parent == ROOT}
    column = known.columns[table].get("person_id")
    if column is not None and column.type == "bigint":
        found.add("person_id")
    return tuple(sorted(found))


def _is_history(known: _Catalogue, table: str) -> bool:
    return table.endswith(HISTORY) and table.removesuffix(HISTORY) in known.columns


def _read_catalogue() -> _Catalogue:
    known = _Catalogue()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
            " AND a.attnum > 0 AND NOT a.attisdropped"
        )
        for table, name, type_, nullable in cursor.fetchall():
            known.columns.setdefault(table, {})[name] = Column(table, name, type_, nullable)
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_constraint k"
            " JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
            " WHERE k.contype = 'p' AND n.nspname = 'public' AND cardinality(k.conkey) = 1"
        )
        known.keys = dict(cursor.fetchall())
        cursor.execute(
            "SELECT c.relname, a.attname, p.relname FROM pg_constraint k"
            " JOIN pg_class c ON c.oid = k.conrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_class p ON p.oid = k.confrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
            " WHERE k.contype = 'f' AND n.nspname = 'public' AND cardinality(k.conkey) = 1"
        )
        known.foreign = [(str(c), str(a), str(p)) for c, a, p in cursor.fetchall()]
    return known
