"""Every read of the assurance room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from pims.assurance.kinds import AlarmKind, alarm_kinds
from pims.assurance.models import Alarm
from pims.assurance.owners import owner_of, watches
from pims.foundation.access.actor import Actor, Reach
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import SEE_SEALED, reached_by, require_visible
from pims.foundation.compiled import compiled
from pims.foundation.vault.persons import same_human
from pims.foundation.vault.rules import SEAL

VIEW = "assurance.view"


@dataclass(frozen=True, slots=True)
class AlarmInfo:
    """One alarm. `deadline_at` None: the last owner on the ladder keeps it."""

    alarm_id: int
    kind: AlarmKind
    person_id: int | None
    episode_id: int | None
    establishment_id: int | None
    params: Mapping[str, object]
    since: datetime
    raised_at: datetime
    owner_role: str
    step: int
    deadline_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by_id: int | None
    ended_at: datetime | None
    end_kind: str
    end_reason: str
    key: str = ""
    dismissed_until: datetime | None = None

    @property
    def climbed(self) -> bool:
        return self.step > 0

    @property
    def sounds(self) -> bool:
        """Whether a desk should hear it: critical, and nobody has it in hand."""
        when = self.kind.sounds
        return self.acknowledged_at is None and (
            when == "raised" or (when == "climbed" and self.climbed)
        )


def open_alarms(
    viewer: Actor, establishment_id: int, *, limit: int | None = None
) -> list[AlarmInfo]:
    """The open alarms that this viewer may see: own role's first, then worst, then oldest."""
    rows = [_info(row) for row in _visible(viewer, establishment_id)]
    rows.sort(key=lambda a: (a.owner_role not in viewer.roles, a.kind.severity, a.since))
    return rows if limit is None else rows[:limit]


def alarm_count(viewer: Actor, establishment_id: int) -> int:
    """How many open alarms this viewer may see. One query."""
    return len(_visible(viewer, establishment_id, columns=("id",)))


@dataclass(frozen=True, slots=True)
class KindCount:
    """The open alarms of one kind; `free` of them nobody has in hand, `owners` have them."""

    kind: AlarmKind
    count: int
    free: int
    oldest: datetime
    owners: tuple[str, ...]


def alarms_by_kind(viewer: Actor, establishment_id: int) -> list[KindCount]:
    """What this viewer may see, counted by kind, the worst first. One query."""
    found: dict[str, list[Any]] = {}
    for row in _visible(viewer, establishment_id):
        found.setdefault(row.kind, []).append(row)
    counted = [
        KindCount(
            kind=alarm_kinds()[code],
            count=len(rows),
            free=sum(row.acknowledged_at is None for row in rows),
            oldest=min(row.since for row in rows),
            owners=tuple(sorted({row.owner_role for row in rows})),
        )
        for code, rows in found.items()
    ]
    return sorted(counted, key=lambda one: (one.kind.severity, one.kind.code))


def next_alarm(
    viewer: Actor, establishment_id: int, kind: str, *, after: int | None = None
) -> AlarmInfo | None:
    """The open alarm of a kind that comes after another (which may have ended): oldest first."""
    rows = [row for row in _visible(viewer, establishment_id) if row.kind == kind]
    rows.sort(key=_place)
    if after is not None:
        last = Alarm.objects.filter(pk=after, kind=kind).first()
        if last is not None:
            rows = [row for row in rows if _place(row) > _place(last)]
    return _info(rows[0]) if rows else None


def _place(row: Any) -> tuple[datetime, int]:
    return row.since, row.pk


def alarms_of(viewer: Actor, person_id: int, *, ended: bool = False) -> list[AlarmInfo]:
    """The alarms about one person, newest first; with `ended` those that are over too."""
    require_visible(viewer, VIEW, person_id)
    return [_info(row) for row in _about(person_id, ended=ended)]


@compiled
def _about(person_id: Any, *, ended: bool) -> QuerySet[Any, Any]:
    rows = Alarm.objects.filter(person_id=person_id).order_by("-raised_at")
    return rows if ended else rows.filter(ended_at=None)


@dataclass(frozen=True, slots=True)
class ToHandOver:
    """An open alarm about a record that may be sealed, and whose it would be then."""

    alarm: AlarmInfo
    owner_role: str
    seen_by: tuple[str, ...]


def alarms_to_hand_over(viewer: Actor, person_id: int) -> list[ToHandOver]:
    """The open alarms about a record and those joined with it, for who may seal it, worst first.

    `seen_by` are the officers who could see it then. Raises NotFound, NotPermitted.
    """
    require_visible(viewer, SEAL, person_id)
    rows = Alarm.objects.filter(person_id__in=same_human(person_id), ended_at=None)
    found = sorted((_info(row) for row in rows), key=lambda a: (a.kind.severity, a.since))
    there = watches(info.establishment_id for info in found)
    return [
        ToHandOver(
            alarm=info,
            owner_role=owner_of(info.kind, info.step, there[info.establishment_id]),
            seen_by=tuple(there[info.establishment_id].watchers.values()),
        )
        for info in found
    ]


def alarm(viewer: Actor, alarm_id: int) -> AlarmInfo | None:
    """One alarm, or None where the viewer may not see it or its person.

    What is in no establishment is on the list of each, and can be opened by whoever sees any.
    """
    row = Alarm.objects.filter(pk=alarm_id).first()
    if row is None:
        return None
    if row.establishment_id is None:
        if not (viewer.system or viewer.reaches_with(VIEW)):
            return None
    elif not viewer.can_at(VIEW, row.establishment_id):
        return None
    if row.person_id is not None:
        require_visible(viewer, VIEW, row.person_id)
    return _info(row)


def _visible(
    viewer: Actor, establishment_id: int, columns: tuple[str, ...] | None = None
) -> list[Any]:
    """The open alarms, or these columns of them. One query."""
    if not viewer.can_at(VIEW, establishment_id):
        return []
    return _open_at(
        establishment_id,
        columns=columns,
        reaches=None if viewer.system else viewer.reaches_with(VIEW),
        sealed_by=viewer.reaches_with(SEE_SEALED),
    )


@compiled
def _open_at(
    establishment_id: Any,
    *,
    columns: tuple[str, ...] | None,
    reaches: tuple[Reach, ...] | None,
    sealed_by: tuple[Reach, ...],
) -> QuerySet[Any, Any]:
    """`reaches` None is the system's own view: everyone."""
    seen = Q() if reaches is None else reached_by(reaches, sealed_by=sealed_by)
    reached = PersonScope.objects.filter(seen)
    rows = (
        Alarm.objects.filter(ended_at=None)
        .filter(Q(establishment_id=establishment_id) | Q(establishment_id=None))
        .filter(Q(person_id=None) | Q(person_id__in=reached.values("person_id")))
    )
    return rows if columns is None else rows.values_list(*columns)


def _info(row: Alarm) -> AlarmInfo:
    return AlarmInfo(
        alarm_id=row.pk,
        kind=alarm_kinds()[row.kind],
        person_id=row.person_id,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        params=row.params,
        since=row.since,
        raised_at=row.raised_at,
        owner_role=row.owner_role,
        step=row.step,
        deadline_at=row.deadline_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by_id=row.acknowledged_by_id,
        ended_at=row.ended_at,
        end_kind=row.end_kind,
        end_reason=row.end_reason,
        key=row.key,
        dismissed_until=row.dismissed_until,
    )
