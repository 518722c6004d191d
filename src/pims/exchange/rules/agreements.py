"""Whether a version of an agreement may be signed and put in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pims.exchange.rules.terms import Terms
from pims.kernel.decisions import Decision, refuse_if_any
from pims.kernel.reasons import Reason

SIGN = "exchange.sign"
OFFICERS = 2


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature: `by_id` is the officer who made or recorded it."""

    side: str
    by_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version, with the digest of the terms as they are kept now."""

    state: str
    terms: Terms
    digest: str
    agency_state: str
    agency_code: str
    signatures: tuple[Signed, ...]


def decide_signature(facts: VersionFacts, faults: Iterable[Reason], *, by_id: int) -> Decision:
    """Whether an officer may sign for us now."""
    reasons = [*_standing(facts), *faults]
    if any(s.side == "ours" and s.by_id == by_id for s in facts.signatures):
        reasons.append(Reason("exchange.signed_already", decided_by=SIGN))
    return refuse_if_any(reasons)


def decide_their_signature(facts: VersionFacts, faults: Iterable[Reason]) -> Decision:
    """Whether the other side's signature may be recorded now."""
    return refuse_if_any([*_standing(facts), *faults])


def decide_activation(
    facts: VersionFacts, faults: Iterable[Reason], *, as_of: datetime
) -> Decision:
    """Whether the version may be in force: two officers of ours and the other side, all under
    these very terms, which have not run out."""
    reasons = [*_standing(facts), *faults]
    valid = [s for s in facts.signatures if s.digest == facts.digest]
    if len(valid) < len(facts.signatures):
        reasons.append(Reason("exchange.signed_other_terms"))
    if len({s.by_id for s in valid if s.side == "ours"}) < OFFICERS:
        reasons.append(Reason("exchange.two_officers", {"count": OFFICERS}, decided_by=SIGN))
    if not any(s.side == "theirs" for s in valid):
        reasons.append(Reason("exchange.their_signature_missing"))
    if facts.terms.valid_until <= as_of:
        reasons.append(Reason("exchange.run_out"))
    return refuse_if_any(reasons)


def _standing(facts: VersionFacts) -> Iterable[Reason]:
    if facts.state != "draft":
        yield Reason("exchange.no_draft")
    if facts.agency_state != "active":
        yield Reason("exchange.agency_not_active", decided_by="exchange.manage")
    if facts.terms.agency != facts.agency_code:
        yield Reason("exchange.terms_of_another")
