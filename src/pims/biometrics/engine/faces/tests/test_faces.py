"""Faces: what is found, what is refused, what a distance says. Portraits come from NIST's public
test files beside the repository; none is kept here."""

import hashlib
import io
import math
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from pims.biometrics.engine import faces
from pims.biometrics.engine.codecs import ansi_nist
from pims.biometrics.engine.codecs.face_record import read_faces
from pims.biometrics.engine.faces import DOCUMENTED, Calibration, Faces, models
from pims.biometrics.engine.reasons import Unusable
from tests.fixtures.reference import need_reference


def portrait(name: str) -> bytes:
    data = need_reference(f"ansi_nist/{name}").read_bytes()
    transaction = ansi_nist.read_transaction(data)
    return next(i.data for i in ansi_nist.images(transaction) if i.type == 10)


@cache
def first() -> faces.Face:
    return faces.read(portrait("valid1.9.an2"))


def changed(name: str, change: "object") -> faces.Face:
    picture = Image.open(io.BytesIO(portrait(name))).convert("RGB")
    return faces.read(png(change(picture)))  # type: ignore[operator]


def png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def cat() -> bytes:
    picture = Image.new("RGB", (400, 400), "tan")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((90, 110, 310, 330), fill="gray")
    for x in (110, 230):
        draw.polygon([(x, 160), (x + 30, 60), (x + 60, 150)], fill="gray")
        draw.ellipse((x + 35, 180, x + 60, 215), fill="yellow")
        draw.ellipse((x + 44, 182, x + 51, 213), fill="black")
    draw.polygon([(190, 240), (210, 240), (200, 255)], fill="pink")
    for y in (250, 262, 274):
        draw.line((60, y, 180, 258), fill="black")
        draw.line((220, 258, 340, y), fill="black")
    return png(picture)


def test_the_face_of_a_portrait_is_found_and_good() -> None:
    face = first()
    left, top, right, bottom = face.box
    assert (160 < left < 180, 85 < top < 105, 285 < right < 305, 215 < bottom < 235) == (True,) * 4
    assert face.descriptor.shape == (faces.LENGTH,)
    assert face.quality.good
    assert face.quality.score > 40


def test_two_persons_lie_apart_and_one_person_lies_near() -> None:
    other = faces.read(portrait("valid1.3.an2"))
    assert faces.distance(first().descriptor, other.descriptor) > 0.6
    darker = changed("valid1.9.an2", lambda p: p.point(lambda v: v * 0.6))
    smaller = changed("valid1.9.an2", lambda p: p.resize((p.width * 3 // 4, p.height * 3 // 4)))
    for again in (darker, smaller):
        assert faces.distance(first().descriptor, again.descriptor) < 0.35


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("blurred", lambda p: p.filter(ImageFilter.GaussianBlur(4))),
        ("dark", lambda p: p.point(lambda v: v * 0.25)),
        ("tilted", lambda p: p.rotate(22)),
        ("small", lambda p: p.resize((p.width // 3, p.height // 3))),
    ],
)
def test_what_is_wrong_with_a_picture_is_said(what: str, change: "object") -> None:
    quality = changed("valid1.9.an2", change).quality
    assert f"biometrics.face.{what}" in [reason.code for reason in quality.problems]
    assert quality.score < first().quality.score


def test_a_dog_is_no_face_although_its_record_says_so() -> None:
    data = need_reference("ansi_nist/face01.iso2005").read_bytes()
    (view,) = read_faces(data)
    assert (view.width, view.height, view.compression) == (280, 320, "JPEGB")
    assert [(p.x, p.y) for p in view.points[:2]] == [(95, 117), (168, 109)]
    with pytest.raises(Unusable) as refused:
        faces.read(view.data)
    assert refused.value.code == "biometrics.face.none"


def test_a_cat_a_wall_and_noise_are_no_faces() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    for data in (cat(), png(Image.new("RGB", (300, 300), "white")), png(Image.fromarray(noise))):
        with pytest.raises(Unusable) as refused:
            faces.read(data)
        assert refused.value.code == "biometrics.face.none"


def test_two_persons_in_one_picture_are_refused_and_a_bystander_is_passed_over() -> None:
    one = Image.open(io.BytesIO(portrait("valid1.9.an2"))).convert("RGB")
    both = Image.new("RGB", (one.width * 2, one.height), "gray")
    both.paste(one, (0, 0))
    both.paste(one, (one.width, 0))
    with pytest.raises(Unusable) as refused:
        faces.read(png(both))
    assert refused.value.code == "biometrics.face.several"
    assert refused.value.params == {"count": 2}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "biometrics.file_empty"),
        (b"%PDF-1.7 and no picture", "biometrics.format_unknown"),
        (png(Image.new("RGB", (300, 300)))[:200], "biometrics.image_corrupt"),
        (png(Image.new("RGB", (300, 20))), "biometrics.face.small_picture"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Unusable) as refused:
        faces.read(data)
    assert refused.value.code == code


def test_a_model_file_that_was_not_tested_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tomllib.loads((Path(models.__file__).parent / "provenance.toml").read_text("utf-8"))
    assert "shape_predictor_68" not in str(told)
    package = tmp_path / "other_models" / "models"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / told["points"]["file"]).write_bytes(b"something else")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(models, "PACKAGE", "other_models")
    with pytest.raises(Unusable) as refused:
        models._file("points")
    assert refused.value.code == "biometrics.face.no_models"
    assert hashlib.sha256(b"something else").hexdigest() != told["points"]["sha256"]


def test_the_score_is_even_where_its_author_says_and_claims_no_more_than_was_seen() -> None:
    scores = DOCUMENTED.score(np.array([0.0, 0.3, 0.6, 0.9, 1.5], dtype=np.float32))
    assert scores[2] == pytest.approx(0, abs=1e-4)
    assert scores[0] == scores[1] == pytest.approx(math.log(1 / 0.0062), abs=1e-4)
    assert scores[3] == scores[4] == -scores[0]


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1), people=st.integers(1, 60), most=st.integers(1, 12),
    pictures=st.integers(1, 4),
)  # fmt: skip
def test_the_nearest_are_those_that_a_look_at_everybody_finds(
    seed: int, people: int, most: int, pictures: int
) -> None:
    rng = np.random.default_rng(seed)
    entries = [
        (bytes([person]) * 16, rng.normal(0, 0.1, faces.LENGTH).astype(np.float32))
        for person in range(people)
        for _ in range(pictures)
    ]
    probe = rng.normal(0, 0.1, faces.LENGTH).astype(np.float32)
    best: dict[bytes, float] = {}
    for key, row in entries:
        best[key] = min(best.get(key, math.inf), faces.distance(row, probe))
    expected = sorted(best.items(), key=lambda entry: entry[1])[:most]
    found = Faces(entries).nearest(probe, most=most)
    assert [c.key for c in found] == [key for key, _ in expected]
    assert [c.distance for c in found] == pytest.approx([d for _, d in expected], abs=1e-3)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_nobody_is_near_in_an_empty_gallery_and_what_is_no_description_is_refused() -> None:
    probe = np.zeros(faces.LENGTH, dtype=np.float32)
    assert Faces().nearest(probe) == []
    assert len(Faces([(b"x" * 16, probe)])) == 1
    for wrong in (probe[:5], np.full(faces.LENGTH, np.nan, dtype=np.float32)):
        with pytest.raises(Unusable):
            Faces([(b"x" * 16, wrong)])
        with pytest.raises(Unusable):
            Faces([(b"x" * 16, probe)]).nearest(wrong)


def test_an_institutions_own_pairs_give_the_score_their_meaning() -> None:
    rng = np.random.default_rng(4)
    same, different = rng.normal(0.4, 0.08, 4000), rng.normal(0.75, 0.08, 3000)
    fitted = Calibration.fitted(same.tolist(), different.tolist(), of="a drawing")
    # Two bell curves of one width: even half-way, slope their distance over the width squared.
    assert fitted.even == pytest.approx(0.575, abs=0.01)
    assert fitted.slope == pytest.approx(0.35 / 0.08**2, rel=0.15)
    assert fitted.most == pytest.approx(math.log(3000))
    with pytest.raises(Unusable):
        Calibration.fitted(same[:99].tolist(), different.tolist(), of="too few")
    with pytest.raises(Unusable):
        Calibration.fitted(different.tolist(), same.tolist(), of="the wrong way round")
