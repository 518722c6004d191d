"""What of one record an agency may be told, judged a second time after the database.

The database judges the same in `sql/10_agreed.sql`; the two are written apart and compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pims.exchange.rules.terms import Terms


@dataclass(frozen=True, slots=True)
class Row:
    """One record: `guarded` are the values that carry a label of their own, by label."""

    kind: str
    facets: frozenset[str]
    labels: frozenset[str]
    fields: Mapping[str, object]
    guarded: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def judge(terms: Terms, row: Row) -> dict[str, object] | None:
    """The values that may be told, None where the record itself may not be known of."""
    if not reaches(terms, row.kind, row.facets, row.labels):
        return None
    columns = terms.tables[row.kind].columns
    told = {name: value for name, value in row.fields.items() if name in columns}
    for label, values in row.guarded.items():
        if label in terms.labels:
            told |= {name: value for name, value in values.items() if name in columns}
    return told


def reaches(terms: Terms, kind: str, facets: frozenset[str], labels: frozenset[str]) -> bool:
    """Whether the terms reach a record: a table that they name, every filter, every label.

    Filters intersect; a table without a filter reaches nothing.
    """
    table = terms.tables.get(kind)
    if table is None or not table.rows:
        return False
    return all(any_of & facets for any_of in table.rows) and labels <= terms.labels
