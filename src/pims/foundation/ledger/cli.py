"""`pims check ledger`: verify everything, say what is wrong, name the first bad entry."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pims.foundation.console import JsonFlag, show, words
from pims.foundation.ledger.notes import Verifier
from pims.foundation.ledger.report import LedgerReport

app = typer.Typer(help="The ledger: verify it, show the key that it is signed with.")

_COLUMNS = {
    "entries": "Entries",
    "root": "Root of the tree",
    "pending": "Waiting for their place",
    "erased_details": "Details erased by order",
    "forgotten_details": "Details about nobody whose time was over",
    "checkpoints": "Checkpoints in the database",
    "copies": "Copies off the database",
    "unrecorded": "Copies without a row (after a crash)",
    "torn": "Copies cut short (after a crash)",
    "problem_count": "Problems",
    "seconds": "Seconds",
}


_KEYS = {
    "key_id": "Signing key",
    "until_size": "Handed over at",
    "signed": "Checkpoints signed",
    "first_size": "First of",
    "last_size": "Last of",
    "first_at": "From",
    "last_at": "To",
}

KeyLines = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        help="A public key to trust, as pims ledger key printed it, instead of the installation's"
        " own: the newest first, then keys that no hand-over links to it.",
    ),
]


@app.command()
def check(key: KeyLines = None, json: JsonFlag = False) -> None:
    """Verify every entry, checkpoint and copy. Exit 1 where anything is not as it was written."""
    report = run_check(_trusted(key or []), quiet=json)
    show(report, as_json=json, columns=_COLUMNS)
    if not json:
        show(list(report.keys), as_json=False, columns=_KEYS)
        explain(report)
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def key(json: JsonFlag = False) -> None:
    """Print the public key as a verifier line, by which others can verify checkpoints."""
    from pims.foundation.ledger.keys import verifier

    line = verifier().line
    if json:
        show({"key": line}, as_json=True)
    else:
        typer.echo(line)


def run_check(trusted: Sequence[Verifier] = (), *, quiet: bool) -> LedgerReport:
    """The whole check; with `trusted` keys no secret of the installation is read."""
    from pims.foundation.database.urls import dsn
    from pims.foundation.ledger.check import check_ledger
    from pims.foundation.ledger.copies import folders
    from pims.foundation.ledger.keys import verifier

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=words, transient=True, disable=quiet) as bar:
        task = bar.add_task("Verifying the ledger", total=None)
        newest, *earlier = trusted or [verifier()]
        return check_ledger(
            conninfo=dsn("app"),
            verifier=newest,
            earlier=earlier,
            folders=folders(),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _trusted(lines: Sequence[str]) -> list[Verifier]:
    try:
        return [Verifier.of_line(line.strip()) for line in lines]
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--key") from None


def explain(report: LedgerReport) -> None:
    if report.ok:
        words.print("Every entry, checkpoint and copy is as it was written.", markup=False)
        return
    for number, problem in enumerate(report.problems):
        lead = "First: " if number == 0 else "Also: "
        words.print(f"{lead}{problem.sentence()}.", markup=False)
    if report.problem_count > len(report.problems):
        words.print(f"... and {report.problem_count - len(report.problems)} more.", markup=False)
