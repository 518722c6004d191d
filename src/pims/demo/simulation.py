"""Carrying out the plan, day by day, through the services, with the clock set to each moment."""

import time as wall
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import connection

from pims.authority import selectors as authority_selectors
from pims.authority import services as authority
from pims.courts.services import OrderReading
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput, EscortInput, ReturnRow
from pims.demo.admitting import Admission, admit_group
from pims.demo.judgments import ORDER_KINDS, sitting
from pims.demo.keying import (
    InCourt,
    Keyed,
    NewCase,
    OrderPaper,
    Outcome,
    certify_forfeited,
    key_outcomes,
    key_papers,
    read_again,
    warrant_name_of,
)
from pims.demo.officers import Officers
from pims.demo.people import settings
from pims.demo.places import Group, PlaceKeeper, units_for
from pims.demo.plan import Plan, Stay
from pims.foundation.commands.transaction import Command
from pims.jurisdictions.holidays import is_closed
from pims.kernel import clock
from pims.kernel.errors import Refused
from pims.people import services as people
from pims.property import selectors as property_selectors
from pims.property import services as property_room
from pims.property.services import ItemInput
from pims.release import services as release
from pims.safety.selectors import questions
from pims.sentences import services as sentences

Report = Callable[[str], None]
T = TypeVar("T")
GROUP = 10
# What is done before each gate; see the list of the discharge check.
SETTLED = ("medication", "travel", "documents", "next_of_kin")


@dataclass(slots=True)
class Inmate:
    """A stay under way: what the record has given it so far.

    `unread` are the orders that no other officer has read again yet.
    """

    stay: Stay
    person_id: int
    episode_id: int
    warrant_name_id: int | None = None
    place_id: int | None = None
    status: str = ""
    in_court: InCourt | None = None
    unread: dict[int, OrderReading] = field(default_factory=dict)


def _by_day() -> dict[date, list[Inmate]]:
    return defaultdict(list)


@dataclass(slots=True)
class Simulation:
    """One establishment through the planned window."""

    plan: Plan
    officers: Officers
    establishment_id: int
    zone: ZoneInfo
    report: Report
    rng: Random
    inside: dict[int, Inmate] = field(default_factory=dict)
    hearings: dict[date, list[Inmate]] = field(default_factory=_by_day)
    leaving: dict[date, list[Inmate]] = field(default_factory=_by_day)
    unread: dict[date, list[Inmate]] = field(default_factory=_by_day)
    forfeits: dict[date, list[Inmate]] = field(default_factory=_by_day)
    bodies: dict[str, int] = field(default_factory=dict)
    body_names: dict[str, str] = field(default_factory=dict)
    places: PlaceKeeper = field(default_factory=PlaceKeeper)
    serial: int = 0
    share: tuple[int, int] = (0, 1)

    def run(self) -> None:
        """Everything from the first day to yesterday; progress each second or so."""
        for _ in self.days():
            pass

    def days(self) -> Iterator[None]:
        """The same, stopping after each day."""
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
        self._second_readings(day)
        for inmate in self.forfeits.pop(day, []):
            self._forfeit(day, inmate)
        for inmate in self.leaving.pop(day, []):
            self._leave_in_the_morning(day, inmate)
        self._court(day, self.hearings.pop(day, []))
        by_court: dict[str, list[Stay]] = defaultdict(list)
        for stay in arriving:
            by_court[stay.court].append(stay)
        for court, stays in by_court.items():
            self._van(day, court, stays)

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
                    group, court="Paper register", received_at=self._instant(day, 18, 30)
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
        for group in _groups(inmates):
            self._key_papers(group, admitted_on)
            admissions = [self._admission(inmate, admitted_on) for inmate in group]
            done = admit_group(
                self.officers.command("reception_officer"),
                establishment_id=self.establishment_id,
                admissions=admissions,
            )
            for inmate, placed in zip(group, done.placed, strict=True):
                self.inside[inmate.episode_id] = inmate
                if not placed and inmate.stay.gap != "place_unknown":
                    self._free_place(inmate)
                    self._place(inmate)
                self._schedule(inmate)

    # -- the records office --------------------------------------------------------------------
    def _key_papers(self, group: list[Inmate], on: date) -> None:
        """The orders that they came on, before anybody asks for a place; dates of who will go."""
        papers = [
            (of_one, paper) for of_one in _by_paper(group) for paper in self._papers(of_one, on)
        ]
        if not papers:
            return
        made = key_papers(
            self.officers.command("records_officer"),
            establishment_id=self.establishment_id,
            papers=[paper for _, paper in papers],
        )
        for (of_one, paper), keyed in zip(papers, made, strict=True):
            self._note(of_one, keyed, on)
            if paper.defects and self.rng.random() < 0.85:
                self._decide(of_one[0])
        appeals = [inmate for inmate in group if inmate.stay.appeals and inmate.in_court]
        if appeals:
            noted = key_papers(
                self.officers.command("records_officer"),
                establishment_id=self.establishment_id,
                papers=[self._appeal(inmate, on) for inmate in appeals],
            )
            for inmate, keyed in zip(appeals, noted, strict=True):
                self._note([inmate], keyed, on)
        self._work_out(group)

    def _work_out(self, group: list[Inmate]) -> None:
        """The dates of those who go on them before the end; of all others they come together."""
        going = [i.person_id for i in group if i.stay.judgment is not None and i.stay.leaves]
        if going:
            sentences.recalculate(Command(self.officers.system), person_ids=going)

    def _note(self, inmates: list[Inmate], keyed: Keyed, on: date) -> None:
        for number, inmate in enumerate(inmates):
            inmate.in_court = keyed.in_court or inmate.in_court
            inmate.warrant_name_id = keyed.warrant_name_ids[number] or inmate.warrant_name_id
        # Of a paper that names several the first reading is that of all.
        inmates[0].unread[keyed.order_ids[0]] = keyed.reading
        self.unread[_next_working_day(on)].append(inmates[0])

    def _papers(self, of_one: list[Inmate], on: date) -> list[OrderPaper]:
        inmate, stay = of_one[0], of_one[0].stay
        if stay.gap == "warrant_missing":
            return []
        self.serial += self.share[1]
        dated = min(stay.arrives, on)
        judgment = None if stay.sentenced is not None else stay.judgment
        kind = stay.order_kind or ORDER_KINDS[stay.kind]
        body_id = self.bodies[stay.court]
        return [
            OrderPaper(
                kind=kind,
                body_id=body_id,
                person_ids=tuple(one.person_id for one in of_one),
                reference=f"{stay.court} {self.serial}/{dated:%y}",
                dated=dated,
                holds_from=self._instant(stay.arrives, 12, 0),
                next_date=self._next(stay, next(iter(stay.hearings), None)),
                until=stay.until if judgment is None and stay.sentenced is None else None,
                amount_cents=None if judgment is None else judgment.amount_cents,
                review_months=6 if stay.kind in _REVIEWED else None,
                defects=("no_signature",) if stay.defective else (),
                judgment=judgment,
                new_case=NewCase(
                    number=f"{stay.court} {stay.index}/{dated:%Y}",
                    body_id=body_id,
                    charges=stay.charges,
                    opened_on=dated if inmate.stay.kind == "remand" else None,
                ),
            )
        ]

    def _appeal(self, inmate: Inmate, on: date) -> OrderPaper:
        dated = min(inmate.stay.arrives + timedelta(days=9), on)
        return OrderPaper(
            kind="appeal_lodged",
            body_id=self.bodies["CA" if inmate.stay.court == "HC" else "HC"],
            person_ids=(inmate.person_id,),
            reference=f"Appeal {inmate.stay.index}/{dated:%y}",
            dated=dated,
            in_court=inmate.in_court,
        )

    def _decide(self, inmate: Inmate) -> None:
        if inmate.warrant_name_id is None:
            return
        name = authority_selectors.warrant_name(self.officers.system, inmate.warrant_name_id)
        authority.decide_defective(
            self.officers.command("officer_in_charge"),
            warrant_id=name.warrant_id,
            decision="acted_on",
            reason="Confirmed by the clerk of court by telephone",
        )

    def _second_readings(self, day: date) -> None:
        """What was keyed on a day another officer reads on the next working day, before noon."""
        waiting = [inmate for inmate in self.unread.pop(day, []) if inmate.unread]
        if waiting:
            with self.at(day, 10, 15):
                self.read(waiting)

    def read(self, inmates: Sequence[Inmate]) -> None:
        """Another officer reads whatever of theirs is still to be read again."""
        for group in _groups(list({inmate.episode_id: inmate for inmate in inmates}.values())):
            readings = {i: reading for one in group for i, reading in one.unread.items()}
            if readings:
                read_again(self.officers.command("duty_senior_officer"), readings=readings)
            for inmate in group:
                inmate.unread.clear()

    def _forfeit(self, day: date, inmate: Inmate) -> None:
        judgment = inmate.stay.judgment
        if judgment is None or judgment.forfeited_on is None:
            return
        with self.at(day, 15, 0):
            certify_forfeited(
                self.officers.command("records_officer"),
                person_id=inmate.person_id,
                days=judgment.forfeited_days,
                on=judgment.forfeited_on,
                reference=f"Disciplinary award {inmate.stay.index}",
            )

    def _admission(self, inmate: Inmate, on: date) -> Admission:
        stay, person = inmate.stay, inmate.stay.person
        inmate.status = _status_of(stay.kind)
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
            else self._instant(stay.arrives - timedelta(days=1), 14, 10),
            arrest_place=self.rng.choice(("Belize City", "Belmopan", "Orange Walk", "Dangriga")),
            place_id=inmate.place_id,
            gap=stay.gap,
        )  # fmt: skip

    def _answer(self, question: str, sex: str) -> str:
        if question == "pregnant" and sex != "female":
            return "no"
        return "yes" if self.rng.random() < _YES.get(question, 0.03) else "no"

    def _next(self, stay: Stay, first: date | None) -> date | None:
        if stay.gap == "next_appearance_missing":
            return None
        if stay.kind == "remand":
            return first or self._open_day(stay.court)
        if stay.kind == "life_sentence":
            return sitting(stay.court, self.plan.end + timedelta(days=self.rng.randint(60, 900)))
        return None

    def _open_day(self, court: str) -> date:
        """A day of that court after the last one of the plan."""
        return sitting(court, self.plan.end + timedelta(days=self.rng.randint(1, 60)))

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
            status = _status_of(inmate.stay.kind)
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

    def _ask_for(self, inmate: Inmate, place_id: int) -> None:
        custody.place_person(
            self.officers.command("duty_senior_officer"),
            episode_id=inmate.episode_id,
            place_id=place_id,
        )
        inmate.place_id = place_id

    def _free_place(self, inmate: Inmate) -> None:
        if inmate.place_id is not None and inmate.place_id in self.places.cell_of:
            self.places.leave(inmate.place_id)
        inmate.place_id = None

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
                    expected_back_at=self._instant(day, 18, 0),
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
                self._outcome(
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
                    self._note([inmate], one, day)
            self._work_out([i for i in group if i.stay.sentenced == day])
        for inmate, row, result in zip(group, rows, done.rows, strict=True):
            if result.returned is None:
                continue
            self._after_court(day, inmate, row, result.returned.release_order_id)

    def _outcome(
        self,
        day: date,
        inmate: Inmate,
        row: ReturnRow,
        *,
        warrant_id: int | None,
        order_id: int | None,
    ) -> Outcome:
        """What Records key of the paper that came back with the person: what the desk recorded
        of it is that paper already."""
        stay, in_court = inmate.stay, inmate.in_court
        paper = OrderPaper(
            kind="remand",
            body_id=self.bodies[stay.court],
            person_ids=(inmate.person_id,),
            reference=row.reference,
            dated=day,
            in_court=in_court,
        )
        if row.outcome in ("sentenced", "fined") and stay.judgment is not None:
            paper = replace(
                paper,
                kind=stay.judgment.order_kind,
                amount_cents=stay.judgment.amount_cents,
                judgment=stay.judgment,
                keyed_warrant_name_id=warrant_name_of(warrant_id),
            )
            return Outcome(inmate.person_id, day, row.outcome, (paper,), in_court)
        if row.outcome == "bailed":
            paper = replace(
                paper, kind="bail_taken_up", sureties="One surety", keyed_release_order_id=order_id
            )
            return Outcome(inmate.person_id, day, "bailed", (paper,), in_court)
        if row.outcome == "discharged_at_court":
            return Outcome(
                inmate.person_id, day, "discharged", in_court=in_court, charges_become="discharged"
            )
        remand = replace(
            paper, next_date=row.next_appearance, keyed_warrant_name_id=inmate.warrant_name_id
        )
        bail = ()
        if stay.surety_wanted and day == stay.hearings[0]:
            wanted = replace(
                paper,
                kind="bail_awaiting_surety",
                sureties="Two sureties with land",
                amount_cents=500_000,
            )
            bail = (wanted,)
        return Outcome(inmate.person_id, day, "remanded", (remand, *bail), in_court)

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
            next_appearance=later[0] if later else self._open_day(stay.court),
            reference=reference,
        )

    def _after_court(self, day: date, inmate: Inmate, row: ReturnRow, order_id: int | None) -> None:
        if row.outcome == "discharged_at_court":
            self._free_place(inmate)
            del self.inside[inmate.episode_id]
        elif row.outcome == "bailed" and order_id is not None:
            self._discharge(day, inmate, order_id=order_id, hour=18)
        elif row.outcome in ("sentenced", "fined"):
            inmate.status = "convicted"
            self._free_place(inmate)
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

    # -- leaving -------------------------------------------------------------------------------
    def _leave_in_the_morning(self, day: date, inmate: Inmate) -> None:
        if inmate.episode_id not in self.inside:
            return
        if inmate.stay.ends_by == "fine_paid":
            with self.at(day, 10, 0):
                (keyed,) = key_papers(
                    self.officers.command("records_officer"),
                    establishment_id=self.establishment_id,
                    papers=[
                        OrderPaper(
                            kind="fine_paid",
                            body_id=self.bodies[inmate.stay.court],
                            person_ids=(inmate.person_id,),
                            reference=f"Receipt {inmate.stay.index}",
                            dated=day,
                            amount_cents=inmate.stay.amount_cents,
                            in_court=inmate.in_court,
                            ends_all=True,
                        )
                    ],
                )
                self._note([inmate], keyed, day)
            self._discharge(day, inmate, order_id=keyed.release_order_ids[0], hour=10)
        else:
            self._discharge(day, inmate, order_id=None, hour=8)

    def _discharge(self, day: date, inmate: Inmate, *, order_id: int | None, hour: int) -> None:
        with self.at(day, hour, 8):
            first = self.officers.command
            self.read([inmate])
            case = release.start_discharge(
                first("records_officer"),
                episode_id=inmate.episode_id,
                basis="order" if order_id is not None else "final_date",
                release_order_id=order_id,
                final_date=None if order_id is not None else day,
            ).case_id
            if order_id is not None:
                authority.verify_release_order(
                    first("records_officer"), release_order_id=order_id, spoke_to="The clerk"
                )
            release.establish_identity(
                first("records_officer"),
                case_id=case,
                how="two_officers",
                vouchers=[
                    release.Voucher(self.officers.by_role[role].user_id)
                    for role in ("reception_officer", "unit_officer")
                ],
            )
        with self.at(day, hour, 14):
            held = property_selectors.held_items([inmate.person_id]).get(inmate.person_id, [])
            if held:
                property_room.return_property(
                    first("reception_officer"),
                    person_id=inmate.person_id,
                    establishment_id=self.establishment_id,
                    item_ids=[item.item_id for item in held],
                )
            release.settle_items(first("records_officer"), case_id=case, done=SETTLED)
            release.second_officer_agrees(first("duty_senior_officer"), case_id=case)
        with self.at(day, hour, self.rng.randint(18, 34)):
            release.discharge_person(first("records_officer"), case_id=case, destination="Home")
        self._free_place(inmate)
        del self.inside[inmate.episode_id]

    # -- the clock -----------------------------------------------------------------------------
    def _instant(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone)

    @contextmanager
    def at(self, day: date, hour: int, minute: int) -> Iterator[None]:
        """Within the block it is that moment, for the services and for the database."""
        with moment(self._instant(day, hour, minute)):
            yield


@contextmanager
def moment(instant: datetime) -> Iterator[None]:
    """Set the clock of the services and of the loader's database session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pims.recorded_at', %s, false)", [instant.isoformat()])
    with clock.at(instant):
        yield


def _status_of(kind: str) -> str:
    if kind in _CONVICTED:
        return "convicted"
    if kind in _REVIEWED:
        return "unfit"
    return "unsentenced" if kind == "remand" else kind


def _seen(stay: Stay) -> str:
    """What the reception officer saw of the paper."""
    if stay.gap == "warrant_missing":
        return "no"
    return "defective" if stay.defective or stay.gap == "next_appearance_missing" else "yes"


def _groups(found: Sequence[T]) -> Iterator[list[T]]:
    for at in range(0, len(found), GROUP):
        yield list(found[at : at + GROUP])


def _by_paper(group: Sequence[Inmate]) -> list[list[Inmate]]:
    """Those of one order of the Minister together: it is one paper."""
    together = [inmate for inmate in group if inmate.stay.kind == "emergency"]
    alone = [[inmate] for inmate in group if inmate.stay.kind != "emergency"]
    return [*alone, together] if together else alone


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while is_closed(day):
        day += timedelta(days=1)
    return day


_LATER = "sentenced_then_served"
_CONVICTED = ("committal_sentence", "life_sentence", "fine_default", "compensation_default")
_REVIEWED = ("unfit_to_plead", "courts_pleasure")
_RELATIVES = ("Maria", "Ana", "Sonia", "Rosa", "Elena", "Carlos", "Luis", "Keisha", "Yolanda")
_YES = {"on_medication": 0.10, "afraid_of_someone_here": 0.05, "gang_membership": 0.10}
