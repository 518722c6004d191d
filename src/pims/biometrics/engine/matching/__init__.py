"""Are two prints of one finger? Minutiae, their neighbourhoods and the ridges between them."""

from pims.biometrics.engine.matching.calibration import (
    Calibration,
    calibration,
    decide,
    false_match_rate,
    threshold,
)
from pims.biometrics.engine.matching.fusion import (
    Sequencing,
    Swap,
    check_sequence,
    fuse,
    repeated,
)
from pims.biometrics.engine.matching.matcher import Comparison, Evidence, Matcher, matcher
from pims.biometrics.engine.matching.prepared import Prepared

__all__ = [
    "Calibration", "Comparison", "Evidence", "Matcher", "Prepared", "Sequencing", "Swap",
    "calibration", "check_sequence", "decide", "false_match_rate", "fuse", "matcher", "repeated",
    "threshold",
]  # fmt: skip
