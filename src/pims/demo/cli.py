"""`pims demo`: the simulated prison."""

import json
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def demo() -> None:
    """The simulated prison."""


@app.command()
def load(
    prisoners: Annotated[int, typer.Option(min=20, max=2000)] = 1114,
    years: Annotated[float, typer.Option(min=0.1, max=3)] = 1,
    seed: int = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Fill an empty installation with people who do not exist, through the services."""
    from pims.demo import services

    made = services.load(
        prisoners=prisoners,
        years=years,
        seed=seed,
        report=lambda text: typer.echo(f"  {text} …", err=True),
    )
    if as_json:
        typer.echo(json.dumps({name: getattr(made, name) for name in made.__slots__}))
    else:
        typer.echo(
            f"{made.people} people made, {made.held} held, {made.unsentenced} unsentenced,"
            f" in {made.seconds} s."
        )
