"""Running the simulation on two cores where there are two: the people divided, the days the same.

The plan is always carried out in the same two lanes, each with its share of the people, of the
cells and of the chances, through the services. One process takes the lanes in turn, day by day;
of two each takes one, in a database session of its own. What comes of it follows from the seed:
only ids, the numbers of receipts and the order of the ledger depend on who came first.
"""

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from random import Random

from django.db import connections

from pims.demo.plan import Plan, Stay
from pims.demo.simulation import Simulation

LANES = 2
# Below this a second process costs more than it saves.
WORTH_DIVIDING = 200


def run_divided(
    simulation: Simulation, *, prepare: Callable[[], None], processes: int | None = None
) -> None:
    """Run the simulation and leave it in one state, whatever the number of processes.

    `prepare` is run in each process before its first write. A process that fails ends all.
    """
    lanes = [
        _lane(simulation, number, stays) for number, stays in enumerate(divide(simulation.plan))
    ]
    if processes is None:
        worth = len(simulation.plan.stays) >= WORTH_DIVIDING
        processes = os.cpu_count() or 1 if worth else 1
    done = _in_turn(lanes) if processes == 1 else _side_by_side(lanes, prepare)
    for lane in done:
        simulation.inside.update(lane.inside)
        for day, of_day in lane.unread.items():
            simulation.unread[day] += of_day
        simulation.places.join(lane.places)
        simulation.bodies = lane.bodies


def divide(plan: Plan) -> list[tuple[Stay, ...]]:
    """The stays of each lane: women and juveniles in the first, where their units are."""
    lanes: list[list[Stay]] = [[] for _ in range(LANES)]
    for stay in plan.stays:
        juvenile = (stay.arrives - stay.person.birth).days < 18.5 * 365.25
        whole = stay.person.sex == "female" or juvenile
        (lanes[0] if whole else min(lanes, key=len)).append(stay)
    return [tuple(lane) for lane in lanes]


def _lane(simulation: Simulation, number: int, stays: tuple[Stay, ...]) -> Simulation:
    """A part of the plan with chances of its own."""
    return replace(
        simulation,
        plan=replace(simulation.plan, stays=stays),
        rng=Random(simulation.rng.getrandbits(64)),
        inside={},
        hearings=defaultdict(list),
        leaving=defaultdict(list),
        unread=defaultdict(list),
        forfeits=defaultdict(list),
        report=simulation.report if number == 0 else _silent,
        share=(number, LANES),
        serial=number,
    )


def _in_turn(lanes: Sequence[Simulation]) -> Sequence[Simulation]:
    for _ in zip(*(lane.days() for lane in lanes), strict=True):
        pass
    return lanes


def _side_by_side(lanes: Sequence[Simulation], prepare: Callable[[], None]) -> list[Simulation]:
    # A connection cannot be shared by two processes: each opens its own.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    running = []
    for lane in lanes:
        receives, sends = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(sends, lane, prepare, os.getpid()), daemon=True
        )
        process.start()
        sends.close()
        running.append((process, receives))
    done = [_result(process, receives) for process, receives in running]
    prepare()
    return done


def _work(sends: Connection, lane: Simulation, prepare: Callable[[], None], parent: int) -> None:
    """One process's part; what it gives back goes through a pipe, so the report stays behind.

    It ends with the process that asked for it, also where that was killed.
    """
    prepare()
    for _ in lane.days():
        if os.getppid() != parent:
            os._exit(1)
    connections.close_all()
    lane.report = _silent
    lane.hearings.clear()
    lane.leaving.clear()
    lane.forfeits.clear()
    sends.send(lane)


def _result(process: BaseProcess, receives: Connection) -> Simulation:
    """What a process gave back. Raises RuntimeError where it ended without; it said why."""
    try:
        done: Simulation = receives.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"a part of the simulation ended with {process.exitcode}") from None
    process.join()
    return done


def _silent(_text: str) -> None:
    """The other lane says nothing: one voice is enough."""
