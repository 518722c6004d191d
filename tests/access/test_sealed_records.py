"""A sealed record is answered like one that was never made, whichever page is asked."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from pims.custody import services as custody
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.roles import definitions
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.sealing import seal_person
from pims.kernel import clock
from pims.people.selectors import person_headers, search_people
from pims.property import services as property_room
from pims.release import services as release
from pims.release.models import Discharge
from pims.safety import services as safety
from tests.access import walk
from tests.access.staff import signed_in, staff
from tests.fixtures.database import own_database

MARK = "Vexharrow"
BLIND = sorted(
    code for code, role in definitions().items()
    if "people.view" in role.permissions and "people.view_sealed" not in role.permissions
)  # fmt: skip

# What they read with differs, the statements do not.
EACH = [
    pytest.param(role, marks=() if role == BLIND[0] else pytest.mark.any_server) for role in BLIND
]


@pytest.fixture(scope="module")
def prison(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prison]:
    """The same for all: each looks for themselves, and nobody changes what there is to find."""
    with own_database(django_db_blocker):
        yield Prison.build(system_actor())


@pytest.fixture(scope="module")
def sealed(prison: Prison) -> dict[str, Any]:
    """Someone of whom every room knows something, discharged and then sealed."""
    receipt = prison.receive(man(f"{MARK} Ical", injuries="arm hurt", complaint=True))[0]
    person, episode = receipt.person_id, receipt.episode_id
    safety.raise_flag(prison.command, person_id=person, kind="escape_risk", note="ran")
    taken = property_room.record_property(
        prison.command, person_id=person, establishment_id=prison.establishment_id, signed=True,
        items=[property_room.ItemInput(category="other", description="Ring")],
    )  # fmt: skip
    escort = prison.out(person, destination="court")[0]
    prison.back(escort_id=escort, outcome="same_warrant")
    custody.record_identity_check(
        prison.command, episode_id=episode, how="photograph", officers=["A"], purpose="roll"
    )
    release.record_paper_discharge(
        prison.command, episode_id=episode, happened_at=clock.now(), order_seen="Order",
        first_officer="Officer A",
    )  # fmt: skip
    number = person_headers(prison.actor, [person])[person].number
    found = {
        "person_id": person, "into_person_id": person, "episode_id": episode, "number": number,
        "receipt_id": taken.receipt_id, "discharge_id": Discharge.objects.get().pk,
    }  # fmt: skip
    seal_person(Command(prison.actor), person_id=person, reason="Order", order_body="High Court")
    return found


def parts_of(address: walk.Address) -> list[str]:
    return [piece.split(">")[0].split(":")[-1] for piece in address.pattern.split("<")[1:]]


def path_of(address: walk.Address, values: dict[str, Any]) -> str | None:
    """The address with the record's own ids; None where a part is not the record's."""
    path = address.pattern
    for part in parts_of(address):
        if part not in values:
            return None
        before, _, rest = path.partition("<")
        path = f"{before}{values[part]}{rest.partition('>')[2]}"
    return f"/{path}"


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        return "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(body)).pages)
    return str(body, "utf-8", "replace")


@pytest.mark.parametrize("role", EACH)
def test_no_page_of_a_sealed_record_answers_otherwise_than_that_of_nobody(
    role: str, sealed: dict[str, Any]
) -> None:
    client = signed_in(staff(role), raise_request_exception=False)
    wrong = []
    asked = 0
    for address in walk.addresses():
        path = path_of(address, sealed)
        if path is None or not parts_of(address):
            continue
        answer, nobody = client.get(path), client.get(address.example)
        asked += 1
        if answer.status_code != nobody.status_code:
            wrong.append(f"{path}: {answer.status_code}, {nobody.status_code} for nobody")
        elif answer.status_code == 404 and _main(answer) != _main(nobody):
            wrong.append(f"{path}: other words than for nobody")
    assert wrong == []
    assert asked > 20


def _main(answer: Any) -> str:
    return text_of(answer).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("role", EACH)
def test_no_list_names_a_sealed_record(role: str, sealed: dict[str, Any]) -> None:
    client = signed_in(staff(role), raise_request_exception=False)
    digits = sealed["number"].replace("-", "")
    paths = [f"/{a.pattern}" for a in walk.addresses() if not parts_of(a)]
    paths += ["/search/?q=Ical", "/people/suggest/?q=Ical"]
    named = []
    for path in paths:
        text = text_of(client.get(path))
        if MARK.casefold() in text.casefold() or digits in text.replace("-", ""):
            named.append(path)
    assert named == []


def test_the_superintendent_still_finds_it(sealed: dict[str, Any], prison: Prison) -> None:
    client: Client = signed_in(staff("superintendent"))
    page = client.get(f"/prisoners/{sealed['number']}/").content.decode()
    assert "sealed by order" in page
    listed = client.get("/administration/records/").content.decode()
    assert sealed["number"] in listed
    assert search_people(prison.actor, MARK)
