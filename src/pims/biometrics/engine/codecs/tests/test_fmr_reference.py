"""NIST's sample records, against their bytes read by hand and against each other."""

import math

import numpy as np
import pytest

from pims.biometrics.engine.codecs import ansi_nist, fmr
from pims.biometrics.engine.codecs.fmr import Core, CoresAndDeltas, Delta, RidgeCounts, Standard
from tests.fixtures.reference import need_reference

SAMPLES = {
    "fmr.ansi2004": Standard.INCITS_2004,
    "fmr.ansi2007": Standard.INCITS_2007,
    "fmr.iso2005": Standard.ISO_2005,
}


def sample(name: str) -> bytes:
    return need_reference(f"ansi_nist/{name}").read_bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_told_by_its_standard_whatever_its_version_says(name: str) -> None:
    record = fmr.read_record(sample(name))
    assert record.standard is SAMPLES[name]
    # 00b5 at the same place in all three: equipment 181, no compliance claimed.
    assert (record.captured_by.equipment, record.captured_by.compliance) == (181, 0)
    assert [(v.width, v.height, v.x_per_cm, v.y_per_cm) for v in record.views] == [
        (512, 512, 197, 197)
    ] * len(record.views)


def test_the_views_and_minutiae_are_those_that_stand_in_the_bytes() -> None:
    record = fmr.read_record(sample("fmr.ansi2004"))
    assert (record.product_owner, record.product_type) == (0x42, 0x11)
    told = [(v.position, v.impression, v.quality[0].value, len(v.minutiae)) for v in record.views]
    assert told == [(7, 0, 90, 27), (2, 0, 70, 22), (3, 1, 69, 28)]
    # 4064 000e 38 5a; 40a4 0011 2b 50; 8037 0012 0b 5a: kind, x, y, angle, quality.
    assert record.views[0].minutiae[:3, :5].tolist() == [
        [1, 100, 14, 0x38, 90],
        [1, 164, 17, 0x2B, 80],
        [2, 55, 18, 0x0B, 90],
    ]
    # 402a ... 005f 0033 29 5a: a minutia of neither kind.
    assert 0 in record.views[0].minutiae[:, 0]


def test_the_extended_data_is_read() -> None:
    second, third = fmr.read_record(sample("fmr.ansi2004")).views[1:]
    assert second.extended == (RidgeCounts(1, ((1, 20, 12), (5, 7, 5))),)
    counts, points = third.extended
    assert isinstance(counts, RidgeCounts)
    assert (counts.method, len(counts.counts), counts.counts[5]) == (2, 224, (1, 3, 6))
    assert points == CoresAndDeltas(
        (Core(150, 250, 90), Core(100, 150, 45)),
        (
            Delta(143, 232, (100, 110, 120)),
            Delta(103, 104, (156, 166, 176)),
            Delta(136, 214, (33, 43, 53)),
            Delta(130, 319, (57, 67, 77)),
        ),
    )
    (iso,) = fmr.read_record(sample("fmr.iso2005")).views[1].extended
    assert isinstance(iso, CoresAndDeltas)
    # ISO says of each point whether it has angles: the second delta has none.
    assert iso.cores == (Core(150, 250, 90), Core(100, 150, 45))
    assert iso.deltas[1] == Delta(103, 104)


def test_what_a_sample_says_wrongly_of_its_last_block_is_remarked_and_read() -> None:
    assert [r.code for r in fmr.read_record(sample("fmr.ansi2007")).remarks] == []
    for name, stated, found in (("fmr.ansi2004", 719, 721), ("fmr.iso2005", 42, 41)):
        (remark,) = fmr.read_record(sample(name)).remarks
        assert remark.code == "biometrics.codec.block_off"
        assert dict(remark.params) == {"stated": stated, "found": found}


def test_the_three_samples_hold_the_same_prints() -> None:
    ansi, draft, iso = (fmr.read(sample(name)) for name in SAMPLES)
    for first, second in zip(ansi, draft, strict=False):
        assert np.array_equal(first.angle, second.angle)
    for first, second in zip(ansi, iso, strict=False):
        assert np.array_equal(first.x, second.x)
        assert np.array_equal(first.y, second.y)
        assert np.array_equal(first.kind, second.kind)
        assert np.array_equal(first.quality, second.quality)
        difference = np.abs(np.angle(np.exp(1j * (first.angle - second.angle))))
        # NIST's own conversion, from steps of 2 degrees to steps of 1.40625.
        assert difference.max() <= math.radians(1.40625)


def test_a_record_of_type_9_agrees_with_the_minutiae_record_that_nist_made_of_it() -> None:
    transaction = ansi_nist.read_transaction(sample("type9.an2k"))
    (held,) = ansi_nist.minutiae(transaction)
    own, other = held.template(), fmr.read(sample("fmr.ansi2004"))[2]
    assert len(own) == len(other) == 28
    assert np.abs(own.x - other.x).max() <= 0.5
    # The transaction does not say how high the image is: all are off by the same.
    assert np.ptp(own.y - other.y) <= 1.0
    assert np.allclose(own.angle, other.angle, atol=1e-5)
    assert np.array_equal(own.kind, other.kind)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_read_is_written_byte_for_byte_but_for_the_lengths_that_lied(name: str) -> None:
    data = sample(name)
    record = fmr.read_record(data)
    written = fmr.write_record(record)
    assert len(written) == len(data)
    differing = sum(a != b for a, b in zip(written, data, strict=True))
    assert differing == (2 if record.remarks else 0)
    again = fmr.read_record(written)
    assert again.remarks == ()
    assert fmr.write_record(again) == written


@pytest.mark.parametrize("target", list(Standard))
@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_converts_to_each_standard(name: str, target: Standard) -> None:
    record = fmr.read_record(sample(name))
    written = fmr.write_record(fmr.convert(record, target))
    again = fmr.read_record(written)
    assert again.standard is target
    assert again.remarks == ()
    for before, after in zip(fmr.read(sample(name)), fmr.read(written), strict=True):
        assert np.array_equal(before.x, after.x)
        assert np.array_equal(before.kind, after.kind)
        assert before.position == after.position
        difference = np.abs(np.angle(np.exp(1j * (before.angle - after.angle))))
        assert difference.max() <= math.radians(1.0) + 1e-6
