"""The tables of the sentences room."""

from pims.sentences.models.calculations import Calculation, HandCalculation, RuleText
from pims.sentences.models.law import LawInForce, LawMove, LawProposal, LawText, RuleSignature
from pims.sentences.models.terms import Adjustment, Payment

__all__ = [
    "Adjustment", "Calculation", "HandCalculation", "LawInForce", "LawMove", "LawProposal",
    "LawText", "Payment", "RuleSignature", "RuleText",
]  # fmt: skip
