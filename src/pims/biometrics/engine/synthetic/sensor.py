"""The image that an optical sensor gives of one impression: dark ridges on a light ground.

What a print lacks comes from the same `CONTACT` as in `printed`: pressure and moisture make ridges
broad or thin, dry skin breaks them and wet skin joins them, pores and creases leave them white, the
rim of the contact fades, trouble comes in patches.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.synthetic.compiled import compiled
from pims.biometrics.engine.synthetic.contact import in_contact, to_finger, to_sensor
from pims.biometrics.engine.synthetic.dice import key_of, normal, stream, uniform, within
from pims.biometrics.engine.synthetic.flow import on_skin
from pims.biometrics.engine.synthetic.printed import cloud

__all__ = ["pores_of", "scanned"]

_STEP = 8  # px between the points at which the skin's movement is worked out
_COARSE = 2.0  # px of the sensor in one of the ridge pattern


@compiled
def _cubic(pattern: NDArray[np.float32], row: float, column: float) -> float:
    """The pattern between its points, by Catmull and Rom's cubic; 0 outside."""
    r = math.floor(row)
    c = math.floor(column)
    if r < 1 or c < 1 or r >= pattern.shape[0] - 2 or c >= pattern.shape[1] - 2:
        return 0.0
    v = row - r
    u = column - c
    wu0 = ((-0.5 * u + 1.0) * u - 0.5) * u
    wu1 = (1.5 * u - 2.5) * u * u + 1.0
    wu2 = ((-1.5 * u + 2.0) * u + 0.5) * u
    wu3 = (0.5 * u - 0.5) * u * u
    wv0 = ((-0.5 * v + 1.0) * v - 0.5) * v
    wv1 = (1.5 * v - 2.5) * v * v + 1.0
    wv2 = ((-1.5 * v + 2.0) * v + 0.5) * v
    wv3 = (0.5 * v - 0.5) * v * v
    total = 0.0
    for i in range(4):
        line = pattern[r - 1 + i]
        across = wu0 * line[c - 1] + wu1 * line[c] + wu2 * line[c + 1] + wu3 * line[c + 2]
        total += across * (wv0 if i == 0 else wv1 if i == 1 else wv2 if i == 2 else wv3)
    return total


@compiled
def pores_of(finger: Any, pattern: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where the finger's sweat pores are: (n, 3) of x, y and size, in the finger's frame."""
    state = stream(key_of(finger.key, np.uint64(2)))
    apart = 1.05 * finger.period
    across = int(finger.half_width / apart)
    along = int(finger.half_height / apart)
    pores = np.empty(((2 * across + 1) * (2 * along + 1), 3), np.float32)
    rows, columns = pattern.shape
    count = 0
    for i in range(-along, along + 1):
        for j in range(-across, across + 1):
            x = apart * (j + within(state, -0.5, 0.5))
            y = apart * (i + within(state, -0.5, 0.5))
            size = within(state, 0.2, 1.0)
            r = y / _COARSE + (rows - 1) / 2
            c = x / _COARSE + (columns - 1) / 2
            for _ in range(6):  # uphill to the middle of the ridge
                c += 0.6 * (_cubic(pattern, r, c + 0.5) - _cubic(pattern, r, c - 0.5))
                r += 0.6 * (_cubic(pattern, r + 0.5, c) - _cubic(pattern, r - 0.5, c))
            if _cubic(pattern, r, c) < 0.6:
                continue
            pores[count, 0] = (c - (columns - 1) / 2) * _COARSE
            pores[count, 1] = (r - (rows - 1) / 2) * _COARSE
            pores[count, 2] = size
            count += 1
    return pores[:count].copy()


@compiled
def _stamp(loss: NDArray[np.float32], x: float, y: float, depth: float, spread: float) -> None:
    """Take `depth` from the ink about (x, y), bell-shaped; where several meet, the deepest."""
    reach = int(2.5 * spread) + 1
    for r in range(max(0, int(y) - reach), min(loss.shape[0], int(y) + reach + 2)):
        for c in range(max(0, int(x) - reach), min(loss.shape[1], int(x) + reach + 2)):
            away = (c - x) ** 2 + (r - y) ** 2
            taken = np.float32(depth * math.exp(-away / (2.0 * spread * spread)))
            if taken > loss[r, c]:
                loss[r, c] = taken


@compiled
def _scratch(finger: Any, contact: Any, loss: NDArray[np.float32]) -> None:
    """The finger's creases, and what this impression has of its own: lines without ink."""
    state = stream(key_of(contact.key, np.uint64(3)))
    own = int(uniform(state) ** 3 * 3.0)
    for i in range(finger.creases + own):
        if i < finger.creases:
            x, y, direction, half, width = finger.crease[i]
            depth = 2.2 - 0.5 * contact.pressure
            bend = 0.006 * math.sin(13.0 * direction)
        else:
            x = contact.middle_x + 60.0 * normal(state)
            y = contact.middle_y + 80.0 * normal(state)
            direction = within(state, 0.0, math.pi)
            half = within(state, 8.0, 45.0)
            width = within(state, 0.5, 1.0)
            depth = within(state, 0.8, 2.0)
            bend = 0.004 * normal(state)
        steps = int(2.0 * half / 0.8)
        for k in range(steps + 1):
            along = -half + 0.8 * k
            turn = direction + bend * along
            px = x + along * math.cos(turn)
            py = y - along * math.sin(turn)
            sx, sy = to_sensor(contact, px, py)
            ends = 1.0 - (along / half) ** 4
            _stamp(loss, sx, sy, depth * ends, width)


@compiled
def _lose(finger: Any, contact: Any, pores: NDArray[np.float32]) -> NDArray[np.float32]:
    """What pores and creases take from the ink, (height, width)."""
    loss = np.zeros((contact.height, contact.width), np.float32)
    open_ = 1.1 - 0.35 * contact.moisture - 0.25 * contact.pressure
    for i in range(len(pores)):
        sx, sy = to_sensor(contact, pores[i, 0], pores[i, 1])
        if open_ > 0.0 and 0.0 <= sx < contact.width and 0.0 <= sy < contact.height:
            _stamp(loss, sx, sy, open_ * 1.6 * pores[i, 2], 0.75 + 0.45 * pores[i, 2])
    _scratch(finger, contact, loss)
    return loss


@compiled
def _inked(
    finger: Any, contact: Any, pattern: NDArray[np.float32], loss: NDArray[np.float32],
    fine: NDArray[np.float32], patchy: NDArray[np.float32],
) -> NDArray[np.float32]:  # fmt: skip
    """How much of each pixel is ridge in contact, 0..1; (height, width)."""
    height, width = loss.shape
    rows, columns = pattern.shape
    # On the coarse points: where in the pattern (row, column), how near the rim, how bad.
    down = height // _STEP + 2
    right = width // _STEP + 2
    coarse = np.empty((down, right, 4))
    extreme = max(0.0, abs(contact.moisture) - 0.8) + max(0.0, abs(contact.pressure) - 1.0)
    bad = 0.06 * extreme + 0.55 * contact.trouble
    for i in range(down):
        for j in range(right):
            x, y = to_finger(contact, float(j * _STEP), float(i * _STEP))
            coarse[i, j, 0] = y / _COARSE + (rows - 1) / 2
            coarse[i, j, 1] = x / _COARSE + (columns - 1) / 2
            skin = on_skin(finger, x, y) ** (1.0 / 2.4)
            coarse[i, j, 2] = max(in_contact(contact, x, y), skin)
            coarse[i, j, 3] = max(0.0, bad * (1.0 + 1.2 * cloud(contact, x, y)))
    dry = max(0.0, -contact.moisture)
    wet = max(0.0, contact.moisture)
    ink = np.zeros((height, width), np.float32)
    for r in range(height):
        i = r // _STEP
        v = (r % _STEP) / _STEP
        for c in range(width):
            j = c // _STEP
            u = (c % _STEP) / _STEP
            a = (1.0 - v) * (1.0 - u)
            b = (1.0 - v) * u
            d = v * (1.0 - u)
            e = v * u
            rim = (
                a * coarse[i, j, 2] + b * coarse[i, j + 1, 2] + d * coarse[i + 1, j, 2]
                + e * coarse[i + 1, j + 1, 2]
            )  # fmt: skip
            rim += 0.025 * patchy[r, c]
            if rim > 1.12:
                continue
            row = (
                a * coarse[i, j, 0] + b * coarse[i, j + 1, 0] + d * coarse[i + 1, j, 0]
                + e * coarse[i + 1, j + 1, 0]
            )  # fmt: skip
            column = (
                a * coarse[i, j, 1] + b * coarse[i, j + 1, 1] + d * coarse[i + 1, j, 1]
                + e * coarse[i + 1, j + 1, 1]
            )  # fmt: skip
            worse = (
                a * coarse[i, j, 3] + b * coarse[i, j + 1, 3] + d * coarse[i + 1, j, 3]
                + e * coarse[i + 1, j + 1, 3]
            )  # fmt: skip
            level = 0.12 + 0.20 * contact.pressure + 0.22 * wet - 0.16 * dry
            # Trouble is more of what this impression has too much of anyway.
            level += (0.9 if contact.moisture > 0.0 else -0.9) * worse
            level += (0.10 + 0.35 * worse) * patchy[r, c]
            fading = max(0.0, (rim - 0.80) / 0.22)
            level -= 1.1 * fading * fading
            rough = 0.20 + 0.12 * dry + 0.6 * worse + 0.3 * fading
            value = _cubic(pattern, row, column) * (1.0 - 0.25 * finger.wear)
            value += level + rough * fine[r, c] - loss[r, c]
            ink[r, c] = 1.0 / (1.0 + math.exp(-5.5 * value))
            if rim > 1.0:
                ink[r, c] *= (1.12 - rim) / 0.12
    return ink


def _smoothed(noise: NDArray[np.float32], spreads: tuple[float, ...]) -> list[NDArray[np.float32]]:
    """The noise seen through bells of these widths, px, each brought to a deviation of 1."""
    height, width = noise.shape
    spectrum = np.fft.rfft2(noise)
    y = np.fft.fftfreq(height)[:, None]
    x = np.fft.rfftfreq(width)[None, :]
    waves = x * x + y * y
    found = []
    for spread in spreads:
        one = np.fft.irfft2(
            spectrum * np.exp(-2.0 * (math.pi * spread) ** 2 * waves), s=noise.shape
        )
        found.append((one / one.std()).astype(np.float32))
    return found


def scanned(
    finger: Any, contact: Any, pattern: NDArray[np.float32], pores: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """(height, width) of grey, 500 ppi. `pattern` is what `grow_ridges` gave for the finger."""
    shape = (int(contact["height"]), int(contact["width"]))
    chance = np.random.Generator(np.random.PCG64(int(contact["key"])))
    fine, patchy = _smoothed(chance.standard_normal(shape, np.float32), (1.1, 12.0))
    ink = _inked(finger, contact, pattern, _lose(finger, contact, pores), fine, patchy)
    ink = _smoothed_by(ink, 0.55)

    pressure, moisture = float(contact["pressure"]), float(contact["moisture"])
    ground = 236.0 + 5.0 * chance.standard_normal()
    darkest = min(120.0, max(18.0, 62.0 - 16.0 * pressure - 14.0 * moisture))
    down = np.linspace(-1.0, 1.0, shape[0], dtype=np.float32)[:, None]
    along = np.linspace(-1.0, 1.0, shape[1], dtype=np.float32)[None, :]
    lit = chance.normal(0.0, 3.0) * down + chance.normal(0.0, 3.0) * along - 5.0 * (
        down * down + along * along
    )  # fmt: skip
    grey = ground + lit - ink * (ground - darkest)
    grey += (1.2 + 1.8 * ink) * chance.standard_normal(shape, np.float32)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def _smoothed_by(image: NDArray[np.float32], spread: float) -> NDArray[np.float32]:
    """Blurred by the lens: three taps each way."""
    side = math.exp(-0.5 / (spread * spread))
    middle = 1.0 / (1.0 + 2.0 * side)
    side *= middle
    padded = np.pad(image, 1, mode="edge")
    across = middle * padded[:, 1:-1] + side * (padded[:, :-2] + padded[:, 2:])
    both = middle * across[1:-1] + side * (across[:-2] + across[2:])
    return both.astype(np.float32)
