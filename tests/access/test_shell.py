"""What surrounds every page: the menu offers only what opens, and the place that was chosen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from pims.facilities.models import Establishment
from pims.foundation.access.roles import definitions
from pims.web.context import MENU, address
from pims.web.permissions import asked_by
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_places() -> tuple[Establishment, Establishment]:
    return (
        Establishment.objects.create(code="ONE", name="First Prison"),
        Establishment.objects.create(code="TWO", name="Second Lock-up", time_zone="Asia/Tokyo"),
    )


def test_the_menu_asks_for_what_its_pages_ask_for() -> None:
    for entry in MENU:
        url = address(entry.url_name)
        if url:
            match = resolve(url)
            assert asked_by(match.func, match.view_name) == entry.permission, entry.url_name


@pytest.mark.any_server
@pytest.mark.parametrize("role", list(definitions()))
def test_every_entry_of_the_menu_opens_for_whoever_sees_it(
    role: str, two_places: tuple[Establishment, Establishment]
) -> None:
    client = signed_in(staff(role), raise_request_exception=False)
    shown = client.get("/account/").context["shell"]["nav"]
    assert shown, "at least the start page"
    answers = {item.url: client.get(item.url).status_code for item in shown}
    assert set(answers.values()) <= {200}, answers


def test_the_pages_show_the_place_that_was_granted(
    two_places: tuple[Establishment, Establishment],
) -> None:
    client = signed_in(staff("gate_officer", establishment_id=two_places[1].pk))
    request: Any = client.get("/account/").wsgi_request
    assert request.establishment_id == two_places[1].pk
    assert [e.name for e in request.establishments] == ["Second Lock-up"]


def test_whoever_works_at_several_places_chooses_one_of_their_own(
    two_places: tuple[Establishment, Establishment],
) -> None:
    client = signed_in(staff("superintendent"))
    other = Establishment.objects.create(code="THREE", name="Third")

    def shown(client: Client) -> int | None:
        request: Any = client.get("/account/").wsgi_request
        found: int | None = request.establishment_id
        return found

    client.post("/establishment/", {"establishment_id": other.pk, "next": "/account/"})
    assert shown(client) == other.pk
    limited = signed_in(staff("gate_officer", establishment_id=two_places[0].pk))
    limited.post("/establishment/", {"establishment_id": other.pk})
    assert shown(limited) == two_places[0].pk


def test_the_language_follows_the_user_and_not_the_computer() -> None:
    client = Client()
    client.post("/language/", {"language": "es", "next": "/sign-in/"})
    assert 'lang="es"' in client.get("/sign-in/").content.decode()
    user = staff("gate_officer", language="en")
    english = signed_in(user)
    english.cookies["django_language"] = "es"
    assert 'lang="en"' in english.get("/account/").content.decode()
    english.post("/language/", {"language": "es", "next": "/account/"})
    user.refresh_from_db()
    assert user.language == "es"
    assert client.post("/language/", {"language": "xx", "next": "//evil"})["Location"] == "/"
