"""The nominal roll: everyone on the books at T, as known at K. Every count is a sum of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from pims.authority import selectors as authority
from pims.custody.models import Absence, Episode, Escort, Placement
from pims.custody.reading import READER
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor, Reach
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import reached_by
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known, held_at
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotPermitted
from pims.people import selectors as people
from pims.safety import selectors as safety

VIEW = "custody.view"
AT_LARGE = "at_large"


@dataclass(frozen=True, slots=True)
class RollRow:
    """One prisoner on the books. `place` is the label of the cell place, "" in reception.

    `whereabouts` is in or out; `out_kind` a kind of escort or ``at_large``. `unit_id` is the unit
    whose place is kept for someone out; None at large. `admission_due_at` is None once admitted.
    """

    person_id: int
    episode_id: int
    number: str
    name: str
    sort_key: str
    sex: str
    gender: str
    age: int | None
    is_juvenile: bool
    legal_status: str
    faults: tuple[str, ...]
    next_appearance: date | None
    valid_until: datetime | None
    unit_id: int | None
    unit: str
    place_id: int | None
    cell_id: int | None
    place: str
    breach: bool
    whereabouts: str
    out_kind: str
    out_to: str
    escort_id: int | None
    left_at: datetime | None
    expected_back_at: datetime | None
    overdue: bool
    flags: tuple[str, ...]
    labels: tuple[str, ...]
    received_at: datetime
    admitted: bool
    admission_due_at: datetime | None

    @property
    def inside(self) -> bool:
        return self.whereabouts == "in"


@dataclass(frozen=True, slots=True)
class RollFilters:
    """What to keep of the roll; an empty field keeps everything. `text` is part of a name or
    number."""

    unit_id: int | None = None
    legal_status: str = ""
    sex: str = ""
    whereabouts: str = ""
    out_kind: str = ""
    juvenile: bool | None = None
    flag: str = ""
    text: str = ""
    overdue: bool = False

    def keep(self, row: RollRow) -> bool:
        return (
            (self.unit_id is None or row.unit_id == self.unit_id)
            and (not self.legal_status or row.legal_status == self.legal_status)
            and (not self.sex or row.sex == self.sex)
            and (not self.whereabouts or row.whereabouts == self.whereabouts)
            and (not self.out_kind or row.out_kind == self.out_kind)
            and (self.juvenile is None or row.is_juvenile == self.juvenile)
            and (not self.flag or self.flag in row.flags)
            and (not self.overdue or row.overdue)
            and (
                not self.text
                or self.text.casefold() in row.name.casefold()
                or self.text in row.number
            )
        )


@dataclass(frozen=True, slots=True)
class UnitCount:
    """`unit_id` None holds those at large, who have no unit."""

    unit_id: int | None
    code: str
    name: str
    on_books: int
    in_prison: int
    out_with: int
    certified_capacity: int
    operational_capacity: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums of the roll: `on_books` = `in_prison` + `out_with`, and every breakdown adds up to
    `on_books`. `infants` are babies inside with a mother: counted for fire, never as prisoners.
    """

    at: datetime
    on_books: int
    in_prison: int
    out_with: int
    at_large: int
    overdue: int
    infants: int
    by_unit: tuple[UnitCount, ...]
    by_status: Mapping[str, int]
    by_sex: Mapping[str, int]
    by_age: Mapping[str, int]
    by_out_kind: Mapping[str, int]
    not_admitted: int
    no_valid_warrant: int
    out: tuple[RollRow, ...] = ()


def roll(
    viewer: Actor,
    establishment_id: int,
    as_of: AsOf | None = None,
    *,
    filters: RollFilters | None = None,
) -> list[RollRow]:
    """Everyone on the books whom the viewer may see, by name. A constant number of queries.

    Raises NotPermitted where the viewer may see no roll here.
    """
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    when = as_of or AsOf(clock.now())
    held = _held(
        establishment_id,
        when.valid_at,
        known_at=when.known_at,
        reaches=None if viewer.system else viewer.reaches_with(VIEW),
    )
    rows = _rows(viewer, establishment_id, held, when)
    if filters is not None:
        rows = [row for row in rows if filters.keep(row)]
    return sorted(rows, key=lambda row: (row.sort_key, row.number))


def on_books(viewer: Actor, establishment_id: int) -> set[int]:
    """Whoever is on the roll of now, for what needs no row of it. One query.

    Raises NotPermitted where the viewer may see no roll here.
    """
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    reaches = None if viewer.system else viewer.reaches_with(VIEW)
    held = _held(establishment_id, clock.now(), known_at=None, reaches=reaches)
    return {row.person_id for row in held}


def counts(viewer: Actor, establishment_id: int, as_of: AsOf | None = None) -> Counts:
    """The three counts and their breakdowns, as sums of the roll that this viewer may see."""
    when = as_of or AsOf(clock.now())
    return count(
        roll(viewer, establishment_id, when),
        as_of=when,
        units=facilities.units(viewer, establishment_id),
    )


def count(rows: Iterable[RollRow], *, as_of: AsOf, units: Iterable[facilities.UnitInfo]) -> Counts:
    """Add up rows of a roll; the infants are those of the mothers who are on it."""
    held = list(rows)
    out = tuple(row for row in held if not row.inside)
    infants = people.infants_inside([row.person_id for row in held if row.inside], as_of)
    return Counts(
        at=as_of.valid_at,
        on_books=len(held),
        in_prison=len(held) - len(out),
        out_with=len(out),
        at_large=sum(row.out_kind == AT_LARGE for row in out),
        overdue=sum(row.overdue for row in out),
        infants=sum(infants.values()),
        by_unit=_by_unit(held, units),
        by_status=dict(Counter(row.legal_status for row in held).most_common()),
        by_sex=dict(Counter(row.sex for row in held).most_common()),
        by_age=_by_age(held),
        by_out_kind=dict(Counter(row.out_kind for row in out).most_common()),
        not_admitted=sum(not row.admitted for row in held),
        no_valid_warrant=sum(row.legal_status == "none" for row in held),
        out=out,
    )


@compiled
def _held(
    establishment_id: Any, at: Any, *, known_at: datetime | None, reaches: tuple[Reach, ...] | None
) -> QuerySet[Any, Any]:
    """`reaches` None is the system's own view: everyone."""
    rows: QuerySet[Any, Any] = as_known(
        Episode, known_at, among=Q(establishment_id=establishment_id)
    )
    if reaches is not None:
        seen = PersonScope.objects.filter(reached_by(reaches, sealed_by=None))
        rows = rows.filter(person_id__in=seen.values("person_id"))
    # Instants cost more to read than all else in a row: those that say nothing stay behind.
    rows = rows.filter(held_at(at)).annotate(
        admitted=Q(admitted_at__isnull=False, admitted_at__lte=at),
        due_at=Case(When(admitted=False, then=F("admission_due_at"))),
    )
    return rows.values_list("id", "person_id", "starts_at", "admitted", "due_at", named=True)


@compiled
def _placed(establishment_id: Any, at: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(Placement, known_at, among=Q(establishment_id=establishment_id))
    return rows.filter(held_at(at)).values_list(
        "episode_id", "place_id", "cell_id", "unit_id", "breach", named=True
    )


@compiled
def _escorted(establishment_id: Any, at: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(Escort, known_at, among=Q(establishment_id=establishment_id))
    return rows.filter(held_at(at, start="left_at", end="returned_at")).values_list(
        "episode_id", "id", "kind", "destination", "destination_body_id", "left_at",
        "expected_back_at", named=True,
    )  # fmt: skip


@compiled
def _at_large(establishment_id: Any, at: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(Absence, known_at, among=Q(establishment_id=establishment_id))
    was = rows.exclude(end_kind=Absence.EndKind.NEVER_WAS)
    return was.filter(held_at(at)).values_list("episode_id", "starts_at")


def _rows(viewer: Actor, establishment_id: int, held: list[Any], when: AsOf) -> list[RollRow]:
    ids = [row.person_id for row in held]
    at = when.valid_at
    headers = people.person_headers(READER, ids, as_of=when, brief=True)
    zone = facilities.time_zone(establishment_id)
    statuses = authority.legal_status(ids, zone=zone, as_of=when)
    raised = safety.flags(viewer, ids, as_of=when)
    units = {unit.unit_id: unit for unit in facilities.units(viewer, establishment_id)}
    reception = next((u for u in units.values() if u.is_reception), None)
    here, known_at = establishment_id, when.known_at
    placed = {row.episode_id: row for row in _placed(here, at, known_at=known_at)}
    escorted = {row.episode_id: row for row in _escorted(here, at, known_at=known_at)}
    at_large = dict(_at_large(here, at, known_at=known_at))
    labels = facilities.place_labels({p.place_id for p in placed.values()})
    bodies = {body.body_id: body.name for body in authority.bodies()} if escorted else {}
    found: list[RollRow] = []
    for episode in held:
        header = headers.get(episode.person_id)
        if header is None:
            continue
        status = statuses[episode.person_id]
        gone = episode.id in at_large
        place = None if gone else placed.get(episode.id)
        escort = None if gone else escorted.get(episode.id)
        unit = reception if place is None else units.get(place.unit_id)
        expected = None if escort is None else escort.expected_back_at
        found.append(
            RollRow(
                person_id=episode.person_id,
                episode_id=episode.id,
                number=header.number,
                name=header.display_name,
                sort_key=header.sort_key,
                sex=header.sex,
                gender=header.gender,
                age=header.age,
                is_juvenile=header.is_juvenile,
                legal_status=status.code,
                faults=status.faults,
                next_appearance=status.next_appearance,
                valid_until=status.valid_until,
                unit_id=None if gone or unit is None else unit.unit_id,
                unit="" if gone or unit is None else unit.name,
                place_id=None if place is None else place.place_id,
                cell_id=None if place is None else place.cell_id,
                place="" if place is None else labels.get(place.place_id, ""),
                breach=place is not None and place.breach,
                whereabouts="out" if gone or escort is not None else "in",
                out_kind=AT_LARGE if gone else ("" if escort is None else escort.kind),
                out_to=""
                if escort is None
                else escort.destination or bodies.get(escort.destination_body_id, ""),
                escort_id=None if escort is None else escort.id,
                left_at=at_large.get(episode.id) if gone else (escort and escort.left_at),
                expected_back_at=expected,
                overdue=expected is not None and expected < at,
                flags=tuple(flag.kind for flag in raised.get(episode.person_id, ())),
                labels=tuple(header.labels),
                received_at=episode.starts_at,
                admitted=episode.admitted,
                admission_due_at=episode.due_at,
            )
        )
    return found


def _by_unit(held: list[RollRow], units: Iterable[facilities.UnitInfo]) -> tuple[UnitCount, ...]:
    inside = Counter(row.unit_id for row in held if row.inside)
    all_of = Counter(row.unit_id for row in held)
    found = [
        UnitCount(
            unit.unit_id,
            unit.code,
            unit.name,
            all_of[unit.unit_id],
            inside[unit.unit_id],
            all_of[unit.unit_id] - inside[unit.unit_id],
            unit.certified_capacity,
            unit.operational_capacity,
        )
        for unit in units
    ]
    if all_of[None]:
        found.append(UnitCount(None, "", "", all_of[None], 0, all_of[None], 0, 0))
    return tuple(found)


def _by_age(held: list[RollRow]) -> dict[str, int]:
    """Juveniles as custody counts them; adults by the bands of the published figures."""
    found = dict.fromkeys(("juvenile", "18-24", "25-34", "35-49", "50+", "unknown"), 0)
    for row in held:
        found[_age_group(row)] += 1
    return found


def _age_group(row: RollRow) -> str:
    if row.is_juvenile:
        return "juvenile"
    if row.age is None:
        return "unknown"
    for upto, group in ((25, "18-24"), (35, "25-34"), (50, "35-49")):
        if row.age < upto:
            return group
    return "50+"
