"""Agency by purpose by table by field by status: nothing is told outside the allow-list."""

import psycopg
import pytest

from pims.exchange import catalogue
from pims.exchange.models import Agency
from pims.exchange.rules.policy import judge
from tests.exchange.leak import world
from tests.fixtures.database import FreshDatabase


@pytest.fixture(scope="module")
def every_case() -> list[dict[str, object]]:
    return [
        world.terms(kind, purpose, turn)
        for turn, (kind, purpose) in enumerate(
            (kind, purpose) for kind in Agency.Kind.values for purpose in catalogue.PURPOSES
        )
    ]


def test_the_cases_hold_every_field_in_every_status_both_told_and_not(
    every_case: list[dict[str, object]],
) -> None:
    """An enumeration in which everything is refused would prove nothing."""
    everything = {
        world.secret(table, field.name, status)
        for table in world.PERSONS
        for field in catalogue.TABLES[table].fields
        for status in world.REAL
    }
    everything |= {world.known(t, s) for t in world.PERSONS for s in world.REAL}
    due = [world.due(document) for document in every_case]
    assert set.union(*due) == everything
    assert set.intersection(*due) == set()
    assert len(every_case) == len(Agency.Kind.values) * len(catalogue.PURPOSES)


def test_the_policy_alone_tells_exactly_what_was_agreed(
    every_case: list[dict[str, object]],
) -> None:
    rows = world.shelf()
    for document in every_case:
        assert world.judged(judge, document, rows) == world.due(document)


def test_the_database_alone_tells_an_agencys_own_connection_exactly_what_was_agreed(
    fresh_database: FreshDatabase,
) -> None:
    world.put_on_shelf(world.shelf())
    cells = 0
    with psycopg.connect(fresh_database.dsn("agency"), autocommit=True) as connection:
        for asking in world.agencies():
            due = world.due(asking.document)
            assert world.told(connection, asking) == due, (asking.agency, asking.purpose)
            cells += len(due)
    assert cells > 5_000
