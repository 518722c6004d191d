"""Finger minutiae records: what is written is what is read, and what can't be is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pims.biometrics.engine.codecs import fmr
from pims.biometrics.engine.codecs.fmr import OpaqueBlock, Quality, Standard
from pims.biometrics.engine.codecs.fmr.units import scale
from pims.biometrics.engine.codecs.tests.samples import STANDARDS, template, templates, turned
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import NOT_COMPUTED, Position, Template


def same(before: Template, after: Template, standard: Standard) -> None:
    """Up to the rounding that the codec states."""
    step = math.pi / (256 if standard.iso else 180)
    edge_x = before.x > before.width - 1
    edge_y = before.y > before.height - 1
    assert np.abs(before.x - after.x).max(initial=0) <= np.where(edge_x, 1, 0.5).max(initial=0)
    assert np.abs(before.y - after.y).max(initial=0) <= np.where(edge_y, 1, 0.5).max(initial=0)
    assert all(
        turned(float(a), float(b)) <= step + 1e-5
        for a, b in zip(before.angle, after.angle, strict=True)
    )
    assert ((after.angle >= 0) & (after.angle < 2 * math.pi)).all()
    assert np.array_equal(before.kind, after.kind)
    assert np.array_equal(before.quality, after.quality)
    assert (before.position, before.image_quality) == (after.position, after.image_quality)
    if not standard.first_generation:
        assert (before.width, before.height) == (after.width, after.height)


@pytest.mark.parametrize("standard", STANDARDS)
@settings(max_examples=25)
@given(prints=st.lists(templates(), min_size=1, max_size=4))
def test_prints_come_back_as_they_were_written(standard: Standard, prints: list[Template]) -> None:
    written = fmr.write(prints, standard)
    record = fmr.read_record(written)
    assert record.standard is standard
    assert record.remarks == ()
    # The views of one finger stand together, in the order of its first.
    order = list(dict.fromkeys(p.position for p in prints))
    expected = sorted(prints, key=lambda p: order.index(p.position))
    for before, after in zip(expected, fmr.read(written), strict=True):
        same(before, after, standard)
    assert fmr.write_record(record) == written


@pytest.mark.parametrize("standard", STANDARDS)
def test_views_of_one_finger_are_numbered_from_zero(standard: Standard) -> None:
    prints = [template(seed=n, position=p) for n, p in enumerate((2, 7, 2, 2))]
    views = fmr.read_record(fmr.write(prints, standard)).views
    assert [(v.position, v.number) for v in views] == [(2, 0), (2, 1), (2, 2), (7, 0)]


@pytest.mark.parametrize("standard", STANDARDS)
def test_of_more_than_255_minutiae_the_best_are_written(standard: Standard) -> None:
    many = template(400)
    (kept,) = fmr.read(fmr.write([many], standard))
    assert len(kept) == 255
    assert kept.quality.min() >= np.sort(many.quality)[-255]
    rows = np.zeros((256, 6), dtype=np.uint16)
    record = fmr.Record(standard, (fmr.View(9, 9, 197, 197, minutiae=rows),))
    with pytest.raises(Unusable) as refused:
        fmr.write_record(record)
    assert refused.value.code == "biometrics.codec.too_many_minutiae"


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_print_without_minutiae_is_written_where_the_standard_allows_it(
    standard: Standard,
) -> None:
    none = template(0)
    if standard is Standard.ISO_2011:
        with pytest.raises(Unusable) as refused:
            fmr.write([none], standard)
        assert refused.value.code == "biometrics.codec.no_minutiae"
    else:
        (after,) = fmr.read(fmr.write([none], standard))
        assert len(after) == 0


def test_a_point_beyond_fourteen_bits_is_refused() -> None:
    for broken in (
        replace(template(3), x=np.float32([0, 1, 16384]), width=16_000),
        replace(template(3), y=np.float32([0, 1, -0.6])),
        replace(template(3), x=np.float32([0, 1, np.nan])),
        replace(template(3), width=16_384),
    ):
        with pytest.raises(Unusable) as refused:
            fmr.write([broken])
        assert refused.value.code == "biometrics.codec.beyond_fourteen_bits"
    assert fmr.read(fmr.write([replace(template(1), x=np.float32([16383]), width=16383)]))


def test_a_position_of_several_fingers_is_kept_in_the_record_and_unknown_in_the_template() -> None:
    record = fmr.record_of([template()], Standard.ISO_2011)
    slap = replace(record, views=(replace(record.views[0], position=13),))
    written = fmr.write_record(slap)
    assert fmr.read_record(written).views[0].position == 13
    assert fmr.read(written)[0].position is Position.UNKNOWN


def test_images_of_several_sizes_share_the_largest_in_the_first_generation() -> None:
    prints = [template(width=300, height=500), template(position=3, width=400, height=400)]
    for standard in (Standard.ISO_2005, Standard.INCITS_2004):
        assert [(t.width, t.height) for t in fmr.read(fmr.write(prints, standard))] == [
            (400, 500)
        ] * 2
    views = fmr.record_of(prints, Standard.ISO_2011).views
    with pytest.raises(Unusable) as refused:
        fmr.write_record(fmr.Record(Standard.ISO_2005, views))
    assert refused.value.code == "biometrics.codec.several_sizes"


@pytest.mark.parametrize(
    ("per_cm", "factor"),
    [(197, 1.0), (196, 1.0), (394, 0.5), (98, 2.0), (224, 500 / (224 * 2.54)), (787, 0.25)],
)
def test_resolutions_are_brought_to_500_ppi(per_cm: int, factor: float) -> None:
    assert scale(per_cm) == pytest.approx(factor)
    record = fmr.record_of([template(20)], Standard.ISO_2011)
    other = replace(record, views=(replace(record.views[0], x_per_cm=per_cm, y_per_cm=per_cm),))
    (plain,), (scaled,) = fmr.read(fmr.write_record(record)), fmr.read(fmr.write_record(other))
    assert np.allclose(scaled.x, plain.x * factor)
    assert scaled.height == round(plain.height * factor)


@pytest.mark.parametrize("per_cm", [0, 1, 48, 1970, 65535])
def test_a_resolution_that_no_scanner_has_is_refused(per_cm: int) -> None:
    written = bytearray(fmr.write([template()], Standard.ISO_2005))
    written[18:20] = per_cm.to_bytes(2, "big")
    with pytest.raises(Unusable) as refused:
        fmr.read(bytes(written))
    assert refused.value.code == "biometrics.codec.resolution"


def test_quality_of_another_algorithm_is_not_taken_for_nfiq() -> None:
    record = fmr.record_of([template(image_quality=70)], Standard.ISO_2011)
    assert record.views[0].quality == (Quality(70, 0x0101, 1),)
    foreign = replace(record.views[0], quality=(Quality(33, 0x0042, 9),))
    written = fmr.write_record(replace(record, views=(foreign,)))
    assert fmr.read(written)[0].image_quality == NOT_COMPUTED
    assert fmr.read_record(written).views[0].quality == foreign.quality
    both = replace(foreign, quality=(Quality(33, 0x0042, 9), Quality(70, 0x0101, 1)))
    assert fmr.read(fmr.write_record(replace(record, views=(both,))))[0].image_quality == 70


def test_everything_that_iso_2011_says_of_a_view_comes_back() -> None:
    (view,) = fmr.record_of([template()], Standard.ISO_2011).views
    view = replace(
        view,
        captured_at=(2026).to_bytes(2, "big") + bytes([2, 28, 23, 59, 58]) + b"\x03\xe7",
        captured_by=fmr.CapturedBy(equipment=7, technology=4, vendor=0x42),
        certificates=(fmr.Certificate(1, 2),),
        extended=(OpaqueBlock(3, b"zones"), OpaqueBlock(0x8001, b"")),
        impression=24,
        ending=1,
    )
    record = fmr.Record(Standard.ISO_2011, (view,), certified=True)
    (after,) = fmr.read_record(fmr.write_record(record)).views
    assert (after.captured_by, after.certificates, after.impression, after.ending) == (
        view.captured_by, view.certificates, 24, 1,
    )  # fmt: skip
    assert after.extended == view.extended
    assert after.captured is not None
    assert after.captured.isoformat() == "2026-02-28T23:59:58.999000"
    assert replace(view, captured_at=b"\xff" * 9).captured is None


def test_minutiae_of_five_bytes_have_no_quality() -> None:
    record = fmr.record_of([template(5)], Standard.ISO_2011)
    short = replace(record, views=(replace(record.views[0], minutia_bytes=5),))
    written = fmr.write_record(short)
    assert len(written) == len(fmr.write_record(record)) - 5
    assert fmr.read(written)[0].quality.tolist() == [0] * 5
    assert fmr.write_record(fmr.read_record(written)) == written


def test_a_record_of_incits_2004_longer_than_two_bytes_can_say_has_six() -> None:
    prints = [template(255, seed=n, position=n % 10 + 1) for n in range(50)]
    written = fmr.write(prints, Standard.INCITS_2004)
    assert len(written) > 0xFFFF
    assert written[8:10] == b"\0\0"
    record = fmr.read_record(written)
    assert record.standard is Standard.INCITS_2004
    assert len(record.views) == 50


def test_bytes_after_the_record_are_remarked() -> None:
    written = fmr.write([template()]) + b"\0\0"
    (remark,) = fmr.read_record(written).remarks
    assert remark.code == "biometrics.codec.bytes_after"


def test_a_minutia_outside_its_image_is_remarked() -> None:
    record = fmr.record_of([template(3)], Standard.ISO_2011)
    small = replace(record, views=(replace(record.views[0], width=1, height=1),))
    (remark,) = fmr.read_record(fmr.write_record(small)).remarks
    assert (remark.code, remark.params["count"]) == ("biometrics.codec.outside", 3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((0, b"GIF"), "not_fmr"),
        ((4, b" 99"), "version"),
        ((8, b"\xff\xff\xff\xff"), "lengths_disagree"),
        ((8, b"\x00\x00\x00\x00"), "lengths_disagree"),
        ((12, b"\xff\xff"), "too_many_views"),
        ((15, b"\xff\xff\xff\xff"), "truncated"),
        ((15, b"\x00\x00\x00\x00"), "truncated"),
    ],
)
def test_lengths_and_counts_that_lie_are_refused(change: tuple[int, bytes], code: str) -> None:
    at, replacement = change
    data = bytearray(fmr.write([template()]))
    data[at : at + len(replacement)] = replacement
    with pytest.raises(Unusable) as refused:
        fmr.read(bytes(data))
    assert refused.value.code == f"biometrics.codec.{code}"


def test_an_angle_or_a_kind_that_no_standard_has_is_refused() -> None:
    data = bytearray(fmr.write([template(1)], Standard.INCITS_2004))
    at = len(data) - 8
    for place, value, code in ((at + 4, 180, "angle"), (at, 0xC0, "kind")):
        broken = data.copy()
        broken[place] = value
        with pytest.raises(Unusable) as refused:
            fmr.read(bytes(broken))
        assert refused.value.code == f"biometrics.codec.{code}"


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_record_cut_off_anywhere_is_refused(standard: Standard) -> None:
    data = fmr.write([template(9), template(4, position=7)], standard)
    for length in range(len(data)):
        with pytest.raises(Unusable):
            fmr.read(data[:length])
