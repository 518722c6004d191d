"""What the assurance room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(Event):
    kind: ClassVar[str] = "assurance.alarm_raised"
    alarm_id: int
    alarm_kind: str
    owner_role: str


@dataclass(frozen=True, kw_only=True)
class AlarmClimbed(Event):
    kind: ClassVar[str] = "assurance.alarm_climbed"
    alarm_id: int
    alarm_kind: str
    owner_role: str


@dataclass(frozen=True, kw_only=True)
class AlarmAcknowledged(Event):
    kind: ClassVar[str] = "assurance.alarm_acknowledged"
    alarm_id: int
    alarm_kind: str


@dataclass(frozen=True, kw_only=True)
class AlarmEnded(Event):
    kind: ClassVar[str] = "assurance.alarm_ended"
    alarm_id: int
    alarm_kind: str
    end_kind: str


@dataclass(frozen=True, kw_only=True)
class AlarmHandedOver(Event):
    """It belongs to others: its record was sealed or opened again, or the person transferred."""

    kind: ClassVar[str] = "assurance.alarm_handed_over"
    alarm_id: int
    alarm_kind: str
    owner_role: str
    was_role: str
