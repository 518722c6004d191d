"""`pims`: the command line of the installation."""

import signal
import sys
from typing import Annotated

import typer

from pims.biometrics.capture.cli import capture
from pims.cli import boot
from pims.cli.faults import REFUSED, UNEXPECTED, explain_error, record_unexpected
from pims.cli.mounts import mount
from pims.cli.times import At, Known
from pims.foundation.console import JsonFlag
from pims.kernel.errors import PimsError

app = typer.Typer(
    name="pims",
    help="The custody record of a prison service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def pims() -> None:
    """The custody record of a prison service."""


@app.command()
def up(
    port: Annotated[
        int, typer.Option(envvar="PORT", min=1, max=65_535, help="Where the pages are served.")
    ] = 8000,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo/--no-demo",
            envvar="PIMS_DEMO",
            help="Fill an empty installation with the simulated prison.",
        ),
    ] = True,
) -> None:
    """Start PIMS and keep it running until Ctrl-C."""
    from pims.cli.up import serve

    raise typer.Exit(serve(port=port, demo=demo))


@app.command()
def migrate() -> None:
    """Bring the database up to date. Repeating it changes nothing."""
    from pims.cli.prepare import migrate_instance

    migrate_instance()


@app.command()
def roll(
    establishment: Annotated[str, typer.Option(help="Its code. Default: the first.")] = "",
    unit: Annotated[str, typer.Option(help="A unit's code or name.")] = "",
    at: At = "",
    known: Known = "",
    json: JsonFlag = False,
) -> None:
    """The nominal roll, as it was at a time and as it was known at a time."""
    boot.framework()
    from pims.cli.roll import print_roll

    with boot.database_running():
        print_roll(establishment=establishment, unit=unit, at=at, known=known, as_json=json)


@app.command(hidden=True)
def prepare(demo: bool = True) -> None:
    """Everything between a running database and running pages."""
    from pims.cli.prepare import prepare_instance

    prepare_instance(demo=demo)


app.command()(capture)
mount(app, "prisoner", "pims.cli.prisoner", "Find and show a prisoner.")
mount(app, "demo", "pims.demo.cli", "The simulated prison.", fills=True)
mount(app, "check", "pims.cli.check", "Verify the ledger, the files, what events came to.")
mount(app, "ledger", "pims.foundation.ledger.cli", "The ledger: verify it, show its key.")
mount(app, "database", "pims.cli.database", "Back up and restore the database.", fills=True)
mount(app, "user", "pims.foundation.access.cli", "Users and what they may do.")
mount(app, "sentence", "pims.sentences.cli", "What a sentence comes to.", bare=True)
mount(app, "verify", "pims.cli.verify", "Prove from a file alone.", bare=True)
mount(app, "export", "pims.cli.export", "What leaves the system as a file.")
mount(app, "exchange", "pims.exchange.cli", "What leaves for other agencies.")
mount(app, "agency", "pims.cli.agency", "The demonstration's agencies.")
mount(app, "law", "pims.sentences.law_cli", "The law of sentences: signed, compared.")
mount(app, "biometrics", "pims.biometrics.cli", "Fingerprints from files.", bare=True)
mount(app, "key", "pims.foundation.vault.cli", "Keys: rotate, share, recover.", bare=True)


def main() -> None:
    """Run a command; exit 0 done, 1 refused, 2 wrongly asked, 3 unforeseen, 130 interrupted."""
    # Asked to end, a command still stops the database server that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        app()
    except PimsError as error:
        explain_error(error)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        record_unexpected(error)
        sys.exit(UNEXPECTED)
