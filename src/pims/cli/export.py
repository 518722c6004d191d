"""`pims export`: what leaves the system as a file."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from pims.assurance.exporting import custody_export
from pims.cli.reading import reader
from pims.foundation.console import words

app = typer.Typer(help="What leaves the system as a file.", no_args_is_help=True)


@app.callback()
def export() -> None:
    """What leaves the system as a file."""


@app.command()
def custody(
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")
    ] = "-",
) -> None:
    """Every stay and every order, for `pims verify custody` to prove each day from."""
    with custody_export(reader(), progress=_told) as made:
        if output == "-":
            for piece in made.pieces:
                sys.stdout.write(piece)
            sys.stdout.flush()
        else:
            _to_file(Path(output), made.pieces)
        words.print(f"{made.persons:,} persons, as at {made.as_of.isoformat(timespec='seconds')}")


def _told(done: int, of: int) -> None:
    words.print(f"  {done:,} of {of:,}")


def _to_file(target: Path, pieces: Iterable[str]) -> None:
    """All of it or nothing, and for nobody but its owner. Raises typer.BadParameter."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise typer.BadParameter(f"{target}: {error.strerror}", param_hint="--output") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(pieces)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
