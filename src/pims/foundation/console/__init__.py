"""What every room's command line prints with: a table for a person, JSON for a program."""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class Teller(Console):
    """Tells what is done to whoever listens; where nobody does any more (the terminal was closed,
    the program that read the pipe has ended) the work goes on."""

    def on_broken_pipe(self) -> None:
        """Rather than to end the program, as the console does by itself."""
        self.to_nobody()

    def to_nobody(self) -> None:
        """What is still to be written, here and by children, goes nowhere instead of failing."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


# Words about what happens go to standard error, so that what is printed can be piped.
words = Teller(stderr=True, highlight=False)


STILL_EVERY = 5.0  # seconds


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, that it still is, and how long it took if over a second."""
    words.print(f"{text} …", markup=False)
    began = time.monotonic()
    done = threading.Event()

    def still() -> None:
        while not done.wait(STILL_EVERY):
            words.print(f"  still at it ({time.monotonic() - began:.0f} s) …")

    teller = threading.Thread(target=still, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
    if (took := time.monotonic() - began) > 1:
        words.print(f"  done in {took:.1f} s")


def show(
    data: object, *, as_json: bool, columns: Mapping[str, str] | None = None, title: str = ""
) -> None:
    """Print dataclasses, mappings or a sequence of them.

    `columns` maps the fields to show, in order, to their headings; JSON always holds all fields.
    """
    plain = to_jsonable_python(data, fallback=str, bytes_mode="hex")
    if as_json:
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    elif isinstance(plain, list):
        _table(plain, columns, title)
    elif isinstance(plain, dict):
        _record(plain, columns, title)
    else:
        typer.echo(str(plain))


def _table(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str] | None, title: str
) -> None:
    headings = columns or {name: name for name in (rows[0] if rows else {})}
    table = Table(title=title or None, title_justify="left", box=None, header_style="bold")
    for heading in headings.values():
        table.add_column(heading)
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in headings))
    _output().print(table)


def _record(record: Mapping[str, Any], columns: Mapping[str, str] | None, title: str) -> None:
    table = Table(title=title or None, title_justify="left", box=None, show_header=False)
    for name, heading in (columns or {name: name for name in record}).items():
        table.add_row(heading, _cell(record.get(name)))
    _output().print(table)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_cell(v)}" for k, v in value.items()) or "–"
    return str(value)


def _output() -> Console:
    """Made when needed: it writes to the standard output of that moment; never cut when piped."""
    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=200)
