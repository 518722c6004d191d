"""What every answer about people is made of: one inquiry, one reading, records by person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from pims.exchange.enforcement import Given, Inquired, Reader, reading
from pims.exchange.rules.lookup_keys import NUMBER, number_key
from pims.kernel import clock

Rows = Mapping[str, list[Given]]


def of_number(reader: Reader, number: str, tables: Sequence[str]) -> Rows:
    """The agreed records of whom a prisoner number means; a number joined to another means both.

    Whatever is found or not, the same statements are made.
    """
    return of_people(reader, reader.find(NUMBER, number_key(number)), tables)


def of_people(
    reader: Reader, person_ids: Sequence[int], tables: Sequence[str], **where: object
) -> Rows:
    return {
        table: reader.read(table, person_ids=person_ids, where=where or None) for table in tables
    }


def given(reader: Reader, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """The records as they are sent; the receipt names their fields."""
    for table, found in rows.items():
        reader.give(table, found)
    return {table: [dict(one.fields) for one in found] for table, found in rows.items()}


def by_person(rows: Iterable[Given]) -> dict[int, list[Given]]:
    found: dict[int, list[Given]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def close(inquired: Inquired) -> None:
    """End an inquiry of which nothing comes: its receipt says that nothing was given."""
    with reading(inquired):
        pass


def first(records: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return records[0] if records else None


def freshness() -> dict[str, Any]:
    """How far the shelf is behind the record, and the instant at which that was so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT behind_seconds FROM agency_freshness()")
        (behind,) = cursor.fetchone()
    return {"behind_seconds": round(float(behind), 3), "as_of": clock.now().isoformat()}
