"""A date put right may be mistyped like a new one: it is asked about in the same way."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from pims.authority import selectors as authority
from pims.custody.models import Placement
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server
ZONE = ZoneInfo("America/Belize")


@pytest.fixture
def client(prison: Prison) -> Client:
    roles = ("records_officer", "duty_senior_officer")
    return signed_in(staff(*roles, establishment_id=prison.establishment_id))


def of_day(name: str, day: date) -> dict[str, str]:
    return {
        f"{name}_day": str(day.day),
        f"{name}_month": str(day.month),
        f"{name}_year": str(day.year),
    }


def at(name: str, when: datetime) -> dict[str, str]:
    local = when.astimezone(ZONE)
    return of_day(name, local.date()) | {f"{name}_time": f"{local:%H:%M}"}


def test_a_court_date_decades_ahead_is_asked_about_when_a_paper_is_corrected(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    (paper,) = authority.warrants_of([held.person_id], zone=ZONE.key)[held.person_id]
    url = reverse("authority:amend", args=[paper.warrant_name_id])
    far = clock.today(ZONE.key) + timedelta(days=365 * 30)
    form = {
        "command_id": str(uuid4()), "version": str(paper.version), "name_as_written": "J. Perez",
        "reason": "A slip", **at("starts_at", paper.starts_at), **of_day("next_appearance", far),
    }  # fmt: skip
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "Is the year right?" in answer.content.decode()
    (kept,) = authority.warrants_of([held.person_id], zone=ZONE.key)[held.person_id]
    assert kept.next_appearance == paper.next_appearance
    near = clock.today(ZONE.key) + timedelta(days=9)
    assert client.post(url, form | of_day("next_appearance", near)).status_code == 302


def test_a_paper_said_to_have_ended_a_year_ago_is_asked_about(
    prison: Prison, client: Client
) -> None:
    held = prison.held(hours=24 * 500)
    (paper,) = authority.warrants_of([held.person_id], zone=ZONE.key)[held.person_id]
    url = reverse("authority:end", args=[paper.warrant_name_id])
    answer = client.post(
        url,
        {"command_id": str(uuid4()), "end_kind": "replaced", "basis": "Order 3/26",
         **at("ended_at", clock.now() - timedelta(days=365))},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Is the year right?" in answer.content.decode()


def test_a_place_said_to_be_held_for_a_year_is_asked_about(prison: Prison, client: Client) -> None:
    held = prison.held(hours=24 * 500)
    url = reverse("custody:placed", args=[held.episode_id])
    form = {"command_id": str(uuid4()), "place_id": str(prison.places["REM A-1/1"])}
    answer = client.post(url, form | at("happened_at", clock.now() - timedelta(days=365)))
    assert answer.status_code == 422
    assert "Is the year right?" in answer.content.decode()
    assert not Placement.objects.exists()
    assert client.post(url, form | at("happened_at", clock.now())).status_code == 302
