"""What must be known of one person to judge whether each day in custody was lawful.

Instants carry a zone; days are calendar days where the establishment is, and the last day of an
order is inclusive. Orders are as written: what a paper lacks is None or "", never guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

OrderState = Literal["stands", "set_aside", "replaced", "void"]
CustodyEnd = Literal["", "discharged", "died", "escaped", "removed", "transferred"]
UnitKind = Literal["", "adults", "juveniles"]
Lawyer = Literal["unknown", "known", "declined"]
Owed = Literal["start", "dates", "rest"]
ChargeState = Literal["open", "withdrawn", "acquitted", "convicted", "discharged", "quashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """One period on the books. `ends` is None while it goes on.

    Days unlawfully at large are no custody: the period ends ``escaped`` and another begins.
    """

    custody_id: str
    begins: datetime
    ends: datetime | None = None
    end_kind: CustodyEnd = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """`due` until the second officer keys dates and terms blind; `differs` names what differs."""

    due: datetime
    read_at: datetime | None = None
    differs: tuple[str, ...] = ()
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDate:
    """A later date that the court wrote on an order: `said_at` is when it did."""

    said_at: datetime
    next_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A court's or another body's order as written.

    `kind` is a code of the jurisdiction's order kinds, `court` of its bodies; `court_kind` is the
    body's kind where the table does not name it. `begins` is the instant from which it takes
    effect, where that is not the start of the day on which it is dated. `changes` is the order
    that it varies, revokes, replaces or sets aside. `state_from` is when `state` came about; what
    is void was so from the start.
    """

    order_id: str
    kind: str
    court: str = ""
    court_kind: str = ""
    case: str = ""
    charges: tuple[str, ...] = ()
    dated: date | None = None
    received_at: datetime | None = None
    begins: datetime | None = None
    until: date | None = None
    next_date: date | None = None
    new_dates: tuple[NewDate, ...] = ()
    amount_cents: int | None = None
    review_months: int | None = None
    changes: str = ""
    state: OrderState = "stands"
    state_from: datetime | None = None
    reading: SecondReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence: its words, and the dates that were worked out from them.

    `expiry` is the last day of the term after credit and days at large, `full_term_end` before
    them; `release_date` the last day before release, as weekends and holidays move it. `final` is
    False while the dates rest on a rule that nobody signed; those certified by hand are final.
    `endless` is life, and detention at pleasure. `follows` is the sentence that it is consecutive
    to. `ended_at`: quashed or replaced then. The term counts from `effective_from`, else from
    `pronounced_on`; where it is given the dates are checked against it. `offence_on` chooses the
    law that counts it, where that goes by the offence.
    """

    sentence_id: str
    order_id: str
    full_term_end: date | None = None
    expiry: date | None = None
    release_date: date | None = None
    final: bool = True
    by_hand: bool = False
    endless: bool = False
    follows: str = ""
    ended_at: datetime | None = None
    pronounced_on: date | None = None
    effective_from: date | None = None
    offence_on: date | None = None
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    at_large_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money paid towards the amount of an order in default of which the person is held. `in_full`
    where the receipt says that nothing is left to pay, whatever the amount was."""

    order_id: str
    at: datetime
    amount_cents: int
    in_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """`outcome` is "" until it is recorded, at `outcome_at`."""

    hearing_id: str
    on: date
    case: str = ""
    outcome: str = ""
    outcome_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """`longest_months` is the longest term that the charge allows where it is one of time; `life`
    where it is life; neither where it is not known. `likely_months` is the likely sentence.
    `decided_on` is the day on which `state` came about, `offence_on` the last day of the offence.
    """

    charge_id: str
    case: str = ""
    state: ChargeState = "open"
    decided_on: date | None = None
    offence_on: date | None = None
    longest_months: int | None = None
    life: bool = False
    likely_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the person slept: a unit for adults, for juveniles, or ("") for either."""

    begins: datetime
    ends: datetime | None = None
    unit_kind: UnitKind = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review of fitness or of an order without end, held on a day."""

    on: date
    order_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """A police interest: it informs and holds nobody."""

    interest_id: str
    begins: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """The release was opened for preparation. `owed` is what nobody has done yet, as
    the record is now: anything of it at all, two officers' dates that agree, the rest; `ready_at`
    is when nothing of that was left. Where neither is said, no more is known than that it was
    opened."""

    opened_at: datetime
    closed_at: datetime | None = None
    ready_at: datetime | None = None
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesRefused:
    """The calculation gives no dates for the sentences that stand, since they were known, and
    nobody has certified any by hand. `arguable_on` is the first day on which somebody could argue
    for release; None where no such day can be told."""

    since: datetime
    arguable_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All of one person. `nationalities` are ISO 3166-1 alpha-2, with ZZ for not known. `born_on`
    is the last day on which the person can have been born, `born_earliest` the first where that is
    another; `consul_told_at` is about the custody that goes on, or went on last. `lawyer` was last
    said at `lawyer_said_at`, None where no more is known than that it is so."""

    person_id: str
    zone: str
    custody: Sequence[Custody] = ()
    orders: Sequence[Order] = ()
    sentences: Sequence[Sentence] = ()
    payments: Sequence[Payment] = ()
    hearings: Sequence[Hearing] = ()
    charges: Sequence[Charge] = ()
    placements: Sequence[Placement] = ()
    reviews: Sequence[Review] = ()
    interests: Sequence[Interest] = ()
    preparations: Sequence[Preparation] = ()
    dates_refused: DatesRefused | None = None
    born_on: date | None = None
    born_earliest: date | None = None
    juvenile_until_decided: bool = False
    nationalities: Sequence[str] = ()
    consul_told_at: datetime | None = None
    lawyer: Lawyer = "unknown"
    lawyer_said_at: datetime | None = None
    last_recorded_at: datetime | None = None
