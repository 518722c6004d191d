"""The custody of those held, as rows: paper, episode, admission, place; one place a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pims.demo.bulk_copy import take_ids
from pims.demo.bulk_people import BulkPerson
from pims.demo.people import settings
from pims.demo.places import PlaceKeeper, units_for
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor

STEPS = (
    "person", "warrant", "arrest", "injuries", "property", "contacts", "risk", "photograph",
    "place",
)  # fmt: skip
LEFT_OUT = frozenset({"arrest", "photograph"})
STATUSES = {
    "remand": "unsentenced",
    "committal_sentence": "convicted",
    "immigration": "immigration",
}
_COURTS = {"remand": "MC-BZ", "committal_sentence": "HC", "immigration": "IMM"}
_IMMIGRATION = 0.08  # of the foreigners

_WARRANT = (
    "id, kind, body_id, establishment_id, reference, dated, as_written, defects, received_at,"
    " state, decision_reason, version, recorded_by_id"
)
_WARRANT_NAME = (
    "warrant_id, person_id, name_as_written, charges, starts_at, until, next_appearance, end_kind,"
    " end_basis, version, recorded_by_id"
)
_EPISODE = (
    "id, person_id, establishment_id, starts_at, reception_kind, admission_state,"
    " admission_due_at, admitted_at, end_kind, arrest_place, arrest_reasons, arresting_officer,"
    " clock_disputed, version, recorded_by_id"
)
_STEP = "episode_id, step, state, done_by_id, done_at, data, recorded_by_id"
_PLACEMENT = (
    "episode_id, person_id, establishment_id, place_id, cell_id, unit_id, starts_at, basis,"
    " reason, breach, breach_reasons, doubled, clock_disputed, recorded_by_id"
)
_NATIONALITY = "person_id, country, withdrawn_reason, recorded_at, recorded_by_id"

Rows = Iterator[tuple[str, str, list[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True)
class Held:
    """One person held. `place_id` None is somebody for whom no place was free: in reception."""

    person_id: int
    name: str
    country: str
    establishment_id: int
    unit_id: int
    cell_id: int | None
    place_id: int | None
    kind: str
    received_at: datetime
    until: date | None
    next_appearance: date | None
    charges: str

    @property
    def status(self) -> str:
        return STATUSES[self.kind]


class Custody:
    """Decides who is held where on what, and gives the rows of it."""

    def __init__(
        self,
        *,
        actor: Actor,
        establishments: Sequence[int],
        bodies: Mapping[str, int],
        now: datetime,
        zone: ZoneInfo,
        rng: Random,
    ) -> None:
        self.actor, self.establishments, self.bodies = actor, establishments, bodies
        self.now, self.zone, self.rng = now, zone, rng
        self.held: list[Held] = []
        self.placed = 0
        self._keepers: dict[int, PlaceKeeper] = {}
        self._places: dict[int, facilities.PlaceInfo] = {}
        self._reception: dict[int, int] = {}

    def receive(self, number: int, person_id: int, person: BulkPerson) -> Held:
        """The `number`-th of those held; the establishments take them in turn."""
        where = self.establishments[number % len(self.establishments)]
        today = self.now.astimezone(self.zone).date()
        under_age = (today - person.born_latest).days < 18 * 365
        kind = self._kind(person)
        info = self._place(where, person, kind, under_age=under_age)
        days = min(int(self.rng.expovariate(1 / 300)) + 2, 150 if under_age else 5000)
        offences = "remand" if kind == "remand" else "convicted"
        held = Held(
            person_id=person_id,
            name=person.full,
            country=person.country,
            establishment_id=where,
            unit_id=self._reception[where] if info is None else info.unit.unit_id,
            cell_id=None if info is None else info.cell_id,
            place_id=None if info is None else info.place_id,
            kind=kind,
            received_at=datetime.combine(today - timedelta(days=days), time(18, 30), self.zone),
            until=None
            if kind == "remand"
            else today + timedelta(days=5 + int(self.rng.expovariate(1 / 700))),
            next_appearance=today + timedelta(days=self.rng.randint(1, 60))
            if kind == "remand"
            else None,
            charges=self.rng.choice(settings()["offences"][offences]),
        )
        self.held.append(held)
        self.placed += info is not None
        return held

    def rows(self, held: Sequence[Held]) -> Rows:
        """(table, columns, rows) of these people, in the order in which they depend."""
        if not held:
            return
        by = self.actor.user_id
        warrant = take_ids(len(held), table="authority_warrant")
        episode = take_ids(len(held), table="custody_episode")
        yield (
            "people_nationality",
            _NATIONALITY,
            [(h.person_id, h.country, "", self.now, by) for h in held],
        )
        yield "authority_warrant", _WARRANT, [
            (
                warrant + n, h.kind, self.bodies[_COURTS[h.kind]], h.establishment_id,
                f"{_COURTS[h.kind]} {warrant + n}", h.received_at.date(), "", "{}",
                h.received_at, "as_received", "", 1, by,
            )
            for n, h in enumerate(held)
        ]  # fmt: skip
        yield "authority_warrant_name", _WARRANT_NAME, [
            (
                warrant + n, h.person_id, h.name, h.charges, h.received_at, h.until,
                h.next_appearance, "", "", 1, by,
            )
            for n, h in enumerate(held)
        ]  # fmt: skip
        yield "custody_episode", _EPISODE, [
            (
                episode + n, h.person_id, h.establishment_id, h.received_at, "inherited",
                "in_admission" if h.place_id is None else "admitted",
                h.received_at + timedelta(hours=24),
                None if h.place_id is None else h.received_at + timedelta(hours=3),
                "", "", "", "", False, 1, by,
            )
            for n, h in enumerate(held)
        ]  # fmt: skip
        yield (
            "custody_admission_step",
            _STEP,
            [self._step(episode + n, h, step) for n, h in enumerate(held) for step in STEPS],
        )
        yield "custody_placement", _PLACEMENT, [
            (
                episode + n, h.person_id, h.establishment_id, h.place_id, h.cell_id, h.unit_id,
                h.received_at + timedelta(hours=3), "request", "", False, "[]", False, False, by,
            )
            for n, h in enumerate(held)
            if h.place_id is not None
        ]  # fmt: skip

    def _step(self, episode_id: int, held: Held, step: str) -> tuple[object, ...]:
        by = self.actor.user_id
        if step == "place" and held.place_id is None:
            return episode_id, step, "todo", None, None, "{}", by
        left_out = step in LEFT_OUT
        return (
            episode_id, step, "not_needed" if left_out else "done", by,
            held.received_at + timedelta(hours=2),
            '{"reason": "simulated"}' if left_out else "{}", by,
        )  # fmt: skip

    def _kind(self, person: BulkPerson) -> str:
        if person.country != "BZ" and self.rng.random() < _IMMIGRATION:
            return "immigration"
        published = settings()["published"]
        share = published["unsentenced"] / published["held"]
        return "remand" if self.rng.random() < share else "committal_sentence"

    def _place(
        self, establishment_id: int, person: BulkPerson, kind: str, *, under_age: bool
    ) -> facilities.PlaceInfo | None:
        keeper = self._keepers.get(establishment_id)
        if keeper is None:
            keeper = PlaceKeeper.of(self.actor, establishment_id)
            self._keepers[establishment_id] = keeper
            found = facilities.places(self.actor, establishment_id, at=self.now)
            self._places.update((p.place_id, p) for p in found)
            reception = facilities.reception_unit(establishment_id)
            self._reception[establishment_id] = reception.unit_id
        status = STATUSES[kind]
        place_id = keeper.take(
            (person.sex, under_age, status),
            units_for(person.sex, juvenile=under_age, status=status, long_term=False),
        )
        return None if place_id is None else self._places[place_id]
