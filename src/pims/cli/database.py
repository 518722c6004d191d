"""`pims database`: a copy of the database to carry away, and the way back from one."""

import os
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from django.db import connections
from psycopg import sql

from pims.cli.prepared import forget
from pims.config import instance
from pims.foundation.console import JsonFlag, show, step, words
from pims.foundation.database import urls
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.launcher import instance_cluster
from pims.foundation.database.migrate import migrate_database
from pims.foundation.database.roles import create_database, prepare_server
from pims.foundation.supervisor.lock import AlreadyRunning, InstallationLock

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist yet.")],
    json: JsonFlag = False,
) -> None:
    """Write the whole database to one file, while PIMS runs; photographs and scans are apart."""
    if file.exists():
        raise DatabaseUnavailable(f"{file} is there already; nothing was written.")
    if not file.parent.is_dir():
        raise DatabaseUnavailable(f"{file.parent} is no folder; nothing was written.")
    fresh = file.with_name(f".{file.name}.new")
    with step(f"Writing {file}"):
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.close(handle)
        try:
            _run("pg_dump", "--format=custom", f"--file={fresh}", urls.database_name())
            with fresh.open("rb") as written:
                os.fsync(written.fileno())
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
    show({"file": str(file), "bytes": file.stat().st_size}, as_json=json)
    words.print("Copy next, in this order: var/blobs, then var/checkpoints. Secrets go elsewhere.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up what is in the database now.")
    ] = False,
) -> None:
    """Put a backup in the place of the database. PIMS must be stopped; run the checks after it."""
    if urls.is_external():
        raise DatabaseUnavailable("The server is not ours: restore with its own tools.")
    try:
        lock = InstallationLock(instance.var_dir() / "run")
    except AlreadyRunning:
        raise DatabaseUnavailable("PIMS is running: stop it first. Nothing was changed.") from None
    with closing(lock):
        name = urls.database_name()
        if (entries := _ledger_entries(name)) and not replace:
            raise DatabaseUnavailable(
                f"The database holds {entries} entries of the ledger, which a restore would give"
                " up. Make a backup of it first, then say --replace. Nothing was changed."
            )
        _restore(file, name)
    words.print("Restored. Now: pims check ledger, pims check files, then pims up.")


def _restore(file: Path, name: str) -> None:
    """Into a new database beside the present one, which is dropped when the new one is whole."""
    aside = f"{name}_restoring"
    with step("Restoring"):
        prepare_server(database=name)
        connections.close_all()
        with psycopg.connect(_server(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(aside)))
            create_database(server, aside, template="template0")
            try:
                _run("pg_restore", "--exit-on-error", f"--dbname={aside}", str(file))
            except DatabaseUnavailable:
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
                raise
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(aside), sql.Identifier(name)
                )
            )
        forget()
    with step("Bringing the database up to date"):
        migrate_database(database=name)


def _ledger_entries(name: str) -> int:
    try:
        with psycopg.connect(urls.dsn(urls.SUPERUSER, database=name)) as connection:
            row = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return 0
    return int(row[0]) if row else 0


def _server() -> str:
    return urls.dsn(urls.SUPERUSER, database="postgres")


def _run(program: str, *arguments: str) -> None:
    """A client program of the server's own version. Raises DatabaseUnavailable with its words."""
    # Where it is known: rows that row security keeps from their owner must be in a backup too.
    known = not urls.is_external() or "PIMS_SUPERUSER_DATABASE_URL" in os.environ
    role = urls.SUPERUSER if known else "owner"
    found = urls.parameters(role)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    env = {**os.environ, **{names[k]: v for k, v in found.items() if k in names}}
    path = program if urls.is_external() else instance_cluster().binaries().program(program)
    done = subprocess.run(
        [path, "--no-password", *arguments],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise DatabaseUnavailable(f"{program} failed: {done.stderr.strip()[-800:]}")
