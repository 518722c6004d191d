"""`pims key`: the master key, its shares, and the erasures that need the eraser's role.

`recover` needs nothing but the secrets folder, so this module imports the framework only inside
the commands that use the database.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from pims.foundation.console import JsonFlag, show, step, words

if TYPE_CHECKING:
    from pims.foundation.access.actor import Actor
    from pims.foundation.vault.shares import Share

app = typer.Typer(help="Keys: show, rotate, share, recover.", no_args_is_help=True)

_COLUMNS = {
    "version": "Version",
    "state": "State",
    "fingerprint": "Fingerprint",
    "persons": "Keys of persons under it",
    "present": "In the secrets folder",
}


@contextmanager
def installation() -> Iterator["Actor"]:
    """Within the block framework and database are there; the actor is the system itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from pims.foundation.access.selectors import system_actor
    from pims.foundation.database.answering import database_running

    with database_running():
        yield system_actor()


@app.command(name="show")
def show_keys(json: JsonFlag = False) -> None:
    """Every version of the master key: fingerprint and state, never the key itself."""
    with installation():
        from pims.foundation.vault.rotation import master_states

        states = master_states()
    show(states, as_json=json, columns=_COLUMNS)
    if not json and not states:
        words.print("There is no master key yet: the first file or value that is sealed makes it.")
    if any(s.state != "retired" and not s.present for s in states):
        words.print("A key that is needed is missing or is another: see pims key recover.")
        raise typer.Exit(1)


@app.command()
def rotate(json: JsonFlag = False) -> None:
    """Make a new master key and wrap every person's key under it. May be interrupted."""
    with installation() as actor, _bar("Wrapping keys", quiet=json) as (bar, task):
        from pims.foundation.commands.transaction import Command
        from pims.foundation.vault.rotation import rotate_master_key

        done = rotate_master_key(
            Command(actor),
            progress=lambda made, total: bar.update(task, completed=made, total=total),
        )
    show(done, as_json=json, columns={"version": "Version", "rewrapped": "Keys wrapped anew"})
    if not json:
        words.print(
            "Make new recovery shares now: pims key shares. When the backups from before are no"
            f" longer needed, retire the old key: pims key retire {done.version - 1}."
        )


@app.command(name="rotate-ledger")
def rotate_ledger(json: JsonFlag = False) -> None:
    """Sign the ledger with a new key from now on; the old one hands over and is destroyed."""
    with installation() as actor, step("Handing over to a new signing key"):
        from pims.foundation.commands.transaction import Command
        from pims.foundation.ledger.rotation import rotate_signing_key

        done = rotate_signing_key(Command(actor))
    columns = {"old": "Key until now", "new": "Key from now on", "size": "Entries at the hand-over"}
    show(done, as_json=json, columns=columns)
    if not json:
        words.print(
            "Copy the secrets folder anew, and give the new public key to whoever verifies the"
            " ledger elsewhere: it is the last line of what they trust."
        )


@app.command()
def retire(
    version: Annotated[int, typer.Argument(help="The version that nothing needs any more.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy an old master key. Backups from before its rotation then need its shares."""
    if not yes:
        typer.confirm(
            f"Destroy master key {version}? Backups of the database from before the rotation"
            " will open only with its recovery shares.",
            abort=True,
        )
    with installation() as actor:
        from pims.foundation.commands.transaction import Command
        from pims.foundation.vault.rotation import retire_master_key

        retire_master_key(Command(actor), version=version)
    words.print(f"Master key {version} is retired and its file is gone.")


@app.command()
def shares(
    threshold: Annotated[int, typer.Option(min=2, help="How many bring the key back.")] = 3,
    count: Annotated[int, typer.Option("--shares", min=2, max=255, help="How many to make.")] = 5,
    version: Annotated[int | None, typer.Option(help="Of which version; the active one.")] = None,
    json: JsonFlag = False,
) -> None:
    """Print recovery shares of the master key: one sheet for each keeper, kept apart."""
    if threshold > count:
        raise typer.BadParameter("More shares would be needed than are made.")
    with installation():
        from pims.foundation.vault.recovery import make_shares

        made = make_shares(threshold=threshold, shares=count, version=version)
    if json:
        show([{"point": s.point, "lines": s.lines()} for s in made], as_json=True)
        return
    for share in made:
        typer.echo(_sheet(share, count))
        typer.echo("\f", nl=False)  # a new page


@app.command()
def recover(
    file: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            allow_dash=True,
            help="Read the shares from a file: three lines each, - for standard input.",
        ),
    ] = None,
) -> None:
    """Put the master key back from enough shares. Needs neither the database nor other secrets."""
    from pims.config import instance
    from pims.foundation.vault.recovery import recover as put_back

    given = _typed_shares() if file is None else _read_shares(file)
    version, fingerprint = put_back(given)
    words.print(f"Master key {version} is in {instance.secrets_dir()}, fingerprint {fingerprint}.")
    from pims.foundation.vault.secrets import missing_names

    if missing := missing_names():
        words.print(
            "Also missing there, and not in the shares: " + ", ".join(missing) + "."
            " Put them back from the copy of the secrets folder, or, where there is none, make"
            " them anew: pims key remake."
        )


@app.command()
def remake(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Make lost secrets anew, all but the master key: passwords of the database, signing keys."""
    from pims.foundation.vault import remake as work

    anew, lost = work.sort_missing()
    if lost:
        words.print(f"Put these back first: {', '.join(lost)}. See pims key recover.")
        raise typer.Exit(1)
    if not anew:
        words.print("No secret is missing.")
        return
    if not yes:
        typer.confirm(
            f"Make anew: {', '.join(anew)}? Everybody signs in again, and checkpoints of the"
            " ledger are signed with another key from now on.",
            abort=True,
        )
    with step("Making secrets anew"):
        work.remake(anew)


@app.command()
def erase(
    number: Annotated[str, typer.Argument(help="The prisoner's number.")],
    order: Annotated[str, typer.Option(prompt="Reference of the order")],
    first: Annotated[str, typer.Option(prompt="Badge of the first officer")],
    second: Annotated[str, typer.Option(prompt="Badge of the second officer")],
    later: Annotated[
        bool, typer.Option("--scrub-later", help="Rewrite the database's files in a quiet hour.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Erase a person by order: two officers, each with their password. It can't be undone."""
    with installation():
        from pims.foundation.commands.transaction import Command
        from pims.foundation.vault.erasure.orders import erase_person

        person_id = _person_of(number)
        officers = [Command(_officer(badge)) for badge in (first, second)]
        typer.confirm(f"Erase everything about {number}? It can't be undone.", abort=True)
        with step("Erasing"):
            done = erase_person(
                *officers, person_id=person_id, order_reference=order, scrub=not later
            )
    show(done, as_json=json)
    for paper in done.by_hand if not json else ():
        words.print(f"Left, because it also names others, to be redacted by hand: {paper}")


@app.command()
def erasures(json: JsonFlag = False) -> None:
    """Every erasure that was ordered, and how far it has come."""
    with installation() as actor:
        from pims.foundation.vault.selectors import erasures as all_erasures

        found = all_erasures(actor)
    columns = {
        "erasure_id": "Erasure",
        "order_reference": "Order",
        "state": "State",
        "ordered_at": "Ordered",
        "erased_at": "Erased",
        "files_left": "Files left",
        "scrubbed_at": "Database's files rewritten",
        "by_hand": "To redact by hand",
    }
    show(found, as_json=json, columns=columns)


@app.command(name="carry-out")
def carry_out(
    erasure: Annotated[int, typer.Argument(help="A confirmed or interrupted erasure.")],
    later: Annotated[
        bool, typer.Option("--scrub-later", help="Rewrite the database's files in a quiet hour.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Carry out an erasure that two officers confirmed, or go on with one that was interrupted."""
    with installation() as actor, step("Erasing"):
        from pims.foundation.commands.transaction import Command
        from pims.foundation.vault.erasure.orders import carry_out_erasure

        done = carry_out_erasure(Command(actor), erasure_id=erasure, scrub=not later)
    show(done, as_json=json)


@app.command()
def scrub(json: JsonFlag = False) -> None:
    """Rewrite the database's files for erasures that still wait for it."""
    with installation():
        from pims.foundation.vault.erasure.orders import scrub_pending

        with step("Rewriting the tables"):
            done = scrub_pending()
    if done is None:
        words.print("No erasure waits for it.")
    else:
        show(done, as_json=json, columns={"tables": "Tables", "log_cleared": "Log cleared"})


def _sheet(share: "Share", count: int) -> str:
    lines = "\n".join(f"    {n}.  {line}" for n, line in enumerate(share.lines(), 1))
    return (
        f"\nRecovery share {share.point} of {count}: any {share.threshold} bring the key back\n"
        f"Master key {share.version}, fingerprint {share.key}...\n\n{lines}\n\n"
        "Keep it apart from the others and from the system. Who holds"
        f" {share.threshold} of them can open every sealed file.\n"
    )


def _typed_shares() -> list["Share"]:
    """Ask until there are as many as the first says are needed."""
    from pims.foundation.vault.shares import read_share
    from pims.kernel.errors import InvalidInput

    given: dict[int, Share] = {}
    needed = 1
    while len(given) < needed:
        words.print(f"Share {len(given) + 1}{f' of {needed}' if given else ''}:")
        lines = [typer.prompt(f"  line {n}", err=True) for n in (1, 2, 3)]
        try:
            share = read_share(lines)
        except InvalidInput as wrong:
            words.print(f"  Not right: {wrong}. Type this share again.")
            continue
        given[share.point] = share
        needed = share.threshold
    return list(given.values())


def _read_shares(file: Path) -> list["Share"]:
    """Three lines a share; what is not a line of a share is passed over."""
    from pims.foundation.vault.shares import read_share

    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    lines = [line.split(".", 1)[-1] for line in text.replace("\f", "\n").splitlines()]
    kept = [line for line in lines if "=" in line and "-" in line]
    return [read_share(kept[at : at + 3]) for at in range(0, len(kept), 3)]


def _person_of(number: str) -> int:
    from django.db import connection

    from pims.kernel.errors import NotFound
    from pims.kernel.numbers import parse_prisoner_number

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_person WHERE number = %s", [parse_prisoner_number(number)]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("person", number)
    return int(row[0])


def _officer(badge: str) -> "Actor":
    """The officer at this desk, after their password; wrong ones count towards the lock."""
    from pims.foundation.vault.officers import confirmed_officer

    return confirmed_officer(badge, typer.prompt(f"Password of {badge}", hide_input=True, err=True))


@contextmanager
def _bar(text: str, *, quiet: bool) -> Iterator[tuple[Progress, TaskID]]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=words, transient=True, disable=quiet) as bar:
        yield bar, bar.add_task(text, total=None)
