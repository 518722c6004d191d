"""A packed template comes back as it was, and what is no template is told so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pims.biometrics.engine import Position, RidgeMap, Template
from pims.biometrics.packing import MOST_BYTES, Unpackable, pack, unpack

BYTES = st.integers(0, 255)
FLOATS = st.floats(0, 2000, width=32)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    count = draw(st.integers(0, 255))
    floats = [draw(arrays(np.float32, count, elements=FLOATS)) for _ in range(3)]
    small = [draw(arrays(np.uint8, count, elements=BYTES)) for _ in range(2)]
    ridges = None
    if draw(st.booleans()):
        shape = (draw(st.integers(1, 12)), draw(st.integers(1, 12)))
        ridges = RidgeMap(
            *(draw(arrays(np.uint8, shape, elements=BYTES)) for _ in range(3)),
            step=draw(st.integers(1, 32)),
            phase=draw(st.none() | arrays(np.uint8, shape, elements=BYTES)),
        )
    return Template(
        *floats, *small, width=draw(st.integers(1, 1000)), height=draw(st.integers(1, 1000)),
        position=draw(st.sampled_from(Position)), image_quality=draw(BYTES), ridges=ridges,
    )  # fmt: skip


@given(templates())
def test_a_template_comes_back_without_a_bit_lost(template: Template) -> None:
    packed = pack(template)
    assert len(packed) <= MOST_BYTES
    back = unpack(packed)
    for name in ("x", "y", "angle", "kind", "quality"):
        assert getattr(back, name).tobytes() == getattr(template, name).tobytes()
    for name in ("width", "height", "position", "image_quality"):
        assert getattr(back, name) == getattr(template, name)
    assert (back.ridges is None) == (template.ridges is None)
    if back.ridges is not None and template.ridges is not None:
        assert np.array_equal(back.ridges.orientation, template.ridges.orientation)
        assert np.array_equal(back.ridges.period, template.ridges.period)
        assert np.array_equal(back.ridges.coherence, template.ridges.coherence)
        assert back.ridges.step == template.ridges.step
        assert np.array_equal(back.ridges.phase, template.ridges.phase)  # also where both are None


@given(templates(), st.integers(0, 400), st.binary(max_size=3))
def test_bytes_that_were_cut_or_changed_are_a_template_or_refused(
    template: Template, at: int, other: bytes
) -> None:
    packed = bytearray(pack(template))
    packed[at : at + len(other)] = other
    for data in (bytes(packed), bytes(packed[:at])):
        try:
            unpack(data)
        except Unpackable:
            pass


def test_a_map_that_would_inflate_to_more_than_it_says_is_refused() -> None:
    import struct
    import zlib

    bomb = struct.pack("<2s4B3H", b"PT", 1, 1, 0, 1, 10, 10, 0) + struct.pack("<HHB", 2, 2, 8)
    with pytest.raises(Unpackable):
        unpack(bomb + zlib.compress(bytes(50_000_000)))
