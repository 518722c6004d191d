"""A step of the admission saved twice: nothing is lost, and a form sent twice is one."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pims.custody import selectors
from pims.custody.tests.prison import Prison
from pims.safety.models import FirstRisk
from pims.safety.selectors import questions
from tests.access.staff import signed_in, staff


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


def sent(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid4()), **fields}


@pytest.mark.any_server
def test_the_arrest_shows_what_stands_and_two_officers_lose_nothing(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    url = reverse("custody:admission_step", args=[held.episode_id, "arrest"])
    opened = client.get(url).context["form"].initial["version"]
    first = sent(version=opened, place="First place", reasons="Theft", officer="PC One")
    assert client.post(url, first).status_code == 302
    assert client.post(url, first).status_code == 302, "sent twice is one"

    late = client.post(url, sent(version=opened, place="Second place", officer="PC Two"))
    page = late.content.decode()
    assert late.status_code == 409
    assert "Somebody else changed" in page
    assert "First place" in page
    assert "Second place" in page
    kept = selectors.arrest_of(prison.actor, held.episode_id)
    assert (kept["place"], kept["reasons"], kept["officer"]) == ("First place", "Theft", "PC One")

    again = client.get(url)
    assert "First place" in again.content.decode(), "what stands is in the boxes"
    fresh = late.context["form"].data["version"]
    decided = sent(version=fresh, place="Second place", reasons="Theft", officer="PC Two")
    assert client.post(url, decided).status_code == 302
    assert selectors.arrest_of(prison.actor, held.episode_id)["place"] == "Second place"


def test_the_first_risk_questions_sent_twice_are_answered_once(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    url = reverse("custody:admission_step", args=[held.episode_id, "risk"])
    form = sent(**dict.fromkeys(questions(), "no"))
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302
    assert FirstRisk.objects.count() == 1
