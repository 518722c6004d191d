"""The register of wrongful releases and over-detention: how long, why, and what was learnt."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import preparing_events as events
from pims.release.models import DetentionError, Discharge, ReleaseInError
from pims.release.rules import wrongful as rules

RECORD = "release.discharge"
PROSE = 5000
Kind = DetentionError.Kind


@dataclass(frozen=True, slots=True)
class DetentionErrorResult:
    detention_error_id: int


@service
def record_over_detention(
    tx: Transaction,
    *,
    person_id: int,
    establishment_id: int,
    began_on: date,
    cause: str,
    account: str,
    ended_on: date | None = None,
    discovered_on: date | None = None,
    lessons: str = "",
    discharge_id: int | None = None,
) -> DetentionErrorResult:
    """Somebody was held beyond `began_on`, the day on which they should have left.

    `ended_on` None: still so. One about a discharge takes its day from there. Raises InvalidInput
    by field, Refused (that discharge is in the register), NotFound.
    """
    root = people.canonical_id(person_id)
    tx.lock_persons([root])
    tx.require_person(RECORD, root)
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    today = tx.now.astimezone(zone).date()
    if discharge_id is not None:
        left = Discharge.objects.filter(pk=discharge_id, taken_back_at=None).first()
        if left is None or people.canonical_id(left.person_id) != root:
            raise NotFound("discharge", discharge_id)
        if DetentionError.objects.filter(discharge_id=discharge_id).exists():
            refuse(Reason("release.in_the_register_already")).require()
        ended_on = left.at.astimezone(zone).date()
    account, lessons, wrong = _told(account, lessons, cause)
    if began_on > today:
        wrong["began_on"] = Reason("release.in_the_future")
    if ended_on is not None and ended_on < began_on:
        wrong["ended_on"] = Reason("release.ends_before_it_began")
    elif ended_on is not None and ended_on > today:
        wrong["ended_on"] = Reason("release.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    row = DetentionError.objects.create(
        kind=Kind.OVER_DETENTION,
        person_id=root,
        establishment_id=establishment_id,
        discharge_id=discharge_id,
        began_on=began_on,
        ended_on=ended_on,
        cause=cause,
        account=account,
        lessons=lessons,
        discovered_on=discovered_on or today,
        recorded_at=tx.now,
        recorded_by_id=tx.actor.user_id,
    )
    _say(tx, row)
    return DetentionErrorResult(row.pk)


@service
def explain_release_in_error(
    tx: Transaction, *, error_id: int, cause: str, lessons: str
) -> DetentionErrorResult:
    """Why somebody was released in error, and what was learnt: a repeat puts it anew.

    Raises InvalidInput by field, Refused (nobody had left), NotFound.
    """
    error = ReleaseInError.objects.filter(pk=error_id).first()
    if error is None:
        raise NotFound("release_in_error", error_id)
    root = people.canonical_id(error.person_id)
    tx.lock_persons([root])
    tx.require_person(RECORD, root)
    if error.withdrawn_at is not None:
        refuse(Reason("release.error_withdrawn")).require()
    account, lessons, wrong = _told(error.how, lessons, cause)
    if wrong:
        raise InvalidInput(wrong)
    zone = ZoneInfo(facilities.time_zone(error.establishment_id))
    row = DetentionError.objects.filter(error=error).first() or DetentionError(
        kind=Kind.WRONGFUL_RELEASE,
        person_id=error.person_id,
        establishment_id=error.establishment_id,
        error=error,
        began_on=error.left_at.astimezone(zone).date(),
        discovered_on=error.discovered_at.astimezone(zone).date(),
        account=account,
        version=0,
    )
    row.cause, row.lessons = cause, lessons
    row.recorded_at, row.recorded_by_id = tx.now, tx.actor.user_id
    row.version += 1
    row.save()
    _say(tx, row)
    return DetentionErrorResult(row.pk)


@service
def amend_detention_error(
    tx: Transaction,
    *,
    detention_error_id: int,
    version: int,
    cause: str,
    account: str,
    lessons: str,
    ended_on: date | None = None,
) -> DetentionErrorResult:
    """Put a line right, or say when it was over. Raises Stale, InvalidInput, NotFound."""
    found = DetentionError.objects.filter(pk=detention_error_id).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound("detention_error", detention_error_id)
    root = people.canonical_id(person_id)
    tx.lock_persons([root])
    tx.require_person(RECORD, root)
    row = DetentionError.objects.get(pk=detention_error_id)
    if row.version != version:
        raise Stale
    account, lessons, wrong = _told(account, lessons, cause)
    if row.discharge_id is not None:
        ended_on = row.ended_on  # the day of leaving is that of the discharge
    zone = ZoneInfo(facilities.time_zone(row.establishment_id))
    if ended_on is not None and ended_on < row.began_on:
        wrong["ended_on"] = Reason("release.ends_before_it_began")
    elif ended_on is not None and ended_on > tx.now.astimezone(zone).date():
        wrong["ended_on"] = Reason("release.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    row.cause, row.account, row.lessons = cause, account, lessons
    row.ended_on = ended_on
    row.version += 1
    row.save()
    _say(tx, row)
    return DetentionErrorResult(row.pk)


def _told(account: str, lessons: str, cause: str) -> tuple[str, str, dict[str, Reason]]:
    wrong: dict[str, Reason] = {}
    if cause not in rules.CAUSES:
        wrong["cause"] = Reason("release.unknown_cause")
    kept = []
    for field, text, missing in (
        ("account", account, "release.reason_missing"),
        ("lessons", lessons, ""),
    ):
        try:
            kept.append(clean_field(field, text, limit=PROSE, multiline=True, missing=missing))
        except InvalidInput as problem:
            wrong |= problem.fields
            kept.append("")
    return kept[0], kept[1], wrong


def _say(tx: Transaction, row: DetentionError) -> None:
    tx.record(
        events.DetentionErrorRecorded(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            detention_error_id=row.pk,
            error_kind=row.kind,
        ),
        details={"cause": row.cause, "account": row.account, "lessons": row.lessons},
    )
