"""People made by COPY are as the services would have made them."""

from datetime import date

import pytest
from django.db import connection

from pims.custody import selectors as custody
from pims.demo.bulk import load_bulk
from pims.demo.bulk_people import people
from pims.foundation.access.selectors import system_actor
from pims.kernel.errors import Refused
from pims.people.selectors import search_people
from tests.fixtures.database import FreshDatabase


def test_the_same_seed_makes_the_same_people() -> None:
    today = date(2026, 11, 18)
    assert list(people(500, 3, today=today)) == list(people(500, 3, today=today))


def test_people_filled_in_bulk_are_found_and_stand_on_the_roll(
    fresh_database: FreshDatabase,
) -> None:
    said: list[str] = []
    made = load_bulk(people_count=400, held_count=80, seed=2, report=said.append)
    viewer = system_actor()
    on_rolls = sum(len(custody.roll(viewer, where)) for where in made.establishments)
    assert (made.people, made.held, on_rolls) == (400, 80, 80)
    assert (made.search_rows, made.checked) == (400, 200)
    assert said
    for n, person in enumerate(people(20, 2, today=made.today)):
        hits = search_people(viewer, person.full, birth_year=person.year)
        assert made.first_person_id + n in [hit.person_id for hit in hits]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE kind = 'demo.bulk_loaded'")
        assert cursor.fetchone()[0] == 1
    with pytest.raises(Refused):
        load_bulk(people_count=10, held_count=1, seed=2, report=said.append)
