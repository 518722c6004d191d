"""What earlier starts have prepared, so that a later one need not load the framework to ask.

Nothing is left to do where neither the program nor the migrations in the database have changed
since the last preparation. That the database is looked at as well matters after a restore.
"""

import hashlib
import json
import os
import site
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

import pims
from pims.config import instance
from pims.foundation.database import urls
from pims.kernel.errors import PimsError

# With the database's own number: one that was made anew is another, and not prepared.
_APPLIED = """
SELECT coalesce(md5(string_agg(app || '.' || name, ' ' ORDER BY id)), '')
    || (SELECT oid FROM pg_database WHERE datname = current_database())
FROM django_migrations
"""


def is_prepared(*, demo: bool) -> bool:
    """Whether a preparation would change nothing."""
    known = noted(_key(demo))
    return known is not None and known == _fingerprint()


def remember_prepared(*, demo: bool) -> None:
    fingerprint = _fingerprint()
    if fingerprint is not None:
        note(_key(demo), fingerprint)


def forget() -> None:
    """The database is another one now: whatever was noted of the one before means nothing."""
    _file().unlink(missing_ok=True)


def shows_demo_sign_ins() -> bool:
    """Whether the last preparation found the officers of the simulated prison."""
    return noted("sign-ins") == "demo"


def noted(key: str) -> str | None:
    try:
        value = json.loads(_file().read_text()).get(key)
    except (FileNotFoundError, ValueError, AttributeError):
        return None
    return value if isinstance(value, str) else None


def note(key: str, value: str) -> None:
    try:
        notes = json.loads(_file().read_text())
    except (FileNotFoundError, ValueError):
        notes = {}
    _file().parent.mkdir(parents=True, exist_ok=True)
    fresh = _file().with_suffix(".new")
    fresh.write_text(json.dumps({**notes, key: value}))
    fresh.replace(_file())


def _key(demo: bool) -> str:
    return "prepared-with-demo" if demo else "prepared"


def _file() -> Path:
    return instance.var_dir() / "run" / "prepared.json"


def _fingerprint() -> str | None:
    """Of the program, of what is installed beside it, and of the migrations in the database.

    None where the database can't be asked: then there is something to prepare.
    """
    applied = _applied_migrations()
    if applied is None:
        return None
    text = hashlib.sha256(f"{applied}|{sys.version}|{urls.database_name()}".encode())
    for folder in site.getsitepackages():
        text.update(f"|{_changed(Path(folder))}".encode())
    for path in _program():
        text.update(f"\n{path}|{_changed(path)}".encode())
    return text.hexdigest()


def _program() -> Iterator[Path]:
    """Our own files, without what running and testing leave among them."""
    root = Path(pims.__file__).parent
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in {"__pycache__", "tests"})
        yield from (Path(folder) / name for name in sorted(files))
    yield instance.var_dir() / "static" / "staticfiles.json"


def _changed(path: Path) -> str:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return "none"
    return f"{facts.st_size}|{facts.st_mtime_ns}"


def _applied_migrations() -> str | None:
    try:
        with psycopg.connect(urls.dsn("owner"), connect_timeout=10) as connection:
            row = connection.execute(_APPLIED).fetchone()
    except (psycopg.Error, PimsError):
        return None
    return None if row is None else str(row[0])
