"""Everything between a running database and running pages, each only where it is needed."""

from pathlib import Path

from pims.cli import boot
from pims.cli.prepared import note, remember_prepared
from pims.foundation.console import step, words


def migrate_instance() -> None:
    """`pims migrate`: the database up to date, with our own server started for it if need be."""
    boot.framework()
    with boot.database_running(made=True):
        _migrate()
    words.print("The database is up to date.")


def prepare_instance(*, demo: bool) -> None:
    """What `pims up` runs once the database answers, unless nothing has changed since."""
    boot.framework()
    _migrate()
    _collect_static()
    if demo:
        _fill_empty_installation()
    _begin_exchange()
    if demo and _has_demo_officers():
        _register_agencies()
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
    """On the first start, and anew where that was interrupted, the simulated prison."""
    from pims.demo.filling import fill_on_start
    from pims.demo.present import State, look

    if look().state in (State.EMPTY, State.CUT_OFF):
        with step("Filling the simulated prison, which takes a few minutes once"):
            fill_on_start(report=lambda text: words.print(f"  {text} …", markup=False))


def _begin_exchange() -> None:
    """Where the exchange is new to this installation: everybody is on its shelf from the start."""
    from pims.exchange.feed.beginning import begin, has_begun

    if not has_begun():
        with step("Making ready what agencies may be told"):
            begin()


def _register_agencies() -> None:
    """Where the prison is simulated, three agencies to talk to are simulated too."""
    import os

    from pims.cli import agency_parts
    from pims.demo.agencies import is_anybody_registered, register_agencies

    if is_anybody_registered():
        return
    with step("Registering the agencies of the demonstration"):
        ports = agency_parts.free_ports(int(os.environ.get("PIMS_PORT", "8000")) + 9)
        # Before: a start that is cut off in between registers nobody, and does both again.
        agency_parts.keep_ports(ports)
        register_agencies(ports)


def _has_demo_officers() -> bool:
    from pims.demo.signins import SIGN_INS
    from pims.foundation.access.selectors import find_user_id
    from pims.kernel.errors import NotFound

    try:
        find_user_id(SIGN_INS[0].badge)
    except NotFound:
        return False
    return True
