"""Filling an installation with the simulated prison, through the services of every room."""

import gc
import json
import time as wall
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from pims.assurance import services as assurance
from pims.authority import services as authority
from pims.authority.selectors import bodies
from pims.config import instance
from pims.custody import selectors as custody
from pims.demo import inherited as handover
from pims.demo.alarms import answer_for_births, judge_everyone
from pims.demo.books import close_books, sign_law
from pims.demo.bulk_copy import take_ids
from pims.demo.fingerprints import planted, take_everybodys_fingers
from pims.demo.inmates import moment
from pims.demo.made_up import mark_some_made_up
from pims.demo.officers import make_officers
from pims.demo.parallel import run_divided
from pims.demo.plan import LAPSED, ON_VAN, Plan, make_plan
from pims.demo.prepared import prepare_releases
from pims.demo.present import BEGUN, DONE
from pims.demo.simulation import Simulation
from pims.demo.today import bring_to_now
from pims.exchange.feed.beginning import begin
from pims.facilities.layout import BUNDLED, read_layout
from pims.facilities.selectors import establishments
from pims.facilities.services import load_layout
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.migrate import acting_as
from pims.foundation.ledger.append import append_entry
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse
from pims.kernel.numbers import prisoner_number

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the load made: people, those held now, the seconds it took."""

    people: int
    held: int
    unsentenced: int
    seconds: float


def load(
    *,
    prisoners: int,
    years: float,
    seed: int,
    report: Report,
    inherited: bool = False,
    gaps: Mapping[str, int] | None = None,
    troubles: bool = False,
    processes: int | None = None,
) -> Loaded:
    """Make the prison of the plan, day by day, in the loader's database role.

    On the same day the same seed makes the same prison in an empty installation: people, numbers,
    places, dates and outcomes, whatever the number of `processes` (None: as many as are worth it).

    Whatever happens in it is lawful and done in time, so that no alarm is open at the end, unless
    `troubles` of an evening are planted (`pims.demo.today`).

    With `inherited` everyone was taken over from paper two days ago, with gaps to work down
    (`pims.demo.inherited`; `gaps` is how many of each kind, else in proportion to the prison), and
    nothing is under way.

    Raises Refused where somebody is held here already: real people and made ones never mix.
    """
    began = wall.monotonic()
    gc.set_threshold(100_000, 50, 50)
    with acting_as("loader"):
        refuse_if_held()
        commit_without_waiting()
        now = clock.now()
        plan = make_plan(
            prisoners=prisoners,
            years=handover.YEARS if inherited else years,
            seed=seed,
            today=now.astimezone(ZoneInfo("America/Belize")).date(),
            on_van=ON_VAN if troubles else 0,
            lapsed=LAPSED if troubles or inherited else 0,
        )
        if inherited:
            plan = handover.with_gaps(plan, seed, gaps)
        _number(plan)
        enter(BEGUN, {"prisoners": prisoners, "seed": seed, "inherited": inherited})
        simulation = _prison(plan, seed, report)
        with moment(datetime.combine(plan.start, time(8), simulation.zone)):
            sign_law(simulation)
        run_divided(simulation, prepare=commit_without_waiting, processes=processes)
        report("Taking everybody's fingerprints")
        take_everybodys_fingers(
            plan, actor=simulation.officers.system, seed=seed, zone=simulation.zone
        )
        report("Bringing the prison to this minute")
        close_books(simulation, now)
        if not inherited:
            bring_to_now(simulation, now, troubles=troubles)
        # Whoever is to go soon was made ready by the paper registers too.
        prepare_releases(simulation, now)
        with moment(now):
            for where in establishments(simulation.officers.system):
                assurance.sweep(
                    Command(simulation.officers.system), establishment_id=where.establishment_id
                )
        if inherited:
            judge_everyone(now)
        else:
            answer_for_births(simulation, now)
        counts = custody.counts(simulation.officers.system, simulation.establishment_id)
        if inherited:
            handover.write_down(
                handover.planted(
                    simulation.officers.system,
                    simulation.establishment_id,
                    simulation.inside.values(),
                )
            )
        _write_down(plan)
        report("Making ready what agencies may be told")
        mark_some_made_up(now)
        begin()
        enter(DONE, {"held": counts.on_books})
    return Loaded(
        people=len(plan.stays) + (ON_VAN if troubles else 0),
        held=counts.on_books,
        unsentenced=counts.by_status.get("unsentenced", 0),
        seconds=round(wall.monotonic() - began, 1),
    )


def _number(plan: Plan) -> None:
    """Reserve a prisoner number for each stay, in the order of the plan."""
    first = take_ids(len(plan.stays), sequence="people_number_serial")
    for index, stay in enumerate(plan.stays):
        stay.index, stay.serial = index + 1, first + index


def _prison(plan: Plan, seed: int, report: Report) -> Simulation:
    """Establishments, courts, officers, on the day before the first."""
    with moment(clock.now().replace(year=plan.start.year, month=plan.start.month, day=1)):
        command = Command(system_actor())
        places = [load_layout(Command(command.actor), layout=read_layout(n)) for n in BUNDLED]
        authority.load_bodies(command)
        for number, body in enumerate(bodies()):
            authority.set_registry_phone(
                Command(command.actor), body_id=body.body_id, telephone=f"555-01{number:02d}"
            )
        officers = make_officers(places[0].establishment_id)
    return Simulation(
        plan=plan,
        officers=officers,
        establishment_id=places[0].establishment_id,
        zone=ZoneInfo("America/Belize"),
        report=report,
        rng=Random(seed + 1),
    )


def commit_without_waiting() -> None:
    """A load that a power cut interrupts is begun again: no commit of it waits for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def enter(kind: str, body: dict[str, object]) -> None:
    """By these two entries a prison that is complete is told from one that was cut off."""
    append_entry(
        kind=kind, actor_id=system_actor().user_id, command_id=None, person_ids=[],
        establishment_id=None, body=body, details=None, at=clock.now(),
    )  # fmt: skip


def refuse_if_held() -> None:
    viewer = system_actor()
    for where in establishments(viewer):
        held = len(custody.roll(viewer, where.establishment_id))
        if held:
            refuse(Reason("demo.people_are_held", {"count": held, "place": where.name})).require()


def _write_down(plan: Plan) -> None:
    """The known bad data that was planted, for whoever measures what finds it."""
    known = {
        "same_person_twice": [
            {"first": asdict(s.person.twin_of) | {"twin_of": None}, "second": s.person.name}
            for s in plan.stays
            if s.person.twin_of is not None
        ],
        "same_fingers_twice": [
            [prisoner_number(first), prisoner_number(again)] for first, again in planted(plan)
        ],
        "birth_missing": [s.person.name for s in plan.stays if s.person.birth_known == "unknown"],
        "aliases": [[s.person.name, s.person.alias] for s in plan.stays if s.person.alias],
        "defective_warrants": [s.person.name for s in plan.stays if s.defective],
    }
    path = instance.var_dir() / "demo" / "known_bad_data.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, indent=1, default=str, ensure_ascii=False))
