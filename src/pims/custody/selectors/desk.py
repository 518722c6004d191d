"""The 17:00 desk and who is out: one row a person, with what has come back already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantBrief
from pims.custody.models import CourtReturn, Escort
from pims.custody.reading import READER
from pims.custody.selectors.movements import CourtReturnInfo, EscortInfo, escort_info
from pims.custody.selectors.roll import AT_LARGE, RollFilters, RollRow, roll
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.property import selectors as property_selectors


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One person of the day. `escort` is None for whoever was due in court and never left.

    `detaining` are the warrants that an outcome can be about; `property_waiting` counts what is
    in the store, for a discharge at court.
    """

    person_id: int
    episode_id: int
    number: str
    name: str
    sort_key: str
    photo_blob_id: object | None
    escort: EscortInfo | None
    destination: str
    due_in_court: bool
    detaining: tuple[WarrantBrief, ...]
    outcome: CourtReturnInfo | None
    property_waiting: int
    overdue: bool

    @property
    def missing(self) -> bool:
        """Whether the van came without this person, who is out still."""
        out = self.escort is not None and self.escort.returned_at is None
        return out and self.escort is not None and self.escort.not_returned_at is not None

    @property
    def done(self) -> bool:
        """Whether nothing is left to record: back with an outcome, or gone."""
        if self.outcome is not None and self.outcome.outcome != "not_returned":
            return True
        return self.escort is not None and self.escort.returned_at is not None


def desk_1700(viewer: Actor, establishment_id: int, day: date) -> list[DeskRow]:
    """Everyone who went to court on `day`, is still out, was due there, or has an outcome of it.

    Rows still to record come first, then by name. `day` is the establishment's calendar day.
    """
    zone = facilities.time_zone(establishment_id)
    starts = datetime.combine(day, time(), ZoneInfo(zone))
    ends = starts + timedelta(days=1)
    went = list(
        Escort.objects.filter(establishment_id=establishment_id, left_at__lt=ends)
        .filter(
            Q(left_at__gte=starts, kind=Escort.Kind.COURT)
            | Q(returned_at=None)
            | Q(returned_at__gte=starts, kind=Escort.Kind.COURT)
        )
        .order_by("left_at")
    )
    on_books = {
        row.person_id: row
        for row in roll(viewer, establishment_id, AsOf(starts + timedelta(hours=9)))
    }
    seen = {escort.person_id for escort in went}
    due = [r for r in on_books.values() if r.next_appearance == day and r.person_id not in seen]
    returns = _returns(establishment_id, starts, ends)
    never_left = {r.person_id: r.episode_id for r in due}
    for (episode_id, escort_id), (person_id, _) in returns.items():
        if escort_id is None and person_id not in seen:
            never_left[person_id] = episode_id
    ids = sorted(seen | never_left.keys())
    ids = sorted(visible_ids(viewer, "custody.view", ids)) if not viewer.system else ids
    headers = people.person_headers(READER, ids)
    warrants = authority.warrants_of(ids, zone=zone)
    stored = property_selectors.held_items(ids)
    bodies = {body.body_id: body.name for body in authority.bodies()}

    def row(person_id: int, episode_id: int, escort: Escort | None) -> DeskRow:
        header = headers[person_id]
        info = None if escort is None else escort_info(escort)
        at = starts if info is None else info.left_at
        found = returns.get((episode_id, None if info is None else info.escort_id))
        expected = None if info is None or info.returned_at is not None else info.expected_back_at
        return DeskRow(
            person_id=person_id,
            episode_id=episode_id,
            number=header.number,
            name=header.display_name,
            sort_key=header.sort_key,
            photo_blob_id=header.photo_blob_id,
            escort=info,
            destination=""
            if info is None
            else info.destination or bodies.get(info.destination_body_id or 0, ""),
            due_in_court=person_id in on_books and on_books[person_id].next_appearance == day,
            detaining=tuple(w for w in warrants.get(person_id, ()) if w.detains_at(at)),
            outcome=None if found is None else found[1],
            property_waiting=len(stored.get(person_id, ())),
            overdue=expected is not None and expected < min(ends, clock.now()),
        )

    rows = [row(e.person_id, e.episode_id, e) for e in went if e.person_id in headers]
    rows += [
        row(person_id, episode_id, None)
        for person_id, episode_id in never_left.items()
        if person_id in headers
    ]
    return sorted(rows, key=lambda r: (r.done, r.sort_key, r.number))


def escorts_open(viewer: Actor, establishment_id: int, as_of: AsOf | None = None) -> list[RollRow]:
    """Everyone out with officers, by when they are expected back."""
    return with_officers(
        roll(viewer, establishment_id, as_of, filters=RollFilters(whereabouts="out"))
    )


def with_officers(out: Iterable[RollRow]) -> list[RollRow]:
    """Those of a roll's rows who are out with officers, by when they are expected back."""
    latest = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    rows = (row for row in out if row.out_kind not in ("", AT_LARGE))
    return sorted(rows, key=lambda r: (r.expected_back_at or latest, r.sort_key))


def not_returned(establishment_id: int) -> dict[int, EscortInfo]:
    """Whoever is out although the van came back without them, by person. One query, no scope."""
    rows = Escort.objects.filter(establishment_id=establishment_id, returned_at=None)
    return {row.person_id: escort_info(row) for row in rows.exclude(not_returned_at=None)}


def escorts_overdue(
    viewer: Actor, establishment_id: int, as_of: AsOf | None = None
) -> list[RollRow]:
    """Those of `escorts_open` who should be back by now."""
    return [row for row in escorts_open(viewer, establishment_id, as_of) if row.overdue]


def escort(viewer: Actor, escort_id: int) -> tuple[int, int, EscortInfo] | None:
    """(person_id, episode_id, escort), or None where there is none that the viewer may see."""
    row = Escort.objects.filter(pk=escort_id).first()
    if row is None or not (viewer.system or visible_ids(viewer, "custody.view", [row.person_id])):
        return None
    return row.person_id, row.episode_id, escort_info(row)


def _returns(
    establishment_id: int, starts: datetime, ends: datetime
) -> dict[tuple[int, int | None], tuple[int, CourtReturnInfo]]:
    """The person and the last outcome of the day, by episode and escort."""
    found: dict[tuple[int, int | None], tuple[int, CourtReturnInfo]] = {}
    rows = CourtReturn.objects.filter(
        establishment_id=establishment_id, happened_at__gte=starts, happened_at__lt=ends
    ).order_by("happened_at", "pk")
    for r in rows:
        info = CourtReturnInfo(r.pk, r.escort_id, r.outcome, r.happened_at, r.data, r.note)
        found[(r.episode_id, r.escort_id)] = (r.person_id, info)
    return found
