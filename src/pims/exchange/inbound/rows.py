"""The rows of messages, as every service that changes one handles them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pims.exchange.inbound.kinds import (
    Kind,
    Read,
    Unfit,
    message_kinds,
    read_content,
    read_envelope,
)
from pims.exchange.inbound.kinds.registry import Content
from pims.exchange.models import Inbound, InboundName, InboundStep
from pims.exchange.rules import inbound as rules
from pims.facilities import selectors as facilities
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import require_held
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel.decisions import refuse
from pims.kernel.errors import NotFound, Stale
from pims.kernel.reasons import Reason

INBOX = "exchange.inbox"
ALARM = "order_unacknowledged"


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was read: `content` None where it cannot be."""

    read: Read
    kind: Kind | None
    content: Content | None
    faults: tuple[str, ...]

    @property
    def frees(self) -> bool | None:
        """Whether it lets somebody go (True), holds somebody (False), or neither."""
        if self.kind is None or self.content is None:
            return None
        if self.kind.shape == "further_warrant":
            return False
        order = order_kinds().get(getattr(self.content, "order", ""))
        if order is None or order.effect is Effect.NOTES:
            return None
        return order.effect is Effect.FREES


def said(row: Inbound) -> Said:
    """What the message says, read anew from its text."""
    if row.body.startswith("base64:"):
        return Said(Read(), None, None, ("not_text",))
    read = read_envelope(row.body)
    kind = message_kinds().get(read.kind)
    if kind is None:
        return Said(read, None, None, read.faults)
    try:
        content = read_content(kind, read.content)
    except Unfit as unfit:
        return Said(read, kind, None, (*read.faults, *unfit.codes))
    return Said(read, kind, content, read.faults)


def locked(inbound_id: UUID, *, version: int | None = None) -> Inbound:
    """Raises NotFound, Stale (somebody decided or matched meanwhile)."""
    row = (
        Inbound.objects.select_for_update(of=("self",))
        .select_related("agency")
        .filter(pk=inbound_id)
        .first()
    )
    if row is None:
        raise NotFound("message", inbound_id)
    if version is not None and row.version != version:
        raise Stale
    return row


def require_open(row: Inbound) -> None:
    """Raises Refused for a message that came to its end."""
    if row.state not in (rules.UNMATCHED, rules.WAITING):
        refuse(Reason("exchange.message_decided", {"state": row.state})).require()


def require_reach(tx: Transaction, row: Inbound) -> None:
    """Raise unless the actor may decide on messages where this one is, and may see whom it is
    about."""
    if row.establishment_id is None:
        require_held(tx.actor, INBOX)
    else:
        tx.require(INBOX, establishment_id=row.establishment_id)
    for person_id in persons_of(row):
        tx.require_person(INBOX, person_id)


def persons_of(row: Inbound) -> list[int]:
    """Everyone who was found to be meant."""
    entries = row.proposal.get("entries", ())
    found = [row.person_id, *(entry.get("person_id") for entry in entries)]
    return sorted({one for one in found if one is not None})


def keep_names(row: Inbound) -> None:
    """Note whom a list names, so that it goes with the last of them."""
    for entry in row.proposal.get("entries", ()):
        if entry.get("person_id") is not None:
            InboundName.objects.get_or_create(inbound=row, person_id=entry["person_id"])


def step(
    row: Inbound, state: str, *, at: datetime, codes: Iterable[str] = (), user_id: int | None = None
) -> None:
    """One more step of its life, as the sender is told it."""
    InboundStep.objects.create(
        inbound=row, at=at, state=state[:20], codes=[c[:60] for c in codes][:20], user_id=user_id
    )


def move(
    row: Inbound,
    state: str,
    *,
    at: datetime,
    codes: Iterable[str] = (),
    user_id: int | None = None,
    **fields: Any,
) -> None:
    """Bring it to its next state, keep it, and tell. Raises ValueError where that cannot follow."""
    codes = list(codes)
    if state not in rules.FOLLOWS.get(row.state, frozenset()) and state != row.state:
        raise ValueError(f"{row.state} -> {state}")
    row.state = state
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    step(row, state, at=at, codes=codes, user_id=user_id)


def establishment_of(person_id: int | None) -> int | None:
    """Where the person is or was last; else the only establishment there is."""
    if person_id is not None:
        scope = PersonScope.objects.filter(person_id=person_id).first()
        if scope is not None and scope.establishment_id is not None:
            return int(scope.establishment_id)
    every = facilities.establishments(system_actor())
    return every[0].establishment_id if len(every) == 1 else None
