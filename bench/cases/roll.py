"""The nominal roll as a page: all of it, with its read in the ledger, beside the bare rows."""

import time
from collections.abc import Callable
from importlib import import_module

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.context import Context
from bench.prison import client_of, get, prison
from bench.results import Result, percentile
from pims.foundation.database import urls

FEW = 111
TIMES, WARM = 60, 8
# What a roll shows, in one statement: no scope, no rule of law, no page, no entry.
BARE = """
SELECT p.number, n.family, n.given, p.sex, p.birth_date, w.kind, wn.until, wn.next_appearance,
       u.name, c.code, pl.code, e.starts_at, x.kind, x.expected_back_at
FROM custody_episode e
JOIN people_person p ON p.id = e.person_id
LEFT JOIN people_name n ON n.person_id = p.id AND n.is_primary AND n.withdrawn_at IS NULL
LEFT JOIN custody_placement cp ON cp.episode_id = e.id AND cp.ends_at IS NULL
LEFT JOIN facilities_place pl ON pl.id = cp.place_id
LEFT JOIN facilities_cell c ON c.id = cp.cell_id
LEFT JOIN facilities_unit u ON u.id = cp.unit_id
LEFT JOIN custody_escort x ON x.episode_id = e.id AND x.returned_at IS NULL
LEFT JOIN LATERAL (
    SELECT * FROM authority_warrant_name a WHERE a.person_id = p.id AND a.ends_at IS NULL
    ORDER BY a.starts_at LIMIT 1
) wn ON true
LEFT JOIN authority_warrant w ON w.id = wn.warrant_id
WHERE e.establishment_id = %s AND e.ends_at IS NULL
ORDER BY n.sort_key
"""


def run(context: Context) -> list[Result]:
    with prison(context, FEW):
        few = _queries()
    # The page server's own start, which also says when the collector of rubbish runs.
    import_module("pims.config.wsgi")
    with prison(context) as found:
        client, address = client_of("records_officer"), reverse("custody:roll")
        page = _times(lambda: get(client, address))
        size = len(get(client, address))
        many = _queries()
        with psycopg.connect(urls.dsn("app"), autocommit=True) as bare:
            floor = _times(lambda: bare.execute(BARE, [found.establishment_id]).fetchall())
    details: dict[str, float | int | str] = {"held": found.held, "bytes": size}
    return [
        Result(
            name=f"roll of {found.held:,} as a page, {word}",
            value=percentile(page, share),
            unit="ms",
            target=150,
            floor=percentile(floor, share),
            against=f"its rows in one bare statement, {word}",
            details=details,
        )
        for word, share in (("median", 0.5), ("p95", 0.95))
    ] + [
        Result(
            name=f"  queries of the whole request for {found.held:,}",
            value=many,
            unit="queries",
            target=few,
            floor=few,
            against=f"for {FEW}",
        )
    ]


def _queries() -> int:
    client, address = client_of("records_officer"), reverse("custody:roll")
    get(client, address)
    with CaptureQueriesContext(connection) as seen:
        get(client, address)
    return len(seen)


def _times(ask: Callable[[], object]) -> list[float]:
    """Milliseconds of each of `TIMES` askings, after `WARM` that do not count."""
    found = []
    for number in range(WARM + TIMES):
        start = time.perf_counter()
        ask()
        if number >= WARM:
            found.append((time.perf_counter() - start) * 1000)
    return found
