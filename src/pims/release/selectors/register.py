"""Reads of the register: who was freed wrongly or held too long, for how long, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.release.models import DetentionError, Discharge, Preparation, ReleaseInError
from pims.release.rules import wrongful as rules
from pims.release.rules.wrongful import Total

VIEW = "release.view"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """`error_id` is of the release in error that it comes from, and `detention_error_id` None
    while nobody has said why that happened."""

    kind: str
    person_id: int
    began_on: date
    ended_on: date | None
    days: int
    cause: str
    account: str
    lessons: str
    discovered_on: date
    recorded_by_id: int
    error_id: int | None
    detention_error_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class LeftLate:
    """A discharge after the day that was prepared, and of which the register says nothing yet."""

    discharge_id: int
    person_id: int
    due_on: date
    left_on: date
    days: int


def register(viewer: Actor, establishment_id: int) -> tuple[list[RegisterLine], list[Total]]:
    """The lines, the newest first, and how many of each kind with their days together."""
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    today = clock.today(zone.key)
    rows = list(
        DetentionError.objects.filter(establishment_id=establishment_id).select_related("error")
    )
    explained = {row.error_id for row in rows if row.error_id is not None}
    errors = [
        error
        for error in ReleaseInError.objects.filter(
            establishment_id=establishment_id, withdrawn_at=None
        )
        if error.pk not in explained
    ]
    persons = [row.person_id for row in rows] + [error.person_id for error in errors]
    seen = visible_ids(viewer, VIEW, persons)
    lines = [
        _line(row, zone, today)
        for row in rows
        if row.person_id in seen and (row.error is None or row.error.withdrawn_at is None)
    ]
    lines += [_of_error(error, None, zone, today) for error in errors if error.person_id in seen]
    lines.sort(key=lambda line: (line.began_on, line.person_id), reverse=True)
    return lines, rules.totals((line.kind, line.days) for line in lines)


def line(viewer: Actor, detention_error_id: int) -> RegisterLine:
    """One line that was written. Raises NotFound."""
    row = DetentionError.objects.filter(pk=detention_error_id).select_related("error").first()
    if row is None:
        raise NotFound("detention_error", detention_error_id)
    require_visible(viewer, VIEW, row.person_id)
    zone = ZoneInfo(facilities.time_zone(row.establishment_id))
    return _line(row, zone, clock.today(zone.key))


def left_late(viewer: Actor, establishment_id: int) -> list[LeftLate]:
    """Who left after the day that was prepared for them, and is not in the register."""
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    due = dict(
        Preparation.objects.filter(
            establishment_id=establishment_id, state=Preparation.State.DONE
        ).values_list("episode_id", "due_on")
    )
    gone = Discharge.objects.filter(
        episode_id__in=list(due), taken_back_at=None, late=None, error=None
    )
    found = [
        LeftLate(d.pk, d.person_id, due[d.episode_id], left, (left - due[d.episode_id]).days)
        for d in gone.order_by("-at")
        if (left := _day(d.at, zone)) > due[d.episode_id]
    ]
    seen = visible_ids(viewer, VIEW, [one.person_id for one in found])
    return [one for one in found if one.person_id in seen]


def _line(row: DetentionError, zone: ZoneInfo, today: date) -> RegisterLine:
    if row.error is not None:
        return _of_error(row.error, row, zone, today)
    return RegisterLine(
        kind=row.kind,
        person_id=row.person_id,
        began_on=row.began_on,
        ended_on=row.ended_on,
        days=rules.days_of(row.kind, row.began_on, row.ended_on, as_of=today),
        cause=row.cause,
        account=row.account,
        lessons=row.lessons,
        discovered_on=row.discovered_on,
        recorded_by_id=row.recorded_by_id,
        error_id=None,
        detention_error_id=row.pk,
        version=row.version,
    )


def _of_error(
    error: ReleaseInError, row: DetentionError | None, zone: ZoneInfo, today: date
) -> RegisterLine:
    """A release in error as it stands: its days are those of the person's leaving and return."""
    began = _day(error.left_at, zone)
    ended = None if error.returned_at is None else _day(error.returned_at, zone)
    return RegisterLine(
        kind="wrongful_release",
        person_id=error.person_id,
        began_on=began,
        ended_on=ended,
        days=rules.days_of("wrongful_release", began, ended, as_of=today),
        cause="" if row is None else row.cause,
        account=error.how,
        lessons="" if row is None else row.lessons,
        discovered_on=_day(error.discovered_at, zone),
        recorded_by_id=error.recorded_by_id if row is None else row.recorded_by_id,
        error_id=error.pk,
        detention_error_id=None if row is None else row.pk,
        version=0 if row is None else row.version,
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
