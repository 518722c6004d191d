"""What the exchange says happened on the way to agencies: ids and codes alone."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class EndpointEvent(Event):
    agreement_id: int
    endpoint_id: int


@dataclass(frozen=True, kw_only=True)
class EndpointAdded(EndpointEvent):
    kind: ClassVar[str] = "exchange.endpoint_added"
    scheme: str


@dataclass(frozen=True, kw_only=True)
class EndpointMoved(EndpointEvent):
    """Messages are pushed to another address of the agency's from now on."""

    kind: ClassVar[str] = "exchange.endpoint_moved"


@dataclass(frozen=True, kw_only=True)
class EndpointStateChanged(EndpointEvent):
    kind: ClassVar[str] = "exchange.endpoint_state_changed"
    state: str


@dataclass(frozen=True, kw_only=True)
class EndpointSecretChanged(EndpointEvent):
    """Messages are signed with a new secret; for a while with the one before it too."""

    kind: ClassVar[str] = "exchange.endpoint_secret_changed"


@dataclass(frozen=True, kw_only=True)
class EndpointSecretShown(EndpointEvent):
    """Somebody looked at the secret, to hand it to the agency."""

    kind: ClassVar[str] = "exchange.endpoint_secret_shown"


@dataclass(frozen=True, kw_only=True)
class OwnKeyChanged(Event):
    """What we sign with our own key is signed with a new one, for a while with the last one too."""

    kind: ClassVar[str] = "exchange.own_key_changed"


@dataclass(frozen=True, kw_only=True)
class AddressAllowed(Event):
    """Messages may be pushed to a network within, or, `ended`, no longer."""

    kind: ClassVar[str] = "exchange.address_allowed"
    allowed_id: int
    ended: bool


@dataclass(frozen=True, kw_only=True)
class SilenceAgreed(Event):
    kind: ClassVar[str] = "exchange.silence_agreed"
    agreement_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class DeliveriesReplayed(EndpointEvent):
    """Messages are pushed once more. `first` to `last` are positions of the feed."""

    kind: ClassVar[str] = "exchange.deliveries_replayed"
    count: int
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class MessagesHeld(Event):
    """The breaker holds messages from now on; the people are where they are."""

    kind: ClassVar[str] = "exchange.messages_held"
    hold_id: int
    hold_kind: str


@dataclass(frozen=True, kw_only=True)
class HoldDecided(Event):
    """`decision` is let_go or withdrawn; `retracted` counts those that had left and are taken
    back."""

    kind: ClassVar[str] = "exchange.hold_decided"
    hold_id: int
    decision: str
    count: int
    retracted: int = 0


@dataclass(frozen=True, kw_only=True)
class AnnouncementEvent(Event):
    announcement_id: int


@dataclass(frozen=True, kw_only=True)
class AmnestyAnnounced(AnnouncementEvent):
    kind: ClassVar[str] = "exchange.amnesty_announced"
    expected: int
    starts_at: str
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class AmnestySeconded(AnnouncementEvent):
    kind: ClassVar[str] = "exchange.amnesty_seconded"


@dataclass(frozen=True, kw_only=True)
class AmnestyWithdrawn(AnnouncementEvent):
    kind: ClassVar[str] = "exchange.amnesty_withdrawn"
