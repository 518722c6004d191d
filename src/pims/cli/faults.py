"""How an error looks at the command line: the expected in words, the unexpected by reference."""

import os
import secrets
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pims.config import instance
from pims.foundation.console import words
from pims.foundation.database.errors import (
    DatabaseUnavailable,
    DidNotStart,
    NoDatabase,
    ServerNotFound,
    WrongServerVersion,
)
from pims.kernel.errors import NotFound, PimsError

REFUSED, UNEXPECTED = 1, 3
# Their own words name what the wording can't: which record, which folder, the end of a log.
_SAY_MORE = (NotFound, NoDatabase, ServerNotFound, WrongServerVersion, DidNotStart)


def explain_error(error: PimsError) -> None:
    """Say what was refused and why, and who can decide otherwise."""
    from pims.cli import boot

    # The error may be that the framework's own secret is missing; most words need no framework.
    with suppress(PimsError):
        boot.framework()
    from pims.ui.wording import catalogue, render

    language = "es" if os.environ.get("LANG", "").startswith("es") else "en"
    told = str(error).strip()
    for reason in error.reasons():
        # What was refused about a server, a file or a folder is said in the error's own words.
        known = reason.code in catalogue() and reason.code != DatabaseUnavailable.code
        words.print(render(reason, language) if known or not told else told, markup=False)
        if known and told and isinstance(error, _SAY_MORE):
            words.print(f"  ({told})", markup=False)
        if reason.reference:
            words.print(f"  ({reason.reference})", markup=False)
        if reason.decided_by:
            words.print(f"  Who may decide otherwise: {reason.decided_by}", markup=False)


def record_unexpected(error: BaseException) -> None:
    """Put the trace in the log and give the person its reference."""
    reference = secrets.token_hex(4).upper()
    log = instance.var_dir() / "log" / "pims.log"
    trace = "".join(traceback.format_exception(error))
    try:
        _append(log, f"{datetime.now(UTC).isoformat()} ERROR {reference}\n{trace}\n")
    except OSError:
        words.print(trace, markup=False)
    words.print(
        f"Something went wrong that was not foreseen. Reference {reference}, in {log}", markup=False
    )
    words.print(f"  {type(error).__name__}: {error}", markup=False)


def _append(log: Path, text: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(text)
