"""`pims agency`: the programs of the demonstration's agencies, run by hand."""

import os
from enum import StrEnum
from typing import Annotated

import typer

from pims.cli import agency_parts
from pims.kernel.decisions import refuse
from pims.kernel.reasons import Reason

app = typer.Typer(help="The demonstration's agencies.", no_args_is_help=True)


class Program(StrEnum):
    POLICE = "police"
    COURT = "court"
    OBSERVATORY = "observatory"


@app.callback()
def agency() -> None:
    """The demonstration's agencies."""


@app.command()
def run(
    program: Annotated[Program, typer.Argument(help="Which of them.")],
    port: Annotated[int, typer.Option(help="For its pages. Default: the one chosen for it.")] = 0,
) -> None:
    """Run one agency's program against the PIMS of this machine, until Ctrl-C.

    `pims up` runs all three where the simulated prison is loaded.
    """
    if not agency_parts.is_registered():
        refuse(Reason("exchange.no_demo_agencies")).require()
    ports = agency_parts.kept_ports()
    if port:
        ports[program.value] = port
    argv = agency_parts.command(program.value, ports)
    typer.echo(f"http://127.0.0.1:{ports[program.value]}/")
    os.execv(argv[0], argv)  # noqa: S606 - the program takes this one's place
