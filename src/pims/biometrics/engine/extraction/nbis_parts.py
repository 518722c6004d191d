"""What NIST's programs say of a print: minutiae by mindtct and quality by NFIQ 2, through nbis-py.

Its angles are already those of ISO/IEC 19794-2; its template format is not, and is not used.
"""

import io
import threading
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine.extraction.leader import Found
from pims.biometrics.engine.template import NOT_COMPUTED, PPI

__all__ = ["mindtct", "nfiq2"]

# The C code keeps state between its calls.
_lock = threading.Lock()


def nfiq2(pixels: NDArray[np.uint8]) -> int:
    """NFIQ 2 of an image at 500 ppi: 0 (useless) to 100; 255 where it can't be computed."""
    import nbis

    try:
        with _lock:
            score = _extractor(True).extract_minutiae(_bmp(pixels)).quality().score
    except (nbis.NbisError, nbis.InternalError):
        return NOT_COMPUTED
    return int(score) if 0 <= score <= 100 else NOT_COMPUTED


def mindtct(pixels: NDArray[np.uint8]) -> Found:
    """The minutiae that mindtct finds in an image at 500 ppi; its reliability as likelihood."""
    import nbis

    try:
        with _lock:
            found = [
                (m.x(), m.y(), m.angle(), m.kind() is nbis.MinutiaKind.RIDGE_ENDING,
                 m.reliability())
                for m in _extractor(False).extract_minutiae(_bmp(pixels)).get()
            ]  # fmt: skip
    except (nbis.NbisError, nbis.InternalError):
        found = []
    rows = np.array(found, np.float32).reshape(-1, 5)
    x, y, degrees, ending, reliability = (rows[:, k] for k in range(5))
    angle = np.mod(np.radians(degrees), 2 * np.pi).astype(np.float32)
    return Found(x=x, y=y, angle=angle, ending=ending, likelihood=np.clip(reliability, 0, 1))


@cache
def _extractor(quality: bool) -> Any:
    import nbis

    return nbis.new_nbis_extractor(
        nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False,
            compute_nfiq2=quality, ppi=float(PPI),
        )
    )  # fmt: skip


def _bmp(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "BMP")
    return buffer.getvalue()
