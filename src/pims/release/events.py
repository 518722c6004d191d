"""What the release room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DischargeStarted(Event):
    kind: ClassVar[str] = "release.discharge_started"
    case_id: int
    basis: str
    clock_started_at: str


@dataclass(frozen=True, kw_only=True)
class DischargeClockMoved(Event):
    kind: ClassVar[str] = "release.clock_moved"
    case_id: int
    clock_started_at: str
    before: str


@dataclass(frozen=True, kw_only=True)
class DischargeAcknowledged(Event):
    kind: ClassVar[str] = "release.discharge_acknowledged"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class DischargeCaseClosed(Event):
    kind: ClassVar[str] = "release.case_closed"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class DischargeItemSettled(Event):
    kind: ClassVar[str] = "release.item_settled"
    case_id: int
    code: str
    state: str


@dataclass(frozen=True, kw_only=True)
class IdentityEstablished(Event):
    kind: ClassVar[str] = "release.identity_established"
    case_id: int
    how: str


@dataclass(frozen=True, kw_only=True)
class IdentityAnswered(Event):
    """An officer who was named as knowing the person signed, or said no."""

    kind: ClassVar[str] = "release.identity_answered"
    case_id: int
    vouching_id: int
    knows: bool


@dataclass(frozen=True, kw_only=True)
class IdentityDecided(Event):
    """It was decided that this is the person, though somebody had said that it is not."""

    kind: ClassVar[str] = "release.identity_decided"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class SecondOfficerAgreed(Event):
    kind: ClassVar[str] = "release.second_officer_agreed"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class Released(Event):
    """The prisoner walked. `marks` are codes of what was not as it should be."""

    kind: ClassVar[str] = "release.released"
    discharge_id: int
    episode_id: int
    happened_at: str
    from_paper: bool
    marks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Countersigned(Event):
    kind: ClassVar[str] = "release.countersigned"
    discharge_id: int


@dataclass(frozen=True, kw_only=True)
class ReleasedInErrorFound(Event):
    kind: ClassVar[str] = "release.released_in_error"
    error_id: int
    episode_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnedFromError(Event):
    """`episode_id` is the custody after the return, `left_episode_id` the one that had ended.

    `warrant_name_ids` are those that the release had ended and that detain again.
    """

    kind: ClassVar[str] = "release.returned_from_error"
    error_id: int
    episode_id: int
    left_episode_id: int
    warrant_name_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DischargeTakenBack(Event):
    """It never happened: custody goes on."""

    kind: ClassVar[str] = "release.discharge_taken_back"
    discharge_id: int
    episode_id: int


@dataclass(frozen=True, kw_only=True)
class DischargeCorrected(Event):
    """Its hour or particulars were put right. `marks` are those of the hour that stands now."""

    kind: ClassVar[str] = "release.discharge_corrected"
    discharge_id: int
    episode_id: int
    fields: tuple[str, ...]
    from_paper: bool
    in_error: bool
    marks: tuple[str, ...]
