"""The start page: its figures and its lists say the same."""

import pytest
from django.urls import reverse
from pytest_django import Settings

from pims.custody import services as custody
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]


def test_whoever_is_counted_as_out_stands_in_the_list_or_is_said_to_be_more(
    prison: Prison,
) -> None:
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    held = [prison.held(f"Prisoner Number{chr(65 + n)}", hours=2) for n in range(10)]
    prison.out(held[0].person_id)
    custody.record_escape(prison.command, episode_id=held[1].episode_id)
    page = client.get(reverse("home"))
    assert [counter.value for counter in page.context["counters"]][2] == 2
    listed = [row.person_id for row, _kind in page.context["out"]]
    assert listed == [held[1].person_id, held[0].person_id], "who is at large comes first"
    assert "Unlawfully at large" in page.content.decode()
    prison.out(*(one.person_id for one in held[2:]))
    page = client.get(reverse("home"))
    assert [counter.value for counter in page.context["counters"]][2] == 10
    assert (len(page.context["out"]), page.context["out_more"]) == (8, 2)
    assert "2 more" in page.content.decode()


def test_a_test_system_says_on_every_page_what_it_is(prison: Prison, settings: Settings) -> None:
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    assert "Test system." not in client.get(reverse("home")).content.decode()
    settings.PIMS_TEST_SYSTEM = True
    assert "Test system." in client.get(reverse("home")).content.decode()
