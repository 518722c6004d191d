"""Whether a portrait is good enough to compare: size, pose, sharpness, light.

The limits follow the recommendations of ISO/IEC 19794-5:2005 for full frontal images (8.3 and
annex A), loosened to what the descriptor still bears; sharpness and light are measured on the face
alone, brought to 150 x 150 px.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pims.biometrics.engine.faces.detection import Found
from pims.kernel.reasons import Reason

__all__ = ["Quality", "measure"]

# The descriptor sees eyes some 45 px apart; from less it sees enlarged pixels.
LEAST_BETWEEN_EYES = 45
MOST_TILT = 15.0  # degrees
MOST_TURN = 0.22  # the nose off the middle, in distances between the eyes: some 25 degrees
# The nose's base below the eyes, in distances between them; outside, the head is raised or lowered.
NOD = (0.35, 1.1)
LEAST_SHARPNESS = 0.1
DARK, BRIGHT = 60.0, 205.0
LEAST_CONTRAST = 18.0
MOST_CLIPPED = 0.25
BLACK, WHITE = 8, 247


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one face; `problems` are what to mend before another picture is taken, the
    gravest first. `score` is 0..100: of use for the choice among pictures, not a standard's."""

    between_eyes: float  # px of the picture at hand
    tilt: float  # degrees to the right of the picture
    turn: float  # -1..1, 0 straight
    nod: float
    sharpness: float  # of the contrast, how much lies between neighbouring pixels
    brightness: float  # 0..255
    contrast: float
    clipped: float  # share of pixels that are black or white
    problems: tuple[Reason, ...]

    @property
    def good(self) -> bool:
        return not self.problems

    @property
    def score(self) -> int:
        parts = (
            self.between_eyes / (2 * LEAST_BETWEEN_EYES),
            1 - abs(self.tilt) / (2 * MOST_TILT),
            1 - abs(self.turn) / (2 * MOST_TURN),
            self.sharpness / (3 * LEAST_SHARPNESS),
            self.contrast / (2 * LEAST_CONTRAST),
            1 - self.clipped,
        )
        worst = min(max(0.0, min(1.0, part)) for part in parts)
        return round(100 * worst)


def measure(face: Found, chip: NDArray[np.uint8]) -> Quality:
    """`chip` is the face brought upright to 150 x 150 px in colours."""
    right, left = face.points[:2].mean(axis=0), face.points[2:4].mean(axis=0)
    across = right - left
    between = float(np.hypot(*across)) or 1.0
    tilt = math.degrees(math.atan2(float(across[1]), float(across[0])))
    down = np.array([-across[1], across[0]]) / between
    nose = face.points[4] - (right + left) / 2
    turn = float(nose @ across) / between**2
    nod = float(nose @ down) / between
    grey = chip.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    measures = {
        "between_eyes": round(between, 1),
        "tilt": round(tilt, 1),
        "turn": round(turn, 3),
        "nod": round(nod, 3),
        "sharpness": round(_sharpness(grey), 3),
        "brightness": round(float(grey.mean()), 1),
        "contrast": round(float(grey.std()), 1),
        "clipped": round(float(((grey < BLACK) | (grey > WHITE)).mean()), 3),
    }
    return Quality(**measures, problems=tuple(_problems(measures)))


def _problems(of: dict[str, float]) -> list[Reason]:
    checks: tuple[tuple[str, bool, dict[str, object]], ...] = (
        ("small", of["between_eyes"] < LEAST_BETWEEN_EYES,
         {"found": round(of["between_eyes"]), "least": LEAST_BETWEEN_EYES}),
        ("turned", abs(of["turn"]) > MOST_TURN, {}),
        ("nodding", not NOD[0] <= of["nod"] <= NOD[1], {}),
        ("tilted", abs(of["tilt"]) > MOST_TILT,
         {"degrees": round(abs(of["tilt"])), "most": round(MOST_TILT)}),
        ("blurred", of["sharpness"] < LEAST_SHARPNESS, {}),
        ("dark", of["brightness"] < DARK, {}),
        ("bright", of["brightness"] > BRIGHT or of["clipped"] > MOST_CLIPPED, {}),
        ("flat", of["contrast"] < LEAST_CONTRAST, {}),
    )  # fmt: skip
    return [Reason(f"biometrics.face.{code}", params) for code, so, params in checks if so]


def _sharpness(grey: NDArray[np.float32]) -> float:
    """Root mean square of the second differences, as a share of the contrast: the same in the
    dark as in the light."""
    inner = grey[1:-1, 1:-1]
    second = 4 * inner - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(np.sqrt((second**2).mean()) / max(float(grey.std()), 1.0))
