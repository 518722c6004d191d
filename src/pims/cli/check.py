"""`pims check`: verify what is stored. Exit 1 where something is not as it was written."""

import typer

from pims.foundation.console import JsonFlag, show, step, words
from pims.foundation.ledger.cli import check as check_the_ledger
from pims.foundation.outbox import selectors as outbox
from pims.foundation.vault.filecheck import check_files

app = typer.Typer()

_PROGRESS = {
    "subscriber": "Subscriber",
    "position": "Came to",
    "behind": "Behind",
    "failing": "Failing",
    "waiting": "Set aside",
}
_STUCK = {
    "subscriber": "Subscriber",
    "lane": "About",
    "kind": "Event",
    "recorded_at": "Recorded",
    "attempts": "Tried",
    "waiting": "Behind it",
    "error": "Fails with",
}

app.command(name="ledger")(check_the_ledger)


@app.command()
def events(json: JsonFlag = False) -> None:
    """How far those that act on events are, and what they fail on. Exit 1 where any is stuck."""
    progress, failing, state = outbox.subscribers_progress(), outbox.stuck(), outbox.health()
    if json:
        show(
            {
                "health": state,
                "waiting_for_order": outbox.waiting_for_order(),
                "subscribers": progress,
                "stuck": failing,
            },
            as_json=True,
        )
    else:
        show(progress, as_json=False, columns=_PROGRESS)
        if failing:
            show(failing, as_json=False, columns=_STUCK, title="Tried again and again")
        if state.late_since is not None:
            since = state.late_since.isoformat(timespec="seconds")
            words.print(f"Nobody has come to what was recorded at {since}: does the worker run?")
    if not state.good:
        raise typer.Exit(1)


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
