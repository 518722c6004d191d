"""The tables of custody: who is held, since when, where, and who is out."""

from pims.custody.models.ends import EndOfCustody
from pims.custody.models.episode import AdmissionStep, Episode, IdentityCheck, Injury
from pims.custody.models.movement import Absence, CourtReturn, Escort
from pims.custody.models.placement import Placement
from pims.custody.models.reception import BodyReceipt, TurnedAway, Van

__all__ = [
    "Absence",
    "AdmissionStep",
    "BodyReceipt",
    "CourtReturn",
    "EndOfCustody",
    "Episode",
    "Escort",
    "IdentityCheck",
    "Injury",
    "Placement",
    "TurnedAway",
    "Van",
]
