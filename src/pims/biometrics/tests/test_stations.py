"""A live-scan station's file gives each usable finger once, under its own name, from wherever in
it the finger lies."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from numpy.typing import NDArray

from pims.biometrics import comparing
from pims.biometrics.engine import Position, Unusable, extraction
from pims.biometrics.engine.codecs.ansi_nist import (
    Compression,
    Field,
    PrintImage,
    TextRecord,
    Transaction,
    read_transaction,
    transaction,
    write_transaction,
)
from pims.biometrics.engine.images import from_pixels
from pims.biometrics.engine.slaps import MOST_SIDE, Slap, segment
from pims.biometrics.engine.slaps.marked import cut_out
from pims.biometrics.engine.synthetic import WELL, draw
from pims.biometrics.engine.synthetic.slaps import slap_of
from pims.biometrics.gallery.matching import compare, prepare, threshold
from pims.biometrics.models import FingerRecord
from pims.biometrics.packing import unpack
from pims.biometrics.stations import PLAIN, ROLLED, SLAP, fingers_of, read_station
from pims.biometrics.taking import TakenFinger, png_of, take_finger
from pims.facilities.models import Establishment
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

HIS = 7
THUMBS = slap_of(HIS, (1, 6), 1, touch=WELL)
BLANK = np.full((500, 400), 240, np.uint8)
PLAINLY = Compression.NONE
Box = tuple[int, int, int, int]  # left, right, top, bottom


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """By mindtct, as where the network's file is missing: a tenth of the time, and what is looked
    at here is which finger came from where."""

    def missing(threads: int) -> None:
        raise Unusable("biometrics.model_missing", file="leader.onnx")

    monkeypatch.setattr(extraction, "network", missing)


def file_with(*prints: PrintImage, absent: Mapping[int, str] | None = None) -> bytes:
    return transaction(
        type_of_transaction="ENR", origin="PRISON", destination="PRISON", date=date(2026, 11, 1),
        control_number="1", prints=prints, absent=absent,
    )  # fmt: skip


def marked(data: bytes, boxes: Mapping[int, Box]) -> bytes:
    """The same with these fingers marked on its last image (14.021)."""
    read = read_transaction(data)
    *others, last = read.records
    assert isinstance(last, TextRecord)
    field = Field.of(21, *((at, *box) for at, box in boxes.items()))
    told = TextRecord(last.type, (*last.fields, field), last.data)
    return write_transaction(Transaction(read.information, (*others, told)))


def boxes_on(slap: NDArray[np.uint8], which: Slap) -> dict[int, Box]:
    found = segment(slap, slap=which)
    boxes = {}
    for one in found.fingers:
        (left, top), (right, bottom) = one.corners.min(axis=0), one.corners.max(axis=0)
        boxes[int(one.position)] = (int(left), int(right), int(top), int(bottom))
    return boxes


def scores(probe: bytes, others: Sequence[bytes], *, here: bool = True) -> list[float]:
    ready = prepare(unpack(probe))
    return [compare(ready, prepare(unpack(other)))[0] for other in others]


def is_his(taken: TakenFinger) -> bool:
    again = take_finger(
        png_of(draw(HIS, Position(taken.position), 20, touch=WELL)), position=taken.position,
        at_once=True,
    )  # fmt: skip
    score, _ = compare(prepare(unpack(taken.template)), prepare(unpack(again.template)))
    return score > threshold(1e-4)


def test_single_fingers_are_read_and_what_is_none_is_told() -> None:
    drawn = draw(HIS, 2, 1, touch=WELL)
    found = read_station(
        file_with(
            PrintImage.of_pixels(drawn, position=2, impression=1),
            PrintImage.of_pixels(BLANK, position=3, compression=PLAINLY),
            PrintImage.of_pixels(drawn, position=13),
        )
    )
    assert [(one.taken.position, one.kind) for one in found.fingers] == [(2, ROLLED)]
    assert is_his(found.fingers[0].taken)
    told = {one.position: one.refusal.code for one in found.passed_over}
    assert told == {3: "biometrics.blank", 13: "biometrics.slap_count"}


def test_a_file_of_slaps_alone_gives_their_fingers() -> None:
    right = slap_of(HIS, (2, 3, 5), 1, turn=8, touch=WELL)
    found = read_station(
        file_with(
            PrintImage.of_pixels(THUMBS, position=15),
            PrintImage.of_pixels(right, position=13),
            absent={4: "XX"},
        )
    )
    assert [(one.taken.position, one.whole) for one in found.fingers] == [
        (1, 15), (2, 13), (3, 13), (5, 13), (6, 15),
    ]  # fmt: skip
    assert {one.kind for one in found.fingers} == {SLAP}
    assert not any(one.marked for one in found.fingers)
    assert (found.absent, found.passed_over) == ({4: "XX"}, ())
    assert all(is_his(one.taken) for one in found.fingers[2:])


def test_fingers_are_cut_out_where_the_file_marks_them_if_that_makes_sense() -> None:
    boxes = boxes_on(THUMBS, Slap.THUMBS)
    data = file_with(PrintImage.of_pixels(THUMBS, position=15))
    found = read_station(marked(data, boxes)).fingers
    assert [(one.taken.position, one.marked) for one in found] == [(1, True), (6, True)]
    assert all(is_his(one.taken) for one in found)
    # Marks that can't be two fingers are passed by.
    found = read_station(marked(data, {1: boxes[1], 6: boxes[1]})).fingers
    assert [(one.taken.position, one.marked) for one in found] == [(1, False), (6, False)]


@pytest.mark.parametrize(
    "moved", [(9000, 9000, 0, 0), (0, -700, 0, -700), (0, 1200, 0, 0), (-600, -600, 0, 0)]
)
def test_marks_beyond_the_image_or_of_no_fingers_size_are_none(moved: Box) -> None:
    box = tuple(a + b for a, b in zip((300, 1020, 400, 1120), moved, strict=True))
    left, right, top, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    image = from_pixels(THUMBS, most_side=MOST_SIDE)
    assert cut_out(image, {Position.LEFT_THUMB: corners}) == {}


def test_a_single_finger_comes_before_one_of_a_slap_and_the_slap_gives_the_rest() -> None:
    thumb = draw(HIS, 1, 3, touch=WELL)
    # As the lower row of a card has it: 11 is the right thumb, laid on plainly.
    found = read_station(
        file_with(
            PrintImage.of_pixels(THUMBS, position=15),
            PrintImage.of_pixels(thumb, position=11),
            PrintImage.of_pixels(BLANK, position=6, impression=1, compression=PLAINLY),
        )
    )
    assert [(one.taken.position, one.kind) for one in found.fingers] == [(1, PLAIN), (6, SLAP)]
    # The blank one is no news: the finger is there.
    assert found.passed_over == ()


def test_the_officer_is_told_which_finger_came_from_where(
    prison: Establishment, person: Callable[[str], int], no_gallery: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # In place of the gallery, which has a second and a half and no more.
    monkeypatch.setattr(comparing, "scores", scores)
    who = person("Estación")
    data = file_with(
        PrintImage.of_pixels(draw(HIS, 2, 1, touch=WELL), position=2, impression=1),
        PrintImage.of_pixels(THUMBS, position=15), absent={4: "XX", 5: "UP"},
    )  # fmt: skip
    client = signed_in(staff("reception_officer", establishment_id=prison.pk))
    given = {"act": "station", "command_id": str(uuid4()),
             "station-station_file": SimpleUploadedFile("card.an2", data)}  # fmt: skip
    answer = client.post(reverse("biometrics:enrol", args=[who]), given, follow=True)
    page = " ".join(answer.content.decode().split())
    for told in (
        "3 fingers read from the file.",
        "Rolled: right index.",
        "Cut out of “Both thumbs”: right thumb, left thumb.",
    ):
        assert told in page
    kept = FingerRecord.objects.filter(superseded_at__isnull=True).order_by("position")
    assert list(kept.values_list("position", "state", "source")) == [
        (1, "present", "station slap"), (2, "present", "station"), (4, "amputated", ""),
        (5, "unreadable", ""), (6, "present", "station slap"),
    ]  # fmt: skip
    page = client.get(reverse("biometrics:enrol", args=[who]) + "?finger=1").content.decode()
    assert "cut out of several fingers at once" in page
    done = {"act": "finish", "command_id": str(uuid4()), "finish-reason": "Cut"}
    client.post(reverse("biometrics:enrol", args=[who]), done)
    another = file_with(PrintImage.of_pixels(slap_of(HIS + 1, (1, 6), 1, touch=WELL), position=15))
    given |= {"command_id": str(uuid4()),
              "station-station_file": SimpleUploadedFile("card.an2", another)}  # fmt: skip
    answer = client.post(reverse("biometrics:enrol", args=[who]), given, follow=True)
    assert "Is it the file of another person?" in answer.content.decode()


@pytest.mark.parametrize("data", [b"", b"no transaction", bytes(1000)])
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(Unusable):
        fingers_of(data)


def test_a_file_without_a_usable_finger_says_so() -> None:
    with pytest.raises(Unusable):
        fingers_of(file_with(PrintImage.of_pixels(BLANK, position=3, compression=PLAINLY)))
