"""When somebody must stand before a court, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.selectors import BodyInfo, WarrantBrief
from pims.courts import events
from pims.courts.models import CourtCase, Hearing
from pims.courts.services.common import (
    NOTE,
    PURPOSE,
    RECORD,
    among,
    body_of,
    closed,
    day_of,
    join_case,
    line,
    locked_case,
    locked_hearing,
    not_in_the_future,
    prose,
    reach,
    refuse_wrong,
    require_fresh,
    why,
)
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason
from pims.people import selectors as people

CLOSED = "court_closed"
PASSED = "day_passed"


@dataclass(frozen=True, slots=True)
class HearingResult:
    hearing_id: int
    defects: tuple[str, ...] = ()
    next_hearing_id: int | None = None


@service
def schedule_hearing(
    tx: Transaction,
    *,
    establishment_id: int,
    person_id: int,
    body_id: int,
    on: date,
    at_time: time | None = None,
    mode: str = "in_person",
    purpose: str = "",
    case_id: int | None = None,
    warrant_name_id: int | None = None,
) -> HearingResult:
    """Record a hearing. On a day when the court is closed it is recorded, with a warning.

    It lengthens no warrant: what holds until a day is what the court ordered. Raises InvalidInput
    (no such mode, another person's warrant), NotFound (body, case).
    """
    tx.require(RECORD, establishment_id=establishment_id)
    reach(tx, RECORD, [person_id])
    case = None if case_id is None else locked_case(tx, case_id, also=[person_id])
    tx.lock_persons([person_id])
    purpose = line("purpose", purpose, PURPOSE)
    wrong = among("mode", mode, Hearing.Mode.values)
    if warrant_name_id is not None and _warrant(person_id, warrant_name_id) is None:
        wrong["warrant_name_id"] = Reason("courts.warrant_of_another")
    refuse_wrong(wrong)
    hearing = add_hearing(
        tx,
        establishment_id=establishment_id,
        person_id=person_id,
        body=body_of(body_id),
        on=on,
        at_time=at_time,
        mode=mode,
        purpose=purpose,
        case=case,
        warrant_name_id=warrant_name_id,
    )
    return HearingResult(hearing.pk, tuple(hearing.defects))


def add_hearing(
    tx: Transaction,
    *,
    establishment_id: int,
    person_id: int,
    body: BodyInfo,
    on: date,
    at_time: time | None = None,
    mode: str = "in_person",
    purpose: str = "",
    case: CourtCase | None = None,
    warrant_name_id: int | None = None,
) -> Hearing:
    """Inside a change whose permission is settled, the person locked."""
    if case is not None:
        join_case(tx, case, person_id)
    defects = doubts_of_day(tx, body, on, establishment_id)
    hearing = Hearing.objects.create(
        case=case,
        person_id=person_id,
        body_id=body.body_id,
        establishment_id=establishment_id,
        on=on,
        at_time=at_time,
        mode=mode,
        purpose=purpose,
        defects=list(defects),
        warrant_name_id=warrant_name_id,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.HearingScheduled(
            person_id=person_id,
            establishment_id=establishment_id,
            hearing_id=hearing.pk,
            on=on.isoformat(),
            defects=defects,
        ),
        details={"purpose": purpose},
    )
    return hearing


@service
def move_hearing(
    tx: Transaction,
    *,
    hearing_id: int,
    version: int,
    on: date,
    reason: str,
    at_time: time | None = None,
    mode: str = "in_person",
    body_id: int | None = None,
    by_order: bool = False,
) -> HearingResult:
    """The hearing is on another day, at another hour or another court, or by video.

    `by_order`: the court itself put the person over to the new day, so that the warrant names it
    from now on. Otherwise the warrant keeps its own day, and both show in the diary: a clerk's
    list lengthens nobody's custody. Raises Stale, Refused (over, cancelled), InvalidInput.
    """
    hearing = locked_hearing(tx, hearing_id)
    require_fresh(hearing, version)
    _require_open(hearing)
    refuse_wrong(among("mode", mode, Hearing.Mode.values))
    reason = why("reason", reason)
    was_on = hearing.on
    body = body_of(body_id or hearing.body_id)
    before = {"on": was_on, "at_time": hearing.at_time, "mode": hearing.mode}
    hearing.on, hearing.at_time, hearing.mode = on, at_time, mode
    hearing.body_id = body.body_id
    hearing.defects = list(doubts_of_day(tx, body, on, hearing.establishment_id))
    hearing.version += 1
    hearing.save()
    if by_order:
        name_next(tx, hearing, on, happened_at=tx.now, basis=reason)
    tx.record(
        events.HearingMoved(
            person_id=hearing.person_id,
            establishment_id=hearing.establishment_id,
            hearing_id=hearing.pk,
            on=on.isoformat(),
            was_on=was_on.isoformat(),
            defects=tuple(hearing.defects),
        ),
        details={"reason": reason, "before": before},
    )
    return HearingResult(hearing.pk, tuple(hearing.defects))


@service
def cancel_hearing(tx: Transaction, *, hearing_id: int, version: int, reason: str) -> HearingResult:
    """It will not take place, or was entered by mistake. Raises Stale, Refused, InvalidInput."""
    hearing = locked_hearing(tx, hearing_id)
    require_fresh(hearing, version)
    _require_open(hearing)
    hearing.cancelled_reason = why("reason", reason)
    hearing.cancelled_at = tx.now
    hearing.version += 1
    hearing.save()
    tx.record(
        events.HearingCancelled(
            person_id=hearing.person_id,
            establishment_id=hearing.establishment_id,
            hearing_id=hearing.pk,
        ),
        details={"reason": hearing.cancelled_reason},
    )
    return HearingResult(hearing.pk)


@service
def record_hearing_outcome(
    tx: Transaction,
    *,
    hearing_id: int,
    version: int,
    outcome: str,
    note: str = "",
    happened_at: datetime | None = None,
    next_on: date | None = None,
    next_time: time | None = None,
    next_mode: str = "in_person",
) -> HearingResult:
    """What came of a hearing. Given again, it takes the place of what was recorded first: the
    hearing that the first outcome made is cancelled, the day that it named is taken back.

    With `next_on` the next hearing is made, and where the court remanded or adjourned to that day
    the warrant that the hearing was about names it from now on. What the court ordered in writing
    is recorded as an order. Raises Stale, Refused (cancelled), InvalidInput (its day is to come).
    """
    hearing = locked_hearing(tx, hearing_id)
    require_fresh(hearing, version)
    if hearing.cancelled_at is not None:
        _require_open(hearing)
    known = [code for code in Hearing.Outcome.values if code]
    wrong = among("outcome", outcome, known) | among("next_mode", next_mode, Hearing.Mode.values)
    wrong |= not_in_the_future(tx, happened_at=happened_at)
    when = happened_at or tx.now
    if not wrong and hearing.on > day_of(when, hearing.establishment_id):
        wrong["outcome"] = Reason("courts.outcome_before_hearing")
    if next_on is not None and not wrong and next_on < day_of(when, hearing.establishment_id):
        wrong["next_on"] = Reason("courts.next_before_hearing")
    refuse_wrong(wrong)
    note = prose("note", note, NOTE)
    names_day = outcome in (Hearing.Outcome.ADJOURNED, Hearing.Outcome.REMANDED)
    if hearing.outcome:
        _take_back(tx, hearing, next_on=next_on, names_day=names_day, reason=note or "court")
    before = hearing.outcome
    hearing.outcome, hearing.outcome_note = outcome, note
    hearing.outcome_at, hearing.outcome_by_id = when, tx.actor.user_id
    hearing.version += 1
    hearing.save()
    following = None
    if next_on is not None:
        following = _next(tx, hearing, next_on, next_time, next_mode)
        if names_day:
            named = name_next(tx, hearing, next_on, happened_at=when, basis=note or "court")
            hearing.named = named or hearing.named
        hearing.save(update_fields=["named", "next_hearing_id"])
    tx.record(
        events.HearingOutcomeRecorded(
            person_id=hearing.person_id,
            establishment_id=hearing.establishment_id,
            hearing_id=hearing.pk,
            outcome=outcome,
            next_hearing_id=None if following is None else following.pk,
        ),
        details={"note": note, "before": before},
    )
    return HearingResult(
        hearing.pk, tuple(hearing.defects), None if following is None else following.pk
    )


def name_next(
    tx: Transaction, hearing: Hearing, on: date, *, happened_at: datetime, basis: str
) -> dict[str, object]:
    """The warrant that a hearing is about names this day from now on, if it waits for a court.

    Gives what was done to the warrant, to be taken back where it was a mistake; nothing otherwise.
    """
    if hearing.warrant_name_id is None:
        return {}
    warrant = _warrant(hearing.person_id, hearing.warrant_name_id)
    if warrant is None or not authority.waits_for_court(warrant.kind):
        return {}
    over = warrant.ends_at is not None and warrant.end_kind != "expired"
    if over or warrant.next_appearance == on:
        return {}
    named = authority_services.set_next_appearance(
        tx.beyond_scope(),
        warrant_name_id=hearing.warrant_name_id,
        next_appearance=on,
        happened_at=happened_at,
        basis=basis,
    )
    was, now = hearing.warrant_name_id, named.warrant_name_id
    done: dict[str, object] = {
        "warrant_name_id": was,
        "given_at": happened_at.isoformat(),
        "appears_on": on.isoformat(),
    }
    if now != was:
        _follow(was, now)
        old = _warrant(hearing.person_id, was)
        ended_at = None if old is None else old.ends_at
        done["went_on_as"] = now
        done["ended_at"] = None if ended_at is None else ended_at.isoformat()
    return done


def _follow(was: int, now: int) -> None:
    """The days to come of a warrant are those of the one that it went on as."""
    for one in Hearing.objects.filter(warrant_name_id=was, outcome="", cancelled_at=None):
        one.warrant_name_id = now
        one.version += 1
        one.save(update_fields=["warrant_name", "version"])


def _take_back(
    tx: Transaction, hearing: Hearing, *, next_on: date | None, names_day: bool, reason: str
) -> None:
    """What the outcome that was recorded first did, but for what the new one does too."""
    made = Hearing.objects.filter(pk=hearing.next_hearing_id or 0).first()
    if made is not None and made.on != next_on:
        if not made.outcome and made.cancelled_at is None:
            cancel_hearing(
                tx.beyond_scope(), hearing_id=made.pk, version=made.version, reason=reason
            )
        hearing.next_hearing_id = None
    named = hearing.named
    same = names_day and next_on is not None and named.get("appears_on") == next_on.isoformat()
    if named and not same:
        was, went_on_as = int(named["warrant_name_id"]), named.get("went_on_as")
        authority_services.take_back_court_date(
            tx.beyond_scope(),
            warrant_name_id=was,
            appears_on=date.fromisoformat(named["appears_on"]),
            given_at=datetime.fromisoformat(named["given_at"]),
            reason=reason,
            went_on_as=went_on_as,
            ended_at=datetime.fromisoformat(named["ended_at"]) if named.get("ended_at") else None,
        )
        if went_on_as is not None:
            _follow(int(went_on_as), was)
        hearing.named = {}


def standing_hearing(
    person_id: int, *, body_id: int, on: date, case_id: int | None
) -> Hearing | None:
    """That person's standing hearing at that court on that day, of that case or of none."""
    rows = Hearing.objects.filter(
        person_id__in=people.persons_of(person_id), body_id=body_id, on=on, cancelled_at=None
    )
    for row in rows.order_by("pk"):
        if case_id is None or row.case_id in (None, case_id):
            return row
    return None


def _next(tx: Transaction, hearing: Hearing, on: date, at_time: time | None, mode: str) -> Hearing:
    found = standing_hearing(
        hearing.person_id, body_id=hearing.body_id, on=on, case_id=hearing.case_id
    )
    if found is not None and found.pk != hearing.pk:
        return found
    made = add_hearing(
        tx,
        establishment_id=hearing.establishment_id,
        person_id=hearing.person_id,
        body=body_of(hearing.body_id),
        on=on,
        at_time=at_time,
        mode=mode,
        case=hearing.case,
        warrant_name_id=hearing.warrant_name_id,
    )
    hearing.next_hearing_id = made.pk
    return made


def doubts_of_day(
    tx: Transaction, body: BodyInfo, on: date, establishment_id: int
) -> tuple[str, ...]:
    found = []
    if closed(body, on):
        found.append(CLOSED)
    if on < day_of(tx.now, establishment_id):
        found.append(PASSED)
    return tuple(found)


def _warrant(person_id: int, warrant_name_id: int) -> WarrantBrief | None:
    """One of the person's warrants. The zone says when it detains, which nobody asks here."""
    found = authority.warrants_of([people.canonical_id(person_id)], zone="UTC")
    briefs = [brief for of_one in found.values() for brief in of_one]
    return next((b for b in briefs if b.warrant_name_id == warrant_name_id), None)


def _require_open(hearing: Hearing) -> None:
    if hearing.cancelled_at is not None:
        refuse(Reason("courts.hearing_cancelled")).require()
    if hearing.outcome:
        refuse(Reason("courts.hearing_over")).require()
