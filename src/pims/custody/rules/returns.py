"""The outcomes of a day at court and what each of them needs: the 17:00 desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pims.kernel.decisions import Reason

OUTCOMES = (
    "same_warrant",
    "new_date",
    "sentenced",
    "fined",
    "bailed",
    "discharged_at_court",
    "not_produced",
    "refused_to_go",
    "not_returned",
    "wrong_person_produced",
)
# Other escorts (hospital, police, funeral) come back in one of these ways.
PLAIN_OUTCOMES = ("returned", "not_returned", "wrong_person_produced")
# Outcomes after which the person is not back inside.
NOT_BACK = frozenset({"discharged_at_court", "not_returned"})
# Outcomes of those who never left: they need no escort.
NEVER_LEFT = frozenset({"not_produced", "refused_to_go"})
# Outcomes with which a court may have named another day: in the prisoner's absence too.
MAY_ADJOURN = frozenset({"new_date", *NEVER_LEFT, "wrong_person_produced"})
# Outcomes that change the authority to detain, and so concern named warrants.
CHANGES_WARRANT = frozenset({"new_date", "sentenced", "fined", "bailed"})


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What the desk was told. Dates are calendar days where the establishment is."""

    outcome: str
    happened_at: datetime
    left_at: datetime | None
    court_day: date
    next_appearance: date | None = None
    warrant_kind: str = ""
    until: date | None = None
    amount_cents: int | None = None
    body_known: bool = False
    detaining: tuple[int, ...] = ()
    chosen: tuple[int, ...] = ()
    escort_kind: str = "court"


def missing(facts: ReturnFacts) -> Mapping[str, Reason]:
    """The fields that cannot be right for this outcome, with the reason; empty when all can.

    A paper that has not come yet is no obstacle: the outcome is a fact, and the want of paper
    is what the alarm is for.
    """
    wrong: dict[str, Reason] = {}
    allowed = OUTCOMES if facts.escort_kind == "court" else (*PLAIN_OUTCOMES, *OUTCOMES)
    if facts.outcome not in allowed:
        return {"outcome": Reason("custody.outcome_unknown")}
    if facts.left_at is None and facts.outcome not in NEVER_LEFT:
        wrong["escort_id"] = Reason("custody.not_out")
    if facts.left_at is not None and facts.happened_at <= facts.left_at:
        wrong["happened_at"] = Reason("custody.return_before_departure")
    adjourned = facts.next_appearance is not None and facts.outcome in MAY_ADJOURN
    if facts.next_appearance is not None and facts.next_appearance < facts.court_day:
        wrong["next_appearance"] = Reason("custody.next_appearance_in_the_past")
    elif facts.outcome == "new_date" and not adjourned:
        wrong["next_appearance"] = Reason("custody.next_appearance_missing")
    if facts.warrant_kind and not facts.body_known:
        wrong["body_id"] = Reason("custody.court_missing")
    if facts.amount_cents is not None and facts.amount_cents <= 0:
        wrong["amount_cents"] = Reason("custody.amount_wrong")
    if facts.until is not None and facts.until < facts.court_day:
        wrong["until"] = Reason("custody.until_in_the_past")
    if facts.outcome in CHANGES_WARRANT or adjourned:
        if set(facts.chosen) - set(facts.detaining):
            wrong["warrant_name_ids"] = Reason("custody.warrant_does_not_detain")
        elif facts.outcome in MAY_ADJOURN and not concerned(facts):
            code = "custody.which_warrant" if facts.detaining else "custody.no_warrant_to_set"
            wrong["warrant_name_ids"] = Reason(code)
    return wrong


def concerned(facts: ReturnFacts) -> tuple[int, ...]:
    """The warrants that the outcome is about: those chosen, else the only one there is."""
    if facts.chosen:
        return facts.chosen
    return facts.detaining if len(facts.detaining) == 1 else ()
