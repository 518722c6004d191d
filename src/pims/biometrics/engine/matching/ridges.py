"""How the ridges of two prints agree once their minutiae lie on each other.

A block knows the normal of its ridges, their wave number and the phase of the wave at its middle,
so the wave near it can be redrawn. Where one print's block falls on the other's, the difference of
phase tells by how much of a ridge they are apart. Skin gives way, so over a few blocks that
difference may be anything, but it changes slowly; between strangers it is noise.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pims.biometrics.engine.template import RidgeMap

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

# Columns of a block.
NORMAL_X, NORMAL_Y, WAVES, PHASE, WEIGHT = range(5)
# Rows of what is measured.
FLOW, BLOCKS, PERIOD, COHERENT, LEVEL = range(5)
MEASURES = 5

WINDOW = 3  # blocks each way over which the difference of phase must hold
STRIDE = 3
REACH = 60.0  # px, as for minutiae
STIFF = 0.3
SHORTEST, LONGEST, USUAL = 4.0, 20.0, 9.0  # px from ridge to ridge


def blocks(ridges: RidgeMap | None) -> F32:
    """The map as (rows, columns, 5), in px with y down; without a phase there is nothing."""
    if ridges is None or ridges.phase is None:
        return np.zeros((0, 0, 5), dtype=np.float32)
    angle = ridges.orientation.astype(np.float32) * np.float32(np.pi / 256)
    period = ridges.period.astype(np.float32) / np.float32(8)
    known = (ridges.coherence > 0) & (ridges.period > 0)
    usual = float(np.median(period[known])) if known.any() else USUAL
    usual = min(max(usual, SHORTEST), LONGEST)
    period = np.where((period >= SHORTEST) & (period <= LONGEST), period, usual)
    out = np.empty((*angle.shape, 5), dtype=np.float32)
    out[..., NORMAL_X], out[..., NORMAL_Y] = -np.sin(angle), -np.cos(angle)
    out[..., WAVES] = 2 * np.pi / period
    out[..., PHASE] = ridges.phase * np.float32(np.pi / 128)
    out[..., WEIGHT] = ridges.coherence / np.float32(255)
    return out


def halved(ridges: RidgeMap) -> RidgeMap:
    """One block in four, of twice the side: as much as a gallery keeps. It agrees as well."""
    if ridges.phase is None:
        raise ValueError("a ridge map without a phase is of no use to a gallery")
    kept = (slice(1, None, 2), slice(1, None, 2))
    told = blocks(ridges)[kept]
    # The middle of four is half a side up and left of that of the last.
    back = -0.5 * ridges.step
    phase = told[..., PHASE] + told[..., WAVES] * back * (told[..., NORMAL_X] + told[..., NORMAL_Y])
    return RidgeMap(
        orientation=np.ascontiguousarray(ridges.orientation[kept]),
        period=np.ascontiguousarray(ridges.period[kept]),
        coherence=np.ascontiguousarray(ridges.coherence[kept]),
        step=2 * ridges.step,
        phase=(np.rint(phase * (128 / np.pi)).astype(np.int64) & 255).astype(np.uint8),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def agree(
    ridges_a: F32, ridges_b: F32, step_a: float, step_b: float, move: F32,
    count: int, a: I32, b: I32, xy_a: F32, xy_b: F32, out: F32,
) -> None:  # fmt: skip
    """Fill `out` (MEASURES): A's blocks laid on B by `move` and bent as its `count` pairs say."""
    out[:] = 0.0
    rows, columns = ridges_a.shape[0], ridges_a.shape[1]
    c, s = move[0], move[1]
    at = np.empty((count, 4), dtype=np.float32)
    for k in range(count):
        x, y = xy_a[a[k], 0], xy_a[a[k], 1]
        at[k, 0] = c * x - s * y + move[2]
        at[k, 1] = s * x + c * y + move[3]
        at[k, 2] = xy_b[b[k], 0] - at[k, 0]
        at[k, 3] = xy_b[b[k], 1] - at[k, 1]
    # Of each block: weighted cosine and sine of the phase difference, weight, normal.
    told = np.zeros((rows, columns, 5), dtype=np.float32)
    flow = flow_weight = wide = wide_weight = level = weight_sum = 0.0
    for row in range(rows):
        for column in range(columns):
            own = ridges_a[row, column, WEIGHT]
            if own <= 0.0:
                continue
            x0, y0 = (column + 0.5) * step_a, (row + 0.5) * step_a
            x, y = c * x0 - s * y0 + move[2], s * x0 + c * y0 + move[3]
            total, ux, uy = np.float32(STIFF), np.float32(0.0), np.float32(0.0)
            for k in range(count):
                dx, dy = x - at[k, 0], y - at[k, 1]
                near = np.float32(REACH * REACH) / (np.float32(REACH * REACH) + dx * dx + dy * dy)
                near *= near
                total += near
                ux += near * at[k, 2]
                uy += near * at[k, 3]
            x += ux / total
            y += uy / total
            row_b, column_b = math.floor(y / step_b), math.floor(x / step_b)
            if not (0 <= row_b < ridges_b.shape[0] and 0 <= column_b < ridges_b.shape[1]):
                continue
            other = ridges_b[row_b, column_b, WEIGHT]
            if other <= 0.0:
                continue
            ax = c * ridges_a[row, column, NORMAL_X] - s * ridges_a[row, column, NORMAL_Y]
            ay = s * ridges_a[row, column, NORMAL_X] + c * ridges_a[row, column, NORMAL_Y]
            bx, by = ridges_b[row_b, column_b, NORMAL_X], ridges_b[row_b, column_b, NORMAL_Y]
            same = ax * bx + ay * by
            doubled = 2.0 * same * same - 1.0
            weight = math.sqrt(own * other)
            flow += weight * doubled
            flow_weight += weight
            wave_a, wave_b = ridges_a[row, column, WAVES], ridges_b[row_b, column_b, WAVES]
            wide += weight * abs(math.log(wave_a / wave_b))
            wide_weight += weight
            if doubled <= 0.0:
                continue
            weight *= doubled
            phase = ridges_a[row, column, PHASE]
            if same < 0.0:
                phase = -phase
            off_x, off_y = x - (column_b + 0.5) * step_b, y - (row_b + 0.5) * step_b
            apart = ridges_b[row_b, column_b, PHASE] + wave_b * (bx * off_x + by * off_y) - phase
            told[row, column, 0] = weight * math.cos(apart)
            told[row, column, 1] = weight * math.sin(apart)
            told[row, column, 2] = weight
            told[row, column, 3], told[row, column, 4] = bx, by
            level += told[row, column, 0]
            weight_sum += weight
    if flow_weight <= 0.0:
        return
    out[FLOW] = flow / flow_weight
    out[BLOCKS] = flow_weight * step_a * step_a / 64.0
    out[PERIOD] = wide / wide_weight
    if weight_sum <= 0.0:
        return
    out[LEVEL] = level / weight_sum
    held = window_weight = 0.0
    for row in range(WINDOW // 2, rows, STRIDE):
        for column in range(WINDOW // 2, columns, STRIDE):
            if told[row, column, 2] <= 0.0:
                continue
            nx, ny = told[row, column, 3], told[row, column, 4]
            real = imaginary = total_w = 0.0
            for r in range(max(0, row - WINDOW), min(rows, row + WINDOW + 1)):
                for k in range(max(0, column - WINDOW), min(columns, column + WINDOW + 1)):
                    w = told[r, k, 2]
                    if w > 0.0:
                        real += told[r, k, 0]
                        # Told along the other normal, a difference has the other sign.
                        if told[r, k, 3] * nx + told[r, k, 4] * ny >= 0.0:
                            imaginary += told[r, k, 1]
                        else:
                            imaginary -= told[r, k, 1]
                        total_w += w
            held += math.sqrt(real * real + imaginary * imaginary)
            window_weight += total_w
    if window_weight > 0.0:
        out[COHERENT] = held / window_weight
