"""A discharge case from the order, or the final date, until just before the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo
from pims.custody.selectors.standing import owner_of, standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.asof import AsOf
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.release import events, rules
from pims.release.dated import as_calculated, calculated
from pims.release.facts import (
    clock_of,
    final_dates,
    last_day,
    orders_that_ground,
    release_hour,
)
from pims.release.models import DischargeCase, DischargeItem
from pims.release.one_custody import this_custody

# Why a case was closed by what happened, as reasons that have their wording; whoever closes one by
# hand says why in words.
ORDER_WITHDRAWN = "release.closed_order_withdrawn"
ORDER_STRUCK_OUT = "release.closed_order_struck_out"
CUSTODY_ENDED = "release.closed_custody_ended"
ON_PAPER = "release.closed_on_paper"
TAKEN_BACK = "release.closed_taken_back"
CLOSINGS = frozenset({ORDER_WITHDRAWN, ORDER_STRUCK_OUT, CUSTODY_ENDED, ON_PAPER, TAKEN_BACK})


# As much as the end of custody has room for: a long ground never stops anybody at the gate.
GROUND = 300


@dataclass(frozen=True, slots=True)
class CaseResult:
    case_id: int


@service
def start_discharge(
    tx: Transaction,
    *,
    episode_id: int,
    basis: str,
    release_order_id: int | None = None,
    final_date: date | None = None,
    ground: str = "",
) -> CaseResult:
    """Open the case; one that is open already is returned, with a newer ground taken over.

    The clock follows `rules.clock_start`: taking over a ground never starts it again for someone
    who was free to go before.
    `no_authority` is the decision of whoever holds ``authority.decide`` that nothing detains the
    person, with its ground. Raises Refused (not in custody, another person's order, one that is no
    ground to go now), NotFound.
    """
    person_id, establishment_id = owner_of(episode_id)
    tx.lock_persons([person_id])
    tx.require_person("release.prepare", person_id)
    ground = clean_field("ground", ground, limit=GROUND, multiline=True)
    rows = standing(person_ids=[person_id])
    if not any(row.episode_id == episode_id for row in rows):
        refuse(Reason("release.not_in_custody")).require()
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    said = tx.now
    if basis == DischargeCase.Basis.ORDER:
        said = _ground_order(person_id, episode_id, release_order_id).received_at
    elif basis == DischargeCase.Basis.FINAL_DATE and final_date is not None:
        _on_a_paper(person_id, episode_id, final_date, zone.key)
        said = release_hour(final_date, zone)
    elif basis == DischargeCase.Basis.NO_AUTHORITY:
        tx.require("authority.decide", establishment_id=establishment_id)
        if not ground:
            raise InvalidInput({"ground": Reason("release.reason_missing")})
    else:
        raise InvalidInput({"basis": Reason("release.no_order_or_final_date")})
    case = DischargeCase.objects.filter(
        episode_id=episode_id, state=DischargeCase.State.OPEN
    ).first()
    if case is None:
        case = DischargeCase(
            episode_id=episode_id,
            person_id=person_id,
            establishment_id=establishment_id,
            recorded_by_id=tx.actor.user_id,
        )
    elif (case.basis, case.release_order_id, case.final_date) == (
        basis,
        release_order_id,
        final_date,
    ):
        return CaseResult(case.pk)
    earlier = [] if basis == DischargeCase.Basis.ORDER else [said]
    if case.pk is not None:
        earlier.append(case.clock_started_at)
    started = clock_of(
        person_id,
        episode_id=episode_id,
        establishment_id=establishment_id,
        release_order_id=release_order_id,
        at=tx.now,
        earlier=earlier,
    )
    started = said if started is None else started
    case.basis, case.release_order_id = basis, release_order_id
    case.final_date, case.ground, case.clock_started_at = final_date, ground, started
    case.save()
    tx.record(
        events.DischargeStarted(
            person_id=person_id,
            establishment_id=establishment_id,
            case_id=case.pk,
            basis=basis,
            clock_started_at=started.isoformat(),
        ),
        details={"ground": ground},
    )
    return CaseResult(case.pk)


@service
def follow_clock(tx: Transaction, *, person_id: int) -> None:
    """Count the clock of the person's open case anew, after a change to orders or warrants.

    Without an open case, or where the count is the same, nothing changes.
    """
    tx.lock_persons([person_id])
    case = DischargeCase.objects.filter(person_id=person_id, state=DischargeCase.State.OPEN).first()
    if case is None:
        return
    tx.require_person("release.prepare", person_id)
    started = clock_of(
        person_id,
        episode_id=case.episode_id,
        establishment_id=case.establishment_id,
        release_order_id=case.release_order_id,
        at=tx.now,
        earlier=[] if case.basis == DischargeCase.Basis.ORDER else [case.clock_started_at],
    )
    if started is None or started == case.clock_started_at:
        return
    before, case.clock_started_at = case.clock_started_at, started
    case.save(update_fields=["clock_started_at"])
    tx.record(
        events.DischargeClockMoved(
            person_id=person_id,
            establishment_id=case.establishment_id,
            case_id=case.pk,
            clock_started_at=started.isoformat(),
            before=before.isoformat(),
        )
    )


@service
def start_due_discharges(tx: Transaction, *, establishment_id: int) -> int:
    """Open a case for everyone whose last warrant ends today by its own words, or by calculation.

    Whoever waits for a court date is not among them, nor whoever a further sentence holds on:
    only ends named by the papers or calculated count. Gives how many cases were opened.
    """
    tx.require("release.prepare", establishment_id=establishment_id)
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    today = tx.now.astimezone(zone).date()
    rows = standing(establishment_id=establishment_id)
    held = authority.warrants_of([row.person_id for row in rows], zone=zone.key, as_of=AsOf(tx.now))
    has_case = set(
        DischargeCase.objects.filter(
            establishment_id=establishment_id, state=DischargeCase.State.OPEN
        ).values_list("episode_id", flat=True)
    )
    # Without asking whether the facts are still the same: `_on_a_paper` asks of those who are due.
    days = calculated([row.person_id for row in rows], until=today, fresh=False)
    last = {
        row: last_day(
            as_calculated(held.get(row.person_id, []), days.get(row.person_id), zone), tx.now, zone
        )
        for row in rows
    }
    due = [
        (row, day)
        for row, day in last.items()
        if day is not None
        and day <= today
        and row.episode_id not in has_case
        and row.at_large_since is None
    ]
    tx.lock_persons(row.person_id for row, _day in due)
    opened = 0
    still = calculated([row.person_id for row, _day in due if row.person_id in days])
    for row, day in due:
        if row.person_id in days and still.get(row.person_id) != days[row.person_id]:
            continue  # its facts have changed: it is being worked out anew
        start_discharge(
            tx, episode_id=row.episode_id, basis=DischargeCase.Basis.FINAL_DATE, final_date=day
        )
        opened += 1
    return opened


@service
def acknowledge_discharge(tx: Transaction, *, case_id: int) -> CaseResult:
    """Reception heard it. The clock runs on. A repeat changes nothing."""
    case = locked_case(tx, case_id)
    tx.require_person("release.prepare", case.person_id)
    if case.acknowledged_at is None:
        case.acknowledged_at, case.acknowledged_by_id = tx.now, tx.actor.user_id
        case.save(update_fields=["acknowledged_at", "acknowledged_by_id"])
        tx.record(
            events.DischargeAcknowledged(
                person_id=case.person_id, establishment_id=case.establishment_id, case_id=case.pk
            )
        )
    return CaseResult(case.pk)


@service
def settle_item(
    tx: Transaction, *, case_id: int, code: str, done: bool, note: str = ""
) -> CaseResult:
    """Something on the list was done, or was not and here is why. Raises InvalidInput."""
    case = open_case(tx, case_id)
    tx.require_person("release.prepare", case.person_id)
    if code not in rules.ITEMS:
        raise InvalidInput({"code": Reason("release.unknown_item", {"code": code})})
    missing = "" if done else "release.explanation_missing"
    note = clean_field("note", note, limit=500, multiline=True, missing=missing)
    state = DischargeItem.State.DONE if done else DischargeItem.State.EXPLAINED
    DischargeItem.objects.update_or_create(
        case=case,
        code=code,
        defaults={
            "state": state,
            "note": note,
            "at": tx.now,
            "by_id": tx.actor.user_id,
        },
    )
    tx.record(
        events.DischargeItemSettled(
            person_id=case.person_id,
            establishment_id=case.establishment_id,
            case_id=case.pk,
            code=code,
            state=state,
        ),
        details={"note": note},
    )
    return CaseResult(case.pk)


@service
def settle_items(tx: Transaction, *, case_id: int, done: Sequence[str]) -> CaseResult:
    """Several things on the list were done, as one change. Raises as `settle_item`."""
    for code in done:
        settle_item(tx, case_id=case_id, code=code, done=True)
    return CaseResult(case_id)


@service
def second_officer_agrees(tx: Transaction, *, case_id: int) -> CaseResult:
    """The actor is the second officer and has looked at the case."""
    case = open_case(tx, case_id)
    tx.require_person("release.second_check", case.person_id)
    case.second_officer_id, case.second_officer_at = tx.actor.user_id, tx.now
    case.save(update_fields=["second_officer_id", "second_officer_at"])
    tx.record(
        events.SecondOfficerAgreed(
            person_id=case.person_id, establishment_id=case.establishment_id, case_id=case.pk
        )
    )
    return CaseResult(case.pk)


@service
def close_case(tx: Transaction, *, case_id: int, reason: str) -> CaseResult:
    """Close a case without a discharge: the order was withdrawn, or a new warrant came.

    `reason` is what the officer says, or one of `CLOSINGS`. Raises Refused, NotFound, InvalidInput.
    """
    case = open_case(tx, case_id)
    tx.require_person("release.discharge", case.person_id)
    reason = clean_field(
        "reason", reason, limit=300, multiline=True, missing="release.reason_missing"
    )
    case.state, case.closed_at = DischargeCase.State.CLOSED, tx.now
    case.closed_reason = reason
    case.save(update_fields=["state", "closed_at", "closed_reason"])
    tx.record(
        events.DischargeCaseClosed(
            person_id=case.person_id, establishment_id=case.establishment_id, case_id=case.pk
        ),
        details={"reason": reason},
    )
    return CaseResult(case.pk)


def _ground_order(
    person_id: int, episode_id: int, release_order_id: int | None
) -> ReleaseOrderInfo:
    """The order, where the person can be let go on it from this custody. Raises Refused."""
    orders = authority.release_orders([person_id]).get(person_id, [])
    if not any(order.release_order_id == release_order_id for order in orders):
        refuse(Reason("release.order_of_another")).require()
    for order in orders_that_ground(episode_id):
        if order.release_order_id == release_order_id:
            return order
    refuse(Reason("release.order_is_no_ground", decided_by="authority.decide")).require()
    raise AssertionError("a refusal was not raised")


def _on_a_paper(person_id: int, episode_id: int, final_date: date, zone: str) -> None:
    """Raise InvalidInput unless this is the last day that is calculated, or that a warrant which
    held in this custody names: a slip of the pen starts no clock.

    Who is to leave before the day of the papers leaves on an order; a last day that a paper
    names otherwise is amended on the warrant.
    """
    written = authority.warrants_of([person_id], zone=zone).get(person_id, [])
    papers = as_calculated(written, calculated([person_id]).get(person_id), ZoneInfo(zone))
    days = final_dates(papers, this_custody(episode_id))
    if final_date in days:
        return
    named = [day.isoformat() for day in sorted(days)]
    raise InvalidInput({"final_date": Reason("release.final_date_on_no_paper", {"days": named})})


def locked_case(tx: Transaction, case_id: int) -> DischargeCase:
    """The case, its person locked. Raises NotFound."""
    person_id = DischargeCase.objects.filter(pk=case_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound("discharge_case", case_id)
    tx.lock_persons([person_id])
    return DischargeCase.objects.get(pk=case_id)


def open_case(tx: Transaction, case_id: int) -> DischargeCase:
    """The locked case, still open. Raises Refused where it was discharged or closed."""
    case = locked_case(tx, case_id)
    if case.state == DischargeCase.State.DISCHARGED:
        at = case.discharge.at.isoformat()
        refuse(Reason("release.already_discharged", {"at": at})).require()
    if case.state == DischargeCase.State.CLOSED:
        why = case.closed_reason
        closed = Reason("release.case_closed", {"reason": why})
        refuse(Reason(why) if why in CLOSINGS else closed).require()
    return case
