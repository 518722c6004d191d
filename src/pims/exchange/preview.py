"""What an agency would see of a real prisoner under a version of an agreement, signed or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pims.exchange import catalogue
from pims.exchange.enforcement import PREVIEW, open_own, reading
from pims.exchange.models import ShelfRow
from pims.exchange.rules.policy import Row, judge
from pims.exchange.selectors.agencies import VIEW
from pims.exchange.shelving import shelve
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, require_visible
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One record: `told` is what the agency would see, `kept` the names of what it would not."""

    table: str
    told: Mapping[str, Any]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`hidden` counts the records of each table that it would not know of at all; `agree` says
    that the database and the policy, asked apart, gave the same."""

    person_id: int
    rows: tuple[PreviewRow, ...]
    hidden: Mapping[str, int] = field(default_factory=dict)
    agree: bool = True


def preview(viewer: Actor, version_id: int, person_id: int) -> Preview:
    """Read as the agency would, and compare with the whole. Nobody is told anything.

    Raises NotFound (the viewer may not know of the person), NotPermitted.
    """
    require_held(viewer, VIEW)
    require_visible(viewer, "people.view", person_id)
    root = people.canonical_id(person_id)
    shelve([root])
    inquired = open_own(version_id=version_id, kind=PREVIEW, end_user=viewer.name)
    seen: dict[tuple[str, str], Mapping[str, Any]] = {}
    with reading(inquired, close=False) as reader:
        for table, one in catalogue.TABLES.items():
            if one.aggregate or table not in inquired.terms.tables:
                continue
            for row in reader.read(table, person_ids=[root]):
                seen[table, row.record] = row.fields
    shown: list[PreviewRow] = []
    hidden: dict[str, int] = {}
    agree = True
    for kept in ShelfRow.objects.filter(person_id=root).order_by("kind", "record"):
        told = seen.get((kept.kind, kept.record))
        agree &= told == judge(inquired.terms, _row(kept))
        if told is None:
            hidden[kept.kind] = hidden.get(kept.kind, 0) + 1
            continue
        names = {*kept.fields, *(n for values in kept.guarded.values() for n in values)}
        shown.append(PreviewRow(kept.kind, told, tuple(sorted(names - told.keys()))))
    return Preview(root, tuple(shown), hidden, agree)


def _row(kept: ShelfRow) -> Row:
    return Row(kept.kind, frozenset(kept.facets), frozenset(kept.labels), kept.fields, kept.guarded)
