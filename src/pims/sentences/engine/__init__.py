"""The calculation of sentences: pure, deterministic, without framework or database."""

from pims.kernel.terms import Term
from pims.sentences.engine.calculation import calculate
from pims.sentences.engine.case import Adjustment, Case, Finding, Sentence
from pims.sentences.engine.dues import AmountDue, amounts_due
from pims.sentences.engine.reading import NotCases, case_from, cases_from
from pims.sentences.engine.result import Calculation, Dates, SentenceDates, Step

__all__ = [
    "Adjustment", "AmountDue", "Calculation", "Case", "Dates", "Finding", "NotCases", "Sentence",
    "SentenceDates", "Step", "Term", "amounts_due", "calculate", "case_from", "cases_from",
]  # fmt: skip
