"""Everything between a running database and running pages, each only where it is needed."""

from pathlib import Path

from pims.cli import boot
from pims.cli.prepared import BEGUN, DONE, note, noted, remember_prepared
from pims.foundation.console import step, words


def migrate_instance() -> None:
    """`pims migrate`: the database up to date, with our own server started for it if need be."""
    boot.framework()
    with boot.database_running():
        _migrate()
    words.print("The database is up to date.")


def prepare_instance(*, demo: bool) -> None:
    """What `pims up` runs once the database answers, unless nothing has changed since."""
    boot.framework()
    if demo and noted("demo") == BEGUN:
        _start_over()
    _migrate()
    _collect_static()
    if demo:
        _fill_empty_installation()
    note("sign-ins", "demo" if _has_demo_officers() else "own")
    remember_prepared(demo=demo)


# -- the database ------------------------------------------------------------------------------
def _migrate() -> None:
    from pims.foundation.database.migrate import migrate_database

    with step("Bringing the database up to date"):
        migrate_database(report=lambda text: words.print(f"  {text} …"))


# -- static files ------------------------------------------------------------------------------
def _collect_static() -> None:
    """Put fingerprinted, compressed assets where the page server reads them."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = [name for finder in get_finders() for name, _ in finder.list([])]
    with step(f"Collecting {len(found)} assets"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # Where there is nothing to collect the page server still wants its folder.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


# -- the simulated prison ----------------------------------------------------------------------
def _fill_empty_installation() -> None:
    """On the first start, the simulated prison. What is remembered in case it is interrupted."""
    from pims.demo.services import load_on_first_start
    from pims.facilities.selectors import establishments
    from pims.foundation.access.selectors import system_actor

    if establishments(system_actor()):
        return
    note("demo", BEGUN)
    with step("Filling the simulated prison, which takes a few minutes once"):
        load_on_first_start(report=lambda text: words.print(f"  {text} …", markup=False))
    note("demo", DONE)


def _start_over() -> None:
    """Drop the half of a simulated prison that an interrupted first start left.

    The pages were never served from it and the sequencer never saw it: `pims up` starts them
    only after this.
    """
    import psycopg
    from psycopg import sql

    from pims.foundation.database import urls

    if urls.is_external():
        words.print("The simulated prison is incomplete: its first filling was interrupted.")
        return
    with step("The first filling was interrupted: beginning again with an empty database"):
        dsn = urls.dsn(urls.SUPERUSER, database="postgres")
        with psycopg.connect(dsn, autocommit=True) as server:
            name = sql.Identifier(urls.database_name())
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    note("demo", "")


def _has_demo_officers() -> bool:
    from pims.demo.signins import SIGN_INS
    from pims.foundation.access.selectors import find_user_id
    from pims.kernel.errors import NotFound

    try:
        find_user_id(SIGN_INS[0].badge)
    except NotFound:
        return False
    return True
