"""What happened to messages that agencies sent: ids and codes alone."""

from dataclasses import dataclass
from typing import ClassVar

from pims.exchange.events import AgencyEvent


@dataclass(frozen=True, kw_only=True)
class MessageEvent(AgencyEvent):
    """`inbound_id` is a UUID as text."""

    inbound_id: str


@dataclass(frozen=True, kw_only=True)
class MessageReceived(MessageEvent):
    """It is kept, and not looked at yet. `sql/50_inbound.sql` writes the same of one that came
    over the wire."""

    kind: ClassVar[str] = "exchange.message_received"


@dataclass(frozen=True, kw_only=True)
class MessageJudged(MessageEvent):
    """`state` is what became of it at first: refused, superseded, unmatched, waiting, applied.

    `frees`: it says that somebody is to be let go, and sounds.
    """

    kind: ClassVar[str] = "exchange.message_judged"
    state: str
    message_kind: str
    frees: bool


@dataclass(frozen=True, kw_only=True)
class MessageMatched(MessageEvent):
    """An officer said whom it is about; `entry` is the line of a list, from 0."""

    kind: ClassVar[str] = "exchange.message_matched"
    entry: int | None = None


@dataclass(frozen=True, kw_only=True)
class MessageAcknowledged(MessageEvent):
    """Somebody at reception has it in hand."""

    kind: ClassVar[str] = "exchange.message_acknowledged"


@dataclass(frozen=True, kw_only=True)
class MessageQuestioned(MessageEvent):
    """The sender was asked; the words are beside the ledger."""

    kind: ClassVar[str] = "exchange.message_questioned"


@dataclass(frozen=True, kw_only=True)
class MessageEmptied(MessageEvent):
    """It concerned nobody on record, and its time is over: its words are kept no longer."""

    kind: ClassVar[str] = "exchange.message_emptied"


@dataclass(frozen=True, kw_only=True)
class MessageDecided(MessageEvent):
    """`state` is applied, rejected or superseded."""

    kind: ClassVar[str] = "exchange.message_decided"
    state: str


@dataclass(frozen=True, kw_only=True)
class MessageFollowed(MessageEvent):
    """The sender is told what became of whom it was about: `state` is the step."""

    kind: ClassVar[str] = "exchange.message_followed"
    state: str
