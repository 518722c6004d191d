"""What is said of preparations, of parole, and of the register of wrongful days."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PreparationOpened(Event):
    kind: ClassVar[str] = "release.preparation_opened"
    preparation_id: int
    due_on: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PreparationClosed(Event):
    """`state`: done (by a discharge) or closed (the day moved, custody ended otherwise)."""

    kind: ClassVar[str] = "release.preparation_closed"
    preparation_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class ReleaseDateRead(Event):
    """One officer worked the day out; which, only the two together show."""

    kind: ClassVar[str] = "release.date_read"
    preparation_id: int
    reading_id: int


@dataclass(frozen=True, kw_only=True)
class ReleaseDatesDiffer(Event):
    kind: ClassVar[str] = "release.dates_differ"
    preparation_id: int
    differences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseDatesSettled(Event):
    kind: ClassVar[str] = "release.dates_settled"
    preparation_id: int


@dataclass(frozen=True, kw_only=True)
class PreparationItemSettled(Event):
    kind: ClassVar[str] = "release.preparation_item_settled"
    preparation_id: int
    code: str
    state: str


@dataclass(frozen=True, kw_only=True)
class AgencyWasTold(Event):
    kind: ClassVar[str] = "release.agency_told"
    preparation_id: int
    stage: str


@dataclass(frozen=True, kw_only=True)
class ParoleOpened(Event):
    kind: ClassVar[str] = "release.parole_opened"
    parole_id: int


@dataclass(frozen=True, kw_only=True)
class ParoleClosed(Event):
    """Custody ended while a case was before the board."""

    kind: ClassVar[str] = "release.parole_closed"
    parole_id: int


@dataclass(frozen=True, kw_only=True)
class ParoleDecided(Event):
    """`decision`: granted, refused or deferred."""

    kind: ClassVar[str] = "release.parole_decided"
    parole_id: int
    decision: str


@dataclass(frozen=True, kw_only=True)
class ParoleRevoked(Event):
    kind: ClassVar[str] = "release.parole_revoked"
    parole_id: int
    hearing_on: str


@dataclass(frozen=True, kw_only=True)
class DetentionErrorRecorded(Event):
    """`error_kind`: wrongful_release or over_detention."""

    kind: ClassVar[str] = "release.detention_error_recorded"
    detention_error_id: int
    error_kind: str
