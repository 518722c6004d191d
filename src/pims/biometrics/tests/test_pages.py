"""What an officer is told where something is no print, no face, or nobody's decision to make."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pims.biometrics import services
from pims.biometrics.models import FingerRecord, Verification
from pims.biometrics.tests.conftest import png, taken
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from tests.access.staff import signed_in, staff

pytestmark = [pytest.mark.any_server, pytest.mark.usefixtures("no_gallery")]


@pytest.fixture
def client(prison: Establishment) -> Client:
    return signed_in(staff("reception_officer", establishment_id=prison.pk))


def sent(act: str, **more: object) -> dict[str, object]:
    return {"act": act, "command_id": str(uuid4()), **more}


@pytest.mark.parametrize(
    ("act", "box"), [("finger", "print_image"), ("face", "face_image"), ("station", "station_file")]
)
@pytest.mark.parametrize("data", [b"no picture at all", png(1)])
def test_what_is_no_print_no_face_and_no_file_of_a_station_is_told_beside_its_box(
    client: Client, person: Callable[[str], int], act: str, box: str, data: bytes
) -> None:
    url = reverse("biometrics:enrol", args=[person("Nada")])
    answer = client.post(url, sent(act, **{f"{act}-{box}": SimpleUploadedFile("a.png", data)}))
    assert answer.status_code == 422
    assert answer.context["forms"][act].errors[box]
    assert not FingerRecord.objects.exists()


def test_a_check_without_a_print_is_kept_and_says_what_is_left_to_do(
    client: Client, person: Callable[[str], int]
) -> None:
    url = reverse("biometrics:verify", args=[person("Puerta")])
    given = {"purpose": "gate", "position": "0", "command_id": str(uuid4())}
    page = client.post(f"{url}?back=https://elsewhere.example/", given, follow=True)
    assert "two officers who know the person" in page.content.decode()
    assert "elsewhere.example" not in page.content.decode()
    assert Verification.objects.get().problem == "biometrics.scanner_away"


def test_a_picture_is_sent_to_whoever_takes_them_is_read_and_is_kept_by_no_browser(
    client: Client, officer: Actor, person: Callable[[str], int], prison: Establishment
) -> None:
    who = person("Foto")
    services.enrol_fingers(Command(officer), person_id=who, fingers=[taken(1, 1)])
    url = reverse("biometrics:finger", args=[FingerRecord.objects.get().pk])
    answer = client.get(url)
    assert answer.content == png(110)
    assert answer["Cache-Control"] == "private, no-store"
    read = LedgerEntry.objects.filter(kind="read").latest("pk")
    assert read.person_ids == [who]
    gate = signed_in(staff("gate_officer", establishment_id=prison.pk))
    assert gate.get(url).status_code == 403
