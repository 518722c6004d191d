"""The lines of the 17:00 desk: what each outcome asks for, and what is said where it is wanting."""

import re

import pytest
from django.urls import reverse

from pims.custody.rules.returns import CHANGES_WARRANT, OUTCOMES
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_desk_missing import at_court, posted
from pims.custody.web.desk_lines import ASKED, RowForm
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("gate_officer", establishment_id=prison.establishment_id))


def summary(page: str) -> str:
    found = re.search(r'class="govuk-error-summary".*?</ul>', page, re.DOTALL)
    return found.group(0) if found else ""


def test_every_box_is_asked_for_by_some_outcome_and_no_other_outcome_is_named() -> None:
    hidden = {"escort_id", "episode_id", "outcome"}
    assert ASKED.keys() == RowForm.base_fields.keys() - hidden
    assert {outcome for asked in ASKED.values() for outcome in asked} == set(OUTCOMES)
    assert set(ASKED["warrants"]) >= CHANGES_WARRANT


def test_a_desk_sent_without_any_outcome_says_what_is_wanting_and_leads_there(
    prison, client
) -> None:
    held = at_court(prison, "Ana Chan")
    answer = posted(client, [{"episode_id": str(held.episode_id), "outcome": ""}])
    assert answer.status_code == 422
    said = summary(answer.content.decode())
    assert "Nothing was recorded: choose an outcome on a line." in said
    assert 'href="#id_row-0-outcome"' in said


def test_what_was_typed_beside_no_outcome_is_told_and_not_dropped(prison, client) -> None:
    one, two = at_court(prison, "Ana Chan"), at_court(prison, "Pedro Uh")
    answer = posted(
        client,
        [
            {"episode_id": str(one.episode_id), "outcome": "same_warrant"},
            {"episode_id": str(two.episode_id), "outcome": "", "condition_back": "Limps"},
        ],
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose an outcome, or empty the line." in summary(page)
    assert 'href="#id_row-1-outcome"' in summary(page)
    assert 'value="Limps"' in page
    assert "recorded." not in page, "nobody was recorded, and no word says so"


def test_the_summary_names_whose_line_is_wrong_and_never_says_that_nothing_was_saved(
    prison, client
) -> None:
    good, bad = at_court(prison, "Ana Chan"), at_court(prison, "Pedro Uh")
    answer = posted(
        client,
        [
            {"episode_id": str(good.episode_id), "outcome": "same_warrant"},
            {"episode_id": str(bad.episode_id), "outcome": "new_date"},
        ],
    )
    assert answer.status_code == 422
    said = summary(answer.content.decode())
    assert "1 row could not be recorded." in said
    assert "Nothing was saved" not in said
    assert f"UH, Pedro {bad.number}" in said
    assert 'href="#id_row-0-day"' in said
    assert "Enter the new court date." in said


def test_a_day_and_an_hour_that_cannot_be_read_say_how_to_write_them(prison, client) -> None:
    held = at_court(prison, "Ana Chan")
    row = {"episode_id": str(held.episode_id), "outcome": "new_date", "day": "15/12/26",
           "when": "25:00"}  # fmt: skip
    said = summary(posted(client, [row]).content.decode())
    assert "Enter day, month and year, for example 15/12/2026" in said
    assert "Enter the time with hours and minutes, for example 18:30" in said
    assert "Nothing was saved" in said


@pytest.mark.parametrize("hour", ["0930", "09:30", "9.30", "930"])
def test_an_hour_is_read_as_it_is_typed_at_a_desk(hour: str) -> None:
    form = RowForm({"episode_id": "1", "outcome": "same_warrant", "when": hour})
    assert form.is_valid(), form.errors
    assert f"{form.cleaned_data['when']:%H:%M}" == "09:30"


def test_the_page_without_any_script_has_every_box_in_reach(prison, client) -> None:
    at_court(prison, "Ana Chan")
    page = client.get(reverse("custody:desk")).content.decode()
    for name in ASKED.keys() - {"warrants"}:
        assert f'id="id_row-0-{name}"' in page
    assert "data-for" in page
    assert " hidden" not in re.sub(r"<p[^>]*data-rows-told.*?</p>", "",
                                   page[page.index("<tbody"):page.index("</tbody")])  # fmt: skip
