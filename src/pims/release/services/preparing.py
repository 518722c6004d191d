"""What is prepared in the two weeks before a release. Nothing of it ever delays one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.custody.selectors.standing import Standing, standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.asof import AsOf
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.release import preparing_events as events
from pims.release.dated import as_calculated, being_worked_out, calculated
from pims.release.facts import last_day
from pims.release.models import AgencyTold, DateReading, Preparation, PreparationItem
from pims.release.rules import preparing as rules
from pims.release.rules.preparing import Due, Reading
from pims.release.selectors.paroles import granted_from

PREPARE, SETTLE = "release.prepare", "release.discharge"
CLOCK_SLACK = timedelta(minutes=2)
# Why one was closed by what happened, as reasons that have their wording.
DATE_MOVED, ENDED = "release.preparation_date_moved", "release.preparation_custody_ended"


@dataclass(frozen=True, slots=True)
class Prepared:
    opened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PreparationResult:
    preparation_id: int


@service
def open_due_preparations(tx: Transaction, *, establishment_id: int) -> Prepared:
    """Open one for everybody whose day comes within two weeks or is past; anew where it moved."""
    tx.require(PREPARE, establishment_id=establishment_id)
    rows = [r for r in standing(establishment_id=establishment_id) if r.at_large_since is None]
    return _follow(tx, rows, establishment_id)


@service
def follow_dates(tx: Transaction, *, person_id: int) -> Prepared:
    """As `open_due_preparations`, of one person whose dates or papers have changed."""
    tx.lock_persons([person_id])
    rows = standing(person_ids=[person_id])
    if not rows:
        return Prepared()
    tx.require_person(PREPARE, person_id)
    return _follow(tx, rows, rows[0].establishment_id)


@service
def end_preparations(tx: Transaction, *, person_id: int, released: bool) -> Prepared:
    """Custody has ended: by a discharge the preparation is done, otherwise it is closed."""
    tx.lock_persons([person_id])
    held = {row.episode_id for row in standing(person_ids=[person_id])}
    closed = []
    for row in Preparation.objects.filter(person_id=person_id, state=Preparation.State.OPEN):
        if row.episode_id in held:
            continue
        tx.require_person(PREPARE, person_id)
        state = Preparation.State.DONE if released else Preparation.State.CLOSED
        _close(tx, row, state, "" if released else ENDED)
        closed.append(row.pk)
    return Prepared(closed=tuple(closed))


@service
def read_release_date(
    tx: Transaction,
    *,
    preparation_id: int,
    release_on: date,
    expires_on: date | None = None,
    note: str = "",
) -> PreparationResult:
    """One officer's own calculation. The second shows whether the two and the record agree; one
    that is earlier than the record is told at once.

    Raises Refused (the same officer again, two have done so already, it is over), InvalidInput,
    NotFound.
    """
    row = _open(tx, preparation_id)
    tx.require_person(PREPARE, row.person_id)
    note = clean_field("note", note, limit=500, multiline=True)
    if expires_on is not None and expires_on < release_on:
        raise InvalidInput({"expires_on": Reason("release.expires_before_release")})
    before = list(DateReading.objects.filter(preparation=row).order_by("pk"))
    if any(one.by_id == tx.actor.user_id for one in before):
        refuse(Reason("release.reading_by_same_officer", decided_by=PREPARE)).require()
    if len(before) >= 2:
        refuse(Reason("release.read_twice_already")).require()
    reading = DateReading.objects.create(
        preparation=row,
        release_on=release_on,
        expires_on=expires_on,
        note=note,
        at=tx.now,
        by_id=tx.actor.user_id,
    )
    about = {"person_id": row.person_id, "establishment_id": row.establishment_id}
    tx.record(
        events.ReleaseDateRead(**about, preparation_id=row.pk, reading_id=reading.pk),
        details={"release_on": release_on.isoformat()},
    )
    keyed = [Reading(one.release_on, one.expires_on) for one in (*before, reading)]
    found = rules.differences(keyed, row.due_on)
    if found != tuple(row.differences):
        row.differences = list(found)
        row.save(update_fields=["differences"])
    if found:
        tx.record(events.ReleaseDatesDiffer(**about, preparation_id=row.pk, differences=found))
    return PreparationResult(row.pk)


@service
def settle_release_dates(
    tx: Transaction, *, preparation_id: int, day: date, reason: str
) -> PreparationResult:
    """A third officer says which of the different days is right, and why.

    Raises Refused (nothing differs; by an officer who worked one of the days out), InvalidInput (no
    reason; a day that nobody made out), NotFound, NotPermitted.
    """
    row = _open(tx, preparation_id)
    tx.require_person(SETTLE, row.person_id)
    readings = list(DateReading.objects.filter(preparation=row))
    wrong: dict[str, Reason] = {}
    if day not in {row.due_on, *(one.release_on for one in readings)}:
        wrong["day"] = Reason("release.day_of_nobody")
    try:
        reason = clean_field(
            "reason", reason, limit=500, multiline=True, missing="release.reason_missing"
        )
    except InvalidInput as problem:
        wrong |= problem.fields
    if not row.differences or row.settled_at is not None:
        refuse(Reason("release.nothing_to_settle")).require()
    if any(one.by_id == tx.actor.user_id for one in readings):
        refuse(Reason("release.settled_by_reader", decided_by=SETTLE)).require()
    if wrong:
        raise InvalidInput(wrong)
    row.settled_at, row.settled_by_id, row.settled_reason = tx.now, tx.actor.user_id, reason
    row.settled_day = day
    row.save(update_fields=["settled_at", "settled_by_id", "settled_reason", "settled_day"])
    tx.record(
        events.ReleaseDatesSettled(
            person_id=row.person_id, establishment_id=row.establishment_id, preparation_id=row.pk
        ),
        details={"reason": reason, "day": day.isoformat()},
    )
    return PreparationResult(row.pk)


@service
def settle_preparation_item(
    tx: Transaction, *, preparation_id: int, code: str, done: bool, note: str
) -> PreparationResult:
    """Something to see to was done (with what came of it) or not, and why. Raises InvalidInput."""
    row = _open(tx, preparation_id)
    tx.require_person(PREPARE, row.person_id)
    if code not in rules.ITEMS:
        raise InvalidInput({"code": Reason("release.unknown_item", {"code": code})})
    missing = "release.result_missing" if done else "release.explanation_missing"
    note = clean_field("note", note, limit=500, multiline=True, missing=missing)
    state = PreparationItem.State.DONE if done else PreparationItem.State.EXPLAINED
    PreparationItem.objects.update_or_create(
        preparation=row,
        code=code,
        defaults={"state": state, "note": note, "at": tx.now, "by_id": tx.actor.user_id},
    )
    tx.record(
        events.PreparationItemSettled(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            preparation_id=row.pk,
            code=code,
            state=state,
        ),
        details={"note": note},
    )
    return PreparationResult(row.pk)


@service
def tell_agency(
    tx: Transaction,
    *,
    preparation_id: int,
    stage: str,
    kind: str,
    agency: str,
    how: str,
    spoke_to: str = "",
    told_at: datetime | None = None,
) -> PreparationResult:
    """An agency was told of the coming release; None is now. Raises InvalidInput.

    What is told to others than the police, or long before its time, is kept like everything else;
    it is not the notice that was due.
    """
    row = _open(tx, preparation_id)
    tx.require_person(PREPARE, row.person_id)
    wrong: dict[str, Reason] = {}
    if stage not in rules.STAGES:
        wrong["stage"] = Reason("release.unknown_stage")
    if kind not in rules.AGENCIES:
        wrong["kind"] = Reason("release.unknown_agency")
    if how not in rules.HOW:
        wrong["how"] = Reason("release.unknown_way_of_telling")
    told_at = told_at or tx.now
    if told_at > tx.now + CLOCK_SLACK:
        wrong["told_at"] = Reason("release.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    told = AgencyTold.objects.create(
        preparation=row,
        stage=stage,
        kind=kind,
        agency=clean_field("agency", agency, limit=200, missing="release.agency_missing"),
        spoke_to=clean_field("spoke_to", spoke_to, limit=200),
        how=how,
        told_at=told_at,
        recorded_at=tx.now,
        by_id=tx.actor.user_id,
    )
    tx.record(
        events.AgencyWasTold(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            preparation_id=row.pk,
            stage=stage,
        ),
        details={"agency": told.agency, "spoke_to": told.spoke_to, "how": how},
    )
    return PreparationResult(row.pk)


def _follow(tx: Transaction, rows: list[Standing], establishment_id: int) -> Prepared:
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    today = tx.now.astimezone(zone).date()
    persons = [row.person_id for row in rows]
    papers = authority.warrants_of(persons, zone=zone.key, as_of=AsOf(tx.now))
    days, unsettled = calculated(persons), being_worked_out(persons)
    paroled = {i: Due(day, "parole") for i, day in granted_from(persons).items()}
    running = {
        row.episode_id: row
        for row in Preparation.objects.filter(
            episode_id__in=[row.episode_id for row in rows], state=Preparation.State.OPEN
        )
    }
    wanted: list[tuple[Standing, Due | None]] = []
    for row in rows:
        if row.person_id in unsettled:
            continue  # in moments there is a day again: what is prepared waits for it
        found = days.get(row.person_id)
        last = last_day(as_calculated(papers.get(row.person_id, []), found, zone), tx.now, zone)
        by_dates = None if found is None else found.due
        due = rules.due((by_dates, paroled.get(row.person_id)), last, as_of=today)
        open_one = running.get(row.episode_id)
        if (None if open_one is None else open_one.due_on) != (None if due is None else due.day):
            wanted.append((row, due))
        elif open_one is not None and due is not None:
            _say_how(open_one, due)
    tx.lock_persons(row.person_id for row, _due in wanted)
    opened, closed = [], []
    for row, due in wanted:
        before = running.get(row.episode_id)
        if before is not None:
            _close(tx, before, Preparation.State.CLOSED, DATE_MOVED)
            closed.append(before.pk)
        if due is not None:
            opened.append(_start(tx, row, due, before))
    return Prepared(tuple(opened), tuple(closed))


def _say_how(row: Preparation, due: Due) -> None:
    """The day is the same; what says so may be another: signed since, or by hand."""
    if (row.source, row.provisional) != (due.source, due.provisional):
        row.source, row.provisional = due.source, due.provisional
        row.save(update_fields=["source", "provisional"])


def _start(tx: Transaction, row: Standing, due: Due, before: Preparation | None) -> int:
    """A preparation for a day; a difference that nobody settled of the one before it goes along."""
    open_question = before is not None and before.differences and before.settled_at is None
    made = Preparation.objects.create(
        person_id=row.person_id,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        due_on=due.day,
        source=due.source,
        provisional=due.provisional,
        moved_from=None if before is None else before.due_on,
        differences=[rules.UNSETTLED_BEFORE] if open_question else [],
        opened_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.PreparationOpened(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            preparation_id=made.pk,
            due_on=due.day.isoformat(),
            source=due.source,
        )
    )
    return made.pk


def _close(tx: Transaction, row: Preparation, state: str, reason: str) -> None:
    row.state, row.closed_at, row.closed_reason = state, tx.now, reason
    row.save(update_fields=["state", "closed_at", "closed_reason"])
    tx.record(
        events.PreparationClosed(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            preparation_id=row.pk,
            state=state,
        ),
        details={"reason": reason},
    )


def _open(tx: Transaction, preparation_id: int) -> Preparation:
    """The locked preparation, still open. Raises NotFound, Refused."""
    found = Preparation.objects.filter(pk=preparation_id).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound("preparation", preparation_id)
    tx.lock_persons([person_id])
    row = Preparation.objects.get(pk=preparation_id)
    if row.state != Preparation.State.OPEN:
        refuse(Reason("release.preparation_over")).require()
    return row
