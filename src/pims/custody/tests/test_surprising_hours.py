"""The hour of a fact that ends custody is asked about where it surprises, and never refused."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from pims.custody import selectors, services
from pims.custody.tests.prison import LAYOUT, Prison, told
from pims.custody.tests.test_desk_missing import at_court, posted
from pims.kernel import clock
from tests.access.staff import signed_in, staff

ZONE = ZoneInfo(LAYOUT.time_zone)


def typed_at(at: datetime, **more: str) -> dict[str, str]:
    local = at.astimezone(ZONE)
    return {
        "command_id": str(uuid4()),
        "happened_at_day": str(local.day), "happened_at_month": str(local.month),
        "happened_at_year": str(local.year), "happened_at_time": f"{local:%H:%M}",
        **more,
    }  # fmt: skip


def ended(prison: Prison, person_id: int) -> bool:
    return not selectors.episodes(prison.actor, person_id)[0].episode.is_open


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))


@pytest.mark.any_server
@pytest.mark.parametrize("kind", ["death", "escape", "removal"])
def test_a_mistyped_year_of_a_grave_fact_is_asked_about_and_yes_goes_on(
    prison, client, kind
) -> None:
    held = prison.one(at=clock.now() - timedelta(days=500))
    url = reverse("custody:occurrence", args=[held.episode_id, kind])
    form = typed_at(
        clock.now() - timedelta(days=365),
        country="GT", circumstances="Found in the morning", destination="Melchor",
    )  # fmt: skip
    asked = client.post(url, form)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "Is the year right?" in text
    assert form["happened_at_year"] in text
    assert ("Found in the morning" if kind != "removal" else "Melchor") in text
    assert client.post(url, form | {"step": "sure"}).status_code == 422, "not stepped over"
    yes = form | {"sure": asked.context["question"].mark}
    repeated = client.post(url, yes)
    assert repeated.status_code == 200
    assert ("sure", yes["sure"]) in repeated.context["carried"]
    assert client.post(url, yes | {"step": "sure"}).status_code == 302
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.end is not None or episode.absences


@pytest.mark.any_server
def test_a_discharge_on_paper_long_ago_is_asked_about_and_nothing_typed_is_lost(
    prison, client
) -> None:
    held = prison.one(at=clock.now() - timedelta(days=500))
    url = reverse("release:paper", args=[held.episode_id])
    form = typed_at(
        clock.now() - timedelta(days=365), first_officer="Cpl Bob Ical", order_seen="Bail 7/26"
    )
    asked = client.post(url, form)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "365 days ago" in text
    assert "Cpl Bob Ical" in text
    assert "Bail 7/26" in text
    assert not ended(prison, held.person_id)
    assert client.post(url, form | {"sure": asked.context["question"].mark}).status_code == 302
    assert ended(prison, held.person_id)


@pytest.mark.any_server
def test_a_discharge_before_the_last_thing_recorded_is_asked_about_and_is_no_alarm_of_the_clock(
    prison, client
) -> None:
    held = prison.held("Ana Chan", hours=20)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=2))
    url = reverse("release:paper", args=[held.episode_id])
    form = typed_at(clock.now() - timedelta(hours=5), first_officer="Bob")
    asked = client.post(url, form)
    assert asked.status_code == 422
    assert "the record goes on until" in asked.content.decode()
    assert client.post(url, form | {"sure": asked.context["question"].mark}).status_code == 302
    assert ended(prison, held.person_id)
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
def test_an_hour_that_surprises_nobody_is_not_asked_about(prison, client) -> None:
    held = prison.held(hours=20)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=2))
    url = reverse("release:paper", args=[held.episode_id])
    form = typed_at(clock.now() - timedelta(minutes=30), first_officer="Bob")
    assert client.post(url, form).status_code == 302


@pytest.mark.any_server
def test_the_desk_asks_about_a_van_of_another_year_and_keeps_every_line(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    line = {
        "episode_id": str(held.episode_id), "outcome": "discharged_at_court",
        "reference": "MC 7/26", "note": "Freed in court two",
    }  # fmt: skip
    wrong = {"happened_at_year": str(clock.now().astimezone(ZONE).year - 1)}
    asked = posted(client, [line], **wrong)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "Is the year right?" in text
    assert "the record goes on until" in text
    assert "MC 7/26" in text
    assert "Freed in court two" in text
    assert not ended(prison, held.person_id)
    assert posted(client, [line]).status_code == 302
    assert ended(prison, held.person_id)


@pytest.mark.any_server
def test_an_escort_that_left_after_a_death_entered_late_is_no_alarm_of_the_clock(prison) -> None:
    held = at_court(prison, "Ana Chan")
    services.record_death(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=3)
    )
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
@pytest.mark.parametrize(("outcome", "years"), [("new_date", 36), ("sentenced", 100)])
def test_a_day_far_ahead_is_asked_about_at_the_desk_before_it_keeps_anyone_inside(
    prison, client, outcome, years
) -> None:
    held = at_court(prison, "Ana Chan")
    day = clock.now().astimezone(ZONE).date() + timedelta(days=365 * years)
    line = {
        "episode_id": str(held.episode_id), "outcome": outcome, "day": f"{day:%d/%m/%Y}",
        "reference": "MC 8/26", "body_id": str(prison.court),
    }  # fmt: skip
    asked = posted(client, [line])
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "days ahead. Is the year right?" in text
    assert f"{day:%d/%m/%Y}" in text
    assert selectors.episodes(prison.actor, held.person_id)[0].court_returns == ()
    near = clock.now().astimezone(ZONE).date() + timedelta(days=28)
    assert posted(client, [line | {"day": f"{near:%d/%m/%Y}"}]).status_code == 302


@pytest.mark.any_server
def test_a_desk_sent_with_no_outcome_says_so(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    answer = posted(client, [{"episode_id": str(held.episode_id), "note": "Came late"}])
    assert answer.status_code == 422
    assert "Choose an outcome" in answer.content.decode()
    assert "Came late" in answer.content.decode()


def test_who_brought_the_van_back_is_not_who_let_a_prisoner_go_at_court(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    line = {"episode_id": str(held.episode_id), "outcome": "discharged_at_court"}
    assert posted(client, [line]).status_code == 302
    end = selectors.episodes(prison.actor, held.person_id)[0].end
    assert end is not None
    assert end.by_whom == ""


@pytest.mark.any_server
def test_leaving_in_another_year_is_asked_about_before_anybody_is_sent_out(prison, client) -> None:
    held = prison.one("Ana Chan", at=clock.now() - timedelta(days=500))
    back = (clock.now() + timedelta(hours=3)).astimezone(ZONE)
    left = clock.now() - timedelta(days=365)
    url = reverse("custody:send_out")
    form = {
        name.replace("happened_at", "left_at"): value for name, value in typed_at(left).items()
    } | {
        "kind": "court", "body_id": str(prison.court), "officers": "Officer Sho",
        "expected_back_at_day": str(back.day), "expected_back_at_month": str(back.month),
        "expected_back_at_year": str(back.year), "expected_back_at_time": f"{back:%H:%M}",
        "who-TOTAL_FORMS": "1", "who-INITIAL_FORMS": "1",
        "who-0-person_id": str(held.person_id), "who-0-goes": "on", "who-0-condition": "Limps",
    }  # fmt: skip
    asked = client.post(url, form)
    assert asked.status_code == 422
    assert "Is the year right?" in asked.content.decode()
    assert "Limps" in asked.content.decode()
    assert selectors.episodes(prison.actor, held.person_id)[0].escorts == ()
    assert client.post(url, form | {"sure": asked.context["question"].mark}).status_code == 302
