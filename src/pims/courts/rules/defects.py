"""What is wrong with an order, from what is written on it. Pure. Nothing here refuses a record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pims.courts.rules.terms import is_beyond_a_life
from pims.jurisdictions.order_kinds import OrderKind
from pims.kernel.terms import Term

# Which court stands above which: a court does not change the order of one above it.
RANK: Mapping[str, int] = {
    "magistrates": 1, "family_court": 1, "high_court": 2, "court_of_appeal": 3, "ccj": 4,
}  # fmt: skip

# In the order in which they are told. Those of `REMARKS` are worth knowing and leave the order's
# meaning alone; of every other one the court is asked.
DEFECTS = (
    "revokes_itself",
    "changes_unknown",
    "changes_another_person",
    "changes_later_order",
    "changes_fallen_order",
    "changes_nothing_named",
    "changes_in_part_unclear",
    "lower_court_changes",
    "revokes_nothing_known",
    "cannot_order",
    "perhaps_cannot_order",
    "impossible_date",
    "no_date",
    "date_in_the_future",
    "dates_out_of_order",
    "end_before_next_date",
    "date_passed",
    "date_before_birth",
    "lacks_next_date",
    "lacks_until",
    "lacks_amount_cents",
    "lacks_default_term",
    "lacks_term",
    "lacks_minimum_term",
    "lacks_review_months",
    "lacks_sureties",
    "lacks_conditions",
    "amount_of_nothing",
    "amounts_not_by_sentence",
    "amounts_differ",
    "term_of_nothing",
    "term_beyond_a_life",
    "minimum_beyond_term",
    "sentence_before_offence",
    "effective_before_offence",
    "pronounced_after_order",
    "consecutive_to_nothing",
    "consecutive_to_itself",
    "consecutive_to_unknown",
    "consecutive_to_another_person",
    "consecutive_to_fallen",
    "not_under_18",
    "life_under_18",
    "charge_of_another_person",
    "frees_from_nothing_known",
    "frees_more_than_it_names",
    "dated_on_a_closed_day",
    "next_date_on_a_closed_day",
    "illegible",
    "no_signature",
    "wrong_name",
    "other",
)
REMARKS = frozenset(
    {"perhaps_cannot_order", "date_passed", "dated_on_a_closed_day", "next_date_on_a_closed_day"}
)
# Sentences served for not paying: each ends when its own amount is paid.
DEFAULTS = frozenset({"fine_default", "compensation_default"})
# Those that whoever holds the paper marks; the others are read off.
MARKED = frozenset({"illegible", "no_signature", "wrong_name", "other"})


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as written. `received_on` is a day where the prison is; `order_doubt` is a code of
    `jurisdictions.courts.Doubt` about the body, "" where it can make such an order; `born` the
    first and the last day on which the person can have been born."""

    kind: OrderKind
    body_kind: str
    received_on: date
    dated: date | None = None
    next_date: date | None = None
    until: date | None = None
    amount_cents: int | None = None
    review_months: int | None = None
    sureties: str = ""
    conditions: str = ""
    impossible_dates: bool = False
    order_doubt: str = ""
    dated_closed: bool = False
    next_date_closed: bool = False
    born: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class ChangedFacts:
    """The earlier order that this one changes, as far as it is known."""

    itself: bool = False
    known: bool = True
    same_person: bool = True
    body_kind: str = ""
    dated: date | None = None
    stands: bool = True


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """One sentence of the order; `link_problem` is the code of what is wrong with what it
    follows, "" where nothing is."""

    kind: str
    term: Term
    minimum: Term | None
    pronounced_on: date
    effective_from: date | None = None
    offence_on: date | None = None
    link_problem: str = ""
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """What a consecutive sentence is said to follow."""

    named: bool = False
    itself: bool = False
    found: bool = False
    same_person: bool = False
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    order: OrderFacts
    changes: ChangedFacts | None = None
    sentences: Sequence[SentenceFacts] = field(default_factory=tuple)


def read_off(paper: Paper) -> set[str]:
    """The defects that the paper shows by itself."""
    order = paper.order
    found = _dates(order) | _lacking(paper) | _of_age(paper)
    if order.order_doubt in ("cannot_order", "perhaps_cannot_order"):
        found.add(order.order_doubt)
    if paper.changes is not None:
        found |= _changes(order, paper.changes)
    elif order.kind.changes_earlier:
        found.add("changes_nothing_named")
    for one in paper.sentences:
        found |= _sentence(order, one)
    written = [one.amount_cents for one in paper.sentences if one.kind in DEFAULTS]
    if any(amount is not None and amount <= 0 for amount in (order.amount_cents, *written)):
        found.add("amount_of_nothing")
    return found | _amounts(order.amount_cents, written)


def _amounts(total: int | None, written: Sequence[int | None]) -> set[str]:
    """Of several defaults on one paper each has an amount, and together they are the paper's."""
    if len(written) < 2 or (total is None and not any(written)):
        return set()
    if None in written:
        return {"amounts_not_by_sentence"}
    return {"amounts_differ"} if total not in (None, sum(one or 0 for one in written)) else set()


def in_order(found: Collection[str]) -> tuple[str, ...]:
    return tuple(code for code in DEFECTS if code in found)


def to_ask_about(found: Collection[str]) -> tuple[str, ...]:
    """Those that leave the order in doubt: the court is asked, the officer in charge decides."""
    return tuple(code for code in in_order(found) if code not in REMARKS)


def link_problem(followed: Followed) -> str:
    """What is wrong with what a consecutive sentence is said to follow; "" where nothing is."""
    if not followed.named:
        return "consecutive_to_nothing"
    if followed.itself:
        return "consecutive_to_itself"
    if not followed.found:
        return "consecutive_to_unknown"
    if not followed.same_person:
        return "consecutive_to_another_person"
    return "" if followed.stands else "consecutive_to_fallen"


def _dates(order: OrderFacts) -> set[str]:
    found = set()
    ahead = [day for day in (order.next_date, order.until) if day is not None]
    if order.impossible_dates:
        found.add("impossible_date")
    if order.dated is None:
        found.add("no_date")
    elif order.dated > order.received_on:
        found.add("date_in_the_future")
    if order.dated is not None and any(day < order.dated for day in ahead):
        found.add("dates_out_of_order")
    reviewed = "review_months" in order.kind.fields
    if (
        order.until is not None
        and order.next_date is not None
        and order.until < order.next_date
        and not reviewed
    ):
        found.add("end_before_next_date")
    if any(day < order.received_on for day in ahead):
        found.add("date_passed")
    if order.born is not None:
        written = [order.dated, *ahead]
        if any(day is not None and day < order.born[0] for day in written):
            found.add("date_before_birth")
    if order.dated_closed:
        found.add("dated_on_a_closed_day")
    if order.next_date_closed:
        found.add("next_date_on_a_closed_day")
    return found


def _lacking(paper: Paper) -> set[str]:
    order = paper.order
    written: set[str] = set()
    for name in ("next_date", "until", "amount_cents", "review_months"):
        if getattr(order, name) is not None:
            written.add(name)
    for name in ("sureties", "conditions"):
        if getattr(order, name).strip():
            written.add(name)
    if any(one.amount_cents is not None for one in paper.sentences):
        written.add("amount_cents")
    if paper.sentences:
        written |= {"term", "default_term"}
        # A term is enough where what must be served of a life sentence is written as the term.
        if any(one.minimum is not None or not one.term.is_nothing for one in paper.sentences):
            written.add("minimum_term")
    return {f"lacks_{name}" for name in order.kind.lacking(written)}


def _of_age(paper: Paper) -> set[str]:
    order = paper.order
    if order.born is None or order.dated is None:
        return set()
    found = set()
    youngest, oldest = (_age(born, order.dated) for born in (order.born[1], order.born[0]))
    if order.kind.under_18 and youngest >= 18:
        found.add("not_under_18")
    if oldest < 18 and any(one.kind == "life" for one in paper.sentences):
        found.add("life_under_18")
    return found


def _changes(order: OrderFacts, earlier: ChangedFacts) -> set[str]:
    if earlier.itself:
        return {"revokes_itself"}
    if not earlier.known:
        return {"changes_unknown"}
    found = set()
    if not earlier.same_person:
        found.add("changes_another_person")
    if earlier.dated is not None and order.dated is not None and earlier.dated > order.dated:
        found.add("changes_later_order")
    if not earlier.stands:
        found.add("changes_fallen_order")
    own, theirs = RANK.get(order.body_kind), RANK.get(earlier.body_kind)
    if own is not None and theirs is not None and own < theirs:
        found.add("lower_court_changes")
    return found


def _sentence(order: OrderFacts, one: SentenceFacts) -> set[str]:
    found = {one.link_problem} if one.link_problem else set()
    open_ended = one.kind in ("life", "pleasure", "unfit")
    if one.term.is_nothing and not open_ended:
        found.add("term_of_nothing")
    if is_beyond_a_life(one.term):
        found.add("term_beyond_a_life")
    timed = one.minimum is not None and not open_ended and not one.term.is_nothing
    if timed and one.minimum is not None and one.minimum.rough_days > one.term.rough_days:
        found.add("minimum_beyond_term")
    if one.offence_on is not None and one.pronounced_on < one.offence_on:
        found.add("sentence_before_offence")
    first = one.effective_from
    if first is not None and one.offence_on is not None and first < one.offence_on:
        found.add("effective_before_offence")
    if order.dated is not None and one.pronounced_on > order.dated:
        found.add("pronounced_after_order")
    return found


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
