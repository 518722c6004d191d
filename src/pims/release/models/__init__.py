"""The tables of the release room."""

from pims.release.models.discharges import (
    Discharge,
    DischargeCase,
    DischargeCorrection,
    DischargeItem,
    IdentityDecision,
    ReleaseInError,
    Vouching,
)
from pims.release.models.parole import Parole
from pims.release.models.preparation import (
    AgencyTold,
    DateReading,
    Preparation,
    PreparationItem,
)
from pims.release.models.register import DetentionError

__all__ = [
    "AgencyTold", "DateReading", "DetentionError", "Discharge", "DischargeCase",
    "DischargeCorrection", "DischargeItem", "IdentityDecision", "Parole", "Preparation",
    "PreparationItem", "ReleaseInError", "Vouching",
]  # fmt: skip
