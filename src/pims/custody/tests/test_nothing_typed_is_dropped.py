"""What an officer typed is recorded or told: no line and no box of it goes nowhere in silence."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from pims.authority import selectors as authority
from pims.custody import selectors
from pims.custody.models import CourtReturn, Escort, Injury
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_desk_missing import at_court, posted
from pims.kernel import clock
from pims.property.selectors import property_of
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server
ZONE = "America/Belize"


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


def property_form(**typed: object) -> dict[str, object]:
    lines: dict[str, object] = {}
    for n in range(8):
        lines |= {f"description_{n}": "", f"category_{n}": "clothing", f"quantity_{n}": "1"}
    return {"command_id": str(uuid4()), "signed": "yes", **lines, **typed}


def test_money_typed_without_a_description_or_beside_another_kind_is_not_lost(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    url = reverse("custody:admission_step", args=[held.episode_id, "property"])
    answer = client.post(
        url, property_form(amount_1="42.50", description_3="Wallet", amount_3="7", store_4="S-31")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"amount_1", "amount_3", "description_4"}
    assert property_of(prison.actor, held.person_id) == []
    done = client.post(url, property_form(category_1="cash", amount_1="42.50", description_3="Hat"))
    assert done.status_code == 302
    kept = {
        item.description: item.amount_cents for item in property_of(prison.actor, held.person_id)
    }
    assert kept == {"Cash": 4250, "Hat": None}


def test_cash_without_an_amount_is_told_on_its_own_line(prison: Prison, client: Client) -> None:
    held = prison.held()
    url = reverse("custody:admission_step", args=[held.episode_id, "property"])
    answer = client.post(url, property_form(category_2="cash"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"amount_2"}


def test_an_injury_described_beside_the_tick_for_nothing_is_asked_about(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    url = reverse("custody:admission_step", args=[held.episode_id, "injuries"])
    said = {"command_id": str(uuid4()), "complaint": "They kicked me", "by_whom": "Two men"}
    assert client.post(url, {**said, "nothing": "on"}).status_code == 422
    assert not Injury.objects.exists()
    assert client.post(url, {**said, "command_id": str(uuid4())}).status_code == 302
    assert Injury.objects.get().complaint_of_ill_treatment


@pytest.mark.parametrize("outcome", ["not_produced", "refused_to_go"])
def test_a_court_that_adjourned_in_his_absence_sets_the_next_date(
    prison: Prison, client: Client, outcome: str
) -> None:
    held = at_court(prison, "Ana Chan")
    day = clock.today(ZONE) + timedelta(days=20)
    row = {"episode_id": str(held.episode_id), "outcome": outcome, "day": f"{day:%d/%m/%Y}"}
    assert posted(client, [row]).status_code == 302
    (warrant,) = authority.warrants_of([held.person_id], zone=ZONE)[held.person_id]
    assert warrant.next_appearance == day
    past = clock.today(ZONE) - timedelta(days=1)
    again = at_court(prison, "Pedro Uh")
    row = {"episode_id": str(again.episode_id), "outcome": outcome, "day": f"{past:%d/%m/%Y}"}
    assert posted(client, [row]).status_code == 422


def test_a_box_that_the_outcome_has_no_use_for_is_told(prison: Prison, client: Client) -> None:
    held = at_court(prison, "Ana Chan")
    row = {"episode_id": str(held.episode_id), "outcome": "same_warrant", "amount": "50",
           "day": f"{clock.today(ZONE):%d/%m/%Y}", "reference": "MC 1/26"}  # fmt: skip
    answer = posted(client, [row])
    assert answer.status_code == 422
    (line,) = [line for line, _row in answer.context["lines"]]
    assert set(line.errors) == {"amount", "day", "reference"}
    assert not CourtReturn.objects.exists()


def test_the_reference_of_a_court_that_named_no_day_is_kept_with_the_note(
    prison: Prison, client: Client
) -> None:
    held = at_court(prison, "Ana Chan")
    row = {"episode_id": str(held.episode_id), "outcome": "refused_to_go", "reference": "MC 9/26"}
    assert posted(client, [row]).status_code == 302
    assert CourtReturn.objects.get().note == "MC 9/26"


def test_the_condition_of_one_who_did_not_come_back_is_kept_with_the_note(
    prison: Prison, client: Client
) -> None:
    held = at_court(prison, "Ana Chan")
    row = {"episode_id": str(held.episode_id), "outcome": "not_returned", "note": "At Karl Heusner",
           "not_returned_because": "hospital", "condition_back": "Broken leg"}  # fmt: skip
    assert posted(client, [row]).status_code in (200, 302)
    assert CourtReturn.objects.get().note == "At Karl Heusner; Broken leg"
    assert selectors.desk_1700(prison.actor, prison.establishment_id, clock.today(ZONE))


def test_a_hand_over_of_one_who_is_not_ticked_as_going_is_told(
    prison: Prison, client: Client
) -> None:
    goes, forgotten = prison.held("Ana Chan"), prison.held("Pedro Uh")
    now = clock.now().astimezone(ZoneInfo(ZONE))
    lines = {
        "who-TOTAL_FORMS": "2", "who-INITIAL_FORMS": "2",
        "who-0-person_id": str(goes.person_id), "who-0-goes": "on",
        "who-1-person_id": str(forgotten.person_id), "who-1-medication": "Insulin at noon",
    }  # fmt: skip
    form = {
        "command_id": str(uuid4()), "kind": "court", "officers": "Sgt Tun", **lines,
        **instant("left_at", now), **instant("expected_back_at", now + timedelta(hours=3)),
    }  # fmt: skip
    answer = client.post(reverse("custody:send_out"), form)
    assert answer.status_code == 422
    assert "Tick who goes, or empty the line." in answer.content.decode()
    assert not Escort.objects.exists()


def instant(name: str, at: datetime) -> dict[str, str]:
    return {
        f"{name}_day": str(at.day), f"{name}_month": str(at.month),
        f"{name}_year": str(at.year), f"{name}_time": f"{at:%H:%M}",
    }  # fmt: skip


def test_looking_for_one_more_to_send_out_keeps_everything_that_was_typed(
    prison: Prison, client: Client
) -> None:
    one, two = prison.held("Ana Chan"), prison.held("Pedro Uh")
    url = reverse("custody:send_out")
    typed = {
        "command_id": str(uuid4()), "kind": "hospital", "officers": "Sgt Tun", "purpose": "X-ray",
        "who-TOTAL_FORMS": "1", "who-INITIAL_FORMS": "1", "who-0-person_id": str(one.person_id),
        "who-0-goes": "on", "who-0-medication": "Insulin", "find": "1", "q": "uh",
    }  # fmt: skip
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Escort.objects.exists()
    lines = [(int(line["person_id"].value()), line["goes"].value()) for line, _row in
             answer.context["lines"]]  # fmt: skip
    assert lines == [(one.person_id, True), (two.person_id, False)]
    for kept in ('value="Sgt Tun"', 'value="X-ray"', 'value="Insulin"'):
        assert kept in page
    assert "govuk-error-message" not in page
    again = client.post(url, typed | {"q": "Nobody At All"})
    assert "Nobody else in the prison has “Nobody At All”" in again.content.decode()
    assert len(again.context["lines"]) == 1
