"""The parts of dlib that see faces, loaded once each.

The detector is dlib's own (histograms of gradients); the two networks come from the package
`face_recognition_models`, found without importing it, for its module needs a retired part of
setuptools. Its third network, of 68 points, was trained on pictures that may not be used
commercially, and is never loaded.
"""

import hashlib
import threading
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pims.biometrics.engine.reasons import Unusable

__all__ = ["LOCK", "descriptor", "detector", "points"]

PACKAGE = "face_recognition_models"
# dlib's objects keep scratch memory inside: one at a time.
LOCK = threading.Lock()


@cache
def detector() -> Any:
    return _dlib().get_frontal_face_detector()


@cache
def points() -> Any:
    return _dlib().shape_predictor(str(_file("points")))


@cache
def descriptor() -> Any:
    return _dlib().face_recognition_model_v1(str(_file("descriptor")))


def _dlib() -> Any:
    try:
        import dlib  # type: ignore[import-untyped]
    except ImportError as error:
        raise Unusable("biometrics.face.no_models", what="dlib") from error
    return dlib


def _file(name: str) -> Path:
    """The file, once its checksum is that of `provenance.toml`. Raises Unusable
    ``biometrics.face.no_models``."""
    told = tomllib.loads((Path(__file__).parent / "provenance.toml").read_text("utf-8"))[name]
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "models", str(told["file"]))
        if path.is_file():
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found == told["sha256"]:
                return path
    raise Unusable("biometrics.face.no_models", what=told["file"])
