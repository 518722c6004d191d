"""A prisoner's page as it was at T, as known at K: all of it, the identity bar too."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pims.authority import services as authority
from pims.custody import services
from pims.custody.tests.conftest import prison as prison  # noqa: PLC0414 - the fixture
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


def _page(client: Client, number: str, **asked: object) -> str:
    answer = client.get(reverse("prisoner", args=[number]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def _at(name: str, hours_ago: float) -> dict[str, object]:
    then = timezone.localtime(clock.now() - timedelta(hours=hours_ago))
    return {
        f"{name}_day": then.day,
        f"{name}_month": then.month,
        f"{name}_year": then.year,
        f"{name}_time": f"{then:%H:%M}",
    }


def _bar(page: str) -> str:
    found = re.search(r'<[a-z]+ class="p-identity.*?</(?:aside|section|header)>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_identity_bar_is_of_the_moment_that_the_page_shows(prison: Prison) -> None:
    receipt = prison.held()
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    now = _bar(_page(client, receipt.number))
    assert "Reception" in now
    before = _bar(_page(client, receipt.number, **_at("at", 24 * 300)))
    assert "Not in custody" in before
    assert "Reception" not in before
    services.record_death(
        prison.command,
        episode_id=receipt.episode_id,
        happened_at=clock.now(),
        place_of_death="Remand",
        circumstances="Found at unlock",
    )
    assert "Reception" not in _bar(_page(client, receipt.number))
    assert "Reception" in _bar(_page(client, receipt.number, **_at("at", 1)))


def test_what_was_not_known_then_is_said(prison: Prison) -> None:
    receipt = prison.held()
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    page = _page(client, receipt.number, **_at("known", 24 * 300))
    assert "This record was not known then" in page
    assert "Reception" in _bar(page)


def test_an_order_that_came_later_is_not_on_the_page_of_the_moment_before(prison: Prison) -> None:
    receipt = prison.held(hours=48)
    prison.remand(receipt.person_id)
    authority.record_release_order(
        prison.command,
        person_id=receipt.person_id,
        establishment_id=prison.establishment_id,
        kind="acquittal",
        body_id=prison.court,
        reference="ORDER-77",
        dated=clock.today("America/Belize"),
        received_at=clock.now() - timedelta(hours=1),
        ends_all=True,
    )
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    assert "ORDER-77" in _page(client, receipt.number)
    assert "ORDER-77" not in _page(client, receipt.number, **_at("at", 5))
