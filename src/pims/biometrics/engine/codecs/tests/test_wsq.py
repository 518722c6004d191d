"""WSQ: our decoder against the reference's, and files that would harm it."""

import struct
from collections.abc import Callable

import _wsq
import numpy as np
import pytest

from pims.biometrics.engine.codecs import ansi_nist, wsq
from pims.biometrics.engine.codecs.bounds import MOST_WSQ_BYTES
from pims.biometrics.engine.codecs.tests.samples import ridges
from pims.biometrics.engine.reasons import Unusable
from tests.fixtures.reference import need_reference

SIZES = [(200, 160), (201, 160), (199, 163), (333, 250), (257, 514), (82, 81)]


def by_reference(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    pixels, width, height, _ = _wsq.decompress(data)
    return np.frombuffer(pixels, dtype=np.uint8).reshape(height, width)


def alike(data: bytes) -> None:
    """Within one grey level, and that seldom."""
    ours, _ = wsq.read(data)
    difference = np.abs(ours.astype(int) - by_reference(data))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.001


def test_nists_samples_decode_as_the_reference_decodes_them() -> None:
    alike(need_reference("ansi_nist/img.wsq").read_bytes())
    for name in ("valid1.1.an2", "valid1.8.an2", "valid1.9.an2"):
        data = need_reference(f"ansi_nist/{name}").read_bytes()
        for image in ansi_nist.images(ansi_nist.read_transaction(data)):
            if wsq.is_wsq(image.data):
                alike(image.data)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_images_of_odd_sizes_decode_as_the_reference_decodes_them(height: int, width: int) -> None:
    alike(wsq.write(ridges(height, width)))


def test_what_is_written_looks_the_same_and_says_500_ppi() -> None:
    pixels = ridges(300, 260)
    data = wsq.write(pixels)
    assert len(data) < pixels.size / 7
    after, ppi = wsq.read(data)
    assert ppi == 500
    assert np.abs(after.astype(int) - pixels).mean() < 4
    assert wsq.header(data) == wsq.Header(260, 300, 500)


def test_a_narrow_image_is_nearer_to_what_was_written_than_the_references_reading() -> None:
    pixels = ridges(250, 71)
    data = wsq.write(pixels)
    ours = np.abs(wsq.read(data)[0].astype(int) - pixels).mean()
    assert ours < np.abs(by_reference(data).astype(int) - pixels).mean()


def frame(data: bytes, height: int, width: int) -> bytes:
    at = data.index(b"\xff\xa2") + 6
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def first_code(data: bytes, lengths: bytes, value: int) -> bytes:
    """The same with a code table of one value."""
    at = data.index(b"\xff\xa6")
    size = int.from_bytes(data[at + 2 : at + 4], "big")
    table = b"\0" + lengths + bytes([value])
    return data[: at + 2] + struct.pack(">H", 2 + len(table)) + table + data[at + 2 + size :]


def block(data: bytes, bits: bytes) -> bytes:
    """The same with these bits in its first block, and no other."""
    return data[: data.index(b"\xff\xa3") + 5] + bits + b"\xff\xa1"


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "the size that ends the reference decoder": (lambda d: frame(d, 60_000, 10), "image_size"),
    "no size": (lambda d: frame(d, 0, 0), "image_size"),
    "a bomb": (lambda d: frame(d, 16_000, 16_000), "bomb"),
    "smaller than its values": (lambda d: frame(d, 64, 64), "wsq_too_long"),
    "larger than its values": (lambda d: frame(d, 300, 160), "wsq_short"),
    "zeros without end": (
        lambda d: block(first_code(d, b"\1" + bytes(15), 100), bytes(4000)),
        "wsq_too_long",
    ),
    "cut": (lambda d: d[:-2], "truncated"),
    "no end but bytes": (lambda d: d[:-2] + b"\x5a" * 3000, ""),
    "no filters": (lambda d: d.replace(b"\xff\xa4", b"\xff\xa8", 1), "wsq_incomplete"),
    "another image": (lambda d: b"\xff\xd8" + d[2:], "not_wsq"),
    "nothing": (lambda d: b"", "not_wsq"),
    "too long": (lambda d: d + bytes(MOST_WSQ_BYTES), "too_large"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_image_is_refused(what: str) -> None:
    change, code = HOSTILE[what]
    with pytest.raises(Unusable) as refused:
        wsq.read(change(wsq.write(ridges())))
    if code:
        assert refused.value.code == f"biometrics.codec.{code}"


def test_an_image_cut_off_anywhere_is_refused() -> None:
    data = wsq.write(ridges(80, 70))
    for length in range(len(data)):
        with pytest.raises(Unusable):
            wsq.read(data[:length])


@pytest.mark.parametrize("shape", [(63, 100), (100, 63), (16_385, 64), (5_000, 5_000)])
def test_an_image_too_small_or_too_large_is_not_written(shape: tuple[int, int]) -> None:
    with pytest.raises(Unusable) as refused:
        wsq.write(np.zeros(shape, dtype=np.uint8))
    assert refused.value.code == "biometrics.codec.image_size"
