"""The prisoner page: how many a second, beside a bare view with its SQL and audit entry."""

import json
from typing import Any

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
# The entry is made anew each time; what is left is what the page reads.
_READS = ("SELECT", "WITH RECURSIVE")


def run(context: Context) -> list[Result]:
    with prison(context) as found:
        user, actor = officer(ROLE)
        rows = custody.roll(actor, found.establishment_id)
        chosen = rows[:: max(1, len(rows) // PEOPLE)][:PEOPLE]
        paths = [reverse("prisoner", args=[row.number]) for row in chosen]
        client = client_of(ROLE)
        get(client, paths[0])
        recorded: list[dict[str, Any]] = []
        for row, path in zip(chosen, paths, strict=True):
            with CaptureQueriesContext(connection) as seen:
                get(client, path)
            statements = [q["sql"] for q in seen if q["sql"].lstrip().startswith(_READS)]
            recorded.append(
                {
                    "statements": statements,
                    "own": _after_the_middleware(statements),
                    "actor_id": actor.user_id,
                    "person_id": row.person_id,
                    "establishment_id": found.establishment_id,
                }
            )
        cookies = {"pims_session": session_of(user)}
        whole, view = context.scratch / "whole.json", context.scratch / "view.json"
        whole.write_text(json.dumps(recorded), "utf-8")
        view.write_text(json.dumps([one | {"statements": one["own"]} for one in recorded]), "utf-8")
        ours, theirs, floor = free_port(), free_port(), free_port()
        bare_view = {
            "PIMS_BENCH_STATEMENTS": str(view),
            "DJANGO_SETTINGS_MODULE": "bench.bare_settings",
        }
        asked: list[tuple[int, list[str], dict[str, str]]] = [
            (ours, paths, cookies), (theirs, ["/bare/"], cookies), (floor, ["/"], {}),
        ]  # fmt: skip
        rates: list[list[float]] = [[], [], []]
        with (
            pages(ours),
            pages(theirs, **bare_view),
            bare(floor, PIMS_BENCH_STATEMENTS=str(whole)),
        ):
            for port, what, jar in asked:
                # Every worker and thread has its connection, templates and caches.
                rate(port, what, seconds=3, at_once=AT_ONCE, cookies=jar)
            for _ in range(ROUNDS):
                for found_rates, (port, what, jar) in zip(rates, asked, strict=True):
                    found_rates.append(
                        rate(port, what, seconds=SECONDS, at_once=AT_ONCE, cookies=jar)
                    )
    page, beside, sql = (sum(found_rates) / ROUNDS for found_rates in rates)
    queries = len(recorded[0]["own"])
    return [
        Result(
            name=f"prisoner page, {AT_ONCE} at once",
            value=page,
            unit="req/s",
            target=beside / 2,
            at_most=False,
            floor=beside,
            against="a bare view: its SQL and its entry",
            details={"queries": queries, "people": len(chosen)},
        ),
        Result(
            name="  the same",
            value=page,
            unit="req/s",
            floor=sql,
            against="the SQL and the entry, no framework",
            details={"queries": len(recorded[0]["statements"])},
        ),
    ]


def _after_the_middleware(statements: list[str]) -> list[str]:
    """Without what the stack reads before any view: session, user, grants, establishments."""
    first = next(n for n, text in enumerate(statements) if 'FROM "people_person"' in text)
    return statements[first:]
