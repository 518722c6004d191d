"""Reads of what is prepared before releases."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.release.facts import release_hour
from pims.release.models import AgencyTold, DateReading, Preparation, PreparationItem
from pims.release.rules import preparing as rules
from pims.release.rules.preparing import Notice, Told

VIEW = "release.view"
BLIND_DAYS = rules.PARTS_BY["dates"].days
# The lines of a preparation, for rooms above.
ITEMS = rules.ITEMS


@dataclass(frozen=True, slots=True)
class PreparationRow:
    """One open preparation. `read_by` are the officers who have worked the day out; `seen_to` is
    how many of `rules.ITEMS` are done or explained; `late` the notices whose time has come."""

    preparation_id: int
    person_id: int
    episode_id: int
    due_on: date
    source: str
    provisional: bool
    moved_from: date | None
    read_by: frozenset[int]
    differs: bool
    seen_to: int
    late: tuple[str, ...]
    days_left: int

    @property
    def read(self) -> int:
        return len(self.read_by)

    def blind_for(self, user_id: int) -> bool:
        """Whether this officer, who prepares, is to work the day out before seeing it: in the first
        of the two weeks. In the last everybody sees what comes."""
        return self.read < 2 and user_id not in self.read_by and self.days_left > BLIND_DAYS

    @property
    def ready(self) -> bool:
        """Whether nothing of it waits today."""
        whole = self.read >= 2 and self.seen_to == len(rules.ITEMS)
        return whole and not self.differs and not self.late


@dataclass(frozen=True, slots=True)
class ReadingInfo:
    """`release_on` and `expires_on` are None while only one officer has worked it out."""

    by_id: int
    at: datetime
    release_on: date | None
    expires_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class ThingInfo:
    """`state` is open, done or explained."""

    code: str
    state: str
    note: str
    at: datetime | None
    by_id: int | None


@dataclass(frozen=True, slots=True)
class ToldInfo:
    stage: str
    kind: str
    agency: str
    spoke_to: str
    how: str
    told_at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class PreparationDetail:
    preparation_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    due_on: date
    release_at: datetime
    source: str
    provisional: bool
    moved_from: date | None
    opened_at: datetime
    state: str
    closed_at: datetime | None
    closed_reason: str
    readings: tuple[ReadingInfo, ...]
    differences: tuple[str, ...]
    settled_at: datetime | None
    settled_by_id: int | None
    settled_day: date | None
    settled_reason: str
    items: tuple[ThingInfo, ...]
    told: tuple[ToldInfo, ...]
    notices: tuple[Notice, ...]

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def differs(self) -> bool:
        return bool(self.differences) and self.settled_at is None

    def blind_for(self, user_id: int) -> bool:
        """As `PreparationRow.blind_for`."""
        ahead = self.release_at - clock.now()
        return self.may_be_read_by(user_id) and ahead > timedelta(days=BLIND_DAYS)

    def may_be_read_by(self, user_id: int) -> bool:
        """Whether this officer may still work the day out."""
        waits = self.is_open and len(self.readings) < 2
        return waits and all(one.by_id != user_id for one in self.readings)


@dataclass(frozen=True, slots=True)
class Differing:
    """Officers made out other days than each other or the record, and nobody has settled it."""

    preparation_id: int
    person_id: int
    episode_id: int
    establishment_id: int
    since: datetime
    differences: tuple[str, ...]


def open_preparations(viewer: Actor, establishment_id: int) -> list[PreparationRow]:
    """What is prepared there, the nearest day first. A constant number of queries."""
    rows = list(
        Preparation.objects.filter(
            establishment_id=establishment_id, state=Preparation.State.OPEN
        ).order_by("due_on", "pk")
    )
    seen = visible_ids(viewer, VIEW, [row.person_id for row in rows])
    rows = [row for row in rows if row.person_id in seen]
    ids = [row.pk for row in rows]
    read: dict[int, set[int]] = defaultdict(set)
    for key, by_id in DateReading.objects.filter(preparation__in=ids).values_list(
        "preparation_id", "by_id"
    ):
        read[key].add(by_id)
    things: dict[int, int] = defaultdict(int)
    for key in PreparationItem.objects.filter(preparation__in=ids).values_list(
        "preparation_id", flat=True
    ):
        things[key] += 1
    told: dict[int, list[Told]] = defaultdict(list)
    for key, stage, kind, at in AgencyTold.objects.filter(preparation__in=ids).values_list(
        "preparation_id", "stage", "kind", "told_at"
    ):
        told[key].append(Told(stage, kind, at))
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    now = clock.now()
    today = now.astimezone(zone).date()
    return [
        PreparationRow(
            preparation_id=row.pk,
            person_id=row.person_id,
            episode_id=row.episode_id,
            due_on=row.due_on,
            source=row.source,
            provisional=row.provisional,
            moved_from=row.moved_from,
            read_by=frozenset(read[row.pk]),
            differs=bool(row.differences) and row.settled_at is None,
            seen_to=things[row.pk],
            late=tuple(
                one.stage
                for one in rules.notices(release_hour(row.due_on, zone), told[row.pk], as_of=now)
                if one.late
            ),
            days_left=(row.due_on - today).days,
        )
        for row in rows
    ]


def preparation(viewer: Actor, preparation_id: int) -> PreparationDetail:
    """One preparation. What one officer alone worked out is not in it. Raises NotFound."""
    row = Preparation.objects.filter(pk=preparation_id).first()
    if row is None:
        raise NotFound("preparation", preparation_id)
    require_visible(viewer, VIEW, row.person_id)
    readings = list(DateReading.objects.filter(preparation=row).order_by("pk"))
    both = len(readings) > 1
    things = {one.code: one for one in PreparationItem.objects.filter(preparation=row)}
    told = list(AgencyTold.objects.filter(preparation=row).order_by("told_at", "pk"))
    release_at = release_hour(row.due_on, ZoneInfo(facilities.time_zone(row.establishment_id)))
    return PreparationDetail(
        preparation_id=row.pk,
        person_id=row.person_id,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        due_on=row.due_on,
        release_at=release_at,
        source=row.source,
        provisional=row.provisional,
        moved_from=row.moved_from,
        opened_at=row.opened_at,
        state=row.state,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        readings=tuple(
            ReadingInfo(
                one.by_id, one.at, one.release_on if both else None,
                one.expires_on if both else None, one.note if both else "",
            )
            for one in readings
        ),
        differences=tuple(row.differences),
        settled_at=row.settled_at,
        settled_by_id=row.settled_by_id,
        settled_day=row.settled_day,
        settled_reason=row.settled_reason,
        items=tuple(_thing(code, things.get(code)) for code in rules.ITEMS),
        told=tuple(
            ToldInfo(one.stage, one.kind, one.agency, one.spoke_to, one.how, one.told_at, one.by_id)
            for one in told
        ),
        notices=tuple(
            rules.notices(
                release_at,
                [Told(one.stage, one.kind, one.told_at) for one in told],
                as_of=clock.now(),
            )
        ),
    )  # fmt: skip


def dates_that_differ(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> list[Differing]:
    """Differences that nobody has settled, for the rooms above: no scope, two queries."""
    rows = Preparation.objects.filter(state=Preparation.State.OPEN, settled_at=None)
    rows = rows.exclude(differences=[])
    if establishment_id is not None:
        rows = rows.filter(establishment_id=establishment_id)
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    found = list(rows.order_by("pk"))
    readings = DateReading.objects.filter(preparation__in=found)
    since = dict(readings.order_by("at").values_list("preparation_id", "at"))
    return [
        Differing(
            row.pk, row.person_id, row.episode_id, row.establishment_id,
            since.get(row.pk, row.opened_at),
            tuple(row.differences),
        )
        for row in found
    ]  # fmt: skip


def _thing(code: str, row: PreparationItem | None) -> ThingInfo:
    if row is None:
        return ThingInfo(code, "open", "", None, None)
    return ThingInfo(code, row.state, row.note, row.at, row.by_id)
