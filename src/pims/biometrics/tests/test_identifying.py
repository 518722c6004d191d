"""Somebody stands there who is not whom they say they are: whose finger is it, then?"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pims.biometrics import identifying, services, stored
from pims.biometrics.engine.synthetic import WELL, draw
from pims.biometrics.gallery.client import Gallery
from pims.biometrics.models import Identification, Verification
from pims.biometrics.taking import png_of, take_finger
from pims.biometrics.tests.conftest import taken
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel.errors import Refused
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

Person = Callable[[str], int]


def image(seed: int, impression: int) -> bytes:
    return png_of(draw(seed, 2, impression, touch=WELL))


def known(officer: Actor, who: int, seed: int) -> None:
    """A right index, in the tables and in the gallery."""
    finger = take_finger(image(seed, 1), position=2, at_once=True)
    services.enrol_fingers(Command(officer), person_id=who, fingers=[finger])
    Gallery().insert(stored.keys_of([who])[who], stored.packed_fingers([who])[who])


@pytest.mark.usefixtures("gallery_server")
def test_a_finger_that_is_not_his_is_looked_for_among_everybody_and_the_owner_named(
    officer: Actor, person: Person, prison: Establishment
) -> None:
    claimed, other = person("Carnet"), person("Verdadero")
    known(officer, claimed, 11)
    known(officer, other, 12)
    gate = signed_in(staff("gate_officer", establishment_id=prison.pk))
    url = reverse("biometrics:verify", args=[claimed]) + "?for=departure&back=/custody/out/"
    given = {
        "purpose": "departure", "position": "0", "command_id": str(uuid4()),
        "print_image": SimpleUploadedFile("a.png", image(12, 2)),
    }  # fmt: skip
    page = gate.post(url, given, follow=True)
    assert "This is somebody else" in page.content.decode()
    # One press, with what it is for and whence the officer came.
    asked = {"command_id": str(uuid4())}
    who = gate.post(page.context["who_url"], asked, follow=True)
    words = " ".join(who.content.decode().split())
    assert "The finger is that of" in words
    assert "VERDADERO" in words.upper()
    assert 'href="/custody/out/"' in words
    (line,) = who.context["found"].lines
    assert (line.person.person_id, line.position, line.named) == (other, 2, True)
    row = Identification.objects.get()
    assert (row.person_id, row.purpose, row.gallery_size) == (claimed, "departure", 2)
    event = OutboxEvent.objects.get(kind="biometrics.identified")
    assert (event.person_id, event.payload["purpose"]) == (claimed, "departure")
    assert event.payload["other_person_id"] == other
    reads = LedgerEntry.objects.filter(kind="read").values_list("person_ids", flat=True)
    assert {claimed, other} in [set(ids) for ids in reads]
    # The same press again asks nobody twice.
    gate.post(page.context["who_url"], asked)
    assert Identification.objects.count() == 1


@pytest.mark.usefixtures("gallery_server")
def test_whom_nobody_knows_is_said_to_be_nobody_and_a_match_has_nobody_to_look_for(
    officer: Actor, person: Person
) -> None:
    claimed = person("Carnet")
    known(officer, claimed, 11)
    failed = services.verify_identity(
        Command(officer), person_id=claimed, purpose="visit",
        finger=take_finger(image(13, 1), position=0, at_once=True),
    )  # fmt: skip
    assert failed.outcome == "no_match"
    found = identifying.who_is_it(Command(officer), verification_id=failed.verification_id)
    assert (found.candidates, found.other_person_id) == (0, None)
    right = services.verify_identity(
        Command(officer), person_id=claimed, purpose="visit",
        finger=take_finger(image(11, 2), position=0, at_once=True),
    )  # fmt: skip
    assert right.outcome == "match"
    with pytest.raises(Refused):
        identifying.who_is_it(Command(officer), verification_id=right.verification_id)


@pytest.mark.usefixtures("no_gallery")
def test_a_gallery_that_is_away_is_told_kept_and_can_be_asked_again(
    officer: Actor, person: Person
) -> None:
    failed = Verification.objects.create(
        person_id=person("Carnet"), purpose="return", outcome="no_match", score=-1.0,
        threshold=4.0, happened_at="2026-11-01T12:00Z", recorded_by_id=1,
    )  # fmt: skip
    services.enrol_fingers(Command(officer), person_id=failed.person_id, fingers=[taken(1, 1)])
    for _ in range(2):
        found = identifying.who_is_it(Command(officer), verification_id=failed.pk)
        assert found.candidates == 0
    problems = Identification.objects.values_list("problem", flat=True)
    assert list(problems) == ["biometrics.no_finger_given"] * 2
