"""Cases and the charges in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pims.courts import events
from pims.courts.models import Charge, CourtCase
from pims.courts.services.common import (
    NUMBER,
    PROSE,
    RECORD,
    TITLE,
    among,
    body_of,
    join_case,
    line,
    locked_case,
    locked_charge,
    parties_of,
    prose,
    reach,
    refuse_wrong,
    require_fresh,
    why,
)
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.offences import offences
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason


@dataclass(frozen=True, slots=True)
class CaseResult:
    case_id: int


@dataclass(frozen=True, slots=True)
class ChargeResult:
    charge_id: int
    defects: tuple[str, ...]


# A hundred years: a longer term is a slip of the keys.
MOST_MONTHS = 1200


@service
def open_case(
    tx: Transaction,
    *,
    establishment_id: int,
    number: str,
    body_id: int,
    person_ids: Sequence[int],
    title: str = "",
    opened_on: date | None = None,
) -> CaseResult:
    """Record a case by the court's number, with everyone who is before the court in it.

    The same number twice is no error: courts use numbers again. Raises InvalidInput (no number,
    nobody named), NotFound (body, person), NotPermitted.
    """
    tx.require(RECORD, establishment_id=establishment_id)
    reach(tx, RECORD, person_ids)
    tx.lock_persons(person_ids)
    number = line("number", number, NUMBER, missing="courts.number_missing")
    title = line("title", title, TITLE)
    if not person_ids:
        refuse_wrong({"person_ids": Reason("courts.nobody_named")})
    case = CourtCase.objects.create(
        number=number,
        title=title,
        body_id=body_of(body_id).body_id,
        establishment_id=establishment_id,
        opened_on=opened_on,
        recorded_by_id=tx.actor.user_id,
    )
    for person_id in dict.fromkeys(person_ids):
        join_case(tx, case, person_id)
        tx.record(
            events.CaseOpened(
                person_id=person_id, establishment_id=establishment_id, case_id=case.pk
            ),
            details={"number": number, "title": title},
        )
    return CaseResult(case.pk)


@service
def amend_case(
    tx: Transaction,
    *,
    case_id: int,
    version: int,
    reason: str,
    number: str,
    body_id: int,
    title: str = "",
    opened_on: date | None = None,
    closed_on: date | None = None,
) -> CaseResult:
    """Correct or close a case. Raises Stale, InvalidInput (no reason, no number), NotFound."""
    case = locked_case(tx, case_id)
    require_fresh(case, version)
    reason = why("reason", reason)
    new = {
        "number": line("number", number, NUMBER, missing="courts.number_missing"),
        "title": line("title", title, TITLE),
        "body_id": body_of(body_id).body_id,
        "opened_on": opened_on,
        "closed_on": closed_on,
    }
    changed = tuple(field for field, value in new.items() if getattr(case, field) != value)
    before = {field: getattr(case, field) for field in changed}
    for field in changed:
        setattr(case, field, new[field])
    case.version += 1
    case.save()
    for person_id in parties_of(case):
        tx.record(
            events.CaseAmended(
                person_id=person_id,
                establishment_id=case.establishment_id,
                case_id=case.pk,
                fields=changed,
            ),
            details={
                "reason": reason,
                "before": before,
                "after": {field: new[field] for field in changed},
            },
        )
    return CaseResult(case.pk)


@service
def add_charge(
    tx: Transaction,
    *,
    case_id: int,
    person_id: int,
    offence_code: str = "",
    as_written: str = "",
    offence_from: date | None = None,
    offence_to: date | None = None,
    likely_months: int | None = None,
) -> ChargeResult:
    """Record a charge against one person of a case, who is in it from then on.

    Dates in the wrong order are recorded with a defect. Raises InvalidInput (an offence that the
    table does not have, neither offence nor words), NotFound.
    """
    reach(tx, RECORD, [person_id])
    case = locked_case(tx, case_id, also=[person_id])
    as_written = prose("as_written", as_written, PROSE)
    _check_offence(offence_code, as_written)
    defects = _defects(case, offence_from, offence_to)
    join_case(tx, case, person_id)
    charge = Charge.objects.create(
        case=case,
        person_id=person_id,
        offence_code=offence_code,
        as_written=as_written,
        offence_from=offence_from,
        offence_to=offence_to,
        likely_months=_months(likely_months),
        defects=list(defects),
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.ChargeAdded(
            person_id=person_id,
            establishment_id=case.establishment_id,
            case_id=case.pk,
            charge_id=charge.pk,
        ),
        details={"as_written": as_written, "offence": offence_code},
    )
    return ChargeResult(charge.pk, defects)


@service
def amend_charge(
    tx: Transaction,
    *,
    charge_id: int,
    version: int,
    reason: str,
    offence_code: str = "",
    as_written: str = "",
    offence_from: date | None = None,
    offence_to: date | None = None,
    likely_months: int | None = None,
) -> ChargeResult:
    """Correct a charge. Raises Stale, InvalidInput, NotFound."""
    charge = locked_charge(tx, charge_id)
    require_fresh(charge, version)
    reason = why("reason", reason)
    as_written = prose("as_written", as_written, PROSE)
    _check_offence(offence_code, as_written)
    new = {
        "offence_code": offence_code,
        "as_written": as_written,
        "offence_from": offence_from,
        "offence_to": offence_to,
        "likely_months": _months(likely_months),
    }
    changed = tuple(field for field, value in new.items() if getattr(charge, field) != value)
    before = {field: getattr(charge, field) for field in changed}
    for field in changed:
        setattr(charge, field, new[field])
    charge.defects = list(_defects(charge.case, offence_from, offence_to))
    charge.version += 1
    charge.save()
    tx.record(
        events.ChargeAmended(
            person_id=charge.person_id,
            establishment_id=charge.case.establishment_id,
            charge_id=charge.pk,
            fields=changed,
        ),
        details={
            "reason": reason,
            "before": before,
            "after": {field: new[field] for field in changed},
        },
    )
    return ChargeResult(charge.pk, tuple(charge.defects))


def _months(given: int | None) -> int | None:
    """A likely term. Raises InvalidInput where no sentence is that long."""
    if given is not None and not 1 <= given <= MOST_MONTHS:
        raise InvalidInput({"likely_months": Reason("courts.likely_term_unlikely")})
    return given


@service
def decide_charge(
    tx: Transaction, *, charge_id: int, state: str, decided_on: date | None = None, note: str = ""
) -> ChargeResult:
    """What became of a charge, where no order said it; ``open`` takes a decision back.

    A repeat changes nothing. Raises InvalidInput (no such state), NotFound.
    """
    charge = locked_charge(tx, charge_id)
    refuse_wrong(among("state", state, Charge.State.values))
    note = prose("note", note)
    set_charge_state(tx, charge, state=state, decided_on=decided_on, note=note)
    return ChargeResult(charge.pk, tuple(charge.defects))


def set_charge_state(
    tx: Transaction,
    charge: Charge,
    *,
    state: str,
    decided_on: date | None,
    note: str = "",
    order_id: int | None = None,
) -> None:
    """Inside a change whose permission is settled."""
    decided_on = None if state == Charge.State.OPEN else decided_on
    if (charge.state, charge.decided_on) == (state, decided_on):
        return
    before = charge.state
    charge.state, charge.decided_on = state, decided_on
    charge.version += 1
    charge.save(update_fields=["state", "decided_on", "version"])
    tx.record(
        events.ChargeDecided(
            person_id=charge.person_id,
            establishment_id=charge.case.establishment_id,
            charge_id=charge.pk,
            state=state,
            order_id=order_id,
        ),
        details={"note": note, "before": before, "decided_on": decided_on},
    )


def _check_offence(code: str, as_written: str) -> None:
    if code and code not in offences():
        refuse_wrong({"offence_code": Reason("courts.unknown_offence", {"code": code[:40]})})
    if not code and not as_written:
        refuse_wrong({"as_written": Reason("courts.charge_says_nothing")})


def _defects(case: CourtCase, first: date | None, last: date | None) -> tuple[str, ...]:
    found = []
    if first is not None and last is not None and last < first:
        found.append("offence_dates_out_of_order")
    if first is not None and case.opened_on is not None and first > case.opened_on:
        found.append("offence_after_case")
    return tuple(found)
