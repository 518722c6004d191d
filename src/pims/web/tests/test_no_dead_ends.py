"""No page offers an officer what ends in a refusal."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pims.authority import services as authority
from pims.authority.services import WarrantNameInput
from pims.custody import services as custody
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]
LINK = re.compile(r'href="(/[^"#]*)')
LEFT_OUT = re.compile(r"^/static/|sign-out|/papers/|\.pdf|/help")


@pytest.mark.parametrize("role", ["records_officer", "controller"])
def test_what_a_page_offers_can_be_opened(prison: Prison, role: str) -> None:
    inside, away, new = prison.held("Ana Chan"), prison.held("Pedro Uh"), prison.one("Luis Pop")
    prison.out(away.person_id, left_at=clock.now() - timedelta(hours=2))
    _defective_paper(prison, new.person_id)
    client = signed_in(staff(role, establishment_id=prison.establishment_id))
    pages = [
        *(reverse("prisoner", args=[one.number]) for one in (inside, away, new)),
        *(
            reverse(name, args=[new.episode_id])
            for name in ("custody:admission", "release:start", "custody:event")
        ),
        *map(reverse, ("home", "authority:index", "release:index", "custody:out")),
    ]
    opened: dict[str, int] = {}
    dead = [
        (link, "from", page)
        for page in pages
        for link in _offered(client, page)
        if opened.setdefault(link, client.get(link).status_code if link not in opened else 0) >= 400
    ]
    assert len(opened) > 10
    assert dead == []


def test_whoever_is_out_is_not_offered_to_be_sent_out(prison: Prison) -> None:
    away = prison.held()
    client = signed_in(staff("gate_officer", establishment_id=prison.establishment_id))
    page = reverse("prisoner", args=[away.number])
    assert b"Send out" in client.get(page).content
    prison.out(away.person_id, left_at=clock.now() - timedelta(hours=2))
    told = client.get(page).content
    assert b"Send out" not in told
    assert b"Record the return" in told


def _offered(client: Client, page: str) -> list[str]:
    answer = client.get(page)
    if answer.status_code >= 400:
        return []
    found = LINK.findall(answer.content.decode().replace("&amp;", "&"))
    return [link for link in dict.fromkeys(found) if not LEFT_OUT.search(link)]


def _defective_paper(prison: Prison, person_id: int) -> None:
    """A warrant with a query to the clerk of court, drafted."""
    now = clock.now()
    authority.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="remand",
        body_id=prison.court,
        reference="7/26",
        dated=now.date(),
        received_at=now,
        defects=("no_signature",),
        names=[WarrantNameInput(person_id=person_id, name_as_written="L. Pop", starts_at=now)],
    )


def test_whoever_is_at_large_has_no_place_and_is_not_offered_to_be_moved(prison: Prison) -> None:
    gone = prison.held()
    client = signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))
    page = reverse("prisoner", args=[gone.number])
    move = reverse("custody:place", args=[gone.episode_id]).encode()
    assert move in client.get(page).content
    custody.record_escape(prison.command, episode_id=gone.episode_id)
    told = client.get(page).content.decode()
    assert move.decode() not in told
    assert re.search(r"Cell place.{0,200}?—", told, re.DOTALL)
