"""The prisoner page: how many a second, beside a bare view with its SQL and audit entry."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.context import Context
from bench.http_load import rate
from bench.prison import client_of, get, officer, prison, session_of
from bench.results import Result
from bench.servers import bare, free_port, pages
from pims.custody import selectors as custody

ROLE = "records_officer"
PEOPLE = 24
SECONDS, ROUNDS, AT_ONCE = 5.0, 2, 8


def run(context: Context) -> list[Result]:
    with prison(context) as found:
        user, actor = officer(ROLE)
        rows = custody.roll(actor, found.establishment_id)
        chosen = rows[:: max(1, len(rows) // PEOPLE)][:PEOPLE]
        paths = [reverse("prisoner", args=[row.number]) for row in chosen]
        client = client_of(ROLE)
        get(client, paths[0])
        recorded = []
        for row, path in zip(chosen, paths, strict=True):
            with CaptureQueriesContext(connection) as seen:
                get(client, path)
            # The entry is made anew each time; what only keeps the session is Django's.
            statements = [q["sql"] for q in seen if q["sql"].lstrip().startswith("SELECT")]
            recorded.append(
                {
                    "statements": statements,
                    "actor_id": actor.user_id,
                    "person_id": row.person_id,
                    "establishment_id": found.establishment_id,
                }
            )
        kept = context.scratch / "statements.json"
        kept.write_text(json.dumps(recorded), "utf-8")
        cookies = {"pims_session": session_of(user)}
        ours, theirs = free_port(), free_port()
        page, floor = [], []
        with pages(ours), bare(theirs, PIMS_BENCH_STATEMENTS=str(kept)):
            # Every worker and thread has its connection, templates and caches.
            rate(ours, paths, seconds=3, at_once=AT_ONCE, cookies=cookies)
            rate(theirs, paths, seconds=1, at_once=AT_ONCE)
            for _ in range(ROUNDS):
                page.append(rate(ours, paths, seconds=SECONDS, at_once=AT_ONCE, cookies=cookies))
                floor.append(rate(theirs, paths, seconds=SECONDS, at_once=AT_ONCE))
    value, beside = sum(page) / ROUNDS, sum(floor) / ROUNDS
    return [
        Result(
            name=f"prisoner page, {AT_ONCE} at once",
            value=value,
            unit="req/s",
            target=beside / 2,
            at_most=False,
            floor=beside,
            against="bare view: its SQL and its entry",
            details={"queries": len(recorded[0]["statements"]), "people": len(chosen)},  # type: ignore[arg-type]
        )
    ]
