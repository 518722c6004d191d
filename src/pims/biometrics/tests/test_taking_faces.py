"""What is kept of a face, and what two say of each other. Portraits are NIST's public test files,
beside the repository."""

import io

import numpy as np
import pytest
from PIL import Image

from pims.biometrics.engine import Unusable, faces
from pims.biometrics.engine.codecs import ansi_nist
from pims.biometrics.taking_faces import ENGINE, alike, pack_face, take_face, unpack_face
from tests.fixtures.reference import need_reference

pytestmark = pytest.mark.any_server


def portrait(name: str) -> bytes:
    transaction = ansi_nist.read_transaction(need_reference(f"ansi_nist/{name}").read_bytes())
    return next(i.data for i in ansi_nist.images(transaction) if i.type == 10)


def test_a_portrait_is_kept_without_what_the_camera_noted_in_it() -> None:
    picture = Image.open(io.BytesIO(portrait("valid1.9.an2")))
    noted = Image.Exif()
    noted[0x010E] = "taken in his cell"
    marked = io.BytesIO()
    picture.save(marked, "JPEG", exif=noted, quality=95)
    taken = take_face(marked.getvalue())
    kept = Image.open(io.BytesIO(taken.image))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", picture.size, {})
    assert b"taken in his cell" not in taken.image
    assert (taken.engine, taken.problems) == (ENGINE, ())
    assert 40 < taken.quality <= 100
    # The same face once more is near, another person's is not.
    other = take_face(portrait("valid1.3.an2"))
    assert alike(taken.descriptor, take_face(taken.image).descriptor) > 4
    assert alike(taken.descriptor, other.descriptor) < -4


def test_a_packed_face_comes_back_and_other_bytes_are_refused() -> None:
    row = np.random.default_rng(2).normal(0, 0.1, faces.LENGTH).astype(np.float32)
    assert np.array_equal(unpack_face(pack_face(row)), row)
    for wrong in (b"", b"PF\x02" + pack_face(row)[3:], pack_face(row) + b"\0"):
        with pytest.raises(Unusable) as refused:
            unpack_face(wrong)
        assert refused.value.code == "biometrics.face.descriptor"


def test_a_picture_without_a_face_is_not_kept() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "PNG")
    with pytest.raises(Unusable) as refused:
        take_face(blank.getvalue())
    assert refused.value.code == "biometrics.face.none"
