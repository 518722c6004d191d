"""Finding somebody and joining records: with where each person is, before anything is decided."""

import uuid

import pytest
from django.urls import reverse

from pims.authority.selectors import persons_by_reference
from pims.custody import selectors
from pims.custody import services as custody
from pims.custody.tests.conftest import prison
from pims.custody.tests.prison import Prison
from pims.people import selectors as people
from pims.people import services as people_services
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

__all__ = ["prison"]


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("superintendent", establishment_id=prison.establishment_id))


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def test_each_hit_says_where_the_person_is_and_on_what_authority(prison, client) -> None:
    inside = prison.held("Winston Gillett")
    prison.place(inside.episode_id, "REM A-1/1")
    gone = prison.held("Winston Gillet", hours=48)
    custody.end_episode(prison.command, episode_id=gone.episode_id, kind="discharged")
    page = client.get(reverse("search"), {"q": "gillett winston"}).content.decode()
    assert "Remand A-1/1" in page
    assert "Unsentenced" in page
    assert "Not in custody since" in page


def test_a_courts_reference_finds_whom_it_names(prison, client) -> None:
    held = prison.held("Winston Gillett")  # on 12/2026 of the Magistrates' Court, Belize City
    for asked in ("12/2026", "MC-BZ 12/2026"):
        assert held.number in client.get(reverse("search"), {"q": asked}).content.decode()
    assert held.number not in client.get(reverse("search"), {"q": "13/2026"}).content.decode()


def test_a_year_of_birth_beside_a_name_is_no_reference(prison) -> None:
    held = prison.held("Winston Gillett")
    assert persons_by_reference("12/2026") == [held.person_id]
    assert persons_by_reference("gillett 1985") == []


def two(prison: Prison) -> tuple[int, int]:
    """Somebody in custody under the younger record, known under an older one."""
    older = people_services.create_person(
        prison.command,
        names=[people_services.NameInput("Devi", "Ramdas")],
        establishment_id=prison.establishment_id,
    )
    return prison.held("Devi Ramdas").person_id, older.person_id


def test_the_direction_offered_first_is_the_one_that_can_be(prison, client) -> None:
    held, older = two(prison)
    answer = client.get(reverse("merge_people", args=[held, older]))
    assert answer.url == reverse("merge_people", args=[older, held])
    page = client.get(answer.url).content.decode()
    assert "Never in custody" in page
    assert "Reception" in page
    assert client.post(answer.url, command(reason="One photograph")).status_code == 302
    assert people.canonical_id(older) == held


def test_turning_the_joining_round_keeps_the_reason_that_was_typed(prison, client) -> None:
    one, other = (
        people_services.create_person(
            prison.command,
            names=[people_services.NameInput("Devi", "Ramdas")],
            establishment_id=prison.establishment_id,
        )
        for _n in range(2)
    )
    address = reverse("merge_people", args=[one.person_id, other.person_id])
    turned = client.post(address, command(turn="1", reason="Same fingerprint"))
    page = turned.content.decode()
    assert "Same fingerprint" in page
    assert reverse("merge_people", args=[other.person_id, one.person_id]) in page
    assert people.canonical_id(one.person_id) == one.person_id


def test_the_comparison_says_who_is_in_custody_and_where(prison, client) -> None:
    held, older = two(prison)
    noted = people_services.note_possible_match(prison.command, person_id=held, other_id=older)
    page = client.get(reverse("match_people", args=[noted.match_id])).content.decode()
    assert "Never in custody" in page
    assert "Reception" in page


def test_a_language_of_two_joined_records_is_listed_once(prison, client) -> None:
    held, older = two(prison)
    for person_id, reads in ((held, True), (older, False)):
        people_services.set_languages(
            prison.command,
            person_id=person_id,
            languages=[people_services.LanguageInput("en", reads=reads)],
        )
    custody.merge_people(prison.command, person_id=older, into_person_id=held, reason="One man")
    (line,) = people.person_detail(prison.actor, held).languages
    assert (line.code, line.reads) == ("en", False)


def test_a_man_received_twice_under_two_numbers_can_be_put_right(prison, client) -> None:
    first = prison.held("Dwight Banner")
    second = prison.held("Dwight Banner", hours=2)
    address = reverse("merge_people", args=[second.person_id, first.person_id])
    refused = client.post(address, command(reason="One man"))
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "was never held" in page
    way = reverse("custody:correct", args=[second.episode_id])
    assert way in page
    never = reverse("custody:never_held", args=[second.episode_id])
    assert never in client.get(way).content.decode()
    sent = command(version=1, reason="Already inside")
    asked = client.post(never, sent)  # he has a paper in force under this number too
    sure = {"sure": asked.context["question"].mark}
    assert client.post(never, sent | sure).status_code == 302
    assert client.post(address, command(reason="One man")).status_code == 302
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.person_id == first.person_id


def test_a_stay_that_never_was_shows_no_day_without_authority(prison, client) -> None:
    slip = prison.one("Dan Testd")
    address = reverse("prisoner", args=[slip.number])
    assert "No authority" in client.get(address).content.decode()
    custody.record_never_held(
        prison.command, episode_id=slip.episode_id, version=1, reason="Typed twice"
    )
    assert "No authority" not in client.get(address).content.decode()
