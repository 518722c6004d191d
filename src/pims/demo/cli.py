"""`pims demo`: the simulated prison."""

from datetime import date
from typing import Annotated

import typer

from pims.foundation.console import JsonFlag, show, words

app = typer.Typer(no_args_is_help=True)


@app.callback()
def demo() -> None:
    """The simulated prison."""


@app.command()
def load(
    prisoners: Annotated[int, typer.Option(min=20, max=2000)] = 1114,
    years: Annotated[float, typer.Option(min=0.1, max=3)] = 1,
    seed: int = 1,
    inherited: Annotated[
        bool, typer.Option(help="as taken over from paper, with gaps to work down")
    ] = False,
    troubles: Annotated[
        bool, typer.Option(help="an evening on which much goes wrong: its alarms are open")
    ] = False,
    bulk: Annotated[bool, typer.Option(help="for benchmarks: by COPY, past the services")] = False,
    people: Annotated[int, typer.Option(min=1, help="with --bulk")] = 1_000_000,
    held: Annotated[int, typer.Option(min=0, help="with --bulk")] = 100_000,
    shelf: Annotated[
        bool, typer.Option(help="with --bulk: also what agencies may be told, of everybody")
    ] = True,
    again: Annotated[
        bool,
        typer.Option("--again", help="give up the simulated prison that is here, whole or cut off"),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fill an empty installation with people who do not exist, through the services."""
    if inherited and troubles:
        raise typer.BadParameter("--inherited has gaps of its own: without --troubles")
    if bulk:
        if inherited or troubles or held > people:
            raise typer.BadParameter("--bulk stands alone, and holds no more than it makes")
        _load_bulk(people, held, seed, shelf=shelf, again=again, as_json=as_json)
        return
    from pims.demo import filling, services

    made = filling.fill(
        lambda: services.load(
            prisoners=prisoners,
            years=years,
            seed=seed,
            report=_say,
            inherited=inherited,
            troubles=troubles,
        ),
        again=again,
        report=_say,
    )
    if as_json:
        show(made, as_json=True)
    else:
        typer.echo(
            f"{made.people} people made, {made.held} held, {made.unsentenced} unsentenced,"
            f" in {made.seconds} s."
        )


@app.command()
def gaps(json: JsonFlag = False) -> None:
    """What is left to work down of the prison that was taken over from paper (--inherited)."""
    from pims.demo import inherited
    from pims.foundation.access.selectors import system_actor

    planted = inherited.read_back()
    left = inherited.still_open(system_actor(), planted)
    columns = {"kind": "Gap", "number": "Number", "name": "Name", "alarm": "Alarm"}
    show(left, as_json=json, columns=columns)
    if not json:
        words.print(f"{len(left)} of {len(planted)} gaps are open.")


@app.command("test-prisoners")
def made_up(
    add: Annotated[
        tuple[str, str] | None, typer.Option(help="given and family name of one more")
    ] = None,
    sex: Annotated[str, typer.Option(help="with --add")] = "male",
    born: Annotated[str, typer.Option(help="with --add: year-month-day")] = "1990-01-01",
    json: JsonFlag = False,
) -> None:
    """Whom an agency that only tries things out is told of, and nobody else."""
    from pims.demo import made_up as room

    if add is not None:
        try:
            day = date.fromisoformat(born)
        except ValueError:
            raise typer.BadParameter("--born is a day such as 1990-01-31") from None
        number = room.add_made_up(given=add[0], family=add[1], sex=sex, birth_date=day)
        words.print(f"{number} was made: receive them at reception.")
        return
    columns = {"number": "Number", "name": "Name", "held": "Held"}
    show(room.made_up_prisoners(), as_json=json, columns=columns)


def _load_bulk(
    people: int, held: int, seed: int, *, shelf: bool, again: bool, as_json: bool
) -> None:
    from pims.demo import filling
    from pims.demo.bulk import load_bulk

    made = filling.fill(
        lambda: load_bulk(
            people_count=people, held_count=held, seed=seed, report=_say, shelf=shelf
        ),
        again=again,
        report=_say,
    )
    if as_json:
        show(made, as_json=True)
    else:
        typer.echo(
            f"{made.people:,} people, {made.held:,} held at {len(made.establishments)}"
            f" establishments, {made.placed:,} in a cell place, {made.search_rows:,} search rows;"
            f" {made.shelved:,} on the shelf of the exchange;"
            f" constraints and counts hold, {made.checked} compared one by one; {made.seconds} s."
        )


def _say(text: str) -> None:
    typer.echo(f"  {text} …", err=True)
