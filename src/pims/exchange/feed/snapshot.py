"""Everything that an agency may know now, to start over from.

The position is read before the rows. Whatever changes later is told again after that position, so
that a store which takes the snapshot and then reads the feed from there misses nothing. Of several
pages the first one's position counts.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pims.exchange.catalogue_docs import niem
from pims.exchange.enforcement import Reader
from pims.exchange.feed.rendering import SINGLE

PERSONS, MOST_PERSONS = 500, 2000


class UnknownPage(Exception):
    """The page to go on from is not one that this agency was given under this agreement."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`persons` are records by table, as in a fat message. Where there is `more`, ask for the next
    page with the id of this inquiry."""

    position: int
    persons: list[dict[str, Any]]
    more: bool


def snapshot(reader: Reader, *, page: UUID | None = None, persons: int = PERSONS) -> Snapshot:
    """A page of the snapshot: the first, or the one after the page that an inquiry gave.

    Raises UnknownPage.
    """
    _, position = reader.feed_ends()
    after = 0
    if page is not None:
        place = reader.snapshot_place(page)
        if place is None:
            raise UnknownPage
        after = place
    count = max(1, min(persons, MOST_PERSONS))
    tables = sorted(reader.inquired.terms.tables)
    ids = reader.persons(tables, after=after, limit=count + 1)
    wanted = ids[:count]
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for table in tables:
        rows = reader.read(table, person_ids=wanted) if wanted else []
        reader.give(table, rows)
        for row in rows:
            record = niem.written(table, row.fields)
            if table in SINGLE:
                found[row.person_id][niem.ours(table)] = record
            else:
                found[row.person_id].setdefault(niem.ours(table), []).append(record)
    return Snapshot(position, [found[i] for i in wanted if i in found], len(ids) > count)
