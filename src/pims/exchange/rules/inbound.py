"""What becomes of a message: pure decisions. What it says is in codes, with numbers after a colon.

A message ends in one of four ways: `refused` (it cannot be what it says: malformed, not signed by
its sender, not the sender's to send), `rejected` (an officer said no, with the reason),
`superseded` (another one took its place) and `applied`. Until then it is `unmatched` (nobody knows
whom it is about) or `waiting` (for an officer). It never simply vanishes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

RECEIVED, REFUSED, UNMATCHED, WAITING = "received", "refused", "unmatched", "waiting"
APPLIED, REJECTED, SUPERSEDED = "applied", "rejected", "superseded"
ENDS = frozenset({REFUSED, APPLIED, REJECTED, SUPERSEDED})
OPEN = frozenset({RECEIVED, UNMATCHED, WAITING})
# What may follow what; a message that came to its end stays there.
FOLLOWS: Mapping[str, frozenset[str]] = {
    RECEIVED: frozenset({REFUSED, UNMATCHED, WAITING, APPLIED, SUPERSEDED}),
    UNMATCHED: frozenset({WAITING, REJECTED, APPLIED, SUPERSEDED}),
    WAITING: frozenset({APPLIED, REJECTED, SUPERSEDED, UNMATCHED}),
}

# Two clocks that differ by less are the same; by more, the sender is told by how much.
CLOCKS_AGREE = timedelta(minutes=5)
# A clock that is off is off by hours; what was sent longer ago was kept up on its way.
LONG_AGO = timedelta(hours=12)
# Two orders about one person within this time that say the opposite are shown together.
CONTRADICTS_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """`bodies` are the codes of the authorities for which the agency speaks. `tries_out`: what it
    sends concerns test prisoners alone; it takes nobody's voice by speaking for any authority, and
    may send what the kinds in `tries_as` may, beside what its own may."""

    kind: str
    state: str
    bodies: frozenset[str]
    tries_out: bool = False
    tries_as: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({self.kind}) | (self.tries_as if self.tries_out else frozenset())


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What the table says of a kind of message."""

    senders: frozenset[str]
    speaks: bool


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A message as it was read. `faults` were found in reading; `signature` is what is wrong with
    it, "" where it is right; `kind` None where the table has none. `other_content`: its id was used
    for other words. `named_id` is under which it was kept."""

    message_id: str
    named_id: str
    sent_at: datetime | None
    received_at: datetime
    faults: tuple[str, ...]
    signature: str
    kind: KindFacts | None
    issued_by: str = ""
    known_bodies: frozenset[str] = frozenset()
    other_content: bool = False


def refusals(facts: MessageFacts, sender: SenderFacts) -> tuple[str, ...]:
    """Why it cannot be taken for what it says, all at once: the sender sends it anew, put right."""
    found = []
    if sender.state != "active":
        found.append("agency_not_active")
    if facts.other_content:
        found.append("other_content")
    if facts.signature:
        found.append(facts.signature)
    found += facts.faults
    if not found and facts.message_id != facts.named_id and not facts.other_content:
        found.append("id_differs")
    if facts.kind is None:
        if "not_json" not in found and "not_text" not in found:
            found.append("unknown_kind")
    elif not sender.kinds & facts.kind.senders:
        found.append("kind_not_yours")
    if facts.issued_by and facts.issued_by not in facts.known_bodies:
        found.append("unknown_body")
    elif _speaks_wrongly(facts, sender):
        found.append("body_not_yours")
    return tuple(dict.fromkeys(found))


def _speaks_wrongly(facts: MessageFacts, sender: SenderFacts) -> bool:
    """In the name of an authority for which the agency does not speak."""
    needed = facts.kind is not None and facts.kind.speaks and bool(facts.issued_by)
    return needed and facts.issued_by not in sender.bodies and not sender.tries_out


def clock_remarks(sent_at: datetime | None, received_at: datetime) -> tuple[str, ...]:
    """What the sender's clock says against ours, in minutes. Ours counts; nothing is refused."""
    if sent_at is None:
        return ()
    off = received_at - sent_at
    minutes = round(abs(off).total_seconds() / 60)
    if abs(off) <= CLOCKS_AGREE:
        return ()
    if off < timedelta(0):
        return (f"clock_ahead:{minutes}",)
    return (f"sent_long_ago:{minutes}",) if off > LONG_AGO else (f"clock_behind:{minutes}",)


def at_most(said: datetime | None, received_at: datetime) -> datetime | None:
    """An instant that the sender names: none later than when the message came."""
    return None if said is None else min(said, received_at)


@dataclass(frozen=True, slots=True)
class Other:
    """Another message about the same person: `frees` True, it holds False, neither None."""

    inbound_id: str
    message_id: str
    state: str
    frees: bool | None
    received_at: datetime


def contradictions(
    frees: bool | None, received_at: datetime, others: Iterable[Other]
) -> tuple[Other, ...]:
    """The messages of these days that say the opposite of this one, whether decided or not."""
    if frees is None:
        return ()
    return tuple(
        one
        for one in others
        if one.frees is not None and one.frees != frees
        if one.state not in (REFUSED, SUPERSEDED, REJECTED)
        if abs(one.received_at - received_at) <= CONTRADICTS_WITHIN
    )


@dataclass(frozen=True, slots=True)
class ListSent:
    """A court list of one court for one day, and when its sender says that it was sent."""

    inbound_id: str
    message_id: str
    state: str
    sent_at: datetime


def overtaken(sent_at: datetime, others: Iterable[ListSent]) -> ListSent | None:
    """The newer list of that court and day that is here already, whatever order they came in."""
    newer = [
        one for one in others if one.sent_at > sent_at and one.state not in (REFUSED, REJECTED)
    ]
    return max(newer, key=lambda one: one.sent_at) if newer else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """An earlier message that one says it corrects; None of it where it never came."""

    inbound_id: str
    message_id: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class Correction:
    """`supersede`: the earlier one is not to be decided on any more. What was done already is for
    an officer to decide on."""

    remarks: tuple[str, ...] = ()
    supersede: bool = False
    refused: str = ""


def correction(kind: str, earlier: Corrected | None) -> Correction:
    """What a message that corrects another does to it."""
    if earlier is None:
        return Correction(remarks=("corrects_unknown",))
    if earlier.kind != kind:
        return Correction(refused="corrects_other_kind")
    if earlier.state in OPEN:
        return Correction(remarks=("corrects_undecided",), supersede=True)
    if earlier.state == APPLIED:
        return Correction(remarks=("corrects_applied",))
    return Correction(remarks=(f"corrects_{earlier.state}",))


def day_passed(said: date | None, today: date) -> bool:
    return said is not None and said < today
