"""Every write of the biometrics room."""

from pims.biometrics.services.destroying import (
    DestructionResult,
    carry_out_destruction,
    confirm_destruction,
    destroy_by_order,
    order_destruction,
    scrub_destroyed,
    withdraw_destruction,
)
from pims.biometrics.services.enrolling import (
    EnrolmentResult,
    FaceResult,
    FingerResult,
    enrol_face,
    enrol_fingers,
    finish_enrolment,
    record_finger_not_taken,
    start_enrolment,
)
from pims.biometrics.services.examining import ExaminationResult, decide_candidate
from pims.biometrics.services.identifying import (
    IdentificationResult,
    Likely,
    keep_identification,
)
from pims.biometrics.services.loading import Loaded, load_fingers
from pims.biometrics.services.searching import Found, SearchResult, answer_search, ask_search
from pims.biometrics.services.sweeping import SweepResult, keep_sweep, start_sweep
from pims.biometrics.services.verifying import VerificationResult, verify_identity, words_for
from pims.biometrics.taking import TakenFinger, take_finger

__all__ = [
    "DestructionResult",
    "EnrolmentResult",
    "ExaminationResult",
    "FaceResult",
    "FingerResult",
    "Found",
    "IdentificationResult",
    "Likely",
    "Loaded",
    "SearchResult",
    "SweepResult",
    "TakenFinger",
    "VerificationResult",
    "answer_search",
    "ask_search",
    "carry_out_destruction",
    "confirm_destruction",
    "decide_candidate",
    "destroy_by_order",
    "enrol_face",
    "enrol_fingers",
    "finish_enrolment",
    "keep_identification",
    "keep_sweep",
    "load_fingers",
    "order_destruction",
    "record_finger_not_taken",
    "scrub_destroyed",
    "start_enrolment",
    "start_sweep",
    "take_finger",
    "verify_identity",
    "withdraw_destruction",
    "words_for",
]
