"""What came of a day in court that a warrant alone named: the hearing and its outcome at once."""

from datetime import date, datetime

from pims.courts.services.hearings import HearingResult, record_hearing_outcome, schedule_hearing
from pims.foundation.commands.transaction import Transaction, service


@service
def record_outcome_of_day(
    tx: Transaction,
    *,
    establishment_id: int,
    person_id: int,
    body_id: int,
    on: date,
    warrant_name_id: int | None,
    outcome: str,
    happened_at: datetime,
    note: str = "",
    next_on: date | None = None,
) -> HearingResult:
    """Record both, or neither. Raises what `schedule_hearing` and `record_hearing_outcome` do."""
    made = schedule_hearing(
        tx,
        establishment_id=establishment_id,
        person_id=person_id,
        body_id=body_id,
        on=on,
        warrant_name_id=warrant_name_id,
    )
    return record_hearing_outcome(
        tx,
        hearing_id=made.hearing_id,
        version=1,
        outcome=outcome,
        note=note,
        happened_at=happened_at,
        next_on=next_on,
    )
