"""Looking over what was copied: constraints, counts, and a sample against the services' own."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random

from django.db import connection, transaction

from pims.custody import selectors as custody
from pims.custody import services as custody_services
from pims.demo.bulk_custody import Held
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.numbers import prisoner_number
from pims.people import selectors as people
from pims.people.search import index

SAMPLE, MOVED = 200, 12

_COUNTS = {
    "people": "SELECT count(*) FROM people_person WHERE id >= %s",
    "numbers": "SELECT count(DISTINCT number) FROM people_person WHERE id >= %s",
    "names": "SELECT count(*) FROM people_name WHERE person_id >= %s AND is_primary",
    "scopes": "SELECT count(*) FROM person_scope WHERE person_id >= %s",
    "versions": "SELECT count(*) FROM people_person_history WHERE pgh_obj_id >= %s",
}
_HELD_COUNTS = {
    "episodes": "SELECT count(*) FROM custody_episode WHERE person_id >= %s AND ends_at IS NULL",
    "papers": "SELECT count(*) FROM authority_warrant_name WHERE person_id >= %s",
}
_NOT_ENFORCED = """
SELECT conname FROM pg_constraint WHERE NOT convalidated
UNION ALL SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'
"""
_SEARCH_ROWS = """
SELECT person_id, key, keys, birth_year FROM people_search WHERE person_id = ANY(%s) ORDER BY 1, 2
"""
_SCOPES = """
SELECT person_id, establishment_id, unit_id, labels FROM person_scope WHERE person_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was meant; `held` in the order of reception."""

    people: int
    first_id: int
    serial: int
    search_rows: int
    establishments: tuple[int, ...]
    held: tuple[Held, ...]
    today: date
    actor: Actor


def check(meant: Expected) -> int:
    """How many people were compared one by one. Raises RuntimeError with what differs."""
    _enforced()
    _counts(meant)
    rng = Random(meant.people)
    ids = sorted(
        meant.first_id + n for n in rng.sample(range(meant.people), min(SAMPLE, meant.people))
    )
    _numbers(meant, ids)
    _search_rows(ids)
    for establishment_id in {meant.establishments[0], meant.establishments[-1]}:
        _roll(meant, establishment_id)
    placed = [h for h in meant.held if h.place_id is not None]
    for held in rng.sample(placed, min(MOVED, len(placed))):
        _allowed(meant, held)
    return len(ids)


def _enforced() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NOT_ENFORCED)
        _same("not enforced", [], [row[0] for row in cursor.fetchall()])


def _counts(meant: Expected) -> None:
    with connection.cursor() as cursor:
        for what, statement in {**_COUNTS, **_HELD_COUNTS}.items():
            cursor.execute(statement, [meant.first_id])
            wanted = len(meant.held) if what in _HELD_COUNTS else meant.people
            _same(what, wanted, cursor.fetchone()[0])
    _same("search rows", meant.people, meant.search_rows)


def _numbers(meant: Expected, ids: list[int]) -> None:
    for person_id, header in people.person_headers(meant.actor, ids).items():
        number = prisoner_number(meant.serial + person_id - meant.first_id)
        _same("number", number, header.number)
        with connection.cursor() as cursor:
            cursor.execute(_SCOPES, [[person_id]])
            _, _, _, labels = cursor.fetchone()
        _same("label", header.is_juvenile, "juvenile" in labels)


def _search_rows(ids: list[int]) -> None:
    """Made anew by the people room for the sample, the search rows must come out the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SEARCH_ROWS, [ids])
        copied = cursor.fetchall()
        index.refresh(ids)
        cursor.execute(_SEARCH_ROWS, [ids])
        _same("search rows", cursor.fetchall(), copied)
        transaction.set_rollback(True)


def _roll(meant: Expected, establishment_id: int) -> None:
    """The roll derives, for everyone of one establishment, what was meant."""
    here = {h.person_id: h for h in meant.held if h.establishment_id == establishment_id}
    rows = {row.person_id: row for row in custody.roll(meant.actor, establishment_id)}
    _same("on the roll", here.keys(), rows.keys())
    statuses = Counter(row.legal_status for row in rows.values())
    _same("statuses", Counter(held.status for held in here.values()), statuses)
    with connection.cursor() as cursor:
        cursor.execute(_SCOPES, [list(here)])
        scopes = {person_id: (where, unit) for person_id, where, unit, _ in cursor.fetchall()}
    for person_id, row in rows.items():
        _same("place", here[person_id].place_id, row.place_id)
        _same("scope", (establishment_id, row.unit_id), scopes[person_id])
        _same("admitted", here[person_id].place_id is not None, row.admitted)
        _same("breach", False, row.breach)


def _allowed(meant: Expected, held: Held) -> None:
    """Taken out of the place, the person may be placed there again: no rule speaks against it."""
    episode = custody.current_episode(held.person_id)
    if episode is None or held.place_id is None:
        raise RuntimeError(f"bulk: {held.person_id} is not held")
    with transaction.atomic():
        custody_services.leave_place(Command(meant.actor), episode_id=episode.episode_id)
        custody_services.place_person(
            Command(meant.actor), episode_id=episode.episode_id, place_id=held.place_id
        )
        transaction.set_rollback(True)


def _same(what: str, wanted: object, found: object) -> None:
    if wanted != found:
        raise RuntimeError(f"bulk: {what}: {str(found)[:300]} and not {str(wanted)[:300]}")
