"""A page reads the roll once, and as often for ten people as for two."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pims.custody import services
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("superintendent", establishment_id=prison.establishment_id))


def test_the_draw_of_a_visit_asks_as_often_for_ten_as_for_two(
    prison: Prison, client: Client
) -> None:
    def asked() -> int:
        client.get(reverse("visiting_sample"))  # whatever is read once only
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("visiting_sample")).status_code == 200
        return len(queries)

    held = [prison.held(f"Juan {name}") for name in ("Choc", "Tun")]
    services.record_injury(
        prison.command, episode_id=held[0].episode_id, description="Cut on the left hand"
    )
    few = asked()
    for name in ("Pop", "Ical", "Cal", "Teck", "Sho", "Coc", "Bol", "Ack"):
        prison.held(f"Pedro {name}")
    assert asked() == few
    assert "Cut on the left hand" in client.get(reverse("visiting_sample")).content.decode()


def test_the_start_page_reads_the_roll_once_and_shows_who_is_out(
    prison: Prison, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = prison.held("Juan Choc")
    prison.out(held.person_id, left_at=clock.now() - timedelta(hours=1))
    read: list[object] = []
    roll = import_module("pims.custody.selectors.roll")
    rows = roll._rows

    def counted(*args: object) -> object:
        read.append(args)
        return rows(*args)

    monkeypatch.setattr(roll, "_rows", counted)
    page = client.get("/").content.decode()
    assert held.number in page
    assert len(read) == 1
