"""Whether an image shows one finger, the right way round and at the resolution that was said."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pims.biometrics.engine.extraction.leader import THRESHOLD, Found
from pims.biometrics.engine.extraction.ridges import STEP, Ridges, measure
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import PPI

__all__ = ["check_finger", "evidence", "looks_inverted"]

Find = Callable[[NDArray[np.uint8]], Found]

# Measured on 320 prints of four sensors and on some 90 photographs, texts, patterns and noises:
# the least evidence of a print was 0.62, the most of three minutiae elsewhere 0.27.
LEAST_EVIDENCE, LEAST_MINUTIAE = 0.5, 3
SURE_EVIDENCE = 2.0
# px from ridge to ridge at 500 ppi: 9 in a grown-up, 6 in a small child; 6.2 to 10.5 were measured.
CLOSEST, WIDEST, USUAL = 5.6, 14.0, 8.8
# mm²: an image with less of anything that could be ridges has nothing on it.
LEAST_PRINT = 15.0
LEAST_CONTRAST = 12  # grey levels between the darkest and the lightest hundredth
# The paper's grey between that of ridges (0) and furrows (1): prints had 0.03 and more.
PAPER, LEAST_PAPER = 0.4, 0.10


def evidence(found: Found) -> float:
    """How sure the network is of how many minutiae: what a fingerprint has and little else."""
    return float(np.sum(np.maximum(found.likelihood - THRESHOLD, 0)))


def check_finger(
    pixels: NDArray[np.uint8], ridges: Ridges, found: Found, *, ppi: float, find: Find | None
) -> None:
    """Raise `Unusable` unless the image (500 ppi, said to come from `ppi`) shows one finger.

    `find` is the network; without it, with minutiae that come from elsewhere, the ridges decide.
    """
    low, high = np.percentile(pixels, [1, 99])
    area = float(ridges.valid.sum()) * (STEP * 25.4 / PPI) ** 2
    if high - low < LEAST_CONTRAST or area < LEAST_PRINT:
        raise Unusable("biometrics.blank")
    period = float(np.median(ridges.period[ridges.valid]))
    if _is_print(ridges, found) if find else _ridged(ridges):
        if CLOSEST <= period <= WIDEST or _reads_best_as_it_is(pixels, period, found, find):
            return
        raise _wrong_resolution(ppi, ppi * period / USUAL)
    # Not at this size: at another it may well be one, and then the resolution is at fault.
    for factor in (0.5, 2.0, 0.25):
        other = _resized(pixels, factor) if find else None
        if find and other is not None and _surely_print(other, find):
            raise _wrong_resolution(ppi, ppi / factor)
    raise Unusable("biometrics.no_finger")


def looks_inverted(pixels: NDArray[np.uint8], ridges: Ridges) -> bool:
    """Whether the ridges may be light: the paper around the print is not lighter than ridges."""
    inside = np.kron(ridges.valid, np.ones((STEP, STEP), np.bool_))
    inside = inside[: pixels.shape[0], : pixels.shape[1]]
    if inside.mean() > 1 - LEAST_PAPER or not inside.any():
        return False
    dark, light = np.percentile(pixels[inside], [15, 85])
    paper = float(np.median(pixels[~inside]))
    return bool(paper < dark + PAPER * (light - dark))


def _reads_best_as_it_is(
    pixels: NDArray[np.uint8], period: float, found: Found, find: Find | None
) -> bool:
    """Whether the network sees no more in the image at the size that its ridges ask for: then it
    was the measure of its ridges that went astray, as on a wet thumb."""
    other = _resized(pixels, USUAL / period) if find else None
    if find is None or other is None:
        return False
    return evidence(find(other).sure()) <= evidence(found.sure())


def _is_print(ridges: Ridges, found: Found) -> bool:
    found = found.sure()
    if len(found.x) < LEAST_MINUTIAE or evidence(found) < LEAST_EVIDENCE:
        return False
    # In a pattern that is none, what looks like minutiae is unsure and points anywhere.
    unsure = float(np.median(found.likelihood)) < 0.75
    return not (unsure and _astray(ridges, found) > np.radians(10))


def _ridged(ridges: Ridges) -> bool:
    valid = ridges.valid
    clear = np.median(ridges.strength[valid]) > 0.5 and np.median(ridges.coherence[valid]) > 0.22
    return bool(clear)


def _astray(ridges: Ridges, found: Found) -> float:
    """Radians, the middle one of all minutiae, between its direction and that of its ridges."""
    rows = np.minimum(found.y / STEP, ridges.angle.shape[0] - 1).astype(np.intp)
    columns = np.minimum(found.x / STEP, ridges.angle.shape[1] - 1).astype(np.intp)
    off = np.mod(ridges.angle[rows, columns] - found.angle, np.pi)
    return float(np.median(np.minimum(off, np.pi - off)))


def _surely_print(pixels: NDArray[np.uint8], find: Find) -> bool:
    found = find(pixels)
    if evidence(found) < SURE_EVIDENCE:
        return False
    ridges = measure(pixels)
    if not ridges.valid.any() or not _is_print(ridges, found):
        return False
    return CLOSEST <= float(np.median(ridges.period[ridges.valid])) <= WIDEST


def _resized(pixels: NDArray[np.uint8], factor: float) -> NDArray[np.uint8] | None:
    height, width = (round(side * factor) for side in pixels.shape)
    if not 100 <= min(height, width) <= max(height, width) <= 1400:
        return None
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def _wrong_resolution(said: float, looks: float) -> Unusable:
    return Unusable(
        "biometrics.resolution_wrong", said=round(said), looks=max(50, round(looks / 50) * 50)
    )
