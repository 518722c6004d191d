"""Search: the right person among a million, by a name with two typing errors or as it was heard.

The people are those whose name and year of birth are theirs alone. Everything counts that a page
would do: the reading of the question, the scope of the viewer, the names shown, the entry in the
ledger. The rivals are asked without scope or audit.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

from bench.context import Context
from bench.databases import connected_to, drop_database, make_database
from bench.names import mishear, mistype
from bench.results import Result, percentile
from pims.demo.bulk import BulkLoaded, load_bulk
from pims.demo.bulk_people import BulkPerson, people
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.access.selectors import system_actor
from pims.foundation.database import urls
from pims.kernel.collation import search_key
from pims.people import selectors

NAME = "pims_bench_search"
# All of them with --full; ten minutes for every case together leave time to load a fifth.
COUNT, FEWER = 1_000_000, 200_000
HELD = 1900
ASKED, WARMED = 400, 120
FIRST = 5

Ask = Callable[[str, int], list[int]]
Chosen = list[tuple[int, BulkPerson]]


def run(context: Context) -> list[Result]:
    count = COUNT if context.full else FEWER
    make_database(NAME)
    try:
        with connected_to(NAME):
            loaded = _load(count, context.say)
            here = loaded.establishments[0]
            within = _within(here)
            context.say(f"Loaded and indexed in {loaded.seconds:.0f} s; asking")
            made = [
                (loaded.first_person_id + n, person)
                for n, person in enumerate(people(count, 1, today=loaded.today))
            ]
            alone = Counter((frozenset(search_key(p.full).split()), p.year) for _, p in made)
            chosen = [
                (person_id, person)
                for person_id, person in made
                if person_id in within
                and alone[frozenset(search_key(person.full).split()), person.year] == 1
            ]
            with psycopg.connect(urls.dsn("app", database=NAME), autocommit=True) as rival:
                return _measure(context, _viewer(here), chosen, rival, loaded)
    finally:
        drop_database(NAME)


def _measure(
    context: Context,
    viewer: Actor,
    chosen: Chosen,
    rival: psycopg.Connection[tuple[Any, ...]],
    loaded: BulkLoaded,
) -> list[Result]:
    def search(text: str, year: int) -> list[int]:
        hits = selectors.search_people(viewer, text, birth_year=year)
        return [hit.person_id for hit in hits]

    def trigrams(text: str, year: int) -> list[int]:
        found = rival.execute(
            "SELECT person_id FROM people_search WHERE key %% %s AND birth_year = %s"
            " ORDER BY similarity(key, %s) DESC LIMIT 20",
            [text, year, text],
        )
        return [row[0] for row in found]

    def exactly(text: str, year: int) -> list[int]:
        found = rival.execute(
            "SELECT person_id FROM people_search WHERE key = %s AND birth_year = %s LIMIT 20",
            [text, year],
        )
        return [row[0] for row in found]

    rng = random.Random(5)
    _ask(search, rng.sample(chosen, WARMED), mistype, rng)
    _ask(trigrams, rng.sample(chosen, 20), mistype, rng)
    mistyped, heard, exact = (rng.sample(chosen, ASKED) for _ in range(3))
    typed = _ask(search, mistyped, mistype, random.Random(6))
    sound = _ask(search, heard, mishear, random.Random(7))
    plain = _ask(search, exact, _as_kept, random.Random(8))
    floor = _ask(exactly, exact, _as_kept, random.Random(8))
    rival_typed = _ask(trigrams, mistyped[:100], mistype, random.Random(6))
    rival_sound = _ask(trigrams, heard[:100], mishear, random.Random(7))
    context.say(f"typed: p50 {percentile(typed[0], 0.5):.1f} ms; sound {sound[1]:.1%} found")
    details: dict[str, float | int | str] = {"people": loaded.people, "asked": ASKED}
    return [
        Result(
            name=f"search among {loaded.people:,}: two typing errors and year of birth, p95",
            value=percentile(typed[0], 0.95),
            unit="ms",
            target=30,
            floor=percentile(rival_typed[0], 0.95),
            against="plain pg_trgm, p95",
            details={**details, "p50": percentile(typed[0], 0.5), "load_s": round(loaded.seconds)},
        ),
        Result(
            name=f"  of these in the first {FIRST}",
            value=typed[1],
            unit="share",
            target=0.98,
            at_most=False,
            floor=rival_typed[1],
            against="plain pg_trgm",
            details=details,
        ),
        Result(
            name="search by a sound-alike spelling and year of birth, p95",
            value=percentile(sound[0], 0.95),
            unit="ms",
            target=30,
            floor=percentile(rival_sound[0], 0.95),
            against="plain pg_trgm, p95",
            details=details,
        ),
        Result(
            name=f"  of these in the first {FIRST}",
            value=sound[1],
            unit="share",
            target=0.95,
            at_most=False,
            floor=rival_sound[1],
            against="plain pg_trgm",
            details=details,
        ),
        Result(
            name="search by the name as kept and year of birth, p95",
            value=percentile(plain[0], 0.95),
            unit="ms",
            floor=percentile(floor[0], 0.95),
            against="exact look-up, p95",
            details={**details, "found": plain[1]},
        ),
    ]


def _ask(
    ask: Ask,
    chosen: Chosen,
    spell: Callable[[str, random.Random], str],
    rng: random.Random,
) -> tuple[list[float], float]:
    """How long each question took, in ms, and how often the right one was in the first five."""
    times: list[float] = []
    found = 0
    for person_id, person in chosen:
        text = spell(person.full, rng)
        start = time.perf_counter()
        ids = ask(text, person.year)
        times.append((time.perf_counter() - start) * 1000)
        found += person_id in ids[:FIRST]
    return times, found / len(chosen)


def _viewer(here: int) -> Actor:
    """Whoever may see all that fall to one establishment; others fall beyond their reach."""
    return Actor(
        user_id=system_actor().user_id,
        name="Bench",
        badge="B1",
        reaches=(
            Reach("records_officer", frozenset({"people.view"}), here, None, frozenset(LABELS)),
        ),
    )


def _as_kept(text: str, _rng: random.Random) -> str:
    return search_key(text)


def _load(count: int, say: Callable[[str], None]) -> BulkLoaded:
    """The people by `pims demo load --bulk`, and what the rivals need and the product does not."""
    loaded = load_bulk(people_count=count, held_count=HELD, seed=1, report=say, shelf=False)
    with psycopg.connect(urls.dsn(urls.SUPERUSER, database=NAME), autocommit=True) as server:
        server.execute("CREATE INDEX ON people_search USING gin (key gin_trgm_ops)")
        server.execute("CREATE INDEX ON people_search (key, birth_year)")
        server.execute("VACUUM ANALYZE people_search")
        server.execute("VACUUM ANALYZE people_word")
        server.execute("VACUUM ANALYZE person_scope")
        server.execute("VACUUM ANALYZE people_person")
        server.execute("VACUUM ANALYZE people_name")
    return loaded


def _within(here: int) -> set[int]:
    """The ids of those who fall to the viewer's establishment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM person_scope WHERE establishment_id = %s", [here])
        return {row[0] for row in cursor.fetchall()}
