"""What surrounds every page: the menu offers only what opens, and the place that was chosen."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from pims.facilities.models import Establishment
from pims.foundation.access.roles import definitions
from pims.foundation.access.selectors import system_actor
from pims.foundation.access.services import grant_role
from pims.foundation.commands.transaction import Command
from pims.web.context import MENU, address
from pims.web.permissions import asked_by
from tests.access.staff import signed_in, staff

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]
ROLES = list(definitions())


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


class _Links(HTMLParser):
    """The addresses of our own pages that the start page leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and href.startswith("/"):
            self.found.add(href)


@pytest.mark.parametrize(
    ("role", "other"), list(zip(ROLES, ROLES[1:] + ROLES[:1], strict=True)), ids=ROLES
)
def test_menu_and_start_page_offer_only_what_opens_at_the_chosen_place(
    role: str, other: str, two_places: tuple[Establishment, Establishment]
) -> None:
    """One role at one place and another at the other: what is offered follows. Every role has its
    turn at both."""
    user = staff(role, establishment_id=two_places[0].pk)
    grant_role(
        Command(actor=system_actor()), user_id=user.pk, role=other,
        establishment_id=two_places[1].pk,
    )  # fmt: skip
    client = signed_in(user, raise_request_exception=False)
    for place in two_places:
        client.post("/establishment/", {"establishment_id": place.pk, "next": "/"})
        home = client.get("/")
        shown = {item.url for item in home.context["shell"]["nav"]}
        assert "/" in shown, "at least the start page"
        offered = shown | _Links(home.content.decode()).found
        if home.context["shell"]["search_url"]:
            offered.add(home.context["shell"]["search_url"])
        answers = {url: client.get(url).status_code for url in offered}
        assert set(answers.values()) == {200}, (place.code, answers)


def test_the_menu_shows_the_rights_of_the_place_and_not_those_of_another(
    two_places: tuple[Establishment, Establishment],
) -> None:
    user = staff("reception_officer", establishment_id=two_places[0].pk)
    grant_role(
        Command(actor=system_actor()), user_id=user.pk, role="visiting_justice",
        establishment_id=two_places[1].pk,
    )  # fmt: skip
    client = signed_in(user)

    def menu(place: Establishment) -> set[str]:
        client.post("/establishment/", {"establishment_id": place.pk, "next": "/"})
        return {item.url for item in client.get("/").context["shell"]["nav"]}

    here, there = menu(two_places[0]), menu(two_places[1])
    assert "/custody/reception/" in here
    assert "/visiting/" not in here
    assert "/visiting/" in there
    assert "/custody/reception/" not in there


def test_whoever_changes_place_on_a_page_that_does_not_open_there_begins_at_the_start(
    two_places: tuple[Establishment, Establishment],
) -> None:
    user = staff("reception_officer", establishment_id=two_places[0].pk)
    grant_role(
        Command(actor=system_actor()), user_id=user.pk, role="visiting_justice",
        establishment_id=two_places[1].pk,
    )  # fmt: skip
    client = signed_in(user)

    def change(place: Establishment, page: str) -> str:
        chosen = {"establishment_id": place.pk, "next": page}
        return str(client.post("/establishment/", chosen)["Location"])

    assert change(two_places[1], "/custody/reception/") == "/"
    assert change(two_places[1], "/custody/roll/?unit=3") == "/custody/roll/?unit=3"
    assert change(two_places[0], "/custody/reception/") == "/custody/reception/"
    assert change(two_places[0], "//evil.example/") == "/"


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
