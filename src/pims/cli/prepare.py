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
    if _needs_migration():
        _migrate()
    _collect_static()
    if demo:
        _fill_empty_installation()


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
def _fill_empty_installation() -> None:
    from pims.demo.services import load_on_first_start

    load_on_first_start(report=lambda text: words.print(f"  {text} …", markup=False))


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
