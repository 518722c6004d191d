"""Carrying out the plan, day by day, through the services, with the clock set to each moment."""

import time as wall
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.authority import selectors as authority_selectors
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput, EscortInput, ReturnRow
from pims.demo.admitting import Admission, admit_group
from pims.demo.departures import discharge, leave_in_the_morning
from pims.demo.inmates import Inmate, groups, status_of
from pims.demo.keying import key_outcomes
from pims.demo.people import settings
from pims.demo.places import Group, PlaceKeeper, units_for
from pims.demo.plan import Stay
from pims.demo.records import (
    forfeit,
    go_through_register,
    key_group,
    note,
    outcome_of,
    second_readings,
    work_out,
)
from pims.demo.state import State
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.people import services as people
from pims.property.services import ItemInput
from pims.safety.selectors import questions

# The register was gone through with everybody so long before the last day.
REGISTER = timedelta(days=3)


@dataclass(slots=True)
class Simulation(State):
    """One establishment through the planned window."""

    def days(self) -> Iterator[None]:
        """Everything from the first day to yesterday, stopping after each; tells how far it is."""
        bodies = authority_selectors.bodies()
        self.bodies = {b.code: b.body_id for b in bodies}
        self.body_names = {b.code: b.name for b in bodies}
        self.places = PlaceKeeper.of(self.officers.system, self.establishment_id, share=self.share)
        arriving: dict[date, list[Stay]] = defaultdict(list)
        inherited = [stay for stay in self.plan.stays if stay.inherited]
        for stay in self.plan.stays:
            if not stay.inherited:
                arriving[stay.arrives].append(stay)
        self._take_over(inherited)
        day, said = self.plan.start, wall.monotonic()
        while day < self.plan.end:
            self._day(day, arriving.get(day, []))
            if wall.monotonic() - said > 2:
                said = wall.monotonic()
                self.report(f"{day:%d %b %Y}")
            day += timedelta(days=1)
            yield

    # -- one day -------------------------------------------------------------------------------
    def _day(self, day: date, arriving: list[Stay]) -> None:
        second_readings(self, day)
        for inmate in self.forfeits.pop(day, []):
            forfeit(self, day, inmate)
        for inmate in self.leaving.pop(day, []):
            leave_in_the_morning(self, day, inmate)
        self._court(day, self.hearings.pop(day, []))
        by_court: dict[str, list[Stay]] = defaultdict(list)
        for stay in arriving:
            by_court[stay.court].append(stay)
        for court, stays in by_court.items():
            self._van(day, court, stays)
        if day == self.plan.end - REGISTER:
            go_through_register(self, day)

    def _van(self, day: date, court: str, stays: list[Stay]) -> None:
        with self.at(day, 18, self.rng.randint(5, 55)):
            made = self._receive(stays, court=court, received_at=None)
        with self.at(day, 20, 0):
            self._admit(made, admitted_on=day)

    def _take_over(self, stays: list[Stay]) -> None:
        """On the first day the paper registers are entered: everyone already held."""
        with self.at(self.plan.start, 9, 0):
            by_day: dict[date, list[Stay]] = defaultdict(list)
            for stay in sorted(stays, key=lambda s: s.arrives):
                by_day[stay.arrives].append(stay)
            for day, group in by_day.items():
                made = self._receive(
                    group, court="Paper register", received_at=self.instant(day, 18, 30)
                )
                self._admit(made, admitted_on=self.plan.start)
            self.report("The paper registers are taken over")

    # -- reception and admission ---------------------------------------------------------------
    def _receive(
        self, stays: list[Stay], *, court: str, received_at: datetime | None
    ) -> list[Inmate]:
        with people.numbered(stay.serial for stay in stays):
            made = custody.record_body_receipts(
                self.officers.command("reception_officer"),
                establishment_id=self.establishment_id,
                receipts=[self._receipt(stay) for stay in stays],
                from_where=self.body_names.get(court, court),
                handed_over_by="PC " + self.rng.choice(("Young", "Choc", "Pott", "Sho", "Lewis")),
                received_by="Reception",
                received_at=received_at,
                reception_kind="inherited" if received_at is not None else "court",
            )
        return [
            Inmate(stay, receipt.person_id, receipt.episode_id)
            for stay, receipt in zip(stays, made.receipts, strict=True)
        ]

    def _receipt(self, stay: Stay) -> BodyReceiptInput:
        person = stay.person
        return BodyReceiptInput(
            given=person.given,
            family=person.family,
            sex=person.sex,
            birth_date=None if person.birth_known == "unknown" else person.birth,
            birth_precision=person.birth_known,
            nationalities=(person.country,),
            warrant_state=_seen(stay),
            injuries="Bruise on the left arm" if self.rng.random() < 0.04 else "",
        )

    def _admit(self, inmates: list[Inmate], *, admitted_on: date) -> None:
        for group in groups(inmates):
            key_group(self, group, admitted_on)
            admissions = [self._admission(inmate, admitted_on) for inmate in group]
            done = admit_group(
                self.officers.command("reception_officer"),
                establishment_id=self.establishment_id,
                admissions=admissions,
            )
            for inmate, placed in zip(group, done.placed, strict=True):
                self.inside[inmate.episode_id] = inmate
                if not placed and inmate.stay.gap != "place_unknown":
                    self.free_place(inmate)
                    self._place(inmate)
                self._schedule(inmate)

    def _admission(self, inmate: Inmate, on: date) -> Admission:
        stay, person = inmate.stay, inmate.stay.person
        inmate.status = status_of(stay.kind)
        if stay.gap in ("warrant_missing", "warrant_expired"):
            inmate.status = "none"
        inmate.place_id = None if stay.gap == "place_unknown" else self._choose(inmate)
        items = self.rng.sample(settings()["property"]["items"], self.rng.randint(0, 4))
        return Admission(
            person_id=inmate.person_id,
            episode_id=inmate.episode_id,
            name=person.name,
            paper=None,
            warrant_name_id=inmate.warrant_name_id,
            items=tuple(ItemInput(kind, what, store=f"S-{self.rng.randint(1, 240)}")
                        for kind, what in items),
            contact=(
                self.rng.choice(("Mother", "Wife", "Sister", "Brother", "Father", "Partner")),
                f"{self.rng.choice(_RELATIVES)} {person.family}",
                f"555-{self.rng.randint(1000, 9999)}",
            ),
            languages=person.languages,
            answers={q: self._answer(q, person.sex) for q in questions()},
            alias=person.alias,
            arrested_at=None
            if stay.inherited
            else self.instant(stay.arrives - timedelta(days=1), 14, 10),
            arrest_place=self.rng.choice(("Belize City", "Belmopan", "Orange Walk", "Dangriga")),
            place_id=inmate.place_id,
            gap=stay.gap,
            lawyer=self.rng.choice(_LAWYERS) if inmate.status == "unsentenced" else "",
            country="" if person.country == "BZ" else person.country,
        )  # fmt: skip

    def _answer(self, question: str, sex: str) -> str:
        if question == "pregnant" and sex != "female":
            return "no"
        return "yes" if self.rng.random() < _YES.get(question, 0.03) else "no"

    def _schedule(self, inmate: Inmate) -> None:
        stay = inmate.stay
        for day in stay.hearings:
            if day >= self.plan.start:
                self.hearings[day].append(inmate)
        if stay.leaves is not None and stay.ends_by in ("served", "fine_paid", _LATER):
            self.leaving[stay.leaves].append(inmate)
        judgment = stay.judgment
        if judgment is not None and judgment.forfeited_on is not None:
            self.forfeits[max(judgment.forfeited_on, self.plan.start)].append(inmate)

    # -- places --------------------------------------------------------------------------------
    def _choose(self, inmate: Inmate) -> int | None:
        return self.places.take(self._group(inmate), self._units(inmate))

    def _units(self, inmate: Inmate) -> tuple[str, ...]:
        sex, juvenile, status = self._group(inmate)
        if status == "none":  # without a paper: where those of the kind are, in cells of their own
            status = status_of(inmate.stay.kind)
        long_term = inmate.stay.kind == "life_sentence" or "urder" in inmate.stay.offence
        return units_for(sex, juvenile=juvenile, status=status, long_term=long_term)

    def _group(self, inmate: Inmate) -> Group:
        person = inmate.stay.person
        age = (clock.now().date() - person.birth).days / 365.25
        return person.sex, age < 18 and person.birth_known != "unknown", inmate.status

    def _place(self, inmate: Inmate) -> None:
        """Where no place was kept in mind, or a rule spoke against it: an empty cell elsewhere.

        Of the simulation's own cells only: what others do at the same time must not decide it.
        """
        for unit in dict.fromkeys((*self._units(inmate), *self.places.by_unit)):
            place_id = self.places.take_empty(self._group(inmate), unit)
            if place_id is None:
                continue
            try:
                self._ask_for(inmate, place_id)
            except Refused:
                self.places.leave(place_id)
                continue
            return

    def is_among_juveniles(self, inmate: Inmate) -> bool:
        """Whether somebody who is of age has a place in a unit for the young."""
        cell = self.places.cells.get(self.places.cell_of.get(inmate.place_id or 0, 0))
        _sex, juvenile, _status = self._group(inmate)
        return cell is not None and cell.unit == "WAG" and not juvenile

    def place_anew(self, inmate: Inmate) -> None:
        """A place for what somebody is by now."""
        self.free_place(inmate)
        place_id = self._choose(inmate)
        try:
            if place_id is not None:
                self._ask_for(inmate, place_id)
                return
        except Refused:
            self.places.leave(place_id or 0)
        self._place(inmate)

    def _ask_for(self, inmate: Inmate, place_id: int) -> None:
        custody.place_person(
            self.officers.command("duty_senior_officer"),
            episode_id=inmate.episode_id,
            place_id=place_id,
        )
        inmate.place_id = place_id

    # -- court ---------------------------------------------------------------------------------
    def _court(self, day: date, due: list[Inmate]) -> None:
        by_court: dict[str, list[Inmate]] = defaultdict(list)
        for inmate in due:
            if inmate.episode_id in self.inside and inmate.stay.sentenced != day - timedelta(1):
                by_court[inmate.stay.court].append(inmate)
        for court, group in by_court.items():
            with self.at(day, 7, self.rng.randint(0, 50)):
                sent = custody.send_out(
                    self.officers.command("gate_officer"),
                    establishment_id=self.establishment_id,
                    prisoners=[EscortInput(person_id=i.person_id) for i in group],
                    kind="court",
                    destination_body_id=self.bodies[court],
                    purpose="Hearing",
                    expected_back_at=self.instant(day, 18, 0),
                    officers=["Officer Ical", "Officer Wade"],
                )
            escorts = {e.person_id: e.escort_id for e in sent.escorts}
            with self.at(day, 17, self.rng.randint(0, 40)):
                self._back(day, group, escorts)

    def _back(self, day: date, group: list[Inmate], escorts: dict[int, int]) -> None:
        rows = [self._row(day, inmate, escorts[inmate.person_id]) for inmate in group]
        done = custody.record_returns(
            self.officers.command("reception_officer"),
            establishment_id=self.establishment_id,
            rows=rows,
        )
        outcomes = []
        for inmate, row, result in zip(group, rows, done.rows, strict=True):
            if result.returned is None:
                raise RuntimeError(f"{row.outcome}: {result.problems}")
            outcomes.append(
                outcome_of(
                    self,
                    day,
                    inmate,
                    row,
                    warrant_id=result.returned.warrant_id,
                    order_id=result.returned.release_order_id,
                )
            )
        with self.at(day, 17, 50):
            keyed = key_outcomes(
                self.officers.command("records_officer"),
                establishment_id=self.establishment_id,
                outcomes=outcomes,
            )
            for inmate, of_one in zip(group, keyed, strict=True):
                for one in of_one:
                    note(self, [inmate], one, day)
            work_out(self, [i for i in group if i.stay.sentenced == day])
        for inmate, row, result in zip(group, rows, done.rows, strict=True):
            if result.returned is None:
                continue
            self._after_court(day, inmate, row, result.returned.release_order_id)

    def _row(self, day: date, inmate: Inmate, escort_id: int) -> ReturnRow:
        stay = inmate.stay
        reference = f"{stay.court} {day:%d%m}/{stay.index}"
        judgment = stay.judgment
        if day == stay.sentenced and judgment is not None:
            fined = judgment.kind == "fine_default"
            return ReturnRow(
                outcome="fined" if fined else "sentenced", escort_id=escort_id,
                warrant_kind=judgment.kind, body_id=self.bodies[stay.court], dated=day,
                until=judgment.until, amount_cents=judgment.amount_cents, reference=reference,
                charges="; ".join(one.as_written for one in stay.charges),
            )  # fmt: skip
        if day == stay.leaves and stay.ends_by == "discharged_at_court":
            return ReturnRow(
                outcome="discharged_at_court", escort_id=escort_id, order_seen=reference,
            )  # fmt: skip
        if day == stay.leaves and stay.ends_by == "bail":
            return ReturnRow(
                outcome="bailed", escort_id=escort_id, frees=True, dated=day,
                body_id=self.bodies[stay.court], reference=reference,
            )  # fmt: skip
        later = [d for d in stay.hearings if d > day]
        return ReturnRow(
            outcome="new_date",
            escort_id=escort_id,
            next_appearance=later[0] if later else self.open_day(stay.court),
            reference=reference,
        )

    def _after_court(self, day: date, inmate: Inmate, row: ReturnRow, order_id: int | None) -> None:
        if row.outcome == "discharged_at_court":
            self.free_place(inmate)
            del self.inside[inmate.episode_id]
        elif row.outcome == "bailed" and order_id is not None:
            discharge(self, day, inmate, order_id=order_id, hour=18)
        elif row.outcome in ("sentenced", "fined"):
            inmate.status = "convicted"
            self.free_place(inmate)
            chosen = self._choose(inmate)
            with self.at(day, 19, 30):
                if chosen is not None:
                    try:
                        self._ask_for(inmate, chosen)
                    except Refused:
                        self.places.leave(chosen)
                        chosen = None
                if chosen is None:
                    self._place(inmate)


def _seen(stay: Stay) -> str:
    """What the reception officer saw of the paper."""
    if stay.gap == "warrant_missing":
        return "no"
    return "defective" if stay.defective or stay.gap == "next_appearance_missing" else "yes"


_LATER = "sentenced_then_served"
_LAWYERS = ("L. Chebat", "S. Awich", "D. Bradley", "A. Moore", "Legal Aid Centre")
_RELATIVES = ("Maria", "Ana", "Sonia", "Rosa", "Elena", "Carlos", "Luis", "Keisha", "Yolanda")
_YES = {"on_medication": 0.10, "afraid_of_someone_here": 0.05, "gang_membership": 0.10}
