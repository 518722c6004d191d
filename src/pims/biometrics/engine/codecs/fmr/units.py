"""Between a record's units and a template's: pixels at 500 ppi, radians, quality 0..100.

Rounding, each way: a coordinate is written to the nearest pixel (0.5 px at most), an angle to the
nearest unit (0.703 degrees at most in ISO's 256ths of a turn, 1 degree in INCITS's steps of 2).
"""

import math

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.codecs.fmr.record import Standard
from pims.biometrics.engine.reasons import Unusable
from pims.biometrics.engine.template import PPI

__all__ = [
    "FIVE_HUNDRED",
    "MOST_COORDINATE",
    "check_resolution",
    "radians",
    "scale",
    "turn",
    "units",
    "units_of_turn",
]

CM_PER_INCH = 2.54
# 500 ppi is 196.85 px/cm: the standards, and everybody, write 197.
FIVE_HUNDRED = 197
# 125 to 5,000 ppi. Below, ridges can't be told apart; above is no scanner's.
LEAST_PER_CM, MOST_PER_CM = 49, 1969
MOST_COORDINATE = (1 << 14) - 1
# In px/cm: a nominal 250, 500, 750, 1000 ... ppi that was rounded up or down.
NOMINAL_STEP = 250 / CM_PER_INCH


def units_of_turn(standard: Standard) -> int:
    """Steps of a whole turn: 256 (1.40625 degrees each) in ISO, 180 (2 degrees) in INCITS."""
    return 256 if standard.iso else 180


def radians(angles: NDArray[np.uint16], standard: Standard) -> NDArray[np.float32]:
    """Radians in [0, 2 pi)."""
    turned = angles.astype(np.float64) * (2 * math.pi / units_of_turn(standard))
    return turned.astype(np.float32)


def units(angles: NDArray[np.float32], standard: Standard) -> NDArray[np.uint16]:
    """The nearest unit of any angle in radians."""
    steps = units_of_turn(standard)
    turned = np.rint(angles.astype(np.float64) * (steps / (2 * math.pi)))
    return np.mod(turned, steps).astype(np.uint16)


def turn(angle: int, source: Standard, target: Standard) -> int:
    """One angle in the units of another standard."""
    given, wanted = units_of_turn(source), units_of_turn(target)
    return round(angle * wanted / given) % wanted


def check_resolution(per_cm: int) -> None:
    """Raises Unusable ``biometrics.codec.resolution``: zero, or such as no scanner has."""
    if not LEAST_PER_CM <= per_cm <= MOST_PER_CM:
        raise Unusable(
            "biometrics.codec.resolution", ppi=round(per_cm * CM_PER_INCH),
            least=round(LEAST_PER_CM * CM_PER_INCH), most=round(MOST_PER_CM * CM_PER_INCH),
        )  # fmt: skip


def scale(per_cm: int) -> float:
    """What a pixel of the image is at 500 ppi. 196 and 197 px/cm are 500 ppi, not 498 and 500.4:
    a multiple of 250 ppi that whole numbers could not say is taken to be meant."""
    check_resolution(per_cm)
    steps = max(1, round(per_cm / NOMINAL_STEP))
    if abs(per_cm - steps * NOMINAL_STEP) < 1:
        return PPI / (steps * 250)
    return PPI / (per_cm * CM_PER_INCH)
