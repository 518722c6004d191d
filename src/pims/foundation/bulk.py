"""Asking for many rows by their ids as one array instead of a thousand parameters."""

from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, F, Func, Q
from django.db.models.sql.compiler import SQLCompiler

from pims.foundation.compiled import Marker, array_text


class _EqualsAny(Func):
    """``column = ANY(array of bigint)``."""

    output_field = BooleanField()

    def __init__(self, column: str, ids: list[int] | Marker) -> None:
        super().__init__(F(column))
        self.ids = ids

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: Any, **_: Any
    ) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        # As text: the driver looks at every number of a list, and a thousand are many.
        array = self.ids if isinstance(self.ids, Marker) else array_text(self.ids)
        return f"{column} = ANY(%s::bigint[])", [*params, array]


def any_of(column: str, ids: Collection[int] | Marker) -> Q:
    """The condition that a bigint column holds one of `ids`.

    The same answer as ``column__in``, at a small part of its cost where the ids are many: one
    parameter is checked, sent and planned instead of one for each. The path to the column may
    cross relations.
    """
    return Q(_EqualsAny(column, ids if isinstance(ids, Marker) else sorted({int(i) for i in ids})))
