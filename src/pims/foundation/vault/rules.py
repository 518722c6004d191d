"""Decisions of the vault, as pure functions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pims.kernel.decisions import Decision, Reason, refuse_if_any

SEAL, ERASE, MANAGE = "people.seal", "people.erase", "vault.manage"

# As long as a confirmation lasts anywhere else.
CONFIRMATION = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """What a step of an erasure rests on.

    `obstacles` are what the rooms above say stands against it (in custody, a discharge open);
    None where no room was asked, which is itself a refusal. `first_officer_id` is None for the
    first step. `confirmed_at` is when the officer last gave their secret (seconds since the epoch).
    """

    officer_id: int
    confirmed_at: float | None
    first_officer_id: int | None
    order_reference: str
    obstacles: tuple[Reason, ...] | None


def decide_erasure(facts: ErasureFacts, *, as_of: datetime) -> Decision:
    """Whether this officer may order, or as the second confirm, the erasure now."""
    reasons: list[Reason] = []
    if not facts.order_reference.strip():
        reasons.append(Reason("vault.order_missing"))
    if not recently_confirmed(facts.confirmed_at, as_of=as_of):
        reasons.append(Reason("vault.confirm_again", decided_by=ERASE))
    if facts.first_officer_id == facts.officer_id:
        reasons.append(Reason("vault.same_officer", decided_by=ERASE))
    if facts.obstacles is None:
        reasons.append(Reason("vault.nobody_asked"))
    else:
        reasons.extend(facts.obstacles)
    return refuse_if_any(reasons)


def recently_confirmed(confirmed_at: float | None, *, as_of: datetime) -> bool:
    if confirmed_at is None:
        return False
    age = as_of.timestamp() - confirmed_at
    return -60 <= age <= CONFIRMATION.total_seconds()


@dataclass(frozen=True, slots=True)
class MasterFacts:
    """A master key version that somebody would retire."""

    version: int
    active: bool
    known: bool
    persons_left: int


def decide_retirement(facts: MasterFacts) -> Decision:
    """A master key goes only when nothing needs it any more."""
    reasons: list[Reason] = []
    if not facts.known:
        reasons.append(Reason("vault.no_such_master", {"version": facts.version}))
    if facts.active:
        reasons.append(Reason("vault.master_active", {"version": facts.version}))
    if facts.persons_left:
        reasons.append(
            Reason("vault.master_in_use",
                   {"version": facts.version, "count": facts.persons_left})
        )  # fmt: skip
    return refuse_if_any(reasons)
