"""What the 17:00 desk fills in for each person, and what it is told back."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One line of the desk. Who never left has no `escort_id` but an `episode_id`.

    `outcome` is one of `rules.returns.OUTCOMES` (or PLAIN_OUTCOMES for other escorts). Dates are
    the court's; `amount_cents` is in Belize dollars times 100; `frees` says that a fine was paid
    or given time; `not_returned_because` is one of court, police, hospital, escaped, unknown.
    """

    outcome: str
    escort_id: int | None = None
    episode_id: int | None = None
    happened_at: datetime | None = None
    returned_from: str = ""
    received_back_by: str = ""
    condition_back: str = ""
    note: str = ""
    next_appearance: date | None = None
    warrant_name_ids: tuple[int, ...] = ()
    warrant_kind: str = ""
    body_id: int | None = None
    reference: str = ""
    dated: date | None = None
    until: date | None = None
    amount_cents: int | None = None
    charges: str = ""
    frees: bool = False
    order_seen: str = ""
    destination: str = ""
    conditions: str = ""
    not_returned_because: str = "unknown"
    produced_person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not recorded: the field concerned ("" for the whole row) and its reason."""

    field: str
    code: str
    params: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Returned:
    """`release_waits` says that the court freed someone who is still here."""

    court_return_id: int | None
    episode_id: int
    person_id: int
    outcome: str
    release_waits: bool = False
    release_order_id: int | None = None
    warrant_id: int | None = None
    custody_ended: bool = False


@dataclass(frozen=True, slots=True)
class RowResult:
    """`row` is the position in the request; `returned` is None where `problems` say why."""

    row: int
    returned: Returned | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnsRecorded:
    rows: tuple[RowResult, ...]

    @property
    def all_recorded(self) -> bool:
        return all(row.returned is not None for row in self.rows)
