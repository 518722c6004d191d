"""`pims check`: verify what is stored. Exit 1 where something is not as it was written."""

import typer

from pims.foundation.console import JsonFlag, show, step, words
from pims.foundation.ledger.cli import check as check_the_ledger
from pims.foundation.vault.filecheck import check_files

app = typer.Typer()

app.command(name="ledger")(check_the_ledger)


@app.command()
def files(
    keep_orphans: bool = typer.Option(
        False, "--keep-orphans", help="Only report files that no record names; remove none."
    ),
    json: JsonFlag = False,
) -> None:
    """Read every photograph and scan and compare it with the record that names it."""
    with step("Reading every file"):
        report = check_files(remove_orphans=not keep_orphans)
    columns = {
        "checked": "Files looked at",
        "missing": "Missing",
        "corrupt": "Changed since they were written",
        "orphans": "Named by no record",
        "removed": "Of these, removed",
        "waiting": "Too new to tell",
    }
    show(report, as_json=json, columns=columns)
    if not report.good:
        words.print("Files are missing or were changed: put them back from the copy.")
        raise typer.Exit(1)
