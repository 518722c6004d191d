"""`pims exchange`: what leaves for other agencies."""

import typer

from pims.exchange.shelving.sweep import shelve_everybody
from pims.foundation.console import show

app = typer.Typer(help="What leaves for other agencies.", no_args_is_help=True)


@app.callback()
def exchange() -> None:
    """What leaves for other agencies."""


@app.command()
def shelve() -> None:
    """Make what is kept ready for agencies agree with the record, for everybody."""
    show([{"people": shelve_everybody()}], as_json=False, columns={"people": "People"})
