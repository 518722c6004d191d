"""People made by COPY are as the services would have made them."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Model

from pims.custody import selectors as custody
from pims.demo.bulk import load_bulk
from pims.demo.bulk_people import people
from pims.exchange.feed.beginning import begun_at
from pims.exchange.models import FacetsSeen, LookupKey, ShelfDue, ShelfRow
from pims.exchange.shelving.sweep import shelve_everybody
from pims.foundation.access.selectors import system_actor
from pims.kernel.errors import Refused
from pims.people.selectors import search_people
from tests.fixtures.database import FreshDatabase


def test_the_same_seed_makes_the_same_people() -> None:
    today = date(2026, 11, 18)
    assert list(people(500, 3, today=today)) == list(people(500, 3, today=today))


def _on_shelf() -> dict[type[Model], list[tuple[object, ...]]]:
    """Every row by its own id: a row that is made anew has another."""
    return {
        model: sorted(model._default_manager.values_list(*columns))
        for model, columns in (
            (ShelfRow, ("person_id", "kind", "record", "pk")),
            (LookupKey, ("person_id", "kind", "key", "pk")),
            (ShelfDue, ("person_id", "due_at")),
            (FacetsSeen, ("person_id", "pk")),
        )
    }


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
    # What agencies could be told of them is what their shelf makes of each by itself.
    filled = _on_shelf()
    assert made.shelved == len({row[0] for row in filled[ShelfRow]}) == 400
    assert begun_at() is not None
    shelve_everybody()
    assert _on_shelf() == filled
    for n, person in enumerate(people(20, 2, today=made.today)):
        hits = search_people(viewer, person.full, birth_year=person.year)
        assert made.first_person_id + n in [hit.person_id for hit in hits]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE kind = 'demo.bulk_loaded'")
        assert cursor.fetchone()[0] == 1
    with pytest.raises(Refused):
        load_bulk(people_count=10, held_count=1, seed=2, report=said.append)
