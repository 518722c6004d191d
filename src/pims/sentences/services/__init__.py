"""Every write of the sentences room."""

from pims.sentences.rules import HandDates
from pims.sentences.services.activating import (
    DecisionResult,
    ProposalResult,
    agree_to_law,
    compare_proposal_again,
    decline_law,
    note_progress,
    propose_law,
)
from pims.sentences.services.adjusting import (
    AdjustmentResult,
    record_adjustment,
    strike_out_adjustment,
)
from pims.sentences.services.by_hand import (
    HandResult,
    certify_by_hand,
    countersign_hand_calculation,
    withdraw_hand_calculation,
)
from pims.sentences.services.payments import PaymentResult, take_payment
from pims.sentences.services.recalculating import Recalculated, recalculate
from pims.sentences.services.signing import SignatureResult, sign_rule, withdraw_signature

__all__ = [
    "AdjustmentResult",
    "DecisionResult",
    "HandDates",
    "HandResult",
    "PaymentResult",
    "ProposalResult",
    "Recalculated",
    "SignatureResult",
    "agree_to_law",
    "certify_by_hand",
    "compare_proposal_again",
    "countersign_hand_calculation",
    "decline_law",
    "note_progress",
    "propose_law",
    "recalculate",
    "record_adjustment",
    "sign_rule",
    "strike_out_adjustment",
    "take_payment",
    "withdraw_hand_calculation",
    "withdraw_signature",
]
