"""What a prisoner's page says about papers is in words and days, not in codes and midnights."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.web.words import basis_text
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from pims.people import selectors as people
from pims.ui.dates import day_text, until_text
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]
ZONE = ZoneInfo("America/Belize")


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def page_of(prison: Prison, client: Any, person_id: int, name: str = "prisoner") -> str:
    number = people.person_headers(prison.actor, [person_id])[person_id].number
    html: str = client.get(reverse(name, args=[number])).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_until_when_someone_is_held_is_the_last_day(prison: Prison, client) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=2))
    last = clock.now().astimezone(ZONE).date() + timedelta(days=20)
    prison.remand(receipt.person_id, next_appearance=last, at=clock.now() - timedelta(days=2))
    page = page_of(prison, client, receipt.person_id)
    assert f"Detained until {day_text(last)}, end of day" in page
    assert "00:00" not in page
    assert day_text(last + timedelta(days=1)) not in page


def test_of_a_remand_that_ended_the_page_says_when_and_that_nothing_holds(
    prison: Prison, client
) -> None:
    began = clock.now() - timedelta(days=9)
    receipt = prison.one(at=began)
    last = clock.now().astimezone(ZONE).date() - timedelta(days=1)
    prison.remand(receipt.person_id, at=began, next_appearance=last)
    page = page_of(prison, client, receipt.person_id)
    assert f"Detained until {day_text(last)}, end of day. It has ended" in page
    assert "No end is named" not in page
    assert "Next appearance None to come" in page
    assert re.search(r"No authority .{0,40}still so", page)


def test_the_timeline_says_on_what_a_warrant_ended_in_words(prison: Prison, client) -> None:
    receipt = prison.held()
    (paper,) = authority.detaining_warrants(receipt.person_id, zone=ZONE.key, at=clock.now())
    order = authority_services.record_release_order(
        prison.command,
        establishment_id=prison.establishment_id,
        person_id=receipt.person_id,
        kind="fine_paid",
        body_id=prison.court,
        received_at=clock.now(),
        warrant_name_ids=[paper.warrant_name_id],
        reference="Receipt 281",
    )
    authority_services.act_on_release_order(
        prison.command, release_order_id=order.release_order_id, at=clock.now()
    )
    page = page_of(prison, client, receipt.person_id, "prisoner_timeline")
    assert "Receipt 281" in page
    assert "fine_paid" not in page


def test_old_entries_with_a_code_are_shown_in_words_too() -> None:
    assert basis_text("fine_paid Receipt 281") == "Fine paid Receipt 281"
    assert basis_text("Bail bond 7") == "Bail bond 7"
    assert basis_text("death in custody") == "Death in custody"


def test_midnight_is_the_end_of_the_day_before() -> None:
    midnight = datetime(2027, 9, 3, tzinfo=ZONE)
    assert until_text(midnight, ZONE.key) == "2 Sep 2027, end of day"
    assert until_text(midnight + timedelta(hours=9), ZONE.key) == "3 Sep 2027 09:00"
