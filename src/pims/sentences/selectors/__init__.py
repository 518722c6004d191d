"""Every read of the sentences room."""

from pims.sentences.selectors.activation import (
    LawStanding,
    ProposalInfo,
    RuleChange,
    law_moves,
    law_papers,
    law_proposal,
    law_proposals,
    law_standing,
    unfinished_laws,
)
from pims.sentences.selectors.comparison import (
    Comparison,
    Moved,
    MovedPerson,
    compare_laws,
    everybody,
)
from pims.sentences.selectors.dates import ReleaseDates, release_dates
from pims.sentences.selectors.explanation import (
    AdjustmentLine,
    CalculationInfo,
    HandInfo,
    adjustment,
    assembled,
    calculation,
    hand_calculation,
    worked_out,
    worked_out_case,
)
from pims.sentences.selectors.fines import (
    FineDue,
    Fines,
    PaymentInfo,
    fines,
    held_for_fines,
    payment,
)
from pims.sentences.selectors.queue import NotCalculable, not_calculable
from pims.sentences.selectors.signatures import RuleInfo, SignatureInfo, law_rules, unsigned_rules

__all__ = [
    "AdjustmentLine",
    "CalculationInfo",
    "Comparison",
    "FineDue",
    "Fines",
    "HandInfo",
    "LawStanding",
    "Moved",
    "MovedPerson",
    "NotCalculable",
    "PaymentInfo",
    "ProposalInfo",
    "ReleaseDates",
    "RuleChange",
    "RuleInfo",
    "SignatureInfo",
    "adjustment",
    "assembled",
    "calculation",
    "compare_laws",
    "everybody",
    "fines",
    "hand_calculation",
    "held_for_fines",
    "law_moves",
    "law_papers",
    "law_proposal",
    "law_proposals",
    "law_rules",
    "law_standing",
    "not_calculable",
    "payment",
    "release_dates",
    "unfinished_laws",
    "unsigned_rules",
    "worked_out",
    "worked_out_case",
]
