"""Everything between a running database and running pages, each only where it is needed."""

import hashlib
import json
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pims
from pims.cli import boot
from pims.config import instance
from pims.foundation.console import step, words


def migrate_instance() -> None:
    """`pims migrate`: the database up to date, with our own server started for it if need be."""
    boot.framework()
    with boot.database_running():
        _migrate()
    words.print("The database is up to date.")


def prepare_instance(*, demo: bool) -> None:
    """What `pims up` runs once the database answers."""
    boot.framework()
    if demo and _noted("demo") == BEGUN:
        _start_over()
    if _needs_migration():
        _migrate()
    _collect_static()
    if demo:
        _fill_empty_installation()
    _note("sign-ins", "demo" if _has_demo_officers() else "own")


def shows_demo_sign_ins() -> bool:
    """Whether the last preparation found the officers of the simulated prison."""
    return _noted("sign-ins") == "demo"


# -- the database ------------------------------------------------------------------------------
def _migrate() -> None:
    from pims.foundation.database.migrate import migrate_database

    with step("Bringing the database up to date"):
        migrate_database(report=lambda text: words.print(f"  {text} …"))
    _note("migrated", _digest(_what_migration_reads()))


def _needs_migration() -> bool:
    """Whether a migration is missing in the database, or roles and rights have changed since."""
    from django.db import OperationalError

    from pims.foundation.database.migrate import acting_as, migrations_to_apply

    if _noted("migrated") != _digest(_what_migration_reads()):
        return True
    try:
        with acting_as("owner"):
            return migrations_to_apply() > 0
    except OperationalError:
        return True


def _what_migration_reads() -> Iterable[Path]:
    foundation = Path(pims.__file__).parent / "foundation"
    yield from sorted((foundation / "database").glob("*.py"))
    yield from sorted((foundation / "access").glob("*.toml"))


# -- static files ------------------------------------------------------------------------------
def _collect_static() -> None:
    """Put fingerprinted, compressed assets where the page server reads them."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = sorted(
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    )
    digest = _digest(found)
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if _noted("static") == digest and manifest.is_file():
        return
    with step(f"Collecting {len(found)} assets"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _note("static", digest)


# -- the simulated prison ----------------------------------------------------------------------
BEGUN, DONE = "begun", "done"


def _fill_empty_installation() -> None:
    """On the first start, the simulated prison. What is remembered in case it is interrupted."""
    from pims.demo.services import load_on_first_start
    from pims.facilities.selectors import establishments
    from pims.foundation.access.selectors import system_actor

    if establishments(system_actor()):
        return
    _note("demo", BEGUN)
    with step("Filling the simulated prison, which takes a few minutes once"):
        load_on_first_start(report=lambda text: words.print(f"  {text} …", markup=False))
    _note("demo", DONE)


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
    _note("demo", "")


def _has_demo_officers() -> bool:
    from pims.demo.signins import SIGN_INS
    from pims.foundation.access.selectors import find_user_id
    from pims.kernel.errors import NotFound

    try:
        find_user_id(SIGN_INS[0].badge)
    except NotFound:
        return False
    return True


# -- what was done before ----------------------------------------------------------------------
def _digest(files: Iterable[Path]) -> str:
    """Of the files' places and contents as far as time and size tell, and of our version."""
    text = hashlib.sha256(metadata.version("pims").encode())
    for path in files:
        facts = path.stat()
        text.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return text.hexdigest()


def _note_file() -> Path:
    return instance.var_dir() / "run" / "prepared.json"


def _noted(key: str) -> str | None:
    try:
        value = json.loads(_note_file().read_text()).get(key)
    except (FileNotFoundError, ValueError, AttributeError):
        return None
    return value if isinstance(value, str) else None


def _note(key: str, value: str) -> None:
    try:
        notes = json.loads(_note_file().read_text())
    except (FileNotFoundError, ValueError):
        notes = {}
    _note_file().parent.mkdir(parents=True, exist_ok=True)
    fresh = _note_file().with_suffix(".new")
    fresh.write_text(json.dumps({**notes, key: value}))
    fresh.replace(_note_file())
