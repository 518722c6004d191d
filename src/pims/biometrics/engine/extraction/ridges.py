"""How the ridges of a print run: direction, period and clearness on a grid of 8-pixel blocks.

Direction and coherence by the structure tensor of the image's gradient (Kass and Witkin 1987;
Bazen and Gerez 2002), summed over a neighbourhood; period by the spectrum of the grey levels
along the normal of the ridges (after Hong, Wan and Jain 1998, with a spectrum for their peaks).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.template import RidgeMap

__all__ = ["STEP", "Ridges", "measure"]

STEP = 8
# Ridges of people are 5 to 15 px apart at 500 ppi; what lies beyond tells a wrong resolution.
SHORTEST, LONGEST = 2.6, 25.0
ACROSS, ALONG = 48, 8  # samples along the normal, 1 px apart; profiles averaged, 2 px apart
SPECTRUM = 256

Float = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """What was measured in each block, before it is put in bytes; shape (rows, columns)."""

    angle: Float  # of the ridge, radians in [0, pi), counter-clockwise, y up
    coherence: Float  # 0..1 of the gradient's directions
    energy: Float  # of the gradient: how much contrast there is
    period: Float  # px; 0 where no profile was taken
    strength: Float  # 0..1: how much of the profile is one wave and its neighbours
    valid: Flags  # a print is here

    def map(self) -> RidgeMap:
        valid = self.valid
        turns = np.rint(self.angle * (256 / np.pi)).astype(np.int32) & 255
        coherence = np.clip(np.rint(self.coherence * 255), 1, 255)
        period = np.clip(np.rint(self.period * 8), 0, 255)
        return RidgeMap(
            orientation=np.where(valid, turns, 0).astype(np.uint8),
            period=np.where(valid, period, 0).astype(np.uint8),
            coherence=np.where(valid, coherence, 0).astype(np.uint8),
            step=STEP,
        )


def measure(pixels: NDArray[np.uint8]) -> Ridges:
    """The ridges of an image (height, width) at 500 ppi."""
    rows, columns = -(-pixels.shape[0] // STEP), -(-pixels.shape[1] // STEP)
    image = np.pad(
        pixels.astype(np.float32),
        ((0, rows * STEP - pixels.shape[0]), (0, columns * STEP - pixels.shape[1])),
        mode="edge",
    )
    image = _box(image)
    xx, yy, xy = (_spread(_blocks(a), 1.3) for a in _tensor(image))
    energy = xx + yy
    twice = np.arctan2(2 * xy, xx - yy)
    # The ridge is square to the gradient, and y points up where angles are told.
    angle = np.mod(np.pi / 2 - twice / 2, np.pi).astype(np.float32)
    coherence = np.hypot(xx - yy, 2 * xy) / (energy + 1e-3)
    lively = energy > max(0.06 * float(np.percentile(energy, 90)), 4.0)
    period, strength = _periods(image, angle, lively)
    wave = lively & (strength > 0.30)
    valid = _mask(wave & _alike(period, wave))
    return Ridges(
        angle, coherence.astype(np.float32), energy, _smooth(period, strength * valid),
        strength, valid,
    )  # fmt: skip


def _box(image: Float) -> Float:
    """Each pixel averaged with its neighbours (1 2 1), across and down."""
    padded = np.pad(image, 1, mode="edge")
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    smooth: Float = (across[:-2] + 2 * across[1:-1] + across[2:]) * np.float32(1 / 16)
    return smooth


def _tensor(image: Float) -> tuple[Float, Float, Float]:
    across, down = np.zeros_like(image), np.zeros_like(image)
    across[:, 1:-1] = (image[:, 2:] - image[:, :-2]) * np.float32(0.5)
    down[1:-1] = (image[2:] - image[:-2]) * np.float32(0.5)
    return across * across, down * down, across * down


def _blocks(values: Float) -> Float:
    rows, columns = values.shape[0] // STEP, values.shape[1] // STEP
    mean: Float = values.reshape(rows, STEP, columns, STEP).mean(axis=(1, 3), dtype=np.float32)
    return mean


def _spread(values: Float, sigma: float) -> Float:
    """Smoothed by a Gaussian of so many blocks."""
    reach = int(np.ceil(2.5 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        size = values.shape[axis]
        padding = [(reach, reach) if a == axis else (0, 0) for a in (0, 1)]
        padded = np.pad(values, padding, mode="edge")
        values = np.zeros_like(values)
        for k, weight in enumerate(weights):
            values += weight * padded[(slice(None),) * axis + (slice(k, k + size),)]
    return values


_WINDOW = np.hanning(ACROSS + 2)[1:-1].astype(np.float32)
_WAVES = np.fft.rfftfreq(SPECTRUM)  # cycles a pixel
_STEEP = (_WAVES / _WAVES[-1]).astype(np.float32) ** 2
_LOW, _HIGH = np.searchsorted(_WAVES, [1 / LONGEST, 1 / SHORTEST])


def _periods(image: Float, angle: Float, where: Flags) -> tuple[Float, Float]:
    """Period and strength of the strongest wave across the ridges of each block of `where`."""
    period, strength = np.zeros_like(angle), np.zeros_like(angle)
    row, column = np.nonzero(where)
    if not len(row):
        return period, strength
    profiles = _profiles(image, row, column, angle[row, column])
    profiles -= profiles.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(profiles * _WINDOW, SPECTRUM, axis=1)).astype(np.float32) ** 2
    # Shades and the print's own edge are slower than ridges and stronger: steepness counts.
    power *= _STEEP
    band = power[:, _LOW:_HIGH]
    peak = band.argmax(axis=1) + _LOW
    each = np.arange(len(peak))
    before, top, after = (power[each, peak + k] for k in (-1, 0, 1))
    bend = before - 2 * top + after
    shift = np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, -1), 0)
    period[row, column] = SPECTRUM / (peak + np.clip(shift, -0.5, 0.5))
    # A windowed wave is so many bins wide, each way.
    width = 2 * SPECTRUM // ACROSS
    total = np.concatenate([np.zeros((len(power), 1), np.float32), power.cumsum(axis=1)], axis=1)
    last = power.shape[1]
    wave = total[each, np.minimum(peak + width, last)] - total[each, np.maximum(peak - width, 0)]
    strength[row, column] = wave / (total[:, last] + 1e-3)
    return period, strength


def _profiles(image: Float, row: NDArray[np.intp], column: NDArray[np.intp], angle: Float) -> Float:
    """Grey levels along the normal of the ridges through the middle of each block."""
    across = (np.arange(ACROSS) - (ACROSS - 1) / 2).astype(np.float32)[None, None, :]
    along = (2 * np.arange(ALONG) - (ALONG - 1)).astype(np.float32)[None, :, None]
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    x = (column * STEP + STEP / 2 - 0.5).astype(np.float32)[:, None, None]
    y = (row * STEP + STEP / 2 - 0.5).astype(np.float32)[:, None, None]
    # The ridge runs (cos, -sin) in rows that count downwards; its normal is (sin, cos).
    x = x + along * cos + across * sin
    y = y - along * sin + across * cos
    height, width = image.shape
    at = np.clip(np.rint(y), 0, height - 1).astype(np.int32) * width
    at += np.clip(np.rint(x), 0, width - 1).astype(np.int32)
    levels: Float = image.ravel()[at].mean(axis=1, dtype=np.float32)
    return levels


def _mask(where: Flags) -> Flags:
    """Without specks and holes: as most of its neighbours are."""
    flags: Flags = _spread(where.astype(np.float32), 1.0) > 0.5
    return flags


def _alike(period: Float, where: Flags) -> Flags:
    """Where the period is near the middle one: at a print's edge, the edge is what is measured."""
    if not where.any():
        return where
    ratio = np.log(np.maximum(period, 1) / float(np.median(period[where])))
    flags: Flags = np.abs(ratio) < np.log(1.6)
    return flags


def _smooth(values: Float, weights: Float) -> Float:
    """Averaged over neighbours that agree within a third of the middle one of all."""
    known = weights > 0
    if not known.any():
        return values
    middle = float(np.median(values[known]))
    weights = np.where(np.abs(values - middle) < 0.5 * middle, weights, 0).astype(np.float32)
    summed = _spread(weights, 1.3)
    mean: Float = np.where(
        summed > 1e-3, _spread(values * weights, 1.3) / np.maximum(summed, 1e-3), 0
    ).astype(np.float32)
    return mean
