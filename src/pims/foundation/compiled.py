"""Asking a queryset again and again with other values, and compiling it once.

For most reads the ORM takes longer to put a statement together than the server takes to answer
it. A page that reads fifty small things about one person pays that fifty times. Decorated with
`compiled`, the function that builds a queryset runs once; later calls send its statement with
their own values::

    @compiled
    def _names(ids, *, known_at):
        return as_known(PersonName, known_at, among=any_of("person_id", ids)).values_list("given")

    _names({7, 8}, known_at=None)  # -> rows, as list(queryset) gives them

What is given by position is a value in the statement; what is given by name shapes it, and each
shape is compiled for itself.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from inspect import Parameter, signature
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
)
from django.db.models.utils import create_namedtuple_class

SHAPES_KEPT = 64


class Marker(Expression):
    """Where the value of one parameter goes. Nothing may be asked of it."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters, `Marker` where a value goes, and how its rows are read."""

    alias: str
    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]
    make: Callable[[Sequence[Any]], Any]

    def rows(self, values: Sequence[Any]) -> list[Any]:
        given = [
            _sent(values[one.position]) if isinstance(one, Marker) else one for one in self.params
        ]
        connection = connections[self.alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            found: list[Sequence[Any]] = cursor.fetchall()
        if self.converters:
            found = [self._converted(row, connection) for row in found]
        return [self.make(row) for row in found]

    def _converted(self, row: Sequence[Any], connection: Any) -> Sequence[Any]:
        changed = list(row)
        for position, converters, expression in self.converters:
            for convert in converters:
                changed[position] = convert(changed[position], expression, connection)
        return tuple(changed)


class Compiled:
    """A function that builds a queryset, called for the rows of it. See the module."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self.build = build
        self._values = sum(
            one.kind is not Parameter.KEYWORD_ONLY for one in signature(build).parameters.values()
        )
        self._statements: OrderedDict[tuple[Any, ...], Statement | None] = OrderedDict()
        self._lock = Lock()
        update_wrapper(self, build)

    def __call__(self, *values: Any, **shape: Any) -> list[Any]:
        if len(values) != self._values or None in values:
            # A comparison with NULL would quietly find nothing.
            raise TypeError(f"{self.build.__name__} takes {self._values} values, none of them None")
        statement = self.statement(**shape)
        return [] if statement is None else statement.rows(values)

    def statement(self, **shape: Any) -> Statement | None:
        """The statement of a shape; None where its queryset can have no rows."""
        key = tuple(sorted(shape.items()))
        with self._lock:
            if key in self._statements:
                self._statements.move_to_end(key)
                return self._statements[key]
        made = _statement(self.build(*map(Marker, range(self._values)), **shape))
        with self._lock:
            self._statements[key] = made
            while len(self._statements) > SHAPES_KEPT:
                self._statements.popitem(last=False)
        return made


def compiled(build: Callable[..., QuerySet[Any, Any]]) -> Compiled:
    """Make a function that builds a queryset answer its rows, compiling each shape once.

    The queryset is one of models without related ones, or of ``values_list``. A collection of
    ids goes through `any_of`. Raises TypeError for any other. The function must not look at a
    value: what it decides by is given by name.
    """
    return Compiled(build)


def _statement(queryset: QuerySet[Any, Any]) -> Statement | None:
    """None where the queryset can have no rows."""
    compiler: Any = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    return Statement(
        alias=queryset.db,
        sql=sql,
        params=tuple(params),
        converters=tuple(
            (position, tuple(converters), expression)
            for position, (converters, expression) in compiler.get_converters(columns).items()
        ),
        make=_maker(queryset, compiler),
    )


def _maker(queryset: Any, compiler: Any) -> Callable[[Sequence[Any]], Any]:
    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is NamedValuesListIterable:
        return create_namedtuple_class(*queryset._fields)._make
    if kind is ValuesListIterable:
        return tuple
    alone = not (
        compiler.annotation_col_map
        or (compiler.klass_info or {}).get("related_klass_infos")
        or queryset._prefetch_related_lookups
    )
    if kind is ModelIterable and alone:
        model, alias = queryset.model, queryset.db
        names = [column[0].target.attname for column in compiler.select]
        return lambda row: model.from_db(alias, names, row)
    raise TypeError(f"a queryset of {kind.__name__} with what it carries is not compiled here")


def _sent(value: Any) -> Any:
    """A collection of ids as one array; the driver would look at every number of a list."""
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return array_text(sorted({int(i) for i in value}))
    return value


def array_text(ids: Iterable[int]) -> str:
    """PostgreSQL's way of writing an array of numbers."""
    return "{" + ",".join(map(str, ids)) + "}"
