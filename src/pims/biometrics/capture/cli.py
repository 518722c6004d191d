"""`pims capture`: run the bridge on the PC that the scanner is attached to."""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pims.biometrics.capture.origin import CAPTURE_ORIGIN
from pims.foundation.console import words

if TYPE_CHECKING:
    from pims.biometrics.capture.drivers import Driver

FAILED = 1
TROUBLE = {
    "no_folder": "There is no such folder.",
    "no_libfprint": "libfprint is not installed on this PC (in Debian: libfprint-2-2).",
    "no_scanner": "libfprint finds no scanner attached to this PC.",
    "no_pictures": "The scanner attached to this PC compares by itself and gives no picture.",
}


class Kind(StrEnum):
    """What gives the prints."""

    LIBFPRINT = "libfprint"
    FOLDER = "folder"
    VIRTUAL = "virtual"


def capture(
    driver: Annotated[Kind, typer.Option(help="What gives the prints.")] = Kind.LIBFPRINT,
    folder: Annotated[
        Path, typer.Option(help="Where the scanner's own program saves its pictures.")
    ] = Path("scans"),
    person: Annotated[int, typer.Option(min=0, help="Whose fingers a virtual scanner plays.")] = 1,
    site: Annotated[
        list[str] | None,
        typer.Option(help="The address of PIMS as the browser shows it. May be repeated."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="Keep the token here. Default: in the user's settings.")
    ] = None,
) -> None:
    """Stand between the page and a fingerprint scanner on this PC. Ends with Ctrl-C."""
    # `pims --help` must not wait for what reads pictures.
    from pims.biometrics.capture.bridge import Bridge

    chosen = _driver(driver, folder, person)
    if trouble := chosen.trouble():
        words.print(TROUBLE.get(trouble, trouble))
        words.print("Choose another driver: --driver folder, or --driver virtual to practise.")
        raise typer.Exit(FAILED)
    token = kept_token(token_file or _settings() / "capture-token")
    origins = site or ["http://localhost:8000", "http://127.0.0.1:8000"]
    try:
        bridge = Bridge(chosen, origins=origins, token=token)
    except OSError as error:
        words.print(f"{CAPTURE_ORIGIN} can't be used: {error.strerror}. Is a bridge running?")
        raise typer.Exit(FAILED) from None
    words.print(f"Prints by {chosen.name} at {CAPTURE_ORIGIN} for {', '.join(origins)}")
    words.print(f"Scanner code, asked for once by the page: {token}")
    try:
        bridge.serve()
    except KeyboardInterrupt:
        words.print("Stopped.")


def _driver(kind: Kind, folder: Path, person: int) -> "Driver":
    from pims.biometrics.capture.drivers import Folder, Libfprint, VirtualScanner

    if kind is Kind.FOLDER:
        return Folder(folder)
    return VirtualScanner(person) if kind is Kind.VIRTUAL else Libfprint()


def kept_token(path: Path) -> str:
    """The token of this user on this PC, made the first time; nobody else can read it."""
    try:
        if token := path.read_text(encoding="utf-8").strip():
            return token
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_urlsafe(12)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
    return token


def _settings() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "pims"
