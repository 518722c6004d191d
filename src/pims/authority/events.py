"""What the authority room says happened."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class WarrantRecorded(Event):
    kind: ClassVar[str] = "authority.warrant_recorded"
    warrant_id: int
    warrant_name_id: int
    warrant_kind: str
    further: bool
    defects: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WarrantDecided(Event):
    kind: ClassVar[str] = "authority.warrant_decided"
    warrant_id: int
    decision: str


@dataclass(frozen=True, kw_only=True)
class WarrantAmended(Event):
    kind: ClassVar[str] = "authority.warrant_amended"
    warrant_id: int
    warrant_name_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NextAppearanceSet(Event):
    kind: ClassVar[str] = "authority.next_appearance_set"
    warrant_name_id: int
    next_appearance: str | None
    after_lapse: bool


@dataclass(frozen=True, kw_only=True)
class WarrantEnded(Event):
    kind: ClassVar[str] = "authority.warrant_ended"
    warrant_name_id: int
    end_kind: str
    ended_at: str


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderRecorded(Event):
    kind: ClassVar[str] = "authority.release_order_recorded"
    release_order_id: int
    order_kind: str
    received_at: str


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderVerified(Event):
    kind: ClassVar[str] = "authority.release_order_verified"
    release_order_id: int


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderActedOn(Event):
    kind: ClassVar[str] = "authority.release_order_acted_on"
    release_order_id: int


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderStandsAgain(Event):
    """Nobody was let go on the order after all: it waits as before."""

    kind: ClassVar[str] = "authority.release_order_stands_again"
    release_order_id: int


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderWithdrawn(Event):
    """The order no longer stands. `after_acting`: it had already let somebody go;
    `freed_wrongly`: somebody whom it could not free, for it was not genuine or fell before."""

    kind: ClassVar[str] = "authority.release_order_withdrawn"
    release_order_id: int
    how: str
    happened_at: str
    after_acting: bool
    freed_wrongly: bool


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderStruckOut(Event):
    """The entry was a mistake: there never was such an order about this person."""

    kind: ClassVar[str] = "authority.release_order_struck_out"
    release_order_id: int


@dataclass(frozen=True, kw_only=True)
class ReleaseOrderExtended(Event):
    """Read again, the order ends these warrants too."""

    kind: ClassVar[str] = "authority.release_order_extended"
    release_order_id: int
    warrant_name_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PoliceInterestRecorded(Event):
    kind: ClassVar[str] = "authority.police_interest_recorded"
    police_interest_id: int


@dataclass(frozen=True, kw_only=True)
class PoliceInterestEnded(Event):
    kind: ClassVar[str] = "authority.police_interest_withdrawn"
    police_interest_id: int


@dataclass(frozen=True, kw_only=True)
class PoliceInformed(Event):
    kind: ClassVar[str] = "authority.police_informed"
    police_interest_id: int


@dataclass(frozen=True, kw_only=True)
class BodiesLoaded(Event):
    kind: ClassVar[str] = "authority.bodies_loaded"
    jurisdiction: str
    count: int


@dataclass(frozen=True, kw_only=True)
class RegistryPhoneSet(Event):
    """The number that verification calls go to was set; both numbers are in the details."""

    kind: ClassVar[str] = "authority.registry_phone_set"
    body_id: int


@dataclass(frozen=True, kw_only=True)
class ClerkQuerySent(Event):
    kind: ClassVar[str] = "authority.clerk_query_sent"
    warrant_id: int
    query_id: int


@dataclass(frozen=True, kw_only=True)
class ClerkQueryAnswered(Event):
    kind: ClassVar[str] = "authority.clerk_query_answered"
    warrant_id: int
    query_id: int
