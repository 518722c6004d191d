"""Who is due before a court: the hearings of this room and the days that warrants name, together.

The desk that takes the vans back at five names days on warrants, and clerks' lists name others. A
diary of one of the two would miss somebody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.courts.models import Hearing
from pims.courts.selectors.cases import VIEW, case_numbers
from pims.courts.selectors.rows import body_names
from pims.custody import selectors as custody
from pims.custody.selectors import RollRow
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.kernel import clock
from pims.kernel.errors import NotPermitted
from pims.people import selectors as people

READER = Actor(user_id=0, name="", badge="", system=True)
# How far back a day in court without an outcome is looked for.
LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """One person due before one court on one day.

    `hearing_id` None: a warrant alone names the day. `desk_outcome` is what the desk recorded of
    that day when the person came back. `in_custody` is whether the person is on the books here
    now. Where `shown` is false the viewer may know that the person goes, and not what about.
    """

    person_id: int
    number: str
    name: str
    sort_key: str
    on: date
    at_time: time | None
    mode: str
    body_id: int
    body_name: str
    case_id: int | None
    case_number: str
    purpose: str
    hearing_id: int | None
    warrant_name_id: int | None
    outcome: str
    desk_outcome: str
    defects: tuple[str, ...]
    in_custody: bool
    shown: bool
    version: int

    @property
    def done(self) -> bool:
        return bool(self.outcome or self.desk_outcome)


@dataclass(frozen=True, slots=True)
class ProductionRow:
    """One person to be brought before a court on a day, with what the escort must know.

    `unfit` is whether a court found the person unfit to plead or holds them at its pleasure,
    `review_on` when that must be looked at again.
    """

    due: DiaryRow
    row: RollRow
    unfit: bool
    review_on: date | None

    @property
    def place(self) -> str:
        return self.row.place

    @property
    def by_video(self) -> bool:
        return self.due.mode == Hearing.Mode.VIDEO


@dataclass(frozen=True, slots=True)
class WithoutNext:
    """Somebody who waits for a court and has no day before one. `last_on` is the last day that
    was, None where there never was any."""

    row: RollRow
    last_on: date | None


def diary(
    viewer: Actor,
    establishment_id: int,
    begins: date,
    ends: date,
    *,
    roll: Iterable[RollRow] | None = None,
) -> list[DiaryRow]:
    """Everyone due before a court from `begins` to `ends`, both included, by day, court and hour.

    People on the books here by whatever paper, and hearings recorded here of those who are not:
    on bail, or gone. `roll` is the viewer's roll of now, where the page has read it already.
    Constant queries. Raises NotPermitted.
    """
    held = roll_of(viewer, establishment_id) if roll is None else roll
    on_books = {row.person_id: row for row in held}
    return _diary(viewer, establishment_id, begins, ends, on_books)


def roll_of(viewer: Actor, establishment_id: int) -> list[RollRow]:
    """Whoever is on the books here, for who may see what courts say. Raises NotPermitted."""
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    return custody.roll(viewer, establishment_id)


def books_of(viewer: Actor, establishment_id: int) -> set[int]:
    """The same, where no row of the roll is needed. Raises NotPermitted."""
    if not viewer.can_at(VIEW, establishment_id):
        raise NotPermitted(VIEW)
    return custody.on_books(viewer, establishment_id)


@dataclass(frozen=True, slots=True)
class AtADesk:
    """Who is due before a court today, of how many days before nobody said what came, and how many
    of those who wait for a court have no day before one (`no_next_hearing`)."""

    today: tuple[DiaryRow, ...]
    without_outcome: int
    forgotten: int


def at_the_desk(viewer: Actor, establishment_id: int, held: Collection[int]) -> AtADesk:
    """What the courts' desk has before it; `held` are those on the books whom the viewer may see.

    The days that papers name are read once, and names of nobody but whoever is due today.
    """
    zone = facilities.time_zone(establishment_id)
    today = clock.today(zone)
    days = authority.appearances(held, begins=today - LOOK_BACK, ends=date.max, zone=zone)
    past = [one for one in days if one.on <= today]
    found = _days(viewer, establishment_id, today - LOOK_BACK, today, held, past)
    rows = [row for row in found if row.shown]
    due = [row for row in rows if row.on == today]
    heads = people.person_headers(READER, {row.person_id for row in due}, brief=True)
    expected = set(_hearing_days(held, begins=today))
    expected |= {one.person_id for one in days if one.on >= today}
    waiting = authority.counting_as(set(held) - expected, WAITS, zone=zone)
    return AtADesk(
        tuple(_named(due, {}, heads)),
        sum(row.on < today and not row.done for row in rows),
        len(waiting if viewer.system else visible_ids(viewer, VIEW, waiting)),
    )


def _diary(
    viewer: Actor,
    establishment_id: int,
    begins: date,
    ends: date,
    on_books: Mapping[int, RollRow],
) -> list[DiaryRow]:
    zone = facilities.time_zone(establishment_id)
    due = authority.appearances(on_books, begins=begins, ends=ends, zone=zone)
    found = _days(viewer, establishment_id, begins, ends, on_books, due)
    away = {row.person_id for row in found if row.person_id not in on_books}
    return _named(found, on_books, people.person_headers(READER, away, brief=True))


def _named(
    rows: Iterable[DiaryRow],
    on_books: Mapping[int, RollRow],
    heads: Mapping[int, people.PersonHeader],
) -> list[DiaryRow]:
    """The rows with whom they are about, in the order of the diary."""

    def named(row: DiaryRow) -> DiaryRow:
        held = on_books.get(row.person_id)
        if held is not None:
            return replace(row, number=held.number, name=held.name, sort_key=held.sort_key)
        head = heads[row.person_id]
        return replace(row, number=head.number, name=head.display_name, sort_key=head.sort_key)

    return sorted(map(named, rows), key=_order)


def _days(
    viewer: Actor,
    establishment_id: int,
    begins: date,
    ends: date,
    on_books: Collection[int],
    due: Sequence[authority.Appearance],
) -> list[DiaryRow]:
    """The rows of those days, unordered and without names; `due` are the days on papers."""
    zone = facilities.time_zone(establishment_id)
    hearings, whose = _hearings(establishment_id, begins, ends, on_books)
    everyone = {whose[h.person_id] for h in hearings} | {a.person_id for a in due}
    shown = everyone if viewer.system else visible_ids(viewer, VIEW, everyone)
    desk = _desk_outcomes(everyone, begins, ends, zone)
    bodies, numbers = body_names(), case_numbers(h.case_id for h in hearings)

    found = []
    covered: set[tuple[int, date, int]] = set()
    named: set[tuple[int, date]] = set()
    for h in hearings:
        person_id = whose[h.person_id]
        covered.add((person_id, h.on, h.body_id))
        if h.warrant_name_id is not None:
            named.add((h.warrant_name_id, h.on))
        if person_id not in on_books and person_id not in shown:
            continue
        seen = person_id in shown
        found.append(
            DiaryRow(
                person_id,
                number="",
                name="",
                sort_key="",
                on=h.on,
                at_time=h.at_time,
                mode=h.mode,
                body_id=h.body_id,
                body_name=bodies.get(h.body_id, ""),
                case_id=h.case_id if seen else None,
                case_number=numbers.get(h.case_id or 0, "") if seen else "",
                purpose=h.purpose if seen else "",
                hearing_id=h.pk if seen else None,
                warrant_name_id=h.warrant_name_id if seen else None,
                outcome=h.outcome,
                desk_outcome="",
                defects=tuple(h.defects),
                in_custody=person_id in on_books,
                shown=seen,
                version=h.version,
            )
        )
    for one in due:
        key = (one.person_id, one.on, one.body_id)
        if key in covered or (one.warrant_name_id, one.on) in named:
            continue
        covered.add(key)
        seen = one.person_id in shown
        found.append(
            DiaryRow(
                one.person_id,
                number="",
                name="",
                sort_key="",
                on=one.on,
                at_time=None,
                mode=Hearing.Mode.IN_PERSON,
                body_id=one.body_id,
                body_name=bodies.get(one.body_id, ""),
                case_id=None,
                case_number=one.reference if seen else "",
                purpose="",
                hearing_id=None,
                warrant_name_id=one.warrant_name_id if seen else None,
                outcome="",
                desk_outcome="",
                defects=(),
                in_custody=True,
                shown=seen,
                version=0,
            )
        )
    return _with_desk(found, desk)


def _with_desk(
    rows: Sequence[DiaryRow], desk: Mapping[tuple[int, date], Sequence[tuple[int | None, str]]]
) -> list[DiaryRow]:
    """Each row with what the desk recorded of it.

    Of somebody who was due before two courts on one day the desk's word counts for the one that it
    names: of the other nobody has said anything.
    """
    bodies: dict[tuple[int, date], set[int]] = defaultdict(set)
    for row in rows:
        bodies[row.person_id, row.on].add(row.body_id)
    found = []
    for row in rows:
        key = row.person_id, row.on
        alone = len(bodies[key]) == 1
        said = [what for body_id, what in desk.get(key, ()) if alone or body_id == row.body_id]
        found.append(replace(row, desk_outcome=said[-1]) if said else row)
    return found


def _order(row: DiaryRow) -> tuple[object, ...]:
    return (row.on, row.body_name, row.at_time or time.max, row.sort_key, row.number)


def _hearings(
    establishment_id: int, begins: date, ends: date, on_books: Collection[int]
) -> tuple[list[Hearing], dict[int, int]]:
    """Those that were not cancelled, with each record -> whom it counts for.

    A hearing goes along with a transfer: it is of whoever is on the books here, wherever it was
    recorded; one that was recorded here of somebody held elsewhere is theirs.
    """
    days = Hearing.objects.filter(on__gte=begins, on__lte=ends, cancelled_at=None)
    ids = {*on_books, *people.joined_records(set(on_books))}
    rows = list(days.filter(any_of("person_id", ids)).order_by("on", "pk"))
    others = list(days.filter(establishment_id=establishment_id).exclude(any_of("person_id", ids)))
    whose = people.ids_canonical({row.person_id for row in (*rows, *others)})
    held = custody.current_episodes({whose[row.person_id] for row in others})
    rows += [row for row in others if whose[row.person_id] not in held]
    return rows, whose


def _desk_outcomes(
    person_ids: Collection[int], begins: date, ends: date, zone: str
) -> dict[tuple[int, date], list[tuple[int | None, str]]]:
    """(person, day) -> the outcomes that the desk recorded of it, each with its court if named."""
    where = ZoneInfo(zone)
    if begins > clock.now().astimezone(where).date():
        return {}
    found = custody.court_outcomes(
        person_ids,
        begins=datetime.combine(begins, time(), where),
        ends=datetime.combine(ends + timedelta(days=1), time(), where),
    )
    said: dict[tuple[int, date], list[tuple[int | None, str]]] = defaultdict(list)
    for person_id, one in found:
        day = one.happened_at.astimezone(where).date()
        said[person_id, day].append((one.data.get("body_id"), one.outcome))
    return said


def production_list(viewer: Actor, establishment_id: int, day: date) -> list[ProductionRow]:
    """Everyone on the books who is due before a court on `day`, by court, hour and name.

    Nobody is missed: the days that warrants name are on it beside the hearings. Constant queries.
    Raises NotPermitted.
    """
    on_books = {row.person_id: row for row in roll_of(viewer, establishment_id)}
    due = [
        row
        for row in _diary(viewer, establishment_id, day, day, on_books)
        if row.person_id in on_books
    ]
    zone = facilities.time_zone(establishment_id)
    held = authority.warrants_of({row.person_id for row in due}, zone=zone)
    now = clock.now()
    found = []
    for one in due:
        unfit = [
            brief
            for brief in held.get(one.person_id, ())
            if brief.legal_status == "unfit" and brief.detains_at(now)
        ]
        reviews = [brief.next_appearance for brief in unfit if brief.next_appearance is not None]
        found.append(
            ProductionRow(
                one, on_books[one.person_id], bool(unfit), min(reviews) if reviews else None
            )
        )
    return found


def hearings_without_outcome(
    viewer: Actor,
    establishment_id: int,
    *,
    before: date | None = None,
    roll: Iterable[RollRow] | None = None,
) -> list[DiaryRow]:
    """Days in court before `before` (today) of which nobody has recorded what came, oldest first.

    What the desk recorded when the person came back is an outcome. `roll` is the viewer's roll of
    now, where the page has read it already. Raises NotPermitted.
    """
    today = clock.today(facilities.time_zone(establishment_id))
    last = (before or today) - timedelta(days=1)
    held = roll_of(viewer, establishment_id) if roll is None else roll
    on_books = {row.person_id: row for row in held}
    rows = _diary(viewer, establishment_id, last - LOOK_BACK, last, on_books)
    return [row for row in rows if not row.done and row.shown]


def no_next_hearing(
    viewer: Actor, establishment_id: int, *, roll: Iterable[RollRow] | None = None
) -> list[WithoutNext]:
    """Whoever waits for a court and has no day before one from today on, longest forgotten first.

    `roll` is the viewer's roll of now, where the page has read it already. Raises NotPermitted.
    """
    rows = roll_of(viewer, establishment_id) if roll is None else roll
    zone = facilities.time_zone(establishment_id)
    waiting = {row.person_id: row for row in rows if row.legal_status in WAITS}
    seen = set(waiting) if viewer.system else visible_ids(viewer, VIEW, waiting)
    expected = court_days(waiting, zone=zone, begins=clock.today(zone))
    forgotten = [i for i in waiting if i in seen and not expected.get(i)]
    # What was, only of those of whom nothing is to come.
    days = court_days(forgotten, zone=zone) if forgotten else {}
    found = [WithoutNext(waiting[i], max(days.get(i, ()), default=None)) for i in forgotten]
    return sorted(found, key=lambda one: (one.last_on or date.min, one.row.sort_key))


# The legal statuses of people about whom a court has yet to decide.
WAITS = frozenset({"unsentenced", "unfit"})


def court_days(
    person_ids: Iterable[int], *, zone: str, begins: date = date.min
) -> dict[int, set[date]]:
    """Every day from `begins` on, past or to come, on which a person was or is before a court; no
    scope."""
    ids = set(person_ids)
    found = _hearing_days(ids, begins=begins)
    for one in authority.appearances(ids, begins=begins, ends=date.max, zone=zone):
        found[one.person_id].add(one.on)
    return dict(found)


def _hearing_days(person_ids: Iterable[int], *, begins: date) -> dict[int, set[date]]:
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    found: dict[int, set[date]] = defaultdict(set)
    rows = Hearing.objects.filter(
        any_of("person_id", whose.keys()), cancelled_at=None, on__gte=begins
    )
    for person_id, on in rows.values_list("person_id", "on"):
        found[whose[person_id]].add(on)
    return found
