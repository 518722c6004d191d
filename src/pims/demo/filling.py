"""Making the simulated prison in an installation: the one way for `pims up` and `pims demo load`.

A load that was interrupted is not gone on with: its seed would then make another prison. It is
made anew, in an empty database, where nothing but simulated people are in the old one.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TypeVar

import psycopg
from django.db import connections
from psycopg import sql

from pims.config import instance
from pims.demo import services
from pims.demo.present import Present, State, look
from pims.foundation.database import urls
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.migrate import migrate_database
from pims.foundation.ledger import copies
from pims.foundation.supervisor.lock import AlreadyRunning, InstallationLock
from pims.kernel import clock
from pims.kernel.decisions import Reason, refuse

Report = Callable[[str], None]
T = TypeVar("T")


def fill(load: Callable[[], T], *, again: bool, report: Report) -> T:
    """Bring the database up to date, see that it is empty, and `load`.

    With `again` a simulated prison that is here already is given up first, whole or cut off.
    Raises Refused where anything else is here, or where it is and `again` was not said;
    DatabaseUnavailable where it would be given up while PIMS runs.
    """
    migrate_database(report=report)
    found = look()
    if found.state is not State.EMPTY:
        if not (again and found.only_simulated):
            refuse(found.reason()).require()
        with closing(_stopped()):
            make_anew(found, report=report)
    return load()


def fill_on_start(*, report: Report) -> bool:
    """Make the prison in an empty installation, or anew where that was cut off; whether it did.

    For `pims up`, which holds the installation and has migrated. Anything else is left alone.
    """
    found = look()
    if found.state is State.CUT_OFF:
        if urls.is_external():
            report("The simulated prison is incomplete: its making was interrupted")
            return False
        report(f"The making of the simulated prison was interrupted at {found.people} people")
        make_anew(found, report=report)
    elif found.state is not State.EMPTY:
        return False
    services.load(prisoners=1114, years=1, seed=1, report=report)
    return True


def make_anew(found: Present, *, report: Report) -> None:
    """Drop the database and make it again, empty; its checkpoints are put aside.

    The caller has seen that only simulated people are in it. Raises Refused for anything else,
    and on a server that is not ours.
    """
    if not found.only_simulated:
        refuse(found.reason()).require()
    if urls.is_external():
        refuse(Reason("demo.outside_server")).require()
    report("Beginning again with an empty database")
    connections.close_all()
    with psycopg.connect(urls.dsn(urls.SUPERUSER, database="postgres"), autocommit=True) as server:
        name = sql.Identifier(urls.database_name())
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    _put_checkpoints_aside(clock.now())
    migrate_database(report=report)


def _put_checkpoints_aside(now: datetime) -> None:
    """They speak of another ledger from now on. They are kept: nothing signed is destroyed."""
    for folder in copies.folders():
        if folder.is_dir():
            folder.rename(folder.with_name(f"{folder.name}-until-{now:%Y%m%dT%H%M%S}"))


def _stopped() -> InstallationLock:
    try:
        return InstallationLock(instance.var_dir() / "run")
    except AlreadyRunning:
        raise DatabaseUnavailable("PIMS is running: stop it first. Nothing was changed.") from None
