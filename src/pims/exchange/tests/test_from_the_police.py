"""What the police send: arrests, which hold nobody, and warrants, which do."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound import number_of
from pims.exchange.tests.test_inbound_orders import ZONE, apply, notes, today
from pims.foundation.access.actor import Actor
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.kernel.errors import InvalidInput


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def officer(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(
        "exchange.inbox", "courts.record", "courts.view", "authority.record", "authority.view",
        "people.view", "people.edit", "custody.view",
    )  # fmt: skip


def test_a_warrant_of_the_police_is_not_said_to_be_another_mans_paper(
    prison: Prison, officer: Actor
) -> None:
    held, other = prison.held("Juan Perez"), prison.held("Pedro Coc")
    police = Sender("police", "police")
    row = police.send(
        "further_warrant",
        {
            "issued_by": "HC", "subject": {"number": number_of(prison, held.person_id)},
            "warrant": "remand", "reference": "HC 4/26",
        },
    )  # fmt: skip
    (paper,) = authority.warrants_of([other.person_id], zone=ZONE)[other.person_id]
    with pytest.raises(InvalidInput) as wrong:
        apply(officer, row, keyed_warrant_name_id=paper.warrant_name_id)
    assert [one.code for one in wrong.value.reasons()] == ["courts.warrant_of_another"]
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_case_begins_on_the_day_of_the_arrest_where_it_was_made(
    prison: Prison, officer: Actor
) -> None:
    police = Sender("police", "police")
    evening = datetime(2026, 3, 4, 20, 30, tzinfo=ZoneInfo(ZONE))
    row = police.send("arrest", {
        "subject": {"family_name": "Nobody", "given_names": "Known"}, "reference": "OCR 78",
        "arrested_at": evening.astimezone(UTC).isoformat(), "court": "MC-BZ",
        "charges": [{"words": "Burglary"}],
    })  # fmt: skip
    (person_id,) = apply(officer, row, new_person=True).made["persons"]
    (case,) = courts.cases(prison.actor, [person_id])[person_id]
    assert case.opened_on == date(2026, 3, 4)


def test_an_arrest_records_its_charges_and_holds_nobody(prison: Prison, officer: Actor) -> None:
    police = Sender("police", "police")
    arrest = {
        "subject": {"family_name": "Nobody", "given_names": "Known", "sex": "male"},
        "reference": "OCR 77", "arrested_at": clock.now().isoformat(), "court": "MC-BZ",
        "charges": [{"words": "Burglary"}],
        "first_appearance": (today() + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    row = police.send("arrest", arrest)
    assert row.state == "unmatched"
    done = apply(officer, row, new_person=True)
    (person_id,) = done.made["persons"]
    (case,) = courts.cases(prison.actor, [person_id])[person_id]
    assert [one.as_written for one in case.charges] == ["Burglary"]
    assert authority.warrants_of([person_id], zone=ZONE) == {}
    again = police.send(
        "arrest_of_released",
        {
            "subject": {"number": number_of(prison, person_id)},
            "arrested_at": clock.now().isoformat(), "because": "A new offence",
        },
    )  # fmt: skip
    assert apply(officer, again).made == {}
    assert (
        OutboxEvent.objects.filter(kind="exchange.message_decided", person_id=person_id).count()
        == 2
    )
    held = prison.held()
    inside = police.send(
        "arrest_of_released",
        {
            "subject": {"number": number_of(prison, held.person_id)},
            "arrested_at": clock.now().isoformat(),
        },
    )
    assert "is_in_custody_here" in notes(officer, inside)
