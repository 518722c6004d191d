"""A live-scan station's file gives each usable finger once, under its own name."""

from datetime import date

import numpy as np
import pytest

from pims.biometrics.engine import Unusable
from pims.biometrics.engine.codecs.ansi_nist import PrintImage, transaction
from pims.biometrics.engine.synthetic import WELL, draw
from pims.biometrics.gallery.matching import compare, prepare, threshold
from pims.biometrics.packing import unpack
from pims.biometrics.stations import fingers_of
from pims.biometrics.taking import png_of, take_finger


def file_with(*prints: PrintImage) -> bytes:
    return transaction(
        type_of_transaction="ENR", origin="PRISON", destination="PRISON", date=date(2026, 11, 1),
        control_number="1", prints=prints,
    )  # fmt: skip


def test_fingers_are_read_and_slaps_and_blank_prints_passed_over() -> None:
    drawn = draw(7, 2, 1, touch=WELL)
    blank = np.full((500, 400), 240, np.uint8)
    found = fingers_of(
        file_with(
            PrintImage.of_pixels(drawn, position=2),
            PrintImage.of_pixels(blank, position=3),
            PrintImage.of_pixels(drawn, position=13),
        )
    )
    assert [(one.position, one.source) for one in found] == [(2, "station")]
    again = take_finger(png_of(draw(7, 2, 20, touch=WELL)), position=2, at_once=True)
    score, _ = compare(prepare(unpack(found[0].template)), prepare(unpack(again.template)))
    assert score > threshold(1e-4)


@pytest.mark.parametrize("data", [b"", b"no transaction", bytes(1000)])
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(Unusable):
        fingers_of(data)


def test_a_file_without_a_usable_finger_says_so() -> None:
    blank = np.full((500, 400), 240, np.uint8)
    with pytest.raises(Unusable):
        fingers_of(file_with(PrintImage.of_pixels(blank, position=3)))
