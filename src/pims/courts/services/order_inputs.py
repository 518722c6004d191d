"""What is given to record an order, and what no row can hold of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pims.courts.models import CourtOrder, Sentence
from pims.courts.rules.defects import MARKED
from pims.courts.rules.terms import as_term
from pims.courts.services.common import among, amounts
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.reasons import Reason
from pims.kernel.terms import Term
from pims.kernel.text import clean_field

# Kind of order -> kind of its sentences, where the input names none.
SENTENCE_KINDS: Mapping[str, str] = {
    "fine_default": "fine_default", "compensation_default": "compensation_default",
    "life_minimum": "life", "courts_pleasure": "pleasure", "unfit_to_plead": "unfit",
}  # fmt: skip
UNITS = ("years", "months", "weeks", "days")
# Boxes for days of which a paper may say what no calendar has.
DATE_FIELDS = ("dated", "next_date", "until", "pronounced_on", "effective_from", "offence_on")


@dataclass(frozen=True, slots=True)
class OrderName:
    """One person that the order names.

    `warrant_name_ids` are the warrants that it is about: those that it frees from, or whose place
    it takes; `ends_all` frees from every one. Nothing given: those of the same case.

    `keyed_warrant_name_id` (`keyed_release_order_id`) is this very paper where the gate or the
    desk has recorded it already as a warrant (release order): no second one is made of it.

    `granted`: that what the order takes back was granted is known, though no order here says so.
    """

    person_id: int
    name_as_written: str = ""
    warrant_name_ids: tuple[int, ...] = ()
    ends_all: bool = False
    keyed_warrant_name_id: int | None = None
    keyed_release_order_id: int | None = None
    granted: bool = False


@dataclass(frozen=True, slots=True)
class SentenceInput:
    """One term as written. `person_id` None: of everyone whom the order names.

    `consecutive_to_position` is the place of another sentence on the same paper, counted from 1
    for each person; `consecutive_to_id` a sentence recorded before. What is None is taken from the
    order or the charge: kind, day of pronouncement, day and class of the offence, amount.
    """

    kind: str = ""
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    minimum_years: int | None = None
    minimum_months: int | None = None
    minimum_weeks: int | None = None
    minimum_days: int | None = None
    pronounced_on: date | None = None
    effective_from: date | None = None
    link: str = "concurrent"
    consecutive_to_position: int | None = None
    consecutive_to_id: int | None = None
    charge_id: int | None = None
    offence_on: date | None = None
    offence_class: str = ""
    amount_cents: int | None = None
    person_id: int | None = None

    @property
    def term(self) -> Term:
        return Term(self.years, self.months, self.weeks, self.days)

    @property
    def minimum(self) -> Term | None:
        given = {unit: getattr(self, f"minimum_{unit}") for unit in UNITS}
        return None if all(value is None for value in given.values()) else as_term(given)


@dataclass(frozen=True, slots=True)
class CourtOrderResult:
    """`order_ids`, `warrant_name_ids` and `release_order_ids` are of each person named, in the
    order given; None where it made none. `defects` are those of all of them."""

    paper: UUID
    order_ids: tuple[int, ...]
    warrant_name_ids: tuple[int | None, ...]
    release_order_ids: tuple[int | None, ...]
    defects: tuple[str, ...]


def wrong_in(
    *,
    kind: str,
    names: Sequence[OrderName],
    sentences: Sequence[SentenceInput],
    defects: Sequence[str],
    change: str,
    amount_cents: int | None,
    review_months: int | None,
    dates_as_written: Mapping[str, str],
) -> dict[str, Reason]:
    """What cannot be recorded at all, by field; a term of nothing or of ages can."""
    wrong = among("kind", kind, order_kinds())
    wrong |= among("change", change, CourtOrder.Change.values)
    if not names:
        wrong["names"] = Reason("courts.nobody_named")
    if len({name.person_id for name in names}) != len(names):
        wrong["names"] = Reason("courts.named_twice")
    for code in defects:
        wrong |= among("defects", code, MARKED)
    for field in dates_as_written:
        wrong |= among("dates_as_written", field.rpartition(".")[2], DATE_FIELDS)
    wrong |= amounts(review_months=review_months)
    wrong |= _money("amount_cents", amount_cents)
    for number, one in enumerate(sentences, 1):
        wrong |= _of_sentence(f"sentences.{number}", one)
    return wrong


def _of_sentence(where: str, one: SentenceInput) -> dict[str, Reason]:
    wrong = amounts(
        **{unit: getattr(one, unit) for unit in UNITS},
        **{f"minimum_{unit}": getattr(one, f"minimum_{unit}") for unit in UNITS},
    )
    wrong |= _money("amount_cents", one.amount_cents)
    if one.kind:
        wrong |= among("kind", one.kind, Sentence.Kind.values)
    wrong |= among("link", one.link, Sentence.Link.values)
    wrong |= among("offence_class", one.offence_class, Sentence.OffenceClass.values)
    return {f"{where}.{field}": reason for field, reason in wrong.items()}


def _money(field: str, cents: int | None) -> dict[str, Reason]:
    if cents is None or -(2**63) <= cents < 2**63:
        return {}
    return {field: Reason("courts.number_out_of_reach", {"most": 2**63 - 1})}


def written_dates(dates: Mapping[str, str]) -> dict[str, str]:
    """What stands in a box for a day that no calendar has. Raises InvalidInput."""
    kept = {field: clean_field(field, text, limit=60) for field, text in dates.items()}
    return {field: text for field, text in kept.items() if text}
