"""A discharge put right: its hour and particulars, or that it never was.

Nothing is deleted: the discharge stays in the book, struck through or with what was corrected.
"""

from datetime import datetime

from pims.authority import selectors as papers
from pims.authority import services as authority
from pims.custody import services as custody
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, Stale
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import events, rules, too_early
from pims.release.facts import collect_facts, orders_that_free
from pims.release.models import Discharge, DischargeCase, DischargeCorrection, ReleaseInError
from pims.release.selectors.released_in_error import orders_of
from pims.release.services.cases import TAKEN_BACK
from pims.release.services.discharges import DischargeResult, end_served, locked_discharge
from pims.release.services.paper import (
    GROUND_FIELDS,
    UNSAID,
    paper_marks,
    set_ground,
    unsaid,
)

CORRECT = "custody.correct"
# What is said of a discharge, and how long it may be.
TEXTS = {"order_seen": 300, "first_name": 120, "second_name": 120, "destination": 300}
# What else a correction may change.
CORRECTED = (
    "at", "second_how", "marks", "left_open", "orders_acted_on", "minutes_from_order", "version",
)  # fmt: skip
# What the form calls those that the table calls otherwise.
FIELDS = {"first_name": "first_officer", "second_name": "second_officer"}
# Of these only the paper of a discharge made without the system can speak.
OF_THE_PAPER = ("order_seen", "first_name", "second_name")


@service
def take_back_discharge(tx: Transaction, *, discharge_id: int, reason: str) -> DischargeResult:
    """It never happened: the wrong prisoner was chosen, and this one is inside still.

    Custody goes on as if never ended, the warrants that it ended detain again, its orders wait
    again, and an error recorded of it is withdrawn. Raises Refused where it was taken back before
    or the person was received since, InvalidInput without a reason, NotFound.
    """
    discharge, case = _locked(tx, discharge_id)
    reason = _reason(reason)
    custody.take_back_discharge_end(tx, episode_id=discharge.episode_id, reason=reason)
    _orders_stand_again(tx, discharge, reason)
    discharge.taken_back_at, discharge.taken_back_by_id = tx.now, tx.actor.user_id
    discharge.taken_back_reason = reason
    discharge.version += 1
    discharge.save(
        update_fields=["taken_back_at", "taken_back_by_id", "taken_back_reason", "version"]
    )
    if case is not None:
        case.state, case.closed_at = DischargeCase.State.CLOSED, tx.now
        case.closed_reason = TAKEN_BACK
        case.save(update_fields=["state", "closed_at", "closed_reason"])
    ReleaseInError.objects.filter(discharge=discharge).update(withdrawn_at=tx.now)
    tx.record(
        events.DischargeTakenBack(
            person_id=discharge.person_id,
            establishment_id=discharge.establishment_id,
            discharge_id=discharge.pk,
            episode_id=discharge.episode_id,
        ),
        details={"reason": reason, "before": {"at": discharge.at}},
    )
    return _result(discharge)


@service
def correct_discharge(
    tx: Transaction,
    *,
    discharge_id: int,
    version: int,
    reason: str,
    happened_at: datetime | None = None,
    order_seen: str | None = None,
    first_officer: str | None = None,
    second_officer: str | None = None,
    destination: str | None = None,
) -> DischargeResult:
    """Put right when and how it was, by a dated amendment with a reason; None leaves as it is.

    Of a discharge on paper the ground and the marks are found anew for its true hour; one made
    through the check keeps them, and one that is then before its order is marked. Raises Stale,
    Refused (taken back), NotFound, InvalidInput by field: no reason, in the future, before
    reception, after the person was received again, after the error was found or told to the
    police.
    """
    discharge, case = _locked(tx, discharge_id)
    if discharge.version != version:
        raise Stale
    reason = _reason(reason)
    given = {
        "order_seen": order_seen,
        "first_name": first_officer,
        "second_name": second_officer,
        "destination": destination,
    }
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for name, value in given.items():
        if value is None or (name in OF_THE_PAPER and not discharge.entered_from_paper):
            continue
        text = clean_field(FIELDS.get(name, name), value, limit=TEXTS[name])
        if text != getattr(discharge, name):
            before[name], after[name] = getattr(discharge, name), text
            setattr(discharge, name, text)
    was, new = discharge.at, discharge.at if happened_at is None else happened_at
    if new != was:
        before["at"], after["at"] = was, new
    if not after:
        return _result(discharge)
    error = ReleaseInError.objects.filter(discharge=discharge).first()
    if new != was:
        _move(tx, discharge, case, new, reason)
        if error is not None:
            _move_error(error, discharge.at)
    else:
        _say(tx, discharge, case, reason)
    if discharge.entered_from_paper:
        named = bool(discharge.second_name)
        discharge.second_how = Discharge.SecondHow.PAPER if named else Discharge.SecondHow.NONE
    discharge.version += 1
    discharge.save(update_fields=[*CORRECTED, *TEXTS])
    moved = discharge.at != was
    DischargeCorrection.objects.create(
        discharge=discharge,
        moved_from=was if moved else None,
        moved_to=discharge.at if moved else None,
        reason=reason,
        corrected_at=tx.now,
        corrected_by_id=tx.actor.user_id,
    )
    tx.record(
        events.DischargeCorrected(
            person_id=discharge.person_id,
            establishment_id=discharge.establishment_id,
            discharge_id=discharge.pk,
            episode_id=discharge.episode_id,
            fields=tuple(after),
            from_paper=discharge.entered_from_paper,
            in_error=error is not None,
            marks=tuple(discharge.marks),
        ),
        details={"reason": reason, "before": before, "after": after},
    )
    return _result(discharge)


def _say(tx: Transaction, discharge: Discharge, case: DischargeCase | None, reason: str) -> None:
    """What is said of it alone changes: custody and the warrants stay ended as they were."""
    ground = "" if case is None else case.ground
    if discharge.entered_from_paper:
        said = unsaid(discharge.order_seen, discharge.first_name, discharge.second_name)
        discharge.marks = [mark for mark in discharge.marks if mark not in UNSAID] + said
        ground = discharge.order_seen
        if case is not None:
            case.ground = ground or "-"
            case.save(update_fields=["ground"])
    custody.say_of_discharge_end(
        tx,
        episode_id=discharge.episode_id,
        reason=reason,
        order_seen=ground,
        by_whom=discharge.first_name,
        destination=discharge.destination,
    )


def _move(
    tx: Transaction, discharge: Discharge, case: DischargeCase | None, new: datetime, reason: str
) -> None:
    """Let custody and the warrants end at `new`, with the ground and marks of that hour."""
    acted_on = orders_of(discharge)
    again = _holds_again(discharge, acted_on)
    _orders_stand_again(tx, discharge, reason)
    if case is not None and discharge.entered_from_paper:
        set_ground(
            case, own_order_id=case.release_order_id, at=new, order_seen=discharge.order_seen
        )
        found = rules.discharge_check(collect_facts(case, at=new))
        away = [mark for mark in discharge.marks if mark == rules.WAS_AT_LARGE]
        discharge.marks = away + list(
            paper_marks(
                found,
                order_seen=discharge.order_seen,
                first_officer=discharge.first_name,
                second_officer=discharge.second_name,
            )
        )
        discharge.left_open = list(found.open_items)
        freeing = orders_that_free(case, at=new, acted_on=acted_on)
    else:
        freeing = acted_on
        kept = [mark for mark in discharge.marks if mark not in too_early.MARKS]
        discharge.marks = [*kept, *too_early.too_early(discharge.pk, new)]
    for order_id in freeing:
        authority.act_on_release_order(tx, release_order_id=order_id, at=new)
    discharge.orders_acted_on = freeing
    ground = "" if case is None else case.ground
    try:
        ended = custody.correct_discharge_end(
            tx,
            episode_id=discharge.episode_id,
            reason=reason,
            ended_at=new,
            release_order_id=None if case is None else case.release_order_id,
            order_seen=discharge.order_seen if discharge.entered_from_paper else ground,
            by_whom=discharge.first_name,
            destination=discharge.destination,
        )
    except InvalidInput as problem:
        raise InvalidInput(
            {"happened_at" if f == "ended_at" else f: why for f, why in problem.fields.items()}
        ) from problem
    if case is not None:
        end_served(tx, case, at=ended.ended_at)
    if again:
        authority.let_warrants_hold_again(
            tx,
            person_id=discharge.person_id,
            release_order_ids=freeing,
            acted_at=new,
            reason=reason,
        )
    discharge.at = ended.ended_at
    if case is not None:
        counted = (discharge.at - case.clock_started_at).total_seconds() // 60
        discharge.minutes_from_order = max(0, int(counted))
        case.closed_at = discharge.at
        case.save(update_fields=["closed_at", *GROUND_FIELDS])


def _move_error(error: ReleaseInError, left_at: datetime) -> None:
    """Let the error be of a person who left at `left_at`.

    Raises InvalidInput where it was found, or the police were told of it, before that: one of the
    two hours is wrong, and nobody but the officer knows which.
    """
    error.left_at = left_at
    error.discovered_at = minutes.not_before(error.discovered_at, left_at)
    if error.discovered_at < left_at:
        found = error.discovered_at.isoformat()
        raise InvalidInput({"happened_at": Reason("release.left_after_found", {"at": found})})
    if error.police_told_at is not None:
        error.police_told_at = minutes.not_before(error.police_told_at, left_at)
        if error.police_told_at < left_at:
            told = error.police_told_at.isoformat()
            raise InvalidInput({"happened_at": Reason("release.left_after_told", {"at": told})})
    if error.returned_at is not None and error.returned_at < left_at:
        back = error.returned_at.isoformat()
        raise InvalidInput({"happened_at": Reason("release.left_after_return", {"at": back})})
    error.save(update_fields=["left_at", "discovered_at", "police_told_at"])


def _holds_again(discharge: Discharge, order_ids: list[int]) -> bool:
    """Whether what the discharge ended detains again, since the person is back from an error."""
    if not ReleaseInError.objects.filter(discharge=discharge, returned_at__isnull=False).exists():
        return False
    person_id = discharge.person_id
    orders = papers.release_orders([person_id]).get(person_id, [])
    ended = {n for o in orders if o.release_order_id in order_ids for n in o.warrant_name_ids}
    zone = facilities.time_zone(discharge.establishment_id)
    held = papers.warrants_of([person_id], zone=zone).get(person_id, [])
    return any(paper.warrant_name_id in ended and paper.ends_at is None for paper in held)


def _locked(tx: Transaction, discharge_id: int) -> tuple[Discharge, DischargeCase | None]:
    """The discharge, its person locked, that still stands. Raises NotFound, Refused."""
    found, person_id = locked_discharge(tx, discharge_id)
    tx.require_person(CORRECT, people.canonical_id(person_id))
    if found.taken_back_at is not None:
        refuse(Reason("release.discharge_taken_back")).require()
    return found, found.case


def _orders_stand_again(tx: Transaction, discharge: Discharge, reason: str) -> None:
    authority.let_orders_stand_again(
        tx,
        person_id=discharge.person_id,
        release_order_ids=orders_of(discharge),
        acted_at=discharge.at,
        reason=reason,
    )


def _reason(text: str) -> str:
    return clean_field("reason", text, limit=500, multiline=True, missing="release.reason_missing")


def _result(discharge: Discharge) -> DischargeResult:
    return DischargeResult(discharge.pk, discharge.case_id, tuple(discharge.marks))
