"""A scanner by libfprint, played by its own virtual scanner of pictures where it is installed."""

import io
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pims.biometrics.capture import libfprint
from pims.biometrics.capture.drivers import Libfprint, NoPrint
from pims.biometrics.engine.synthetic import WELL, draw

pytestmark = pytest.mark.any_server

# What the virtual scanner is told: two whole numbers, then the picture. A picture's sides, or
# below zero what goes wrong.
TOO_SHORT, BROKEN = struct.pack("ii", -1, 1), struct.pack("ii", -2, 5)
PRINT = draw(5, 2, 1, touch=WELL)
PICTURE = struct.pack("ii", PRINT.shape[1], PRINT.shape[0]) + PRINT.tobytes()
Lay = Callable[[bytes], None]


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The socket of a virtual scanner; skips where this PC's libfprint has none."""
    path = str(tmp_path_factory.mktemp("f") / "s")
    monkeypatch.setenv("FP_VIRTUAL_IMAGE", path)
    try:
        if not libfprint.scanners():
            pytest.skip("this libfprint was built without its virtual scanner")
    except libfprint.Missing:
        pytest.skip("libfprint is not installed here")
    return path


@pytest.fixture
def lay(scanner: str) -> Iterator[Lay]:
    """`lay(b"...")` as soon as the scanner listens."""
    done, hands = threading.Event(), []

    def hand(told: bytes) -> None:
        while not done.is_set():
            with socket.socket(socket.AF_UNIX) as link:
                try:
                    link.connect(scanner)
                except OSError:
                    time.sleep(0.02)
                    continue
                link.sendall(told)
                done.wait(20)

    def start(told: bytes) -> None:
        hands.append(threading.Thread(target=hand, args=(told,)))
        hands[-1].start()

    yield start
    done.set()
    for one in hands:
        one.join()


def test_a_finger_on_the_scanner_is_its_picture_to_the_pixel(lay: Lay) -> None:
    lay(PICTURE)
    found = Libfprint().capture(2, within=20)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(found.data))), PRINT)


def test_a_finger_that_was_too_short_is_waited_for_again(lay: Lay) -> None:
    lay(TOO_SHORT + PICTURE)
    assert Libfprint().capture(2, within=20).data


def test_a_scanner_that_breaks_off_is_told(lay: Lay) -> None:
    lay(BROKEN)
    with pytest.raises(NoPrint, match="scanner_failed"):
        Libfprint().capture(2, within=20)


def test_nobody_waits_for_ever_for_a_finger_that_does_not_come(scanner: str) -> None:
    driver, began = Libfprint(), time.monotonic()
    assert driver.trouble() == ""
    with pytest.raises(NoPrint, match="nothing_came"):
        driver.capture(2, within=0.3)
    assert time.monotonic() - began < 10
    # And the scanner is free for whoever comes next.
    with pytest.raises(NoPrint, match="nothing_came"):
        driver.capture(2, within=0.3)


def test_a_scanner_that_gives_no_picture_is_not_taken_for_one(
    scanner: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FP_VIRTUAL_IMAGE")
    assert Libfprint().trouble() == "no_scanner"
    monkeypatch.setenv("FP_VIRTUAL_DEVICE", os.fspath(tmp_path / "s"))
    assert Libfprint().trouble() == "no_pictures"
    with pytest.raises(NoPrint, match="no_pictures"):
        Libfprint().capture(2, within=1)


def test_without_libfprint_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(libfprint, "_known", [])
    monkeypatch.setattr("ctypes.CDLL", missing)
    assert Libfprint().trouble() == "no_libfprint"
    with pytest.raises(NoPrint, match="no_libfprint"):
        Libfprint().capture(1, within=1)
