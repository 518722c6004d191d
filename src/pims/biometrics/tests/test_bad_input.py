"""What an officer is told when what lies on the scanner, or in the file, is no print."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine.extraction.tests import fingers as images
from pims.biometrics.engine.synthetic import WELL, Touch, draw
from pims.biometrics.models import Enrolment, FingerRecord
from pims.biometrics.taking import png_of
from pims.facilities.models import Establishment
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

HIS = 7
Person = Callable[[str], int]


@pytest.fixture
def client(prison: Establishment) -> Client:
    return signed_in(staff("reception_officer", establishment_id=prison.pk))


def sent(client: Client, url: str, data: bytes, **more: object) -> HttpResponse:
    file = SimpleUploadedFile("a.png", data)
    given = {"act": "finger", "command_id": str(uuid4()), "finger-print_image": file, **more}
    answer: HttpResponse = client.post(url, given, follow=True)
    return answer


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def png(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def palm() -> NDArray[np.uint8]:
    """Ridges over the width of a hand."""
    return np.tile(images.finger()[:300, :250], (5, 5))


def bomb() -> bytes:
    """A PNG of nine hundred million pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    )


def large_tiff() -> bytes:
    """A hundred megabytes of paper."""
    numbers = (256, 257, 258, 259, 262, 273, 279)
    tags = list(zip(numbers, (10_000, 10_486, 8, 1, 1, 8, 104_860_000), strict=True))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    paper = bytes(104_860_000)
    return (
        b"II*\0" + struct.pack("<I", 8 + len(paper)) + paper
        + struct.pack("<H", len(tags)) + entries + bytes(4)
    )  # fmt: skip


@pytest.mark.usefixtures("no_gallery")
@pytest.mark.parametrize(
    ("make", "ppi", "told"),
    [
        (lambda: png(images.fur()), "", "shows no fingerprint"),
        (lambda: png(images.blank()), "", "There is nothing on the image."),
        (lambda: png(palm()), "", "a palm, several fingers or another resolution"),
        (lambda: png(images.finger()), "1000", "look like 500 ppi. Say its right resolution."),
        (lambda: png(images.finger()), "70", "scanners of fingers have 200 to 4000 ppi"),
        (bomb, "", "more than 24 million pixels"),
        (large_tiff, "", "larger than 25 MB: no image of a finger or a face is"),
        (lambda: b"", "", "empty"),
        (lambda: png(images.finger())[:5000], "", "damaged or was cut short"),
    ],
    ids=["cat", "blank", "palm", "resolution", "ppi", "bomb", "large", "empty", "cut"],
)
def test_what_is_no_print_is_told_in_words_beside_its_box_and_nothing_is_kept(
    client: Client, person: Person, make: Callable[[], bytes], ppi: str, told: str
) -> None:
    who = person("Nada")
    data = make()
    answer = sent(client, reverse("biometrics:enrol", args=[who]), data, **{"finger-ppi": ppi})
    assert answer.status_code == 422
    assert told in " ".join(answer.context["forms"]["finger"].errors["print_image"])
    assert not FingerRecord.objects.exists()


@pytest.mark.usefixtures("no_gallery")
@pytest.mark.parametrize(
    ("make", "told"), [(palm, "a palm, several fingers"), (large_tiff, "larger than 25 MB")]
)
def test_what_is_no_print_is_told_while_the_hand_still_lies_there(
    client: Client, person: Person, make: Callable[[], Any], told: str
) -> None:
    data = make()
    data = data if isinstance(data, bytes) else png(data)
    look = sent(client, reverse("biometrics:look", args=[person("Nadie")]), data)
    assert (look.status_code, told in words(look)) == (200, True)


@pytest.mark.usefixtures("no_gallery")
def test_light_ridges_are_turned_dark_kept_and_that_is_said(client: Client, person: Person) -> None:
    url = reverse("biometrics:enrol", args=[person("Negativo")])
    page = sent(client, f"{url}?finger=2", png(255 - images.finger()))
    assert "the image was turned round" in words(page)
    assert FingerRecord.objects.get().position == 2


@pytest.mark.usefixtures("no_gallery")
def test_a_print_is_rated_and_a_better_one_asked_for_before_any_is_kept(
    client: Client, person: Person
) -> None:
    url = reverse("biometrics:look", args=[person("Mojado")]) + "?finger=2"
    good = words(sent(client, url, png_of(draw(HIS, 2, 1, touch=WELL))))
    assert "Again" not in good
    assert "data:image/png;base64," in good
    wet = words(sent(client, url, png_of(draw(HIS, 2, 1, touch=Touch(2, 2)))))
    assert "Again, drier: wipe the finger and press less." in wet
    assert not FingerRecord.objects.exists()
    assert not Enrolment.objects.exists()


@pytest.mark.usefixtures("gallery_server")
def test_a_finger_called_another_and_one_taken_twice_are_told_with_what_to_do_and_undone(
    client: Client, person: Person
) -> None:
    who = person("Dedos")
    url = reverse("biometrics:enrol", args=[who])

    def finger(position: int, impression: int) -> bytes:
        return png_of(draw(HIS, position, impression, touch=WELL))

    sent(client, f"{url}?finger=2", finger(3, 1))
    again = finger(3, 2)
    look = sent(client, reverse("biometrics:look", args=[who]) + "?finger=3", again)
    assert "the same finger as the right index" in words(look)
    page = sent(client, f"{url}?finger=3", again)
    # The page stays at the finger, and offers the other: which of the two was wrong?
    assert page.context["position"] == 3
    assert "Take the right middle again" in words(page)
    assert 'href="?finger=2"' in words(page)
    # It was the first: taken again, it settles the doubt about the second.
    sent(client, f"{url}?finger=2", finger(2, 1))
    assert not FingerRecord.objects.filter(superseded_at=None).exclude(doubt="").exists()
    client.post(url, {"act": "finish", "command_id": str(uuid4()), "finish-reason": "Cuts"})

    # At the next admission the hands are exchanged.
    look = sent(client, reverse("biometrics:look", args=[who]) + "?finger=7", finger(2, 3))
    assert "On record this finger is the right index" in words(look)


@pytest.mark.usefixtures("no_gallery")
def test_whoever_has_no_usable_finger_is_one_form_away_from_being_done(
    client: Client, person: Person
) -> None:
    url = reverse("biometrics:enrol", args=[person("Quemado")])
    given = {
        "act": "absent", "command_id": str(uuid4()), "absent-state": "bandaged",
        "absent-reason": "Both hands burnt", "absent-all_left": "on",
    }  # fmt: skip
    client.post(url, given)
    assert FingerRecord.objects.filter(state="bandaged").count() == 10
    client.post(url, given)
    assert FingerRecord.objects.count() == 10
    end = {"act": "finish", "command_id": str(uuid4())}
    refused = client.post(url, end)
    assert refused.status_code == 422
    assert "Say why fingers are left out" in words(refused)
    page = client.post(url, end | {"finish-reason": "Both hands burnt"}, follow=True)
    assert Enrolment.objects.get().state == "no_usable_finger"
    assert "known by the photograph, or by two officers" in words(page)
