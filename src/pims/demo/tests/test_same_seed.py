"""The same seed makes the same prison, whatever the number of processes that make it."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from pims.custody import selectors as custody
from pims.demo import services
from pims.facilities.selectors import establishments
from pims.foundation.access.selectors import system_actor
from pims.foundation.database.ephemeral import database_from_template
from pims.kernel import clock
from tests.fixtures.database import default_database

NOW = datetime(2026, 11, 18, 16, 20, tzinfo=UTC)
IDS = ("person_id", "episode_id", "escort_id")
_RECORD = {
    "stays": """
        SELECT p.number, e.starts_at, e.ends_at, e.end_kind, e.admission_state
        FROM custody_episode e JOIN people_person p ON p.id = e.person_id ORDER BY 1, 2""",
    "names": """
        SELECT p.number, n.kind, n.given, n.family, p.birth_date, p.sex
        FROM people_name n JOIN people_person p ON p.id = n.person_id ORDER BY 1, 2, 3""",
    "papers": """
        SELECT p.number, w.kind, w.reference, w.dated, n.starts_at, n.until, n.next_appearance,
               n.ends_at, n.end_kind
        FROM authority_warrant_name n JOIN authority_warrant w ON w.id = n.warrant_id
        JOIN people_person p ON p.id = n.person_id ORDER BY 1, 3""",
    "places": """
        SELECT p.number, m.place_id, m.starts_at, m.ends_at
        FROM custody_placement m JOIN people_person p ON p.id = m.person_id ORDER BY 1, 3""",
    "escorts": """
        SELECT p.number, x.kind, x.left_at, x.returned_at, x.outcome
        FROM custody_escort x JOIN people_person p ON p.id = x.person_id ORDER BY 1, 3""",
    "orders": """
        SELECT p.number, o.kind, o.reference, o.dated, o.holds_from, o.next_date, o.until,
               o.amount_cents, o.state, r.read_at, c.number
        FROM courts_order o JOIN people_person p ON p.id = o.person_id
        LEFT JOIN courts_case c ON c.id = o.case_id
        LEFT JOIN courts_second_reading r ON r.order_id = o.id ORDER BY 1, 2, 3, 5""",
    "sentences": """
        SELECT p.number, s.kind, s.years, s.months, s.days, s.minimum_years, s.pronounced_on,
               s.effective_from, s.link, s.offence_on, s.offence_class, s.state
        FROM courts_sentence s JOIN people_person p ON p.id = s.person_id
        ORDER BY 1, s.pronounced_on, s.position""",
    "charges": """
        SELECT p.number, h.offence_code, h.as_written, h.offence_from, h.state
        FROM courts_charge h JOIN people_person p ON p.id = h.person_id ORDER BY 1, 2, 4""",
    "hearings": """
        SELECT p.number, h.on, h.body_id, h.outcome, h.purpose, h.defects
        FROM courts_hearing h JOIN people_person p ON p.id = h.person_id ORDER BY 1, 2, 3""",
    "dates": """
        SELECT p.number, c.status, c.full_term_end, c.sentence_expiry, c.release_day, c.ped
        FROM sentences_calculation c JOIN people_person p ON p.id = c.person_id
        WHERE c.superseded_at IS NULL ORDER BY 1""",
    "property": """
        SELECT p.number, i.description, i.store
        FROM property_item i JOIN people_person p ON p.id = i.person_id ORDER BY 1, 2, 3""",
}


@pytest.mark.any_server
@pytest.mark.usefixtures("django_db_setup")
def test_one_process_and_two_make_the_same_prison(
    django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (_made(processes, django_db_blocker, monkeypatch) for processes in (1, 2))
    assert len(one["roll"]) == 40
    assert len({row["number"] for row in one["roll"]}) == 40
    assert any(stay[3] for stay in one["stays"])
    assert all(one[what] for what in ("orders", "sentences", "charges", "hearings", "dates"))
    for what, rows in one.items():
        assert rows == two[what], what


def _made(processes: int, blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch) -> Any:
    with database_from_template() as name:
        monkeypatch.setenv("PIMS_DB_NAME", name)
        with default_database(name, blocker), blocker.unblock(), clock.at(NOW):
            made = services.load(
                prisoners=40, years=0.12, seed=7, report=lambda _: None, processes=processes
            )
            assert made.held == 40
            viewer = system_actor()
            rows = [
                {name: value for name, value in asdict(row).items() if name not in IDS}
                for where in establishments(viewer)
                for row in custody.roll(viewer, where.establishment_id)
            ]
            return {"roll": sorted(rows, key=lambda row: row["number"]), **_record()}


def _record() -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for what, query in _RECORD.items():
            cursor.execute(query)
            found[what] = cursor.fetchall()
    return found
