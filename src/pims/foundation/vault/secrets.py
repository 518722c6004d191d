"""The file store of secrets: one file a secret, outside the state.

A secret is made once, on first use. The state keeps an index of the names that were ever made
(`var/secrets.index`, names alone), so that a secret which should be there and is not stops the
program: a new master key or ledger key made in its place would look like a working system that
can open nothing it wrote before.
"""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pims.config import instance
from pims.foundation.database import places
from pims.kernel.decisions import Reason
from pims.kernel.errors import PimsError


class SecretsMissing(PimsError):
    """This instance has state, and a secret that belongs to it is not there.

    Nothing was changed. `path` is the file that must be put back.
    """

    code = "secrets.missing"
    http_status = 503

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The secret {path} is missing, but {instance.var_dir()} already holds state that"
            " was made with it. Nothing was changed and no new secret was made. Put the secret"
            " back from its copy or its recovery shares, or set PIMS_SECRETS to the folder that"
            " holds it."
        )
        self.path = path

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"path": str(self.path)}),)


def read_or_create(name: str, make: Callable[[], bytes]) -> bytes:
    """The secret called `name` (letters, digits, dashes), made by `make` where it never existed.

    Raises SecretsMissing where it existed once, or where this instance has a database but no
    index of its secrets, and the file is gone.
    """
    path = secret_path(name)
    if not path.is_file():
        with _locked(path.parent):
            if not path.is_file():
                if name in _index() or (not _index() and has_database()):
                    raise SecretsMissing(path)
                _write(path, make())
    value = path.read_bytes()
    if name not in _index():
        with _locked(path.parent):
            _add_to_index(name)
    return value


def replace(name: str, value: bytes) -> None:
    """Put `value` in the place of the secret, for rotation and recovery."""
    path = secret_path(name)
    with _locked(path.parent):
        _write(path, value)
        _add_to_index(name)


def forget(name: str) -> None:
    """Destroy the secret for good: it is no longer missed."""
    path = secret_path(name)
    with _locked(path.parent):
        path.unlink(missing_ok=True)
        _sync(path.parent)
        names = _index()
        if name in names:
            _write_index(names - {name})


def exists(name: str) -> bool:
    return secret_path(name).is_file()


def missing_names() -> list[str]:
    """The secrets that were made once for this state and are not there now."""
    return sorted(name for name in _index() if not exists(name))


def secret_path(name: str) -> Path:
    if not name or not all(c.isascii() and (c.isalnum() or c == "-") for c in name):
        raise ValueError(f"not a name of a secret: {name!r}")
    return instance.secrets_dir() / name


def django_secret_key() -> str:
    return read_or_create("django-secret-key", _token).decode()


def database_password(role: str) -> str:
    """The password of a database role, by its short name (`app`, `owner`, ...)."""
    return read_or_create(f"database-{role}", _token).decode()


def has_database() -> bool:
    return bool(places.data_directories(places.server_home()))


def _token() -> bytes:
    return secrets.token_urlsafe(36).encode()


def _index_path() -> Path:
    return instance.var_dir() / "secrets.index"


def _index() -> set[str]:
    try:
        return set(_index_path().read_text().split())
    except FileNotFoundError:
        return set()


def _add_to_index(name: str) -> None:
    names = _index()
    if name not in names:
        _write_index(names | {name})


def _write_index(names: set[str]) -> None:
    _index_path().parent.mkdir(parents=True, exist_ok=True)
    _write(_index_path(), "".join(f"{name}\n" for name in sorted(names)).encode())


def _write(path: Path, value: bytes) -> None:
    """Whole or not at all, and on the disk before this returns."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
