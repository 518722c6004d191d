"""What the ledger reports of itself: never about a person, always for an operator."""

from dataclasses import dataclass
from typing import ClassVar

from pims.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ClockWentBack(Event):
    """An entry was recorded over a minute before the one written before it.

    `position` is the entry's; `before` and `after` are the two times, ISO 8601; `seconds` the
    step between them.
    """

    kind: ClassVar[str] = "ledger.clock_went_back"

    position: int
    before: str
    after: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class TreeDiffers(Event):
    """The tree in the database is not the one that the last checkpoint was signed for."""

    kind: ClassVar[str] = "ledger.tree_differs"

    tree_size: int
    checkpoint_size: int


@dataclass(frozen=True, kw_only=True)
class SigningKeyHandedOver(Event):
    """Checkpoints after the next one are signed by another key; both are verifier lines."""

    kind: ClassVar[str] = "ledger.signing_key_handed_over"

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class DetailsForgotten(Event):
    """Entries of `entry_kind` about nobody, recorded before `before` (ISO 8601), have no details
    any more: their time was over. `count` went with this one."""

    kind: ClassVar[str] = "ledger.details_forgotten"

    entry_kind: str
    before: str
    count: int
