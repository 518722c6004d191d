"""An agency that only tries things out reaches nobody who is real, whatever was signed."""

import json

import pytest
from django.db import connection

from pims.custody.tests.prison import Prison
from pims.exchange.enforcement import Inquired, reading
from pims.exchange.models import ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import inquire, sign_and_activate, small_agency, terms_of
from pims.foundation.access.actor import Actor

pytestmark = pytest.mark.django_db


def _seen(inquired: Inquired) -> list[int]:
    with reading(inquired) as reader:
        return [row.person_id for row in reader.read("custody")]


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_sandbox_reaches_test_prisoners_alone(system_actor: Actor, sandbox: bool) -> None:
    prison = Prison.build(system_actor)
    real, made_up = (prison.held(name).person_id for name in ("Real Man", "Test Man"))
    shelve([real, made_up])
    ShelfRow.objects.filter(person_id=made_up).update(facets=["everyone:yes", "test:yes"])
    agency = small_agency("other", kind="other", sandbox=sandbox)
    sign_and_activate(agency, terms_of("other"))
    assert _seen(inquire(agency)) == ([made_up] if sandbox else [real, made_up])


@pytest.mark.any_server
def test_a_sandbox_with_a_filter_that_excludes_test_prisoners_reaches_nobody(
    system_actor: Actor,
) -> None:
    prison = Prison.build(system_actor)
    held = prison.held("Test Man").person_id
    shelve([held])
    ShelfRow.objects.filter(person_id=held).update(facets=["everyone:yes", "test:yes"])
    agency = small_agency("other", kind="other", sandbox=True)
    terms = terms_of(
        "other", tables={"custody": {"rows": [["legal:convicted"]], "columns": ["held"]}}
    )
    sign_and_activate(agency, terms)
    assert _seen(inquire(agency)) == []


def test_a_table_without_a_filter_goes_on_reaching_nobody(db: None) -> None:
    def tried_out(rows: list[list[str]]) -> object:
        with connection.cursor() as cursor:
            terms = json.dumps({"tables": {"custody": {"rows": rows, "columns": []}}})
            cursor.execute("SELECT exchange_tried_out(%s)", [terms])
            return json.loads(cursor.fetchone()[0])["tables"]["custody"]["rows"]

    assert tried_out([]) == []
    assert tried_out([["everyone:yes"]]) == [["everyone:yes"], ["test:yes"]]
