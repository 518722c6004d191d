"""What agencies could be told of very many people: the rows that the exchange's shelf would make of
them, many at once. Nothing is compared with what is there, for nothing is."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection

from pims.demo.bulk_copy import Progress, copy_rows
from pims.exchange.feed.beginning import begin
from pims.exchange.shelving.facts import Facts, Names, gather, names
from pims.exchange.shelving.lookup_keys import keys_of
from pims.exchange.shelving.records import facets_of, labels_of, records_of
from pims.kernel import clock

# So many people's facts are read at once.
AT_ONCE = 2000
# Where rows have policies, COPY is refused.
_SHELF = """
INSERT INTO exchange_shelf (person_id, kind, record, fields, guarded, facets, labels, changed_at)
SELECT person_id, kind, record, fields::jsonb, guarded::jsonb, facets::varchar[], labels::varchar[],
       changed_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
            %s::timestamptz[])
     AS one(person_id, kind, record, fields, guarded, facets, labels, changed_at)
"""
_KEYS = "person_id, kind, key"
_DUE = "person_id, due_at"
_SEEN = "person_id, seen_at, facets, labels"


def fill_shelf(first_id: int, count: int, progress: Progress) -> int:
    """Put `count` people with ids in a row on the empty shelf, and begin the exchange there: what
    comes later is told. How many people; 0 where the exchange is at work already."""

    def fill(said: Callable[[int], None]) -> int:
        codes = names()
        for start in range(first_id, first_id + count, AT_ONCE):
            ids = range(start, min(start + AT_ONCE, first_id + count))
            _put(gather(ids, at=clock.now()), codes, progress)
            said(ids[-1] + 1 - first_id)
        return count

    def said(done: int) -> None:
        progress.tell(f"{done:,} people on the shelf of the exchange", always=done == count)

    return begin(said, fill=fill) or 0


def _put(facts: dict[int, Facts], codes: Names, progress: Progress) -> None:
    at = clock.now()
    each = sorted(facts.items())
    quiet = Progress(lambda text: None)
    _insert([row for i, one in each for row in _rows(i, one, codes, at)])
    keys = ((i, kind, key) for i, one in each for kind, key in keys_of(one))
    copy_rows("exchange_lookup_key", _KEYS, keys, quiet)
    copy_rows("exchange_shelf_due", _DUE, _due(each, at), quiet)
    seen = ((i, clock.now(), _array(facets_of(one, codes)), _array(labels_of(one)))
            for i, one in each)  # fmt: skip
    copy_rows("exchange_facets_seen", _SEEN, seen, quiet)


def _insert(rows: Sequence[Sequence[object]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_SHELF, [list(column) for column in zip(*rows, strict=True)])


def _rows(person_id: int, one: Facts, codes: Names, at: datetime) -> Iterator[Sequence[object]]:
    for record in records_of(one, codes):
        yield (
            person_id, record.kind, record.record, json.dumps(record.fields),
            json.dumps(record.guarded), _array(record.facets), _array(record.labels), at,
        )  # fmt: skip


def _due(each: Iterable[tuple[int, Facts]], at: datetime) -> Iterator[Sequence[object]]:
    for person_id, one in each:
        until = one.status.valid_until if one.status is not None else None
        if until is not None and until > at:
            yield person_id, until


def _array(texts: Iterable[str]) -> str:
    return "{" + ",".join(json.dumps(one, ensure_ascii=False) for one in sorted(texts)) + "}"
