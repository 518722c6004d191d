"""Everybody's release dates worked out and stored, beside the bare insert of the same rows.

`--full`: a million cases of the two engines as well, which can be stopped and goes on.
"""

import json
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any

import psycopg

from bench import two_engines
from bench.context import Context
from bench.prison import prison
from bench.results import Result
from pims.courts.models import CourtOrder, Sentence
from pims.custody.selectors import standing
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database import urls
from pims.kernel import clock
from pims.sentences import law, selectors, services
from pims.sentences.models import Adjustment, Calculation

PROMISED = 2.0
ROUNDS = 3
_DATES = (
    "person_id, made_at, law, law_version, status, provisional, full_term_end, sentence_expiry,"
    " edr, ldr, ped, next_review, release_day, earliest_arguable, remission_days, result,"
    " facts_hash, inputs_hash, superseded_at"
)


def run(context: Context) -> list[Result]:
    with prison(context) as found:
        people = sorted(one.person_id for one in standing())
        _sentence(people, found.establishment_id, Random(5))
        everybody = Command(system_actor())
        services.recalculate(everybody, person_ids=people[:20])
        times = [_timed(people, force=True) for _ in range(ROUNDS)]
        unchanged = [_timed(people, force=False) for _ in range(ROUNDS)]
        floor = [_bare(found.database) for _ in range(ROUNDS)]
        began = time.perf_counter()
        dates = selectors.release_dates(system_actor(), people)
        read = time.perf_counter() - began
        began = time.perf_counter()
        belize = law.law_asked_for("belize")
        compared = selectors.compare_laws(
            system_actor(), belize, law.law_asked_for("plain"), person_ids=people
        )
        compare = time.perf_counter() - began
        size = sum(len(json.dumps(one)) for one in _results())
    more = [two_engines.run(context.say)] if context.full else []
    details: dict[str, Any] = {
        "people": len(dates), "sentences": 3 * len(people),
        "explanations_kib": size // 1024,
    }  # fmt: skip
    return [
        Result(
            name=f"release dates of {len(dates):,} worked out and stored",
            value=median(times),
            unit="s",
            target=PROMISED,
            floor=median(floor),
            against="the bare insert of the same rows",
            details=details,
        ),
        Result(name="  the same, nothing new", value=median(unchanged), unit="s"),
        Result(name="  read, and compared with the facts", value=read, unit="s"),
        Result(
            name="  compared under two laws",
            value=compare,
            unit="s",
            details={"moved": len(compared.moved)},
        ),
        *more,
    ]


def _timed(people: Sequence[int], *, force: bool) -> float:
    began = time.perf_counter()
    services.recalculate(Command(system_actor()), person_ids=list(people), force=force)
    return time.perf_counter() - began


def _sentence(people: Sequence[int], establishment_id: int, rng: Random) -> None:
    """Three sentences each, one consecutive, with credit: as the courts pass them."""
    from pims.authority.selectors import bodies

    today, now = clock.today("America/Belize"), clock.now()
    body, actor = bodies()[0].body_id, system_actor().user_id
    orders = CourtOrder.objects.bulk_create(
        [
            CourtOrder(
                kind="commitment_sentence",
                body_id=body,
                person_id=person_id,
                establishment_id=establishment_id,
                received_at=now,
                holds_from=now,
                recorded_at=now,
                recorded_by_id=actor,
            )
            for person_id in people
        ]
    )
    rows, credit = [], []
    for order in orders:
        passed = today - timedelta(days=rng.randrange(30, 2000))
        rows += [
            Sentence(
                order=order,
                person_id=order.person_id,
                kind="imprisonment",
                years=rng.randrange(0, 12),
                months=rng.randrange(1, 12),
                pronounced_on=passed,
                offence_on=passed - timedelta(days=rng.randrange(1, 900)),
                offence_class=rng.choice(["serious", "lesser"]),
                position=position,
                recorded_by_id=actor,
            )
            for position in (1, 2, 3)
        ]
        credit.append(
            Adjustment(
                person_id=order.person_id,
                kind="remand_credit",
                days=rng.randrange(1, 500),
                for_pronounced_on=passed,
                basis="Certificate",
                recorded_at=now,
                recorded_by_id=actor,
            )
        )
    made = Sentence.objects.bulk_create(rows)
    by_order: dict[int, dict[int, Sentence]] = {}
    for row in made:
        by_order.setdefault(row.order_id, {})[row.position] = row
    for group in by_order.values():
        group[3].link, group[3].consecutive_to = "consecutive", group[2]
    Sentence.objects.bulk_update(
        [group[3] for group in by_order.values()], ["link", "consecutive_to"]
    )
    Adjustment.objects.bulk_create(credit)


def _results() -> list[dict[str, Any]]:
    return list(Calculation.objects.filter(superseded_at=None).values_list("result", flat=True))


def _bare(database: str) -> float:
    """The same rows once more, by one statement of the database's own, committed."""
    with psycopg.connect(urls.dsn("owner", database=database), autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_bare AS SELECT * FROM sentences_calculation LIMIT 0")
        rows = connection.execute(
            f"SELECT {_DATES} FROM sentences_calculation WHERE superseded_at IS NULL"
        ).fetchall()
        given = [tuple(json.dumps(v) if isinstance(v, dict) else v for v in row) for row in rows]
        began = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY bench_bare ({_DATES}) FROM STDIN") as copy,
        ):
            for row in given:
                copy.write_row(row)
        took = time.perf_counter() - began
        connection.execute("DROP TABLE bench_bare")
    return took
