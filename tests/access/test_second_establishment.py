"""Whoever works at one establishment alone neither sees nor changes anybody of the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput
from pims.facilities import selectors as facilities
from pims.foundation.access.roles import definitions
from pims.foundation.commands.models import CommandResult
from pims.foundation.commands.transaction import Command
from pims.foundation.database import ephemeral
from pims.kernel import clock
from pims.people import selectors as people
from pims.people.models import Photograph, PossibleMatch
from pims.safety import services as safety
from tests.access import walk
from tests.access.staff import signed_in, staff
from tests.accessibility.samples import Samples, addresses_of, make_samples
from tests.fixtures.database import default_database
from tests.fixtures.small_prison import SmallPrison

# These are of the service, or of buildings: they name no prisoner (whom an agreement shows is asked
# for by number, and answered by the rights to that prisoner). Users belong to no
# establishment either; what a local administrator may do is asked of in another test.
OF_NOBODY = re.compile(
    r"administration:(users?|amend_user|bind_card|drop|end_grant|new_|reset|user_state|roles)"
    r"|authority:(bodies|registry_phone)|facilities:|signin:|style:"
    r"|sentences:(\w*law\w*|sign|withdraw_signature|proposal|propose|compare\w*)"
    r"|assurance:work|exchange:"
)
# Of a day or a kind rather than of a person: there is one of either establishment.
OWN = {"custody:reception_book_paper", "custody:roll_export", "release:book_paper"}


@dataclass(frozen=True, slots=True)
class Two:
    """Both establishments: the full one, and one of two prisoners received there."""

    prison: SmallPrison
    there: int
    received: tuple[Any, ...]
    officer: Client
    at_home: Client


@pytest.fixture(scope="module")
def prison(
    recorded_prison: tuple[str, SmallPrison], django_db_blocker: DjangoDbBlocker
) -> Iterator[SmallPrison]:
    template, recorded = recorded_prison
    with (
        ephemeral.database_from_template(template) as name,
        pytest.MonkeyPatch.context() as patch,
        default_database(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        patch.setenv("PIMS_DB_NAME", name)
        yield recorded


@pytest.fixture(scope="module")
def samples(prison: SmallPrison) -> Samples:
    return make_samples(prison)


@pytest.fixture(scope="module")
def two(prison: SmallPrison) -> Two:
    system = prison.officers.system
    there = next(e for e in facilities.establishments(system) if e.code == "TVL").establishment_id
    received = custody.record_body_receipts(
        Command(system),
        establishment_id=there,
        receipts=[
            BodyReceiptInput(given=given, family="Zetina", sex="male", warrant_state="no")
            for given in ("Xavier", "Yanic")
        ],
        handed_over_by="PC Sosa",
        received_by="Officer Dawson",
    ).receipts
    roles = definitions()
    clients = [
        signed_in(staff(*roles, establishment_id=place), raise_request_exception=False)
        for place in (there, prison.establishment_id)
    ]
    return Two(prison, there, received, *clients)


@pytest.mark.any_server
def test_no_page_names_a_prisoner_of_the_other(two: Two, samples: Samples) -> None:
    numbers = {held.number for held in two.prison.held.values()}
    wrong = []
    for address in walk.addresses():
        if OF_NOBODY.match(address.name) or address.name == "signin:sign_out":
            continue
        for path in _paths(address, samples):
            answer = two.officer.get(path)
            if answer.status_code == 405:
                before = CommandResult.objects.count()
                answer = two.officer.post(path, {"command_id": str(uuid4())})
                if CommandResult.objects.count() != before:
                    wrong.append(f"{path} changed something")
            known = {n for n in numbers if n in _text(answer) and n not in path}
            of_them = "<" in address.pattern and address.name not in OWN
            if known or (of_them and answer.status_code not in (403, 404)):
                wrong.append(f"{address.name} {path}: {answer.status_code} {sorted(known)[:3]}")
    assert wrong == []


@pytest.mark.any_server
def test_no_picture_of_the_other_is_sent(two: Two, samples: Samples) -> None:
    blob = Photograph.objects.filter(person_id=two.prison.held["TUN"].person_id).get().blob_id
    for path in (f"/people/photographs/{blob}/", f"/people/photographs/{blob}/small/"):
        assert two.at_home.get(path).status_code == 200
        assert two.officer.get(path).status_code == 404


@pytest.mark.any_server
def test_no_name_or_number_finds_anybody_of_the_other(two: Two) -> None:
    pech = two.prison.held["PECH"]
    theirs = two.received[0]
    header = people.person_headers(two.prison.officers.system, [theirs.person_id])
    for client, number, name, sees in (
        (two.officer, pech.number, "Pech", False),
        (two.at_home, pech.number, "Pech", True),
        (two.at_home, header[theirs.person_id].number, "Zetina", False),
        (two.officer, header[theirs.person_id].number, "Zetina", True),
    ):
        for path in (
            f"/search/?q={name}", f"/people/suggest/?q={name}", f"/people/suggest/?q={number}",
            f"/people/near/?family={name}&sex=male", f"/custody/roll/?text={name}",
            f"/custody/reception/known/?a-number={number}", "/custody/roll/export/csv/",
        ):  # fmt: skip
            # What was asked for may stand on the page again; whom it names may not.
            found = number in _text(client.get(path)).replace(f'"{number}"', "")
            if "known" in path:
                found = name.upper() in _text(client.get(path)).upper()
            assert found == sees, (path, sees)


@pytest.mark.any_server
def test_a_new_record_like_one_of_the_other_opens_its_own_page(two: Two) -> None:
    born = people.person_headers(
        two.prison.officers.system, [two.prison.held["GILLETT"].person_id]
    )[two.prison.held["GILLETT"].person_id].birth_date
    assert born is not None
    typed = {
        "command_id": str(uuid4()), "given": "Orson", "family": "Gillett", "sex": "male",
        "birth_date_day": "1", "birth_date_month": "1", "birth_date_year": str(born.year),
        "birth_precision": "day", "nationality": "BZ",
    }  # fmt: skip
    before = PossibleMatch.objects.count()
    answer = two.officer.post("/people/new/", typed)
    assert PossibleMatch.objects.count() == before + 1, "noted for whoever sees both"
    assert two.officer.get(answer["Location"]).status_code == 200


@pytest.mark.any_server
def test_no_form_of_ones_own_takes_a_prisoner_or_a_place_of_the_other(two: Two) -> None:
    own, pech = two.received[0], two.prison.held["PECH"]
    system = two.prison.officers.system
    place = facilities.places(system, two.prison.establishment_id, at=clock.now())[-1]
    trip = {
        f"{name}_{part}": value
        for name in ("left_at", "expected_back_at")
        for part, value in (("day", "1"), ("month", "1"), ("year", "2026"), ("time", "9:00"))
    }

    before = CommandResult.objects.count()
    for path, typed in (
        ("/custody/out/send/", trip | {
            "who-TOTAL_FORMS": "1", "who-INITIAL_FORMS": "1", "who-0-goes": "on",
            "who-0-person_id": str(pech.person_id), "kind": "hospital", "officers": "A",
            "destination": "Hospital", "sure": "on"}),
        (f"/custody/place/{own.episode_id}/", {"place_id": str(place.place_id)}),
        (f"/safety/{own.person_id}/keep-apart/",
         {"other": pech.number, "level": "absolute", "reason": "Fought"}),
        (f"/merge/{own.person_id}/into/{pech.person_id}/", {"reason": "The same"}),
    ):  # fmt: skip
        answer = two.officer.post(path, typed | {"command_id": str(uuid4())})
        assert answer.status_code in (403, 404, 409, 422), path
        assert CommandResult.objects.count() == before, path
        assert "Abelino" not in _text(answer), path


@pytest.mark.any_server
def test_whoever_is_moved_is_seen_where_he_is(two: Two) -> None:
    moved = two.prison.held["FLOWERS"]
    apart = safety.keep_apart(
        two.prison.officers.command("duty_senior_officer"),
        person_id=two.prison.held["TUN"].person_id,
        other_person_id=moved.person_id,
        reason="Fought",
    )
    custody.record_transfer(
        Command(two.prison.officers.system),
        episode_id=moved.episode_id,
        to_establishment_id=two.there,
        by_whom="Sgt Pott",
    )
    pages = ("", "access/", "custody/", "timeline/", "who/")
    for client, sees in ((two.officer, True), (two.at_home, False)):
        for page in pages:
            found = client.get(f"/prisoners/{moved.number}/{page}")
            assert found.status_code == (200 if sees else 404)
        assert (moved.number in _text(client.get("/custody/roll/"))) == sees
        warrant = client.get(f"/authority/warrant/{moved.warrant_id}/")
        assert warrant.status_code == (200 if sees else 404)
    # The pair is kept: neither officer sees both, and neither alone lets them meet again.
    for client in (two.officer, two.at_home):
        ended = client.post(
            f"/safety/keep-apart/{apart.keep_apart_id}/end/",
            {"command_id": str(uuid4()), "reason": "They made it up"},
        )
        assert ended.status_code in (403, 404)


def _paths(address: walk.Address, samples: Samples) -> list[str]:
    try:
        return list(addresses_of(address, samples))[:2]
    except KeyError:
        return []


def _text(answer: Any) -> str:
    return "" if answer.streaming else answer.content.decode(errors="replace")
