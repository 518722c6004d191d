"""What the safety room says happened. The kind of a protected flag is not said."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FlagRaised(Event):
    kind: ClassVar[str] = "safety.flag_raised"
    flag_id: int


@dataclass(frozen=True, kw_only=True)
class FlagLowered(Event):
    kind: ClassVar[str] = "safety.flag_lowered"
    flag_id: int


@dataclass(frozen=True, kw_only=True)
class KeptApart(Event):
    kind: ClassVar[str] = "safety.kept_apart"
    keep_apart_id: int


@dataclass(frozen=True, kw_only=True)
class KeepApartEnded(Event):
    kind: ClassVar[str] = "safety.keep_apart_ended"
    keep_apart_id: int


@dataclass(frozen=True, kw_only=True)
class FirstRiskRecorded(Event):
    kind: ClassVar[str] = "safety.first_risk_recorded"
    first_risk_id: int
    episode_id: int
