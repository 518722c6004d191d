"""The desk of a day that ends while its page is open, and a van that is back by night."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from pims.custody.models import Escort
from pims.custody.tests.prison import LAYOUT, Prison
from pims.custody.tests.test_pages import command, instant
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server
ZONE = ZoneInfo(LAYOUT.time_zone)


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("gate_officer", establishment_id=prison.establishment_id))


def tonight() -> datetime:
    """Two minutes to midnight where the prison is: the next there is."""
    here = clock.now().astimezone(ZONE)
    return here.replace(hour=23, minute=58, second=0, microsecond=0)


def van(happened_at: datetime, **line: object) -> dict[str, object]:
    return command(
        **instant("happened_at", happened_at),
        received_back_by="Gentle",
        returned_from="PC 114 Castillo",
        **{"row-TOTAL_FORMS": 1, "row-INITIAL_FORMS": 0},
        **{f"row-0-{name}": value for name, value in line.items()},
    )


def signed_in_at(prison: Prison, at: datetime) -> Client:
    with clock.at(at):
        return signed_in(staff("gate_officer", establishment_id=prison.establishment_id))


def test_a_line_of_the_day_is_not_lost_where_the_day_ends_before_it_is_sent(
    prison: Prison,
) -> None:
    due, before = prison.held("Ana Chan"), tonight()
    today: date = before.date()
    prison.remand(due.person_id, at=clock.now() - timedelta(hours=20), next_appearance=today)
    client = signed_in_at(prison, before)
    with clock.at(before):
        page = client.get(reverse("custody:desk")).content.decode()
        assert "CHAN, Ana" in page
    [form] = re.findall(r"<form action=\"([^\"]*)\"[^>]*data-draft", page)
    with clock.at(before + timedelta(minutes=5)):
        sent = van(before, episode_id=due.episode_id, outcome="new_date", day="")
        answer = client.post(reverse("custody:desk") + form, sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "CHAN, Ana" in text, "the line stands there again, with what is wrong"
    assert "govuk-error-summary" in text


def test_the_hour_of_an_evening_is_of_the_day_before_when_the_van_is_back_by_night(
    prison: Prison,
) -> None:
    held, before = prison.held("Ana Chan"), tonight()
    [escort_id] = prison.out(held.person_id, left_at=clock.now() - timedelta(hours=1))
    night = before + timedelta(minutes=20)
    client = signed_in_at(prison, night)
    with clock.at(night):
        sent = van(
            night - timedelta(minutes=2), escort_id=escort_id, episode_id=held.episode_id,
            outcome="same_warrant", when="23:40",
        )  # fmt: skip
        answer = client.post(reverse("custody:desk"), sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    back = Escort.objects.get(pk=escort_id).returned_at
    assert back == before.replace(minute=40)
