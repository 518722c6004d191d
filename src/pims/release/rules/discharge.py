"""The one discharge check. Exactly three things stop a discharge; all else is done or explained.

Pure: what is known goes in, what stands in the way and what remains to be done comes out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import Decision, Reason, refuse_if_any
from pims.release.rules.preparing import DATE_ITEMS, NO_DOUBTS, DateDoubts

SECOND_OFFICER_BY_TELEPHONE_AFTER = timedelta(minutes=15)
SUPERINTENDENT_CALLED_AFTER = timedelta(minutes=30)

# What is done or explained, in the order of the desk. None of it stops anyone.
ITEMS = (
    "order_verified",
    *DATE_ITEMS,
    "property",
    "police_interest",
    "medication",
    "travel",
    "documents",
    "next_of_kin",
)

# One stop in three wordings: the second tells that the order may mean this paper too, and how to
# say so; the third that nobody has decided yet what the paper is worth.
FURTHER, FURTHER_KEYED_LATER = "release.further_warrant", "release.further_warrant_keyed_later"
FURTHER_UNDECIDED = "release.further_warrant_undecided"
FURTHER_FOLLOWS = "release.further_warrant_follows"
FURTHER_STOPS = (FURTHER, FURTHER_KEYED_LATER, FURTHER_UNDECIDED)

# The mark of a discharge on an order that was odd and that no registry had confirmed.
ORDER_IN_DOUBT = "order_in_doubt"

# The marks of a second officer who is unknown, or whom a paper names as the first one too.
SECOND_NOT_KNOWN, SECOND_IS_FIRST = "second_not_known", "second_is_first"
ODD_SECOND = (SECOND_NOT_KNOWN, SECOND_IS_FIRST)

# A no at the gate stops it until it is decided; what was decided is kept under the same name, and
# the discharge carries it as a mark.
IDENTITY_DENIED, IDENTITY_DECIDED = "release.identity_denied", "identity_decided"

# The mark of a discharge of somebody who was unlawfully at large by the record.
WAS_AT_LARGE = "was_at_large"

IDENTITY_WAYS = ("fingerprint", "photograph", "two_officers")


@dataclass(frozen=True, slots=True)
class DetainingWarrant:
    """A warrant in force at the moment of the check; `reference` is for the officer's eyes.

    `begins` is the day on which one begins that follows on: not in force yet, it leaves no whole
    day of freedom between. `until` is the final date that it names, None where it waits for a
    court date instead.
    `keyed_later` says that an order to release from everything stands which did not know of it.
    """

    warrant_name_id: int
    kind: str
    reference: str
    until: date | None
    keyed_later: bool = False
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class UndecidedWarrant:
    """A warrant recorded and undecided that detains nobody only by dates that are in doubt.

    Deciding what it is worth takes a minute; until then it might detain.
    """

    warrant_name_id: int
    warrant_id: int
    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class DischargeFacts:
    """All that the check looks at. Days are calendar days where the establishment is.

    `order_state` is received or verified, "" without an order that is a ground to go now: one
    that let the person go from an earlier custody, or that fell, is none. `order_ends` are the
    warrants that it and every other standing order end, None for all.
    `order_in_doubt`: one of them is odd and unverified. It stops nobody, and is marked.
    `denied_by` are the officers who said that it is somebody else, where nobody has decided about
    it; `denied_once` that such a no was decided upon.
    """

    basis: str
    order_state: str
    order_ends: frozenset[int] | None
    final_date: date | None
    today: date
    detaining: Sequence[DetainingWarrant]
    identity_how: str
    clock_started_at: datetime
    property_held: int
    police_interests: int
    police_informed: int
    settled: Collection[str] = ()
    second_officer: bool = False
    undecided: Sequence[UndecidedWarrant] = ()
    order_in_doubt: bool = False
    denied_by: Sequence[str] = ()
    denied_once: bool = False
    dates: DateDoubts = NO_DOUBTS


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    settled: bool


@dataclass(frozen=True, slots=True)
class DischargeCheck:
    """`stops` is empty when the prisoner may walk; `items` are done or explained on the way.

    `doubts` are marks that a discharge now would carry, whatever is left open.
    """

    stops: tuple[Reason, ...]
    items: tuple[Item, ...]
    doubts: tuple[str, ...] = ()

    @property
    def may_go(self) -> bool:
        return not self.stops

    @property
    def open_items(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items if not item.settled)


def discharge_check(facts: DischargeFacts) -> DischargeCheck:
    """What stops this discharge (at most three things), and what else there is to do."""
    stops = [
        *_no_ground(facts),
        *_further_warrants(facts),
        *_no_identity(facts),
    ]
    applicable = {
        "order_verified": facts.basis == "order",
        "property": facts.property_held > 0,
        "police_interest": facts.police_interests > 0,
        **facts.dates.items,
    }
    done = {
        "order_verified": facts.order_state == "verified",
        "police_interest": facts.police_informed >= facts.police_interests,
    }
    items = tuple(
        Item(code, code in facts.settled or done.get(code, False))
        for code in ITEMS
        if applicable.get(code, True)
    )
    doubts = ((ORDER_IN_DOUBT,) if facts.order_in_doubt else ()) + (
        (IDENTITY_DECIDED,) if facts.denied_once else ()
    )
    return DischargeCheck(tuple(stops), items, doubts)


def second_officer_decision(facts: DischargeFacts, *, as_of: datetime, called: str) -> Decision:
    """Whether the first officer may go on: with a second, or, after 15 minutes, by telephone.

    `called` is the name of whoever was called, "" for nobody. After 15 minutes nobody's absence
    holds anyone: the discharge goes on alone, is marked, and is countersigned later.
    """
    if facts.second_officer or as_of >= telephone_from(facts.clock_started_at):
        return refuse_if_any(())
    return refuse_if_any(
        [
            Reason(
                "release.second_officer_missing",
                {"from": telephone_from(facts.clock_started_at).isoformat()},
                decided_by="release.second_check",
            )
        ]
    )


@dataclass(frozen=True, slots=True)
class Voucher:
    """An officer who knows the person; `signed` where badge and PIN were given for it."""

    user_id: int
    signed: bool = True


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """`photographs` are those of the person, not of marks, that stand in the record; `fingers`
    says whether fingerprints do."""

    how: str
    photographs: int
    vouchers: Sequence[Voucher] = ()
    officers: Collection[int] = ()
    of_custody: Collection[int] = ()
    matched: bool = True
    fingers: bool = False


def identity_problems(facts: IdentityFacts) -> Mapping[str, Reason]:
    """Why identity cannot have been established in this way, by field; empty where it can.

    Nobody compares with a photograph that does not exist. Of two officers who know the person
    both are users (`officers` are those of the ids that are) who have to do with prisoners there
    (`of_custody`; anybody may say no), and one at least has signed: the other may sign later, so
    that nobody waits for an officer who is not at a PC.
    """
    if facts.how not in IDENTITY_WAYS:
        return {"how": Reason("release.unknown_identity_way")}
    if facts.how == "fingerprint":
        return {} if facts.fingers else {"how": Reason("release.no_fingerprints")}
    if facts.how == "photograph":
        return {} if facts.photographs else {"how": Reason("release.no_photograph")}
    named = [voucher.user_id for voucher in facts.vouchers]
    wrong = {
        box: Reason("release.not_of_custody")
        for box, user_id in zip(("officer_one", "officer_two"), named, strict=False)
        if user_id in facts.officers and user_id not in facts.of_custody and facts.matched
    }
    if wrong:
        return wrong
    if set(named) - set(facts.officers):
        wrong["officer_two"] = Reason("release.not_an_officer")
    elif len(set(named)) < 2 and facts.matched:
        wrong["officer_two"] = Reason("release.two_officers_needed")
    elif not any(voucher.signed for voucher in facts.vouchers):
        wrong["officer_one"] = Reason("release.nobody_signed")
    return wrong


@dataclass(frozen=True, slots=True)
class Holding:
    """One warrant as it bears on the clock.

    `ends_at` is when it ceased to detain, or ceases by its own words; `final_at` the hour of the
    final date that it names, None where it waits for a court instead.
    """

    warrant_name_id: int
    starts_at: datetime
    ends_at: datetime | None = None
    final_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order to release that stands: not withdrawn, not struck out."""

    release_order_id: int
    received_at: datetime
    ends: frozenset[int]


def clock_start(
    holdings: Sequence[Holding],
    orders: Sequence[StandingOrder],
    *,
    own: int | None,
    held_since: datetime,
    as_of: datetime,
    earlier: Sequence[datetime] = (),
) -> datetime | None:
    """When the clock from order to freedom began, None where nothing says so.

    It runs from the instant at which the person became free to go, and from there on only:

    * While something else detains, no order frees; when the last of several warrants falls, by
      a second order, by its final date or by its end, that instant starts the clock.
    * Each warrant falls at the *earliest* order that ends it. The same order sent again, or a
      better copy of it, frees nobody a second time and so cannot start the clock again.
    * A paper that lapsed by itself is no word to let anyone go: where no other ground came
      before, the clock waits for the first order or final date. `earlier` are grounds of another
      kind, such as the decision of the officer in charge.
    * Nobody is kept from freedom by a prison that does not hold them yet: never before
      `held_since`.

    Where a warrant still holds, `own` (the order that the case rests on) sounds all the same,
    from the first time that it, or one that ended as much, came.
    """
    grounds = [order.received_at for order in orders] + list(earlier)
    last = held_since
    for holding in holdings:
        if holding.starts_at > as_of:
            continue
        ended = [order.received_at for order in orders if holding.warrant_name_id in order.ends]
        falls = min(
            [*ended, *(e for e in (holding.ends_at, holding.final_at) if e is not None)],
            default=None,
        )
        if falls is None or falls > as_of:
            return _sounds_since(orders, own, held_since)
        if falls > holding.starts_at:  # else it never held anyone who was not free to go
            last = max(last, falls)
        if falls == holding.final_at and falls > held_since:
            grounds.append(falls)
    return max(last, min(grounds)) if grounds else None


def _sounds_since(
    orders: Sequence[StandingOrder], own: int | None, held_since: datetime
) -> datetime | None:
    mine = next((order for order in orders if order.release_order_id == own), None)
    if mine is None:
        return None
    return max(held_since, min(o.received_at for o in orders if o.ends >= mine.ends))


def telephone_from(clock_started_at: datetime) -> datetime:
    """From when the second officer may agree by telephone."""
    return clock_started_at + SECOND_OFFICER_BY_TELEPHONE_AFTER


def _no_ground(facts: DischargeFacts) -> list[Reason]:
    if facts.basis == "order" and facts.order_state in ("received", "verified"):
        return []
    if (
        facts.basis == "final_date"
        and facts.final_date is not None
        and facts.final_date <= facts.today
    ):
        return []
    if facts.basis == "no_authority" and not facts.detaining:
        return []
    return [
        Reason(
            "release.no_order_or_final_date",
            {} if facts.final_date is None else {"final_date": facts.final_date.isoformat()},
            reference="UN Mandela Rules, rule 8",
            decided_by="authority.record",
        )
    ]


def _further_warrants(facts: DischargeFacts) -> list[Reason]:
    def ended(warrant: DetainingWarrant) -> bool:
        if facts.order_ends is None and facts.basis == "order":
            return True
        if warrant.warrant_name_id in (facts.order_ends or ()):
            return True
        return warrant.until is not None and warrant.until <= facts.today

    def why(warrant: DetainingWarrant) -> Reason:
        paper: dict[str, object] = {
            "kind": warrant_kinds()[warrant.kind].label,
            "reference": warrant.reference,
        }
        code = FURTHER_KEYED_LATER if warrant.keyed_later else FURTHER
        if warrant.begins is not None:
            code, paper = FURTHER_FOLLOWS, paper | {"begins": warrant.begins.isoformat()}
        return Reason(
            code, paper, reference="UN Mandela Rules, rule 7", decided_by="authority.record"
        )

    return [why(warrant) for warrant in facts.detaining if not ended(warrant)] + [
        Reason(
            FURTHER_UNDECIDED,
            {"kind": warrant_kinds()[warrant.kind].label, "reference": warrant.reference},
            reference="UN Mandela Rules, rule 7",
            decided_by="authority.decide",
        )
        for warrant in undecided_that_stop(facts)
    ]


def undecided_that_stop(facts: DischargeFacts) -> list[UndecidedWarrant]:
    """The papers to decide on before the gate opens: those in doubt that no order ends."""
    ends = facts.order_ends
    if ends is None:
        return [] if facts.basis == "order" else list(facts.undecided)
    return [warrant for warrant in facts.undecided if warrant.warrant_name_id not in ends]


def _no_identity(facts: DischargeFacts) -> list[Reason]:
    if facts.denied_by:
        return [
            Reason(
                IDENTITY_DENIED,
                {"officers": list(facts.denied_by)},
                reference="UN Mandela Rules, rule 7",
                decided_by="release.discharge",
            )
        ]
    if facts.identity_how in IDENTITY_WAYS:
        return []
    return [
        Reason(
            "release.identity_not_established",
            reference="UN Mandela Rules, rule 7",
            decided_by="release.discharge",
        )
    ]
