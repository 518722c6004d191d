"""Running the simulation on as many cores as there are: the people divided, the days the same.

Each process carries out its share of the plan with its share of the cells, through the services,
in a database session of its own. Whom a process makes, and in which cells, follows from the seed;
only the numbers that the database hands out depend on who asked first.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from django.db import connections

from pims.demo.plan import Plan, Stay
from pims.demo.simulation import Simulation

# Below this a second process costs more than it saves.
WORTH_DIVIDING = 200


def run_divided(simulation: Simulation, *, prepare: Callable[[], None]) -> None:
    """Run the simulation and leave it in the state in which one process would have left it.

    `prepare` is run in each process before its first write. A process that fails ends all.
    """
    count = min(os.cpu_count() or 1, 4) if len(simulation.plan.stays) >= WORTH_DIVIDING else 1
    if count == 1:
        simulation.run()
        return
    # A connection cannot be shared by two processes: each opens its own.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    running = []
    for number in range(count):
        receives, sends = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(sends, simulation, number, count, prepare), daemon=True
        )
        process.start()
        sends.close()
        running.append((process, receives))
    done = [_result(process, receives) for process, receives in running]
    prepare()
    for share in done:
        simulation.inside.update(share.inside)
        simulation.places.join(share.places)
        simulation.bodies = share.bodies


def _work(
    sends: Connection,
    simulation: Simulation,
    number: int,
    count: int,
    prepare: Callable[[], None],
) -> None:
    sends.send(_run_share(simulation, number, count, prepare))


def _result(process: BaseProcess, receives: Connection) -> Simulation:
    """What a process gave back. Raises RuntimeError where it ended without; it said why."""
    try:
        done: Simulation = receives.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"a part of the simulation ended with {process.exitcode}") from None
    process.join()
    return done


def _run_share(
    simulation: Simulation, number: int, count: int, prepare: Callable[[], None]
) -> Simulation:
    """One process's part; what it gives back goes through a pipe, so the report stays behind."""
    prepare()
    part = replace(
        simulation,
        plan=Plan(_share(simulation.plan.stays, number, count), simulation.plan.start,
                  simulation.plan.end),
        report=simulation.report if number == 0 else _silent,
        share=(number, count),
        serial=number,
    )  # fmt: skip
    part.run()
    connections.close_all()
    part.report = _silent
    part.hearings.clear()
    part.leaving.clear()
    return part


def _share(stays: Sequence[Stay], number: int, count: int) -> tuple[Stay, ...]:
    return tuple(stay for at, stay in enumerate(stays) if at % count == number)


def _silent(_text: str) -> None:
    """The other processes say nothing: one voice is enough."""
