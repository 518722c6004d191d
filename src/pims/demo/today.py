"""What is under way at this very moment in the simulated prison, so that screens show life."""

from datetime import datetime, timedelta

from pims.authority import selectors as authority_selectors
from pims.authority import services as authority
from pims.courts import services as courts
from pims.custody import services as custody
from pims.custody.services import BodyReceiptInput, EscortInput
from pims.demo.inmates import Inmate, moment
from pims.demo.judgments import sitting, sitting_before
from pims.demo.keying import bring_forward
from pims.demo.people import make_person
from pims.demo.plan import LAPSED, ON_VAN
from pims.demo.simulation import Simulation
from pims.facilities import selectors as facilities
from pims.facilities import services as facilities_services
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.safety import services as safety


def bring_to_now(simulation: Simulation, now: datetime, *, troubles: bool) -> None:
    """People out at court, where it sits, and at hospital; and with `troubles` a van just in with
    papers that are missing, an escort overdue, release orders waiting, remands that ran out."""
    rng = simulation.rng
    held = [i for i in simulation.inside.values() if i.place_id is not None]
    rng.shuffle(held)
    remands = [i for i in held if i.stay.kind == "remand" and i.stay.leaves is None]
    convicted = [i for i in held if i.stay.kind == "committal_sentence"]
    _of_age(simulation, held, now)
    _keep_aparts(simulation, held, now)
    _interests(simulation, convicted, remands, now)
    today = now.astimezone(simulation.zone).date()
    if troubles or sitting("MC-BZ", today) == today:
        _at_court(simulation, remands[:9], "MC-BZ", now, hours=5, back=timedelta(hours=2))
    _at_hospital(simulation, convicted[:2], now)
    _closed_cell(simulation, now)
    if not troubles:
        _decided(simulation, now)
        return
    _at_court(simulation, remands[9:11], "HC", now, hours=7, back=timedelta(minutes=-70))
    _van(simulation, now)
    _order(simulation, remands[40:42], now)
    # Nothing that the court said since then may take the place of the day that lapses.
    before = now.date() - timedelta(days=30)
    lapsed = [i for i in remands[42:] if max([i.stay.arrives, *i.stay.hearings]) < before]
    _lapsed(simulation, lapsed[:LAPSED], now)


def _van(simulation: Simulation, now: datetime) -> None:
    rng = simulation.rng
    people = [
        make_person(
            rng, today=now.date(), sex="female" if n == 5 else "male", juvenile=n == 6,
            foreign=n in (2, 4),
        )
        for n in range(ON_VAN - 1)
    ]  # fmt: skip
    with moment(now - timedelta(minutes=95)):
        custody.record_body_receipts(
            simulation.officers.command("reception_officer"),
            establishment_id=simulation.establishment_id,
            receipts=[
                *(
                    BodyReceiptInput(
                        given=p.given, family=p.family, sex=p.sex, birth_date=p.birth,
                        birth_precision="day", nationalities=(p.country,),
                        warrant_state="no" if n == 3 else "yes",
                        injuries="Cut above the right eye" if n == 1 else "",
                        complaint=n == 1,
                    )
                    for n, p in enumerate(people)
                ),
                BodyReceiptInput(name_as_given="", sex="male", warrant_state="no"),
            ],
            from_where="Magistrates' Court, Belize City",
            vehicle="P-4471",
            handed_over_by="Sgt Requena",
            received_by="Marva Gentle",
        )  # fmt: skip


def _decided(simulation: Simulation, now: datetime) -> None:
    """The officer in charge has read the papers of the last days that lack something."""
    with moment(now):
        papers = authority_selectors.undecided_warrants(
            simulation.officers.system, simulation.establishment_id
        )
        for warrant_id in dict.fromkeys(paper.warrant_id for paper in papers):
            authority.decide_defective(
                simulation.officers.command("officer_in_charge"),
                warrant_id=warrant_id,
                decision="acted_on",
                reason="Confirmed by the clerk of court by telephone",
            )


def _at_court(
    simulation: Simulation,
    inmates: list[Inmate],
    body: str,
    now: datetime,
    *,
    hours: int,
    back: timedelta,
) -> None:
    """Out since so many `hours`, expected `back` so long from now."""
    _due_today(simulation, inmates, body, now)
    with moment(now - timedelta(hours=hours)):
        custody.send_out(
            simulation.officers.command("gate_officer"),
            establishment_id=simulation.establishment_id,
            prisoners=[EscortInput(person_id=i.person_id, condition="Well") for i in inmates],
            kind="court",
            destination_body_id=simulation.bodies[body],
            purpose="Hearing",
            expected_back_at=now + back,
            officers=["Officer Ical", "Officer Wade"],
        )


def _at_hospital(simulation: Simulation, inmates: list[Inmate], now: datetime) -> None:
    with moment(now - timedelta(hours=30)):
        custody.send_out(
            simulation.officers.command("gate_officer"),
            establishment_id=simulation.establishment_id,
            prisoners=[EscortInput(person_id=i.person_id) for i in inmates],
            kind="bed_watch",
            destination="Karl Heusner Memorial Hospital",
            purpose="In-patient",
            expected_back_at=now + timedelta(days=2),
            officers=["Officer Palacio", "Officer Neal"],
        )


def _of_age(simulation: Simulation, held: list[Inmate], now: datetime) -> None:
    """Whoever turned 18 in the boys' unit goes among grown people."""
    with moment(now - timedelta(hours=31)):
        for inmate in held:
            if inmate.stay.person.sex == "male" and simulation.is_among_juveniles(inmate):
                simulation.place_anew(inmate)


def _order(simulation: Simulation, inmates: list[Inmate], now: datetime) -> None:
    for number, inmate in enumerate(inmates):
        with moment(now - timedelta(minutes=11 + 16 * number)):
            authority.record_release_order(
                simulation.officers.command("records_officer"),
                establishment_id=simulation.establishment_id,
                person_id=inmate.person_id,
                kind="bail",
                body_id=simulation.bodies[inmate.stay.court],
                received_at=clock.now(),
                ends_all=True,
                reference=f"{inmate.stay.court} bail {inmate.stay.index}",
            )


def _lapsed(simulation: Simulation, inmates: list[Inmate], now: datetime) -> None:
    """Remands whose court date came and went: nobody produced them, nobody wrote an outcome."""
    for days, inmate in enumerate(inmates, start=1):
        if inmate.warrant_name_id is None:
            continue
        day = sitting_before(inmate.stay.court, (now - timedelta(days=days)).date())
        with moment(now - timedelta(days=20)):
            bring_forward(
                simulation.officers.command("records_officer"),
                person_id=inmate.person_id,
                on=day,
                reason="By telephone from the clerk of court",
            )


def _due_today(simulation: Simulation, inmates: list[Inmate], body: str, now: datetime) -> None:
    """Why the vans went: mentions that the clerks told of some days ago."""
    with moment(now - timedelta(days=3)):
        for inmate in inmates:
            courts.schedule_hearing(
                simulation.officers.command("records_officer"),
                establishment_id=simulation.establishment_id,
                person_id=inmate.person_id,
                body_id=simulation.bodies[body],
                on=now.astimezone(simulation.zone).date(),
                purpose="Mention",
            )


def _keep_aparts(simulation: Simulation, held: list[Inmate], now: datetime) -> None:
    rng = simulation.rng
    men = [i for i in held if i.stay.person.sex == "male"]
    with moment(now - timedelta(days=9)):
        for _ in range(min(18, len(men) // 20)):
            one, other = rng.sample(men, 2)
            if simulation.places.cell_of.get(one.place_id or 0) == simulation.places.cell_of.get(
                other.place_id or 0
            ):
                continue
            safety.keep_apart(
                simulation.officers.command("duty_senior_officer"),
                person_id=one.person_id,
                other_person_id=other.person_id,
                reason="Fought in the yard",
            )


def _interests(
    simulation: Simulation, convicted: list[Inmate], remands: list[Inmate], now: datetime
) -> None:
    with moment(now - timedelta(days=4)):
        for inmate in (convicted + remands)[::45][:12]:
            authority.record_police_interest(
                simulation.officers.command("records_officer"),
                person_id=inmate.person_id,
                agency="Belize Police Department, CIB",
                reference=f"CIB {inmate.stay.index}",
                telephone="555-0190",
            )


def _closed_cell(simulation: Simulation, now: datetime) -> None:
    places = facilities.places(simulation.officers.system, simulation.establishment_id, at=now)
    taken = {i.place_id for i in simulation.inside.values()}
    used = {p.cell_id for p in places if p.place_id in taken}
    empty = next(
        (p.cell_id for p in places if p.cell_id not in used and not p.unit.is_reception), None
    )
    if empty is not None:
        with moment(now - timedelta(days=2)):
            facilities_services.take_out_of_use(
                Command(simulation.officers.system),
                cell_id=empty,
                starts_at=clock.now(),
                reason="Broken lock",
            )
