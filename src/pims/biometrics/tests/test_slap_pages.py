"""A hand laid on at once: taken apart, looked at, and kept finger by finger as the officer says."""

import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from pims.biometrics import services
from pims.biometrics.capture.drivers import VirtualScanner
from pims.biometrics.engine.synthetic import WELL
from pims.biometrics.engine.synthetic.slaps import slap_of
from pims.biometrics.models import FingerRecord
from pims.biometrics.rules import SLAPS
from pims.biometrics.taking import png_of
from pims.facilities.models import Establishment
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from tests.access.staff import signed_in, staff

pytestmark = [pytest.mark.any_server, pytest.mark.usefixtures("no_gallery")]

HIS, LEFT_FOUR = 9, 14
Person = Callable[[str], int]


@pytest.fixture
def client(prison: Establishment) -> Client:
    return signed_in(staff("reception_officer", establishment_id=prison.pk))


def sent(client: Client, url: str, image: bytes, **more: object) -> HttpResponse:
    given = {
        "act": "slap", "command_id": str(uuid4()), "slap-slap": str(LEFT_FOUR), "slap-ppi": "500",
        "slap-print_image": SimpleUploadedFile("hand.png", image), **more,
    }  # fmt: skip
    answer: HttpResponse = client.post(url, given, follow=True)
    return answer


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_the_fingers_of_a_slap_are_shown_and_those_that_were_chosen_are_kept(
    client: Client, person: Person
) -> None:
    url = reverse("biometrics:enrol", args=[person("Pulgares")])
    thumbs = png_of(slap_of(HIS, (1, 6), 1, touch=WELL))
    # Nothing is kept that nobody looked at.
    unseen = sent(client, url, thumbs, **{"slap-slap": "15"})
    assert unseen.status_code == 422
    assert "Look at the fingers below" in words(unseen)
    assert [one.position for one in unseen.context["parted"]] == [1, 6]
    assert words(unseen).count('name="slap-keep"') == 2
    assert not FingerRecord.objects.exists()
    chosen = {"slap-slap": "15", "slap-seen": "1", "slap-keep": ["6"]}
    assert "1 finger kept." in words(sent(client, url, thumbs, **chosen))
    kept = FingerRecord.objects.get()
    assert (kept.position, kept.source, kept.state) == (6, "slap", "present")


def test_a_slap_that_shows_another_number_of_fingers_is_told_and_none_is_guessed(
    client: Client, officer: Actor, person: Person
) -> None:
    who = person("Mano")
    url = reverse("biometrics:look_slap", args=[who])
    hand = png_of(slap_of(HIS, (7, 8, 10), 1, touch=WELL))
    assert "3 fingers can be told apart where 4 were expected" in words(sent(client, url, hand))
    # Bandaged fingers are not looked for.
    for position in (8, 9):
        services.record_finger_not_taken(
            Command(officer), person_id=who, position=position, state="bandaged", reason="Cut"
        )
    assert "3 fingers can be told apart where 2 were expected" in words(sent(client, url, hand))
    assert "no image that can be read" in words(sent(client, url, b"no picture"))
    assert not FingerRecord.objects.filter(state="present").exists()


def test_the_virtual_scanner_plays_a_hand_where_one_is_asked_for() -> None:
    scanner = VirtualScanner(HIS)
    for slap in SLAPS:
        shown = Image.open(io.BytesIO(scanner.capture(slap, within=1).data))
        assert shown.size[0] > 1000
