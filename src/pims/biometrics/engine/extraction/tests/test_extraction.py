import importlib

import numpy as np
import pytest

from pims.biometrics.engine import Kind, Position, Unusable, extraction, models
from pims.biometrics.engine.extraction import examine, extract
from pims.biometrics.engine.extraction.advice import advice
from pims.biometrics.engine.extraction.ridges import measure
from pims.biometrics.engine.extraction.tests import fingers
from tests.fixtures.reference import need_reference

leader = importlib.import_module("pims.biometrics.engine.extraction.leader")


@pytest.fixture(scope="module")
def whole():
    """What is found on a drawn print."""
    return examine(fingers.finger(), ppi=500, position=Position.RIGHT_INDEX)


def shared(template, other, *, near=3.0):
    """The share of one's minutiae that the other has too, of the same direction."""
    away = np.hypot(template.x[:, None] - other.x, template.y[:, None] - other.y)
    turn = template.angle[:, None] - other.angle
    alike = (away < near) & (np.cos(turn) > np.cos(np.radians(15)))
    return alike.any(axis=1).mean()


def test_a_print_gives_its_minutiae_its_ridges_and_its_quality(whole):
    template = whole.template
    assert len(template) >= 15
    assert set(template.kind) == {Kind.ENDING, Kind.BIFURCATION}
    assert (template.width, template.height) == (290, 340)
    assert template.position is Position.RIGHT_INDEX
    assert 30 <= template.image_quality <= 100
    assert ((template.angle >= 0) & (template.angle < 2 * np.pi)).all()
    assert ((template.quality >= 30) & (template.quality <= 100)).all()
    assert template.ridges.orientation.shape == (43, 37)
    assert whole.notes == ()


def test_parts_of_a_pixel_follow_a_print_that_is_moved_by_less_than_one():
    y, x = np.mgrid[:40, :40]
    likelihood = np.exp(-((x - 20.3) ** 2 + (y - 18.8) ** 2) / 8).astype(np.float32)
    field = np.ones((40, 40, 2), np.float32)
    found = leader._minutiae(likelihood, field, likelihood)
    assert found.x == pytest.approx([20.3], abs=0.06)
    assert found.y == pytest.approx([18.8], abs=0.06)


def test_an_image_of_twice_the_resolution_gives_the_same_minutiae(whole):
    fine = extract(fingers.resized(fingers.finger(), 2), ppi=1000, quality=False)
    assert (fine.width, fine.height) == (290, 340)
    assert shared(whole.template, fine) > 0.85


def test_light_ridges_are_made_dark_and_that_is_said(whole):
    turned = examine(255 - fingers.finger(), ppi=500, quality=False)
    assert [note.code for note in turned.notes] == ["biometrics.inverted"]
    assert turned.image.inverted
    assert shared(whole.template, turned.template) == 1.0


def advised(image):
    said = advice(image, measure(image))
    return [reason.code.removeprefix("biometrics.advice_") for reason in said]


def test_a_wet_a_dry_and_a_small_print_are_told_how_to_do_better():
    y, x = np.mgrid[:300, :300]
    wave = np.sin(2 * np.pi * x / 9)
    print_ = np.hypot(x - 150, y - 150) < 120
    assert advised(np.where(print_ & (wave > 0.3), 40, 230).astype(np.uint8)) == []
    assert advised(np.where(print_ & (wave > -0.7), 40, 230).astype(np.uint8)) == ["wet"]
    assert advised(np.where(print_ & (wave > 0.95), 40, 230).astype(np.uint8)) == ["dry"]
    small = np.hypot(x - 150, y - 150) < 70
    assert advised(np.where(small & (wave > 0.3), 40, 230).astype(np.uint8)) == ["little"]
    aside = np.hypot(x - 240, y - 150) < 140
    assert advised(np.where(aside & (wave > 0.3), 40, 230).astype(np.uint8)) == ["middle"]


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (fingers.blank, "biometrics.blank"),
        (fingers.noise, "biometrics.no_finger"),
        (fingers.text, "biometrics.no_finger"),
        (fingers.fur, "biometrics.no_finger"),
        (lambda: fingers.waves(9, 0.4), "biometrics.no_finger"),
    ],
)
def test_what_is_no_fingerprint_is_refused(image, code):
    with pytest.raises(Unusable) as refusal:
        extract(image(), ppi=500, quality=False)
    assert refusal.value.code == code


@pytest.mark.parametrize(("said", "truly"), [(500, 1000), (1000, 500)])
def test_a_wrong_resolution_is_told_with_the_one_that_the_ridges_look_like(said, truly):
    image = fingers.resized(fingers.finger()[40:300, 20:270], truly / 500)
    with pytest.raises(Unusable) as refusal:
        extract(image, ppi=said, quality=False)
    assert refusal.value.code == "biometrics.resolution_wrong"
    assert refusal.value.params["said"] == said
    assert refusal.value.params["looks"] == pytest.approx(truly, rel=0.2)


def test_a_changed_model_is_not_used_and_mindtct_takes_its_place(monkeypatch, tmp_path, whole):
    (tmp_path / "leader.onnx").write_bytes(b"something else")
    monkeypatch.setattr(models, "files", lambda _: tmp_path)
    monkeypatch.setattr(extraction, "network", lambda threads: leader.Leader(threads=threads))

    found = examine(fingers.finger(), ppi=500, quality=False)
    assert [note.code for note in found.notes] == [
        "biometrics.model_changed", "biometrics.by_mindtct",
    ]  # fmt: skip
    assert found.method == "mindtct"
    assert shared(whole.template, found.template, near=6.0) > 0.6


@pytest.mark.parametrize(
    ("name", "ppi", "count"),
    # As the network's author's own program counts them.
    [("DB1_B/101_3", 500, 30), ("DB2_B/103_3", 569, 32), ("DB3_B/105_3", 500, 13)],
)
def test_real_prints_give_what_the_original_network_finds(name, ppi, count):
    file = need_reference("fingerprints/fvc2002") / f"{name}.png"
    found = extract(file, ppi=ppi, quality=False)
    # The author's program stops where a likelihood of 0.6 does; the fainter ones are ours.
    assert (found.quality > 60).sum() <= count <= (found.quality >= 60).sum()


def test_the_poorest_real_print_is_not_refused():
    file = need_reference("fingerprints/fvc2002") / "DB3_B/110_3.png"
    assert len(extract(file, quality=False)) >= 3
