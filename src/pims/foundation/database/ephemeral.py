"""Databases for tests: a cluster a run, copied from one that was migrated once.

Migrating takes many seconds, so the migrated cluster is kept, stopped, under a key made of
everything that shaped it. Several runs at a time each start their own copy of it. A run that was
killed leaves its copy behind; the next one stops and removes it.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import psycopg

from pims.config import instance
from pims.foundation.database import places, urls
from pims.foundation.database.binaries import Binaries, choose
from pims.foundation.database.cluster import Cluster
from pims.foundation.database.roles import create_database

TEMPLATE = "pims_template"
KEPT = 6
_MEMORY = Path("/dev/shm")
_ENOUGH_MEMORY = 4 << 30  # bytes free; a run takes some 300 MB
_PACKAGE = Path(__file__).resolve().parents[2]
_SHAPING_PARTS = (
    "django", "django-pghistory", "django-pgtrigger", "django-allauth", "procrastinate", "psycopg",
)  # fmt: skip


def base_dir() -> Path:
    """Where the clusters of this checkout's tests are kept."""
    if places.running_as_root():
        name = hashlib.sha256(str(_PACKAGE).encode()).hexdigest()[:12]
        return places.SERVER_HOMES / f"tests-{name}"
    return _PACKAGE.parents[1] / "var" / "test-clusters"


def runs_dir() -> Path:
    """Where the runs put their copies: in memory where there is enough, else on disk.

    A database is more than a thousand small files, and every `fresh_database` copies them.
    """
    home = base_dir()
    mark = hashlib.sha256(f"{home} {os.geteuid()}".encode()).hexdigest()[:12]
    fast = _MEMORY / f"pims-tests-{mark}"
    if _memory_to_spare() > _ENOUGH_MEMORY:
        try:
            fast.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            return home / "runs"
        if not fast.is_symlink() and fast.stat().st_uid == os.geteuid():
            return fast
    return home / "runs"


def _memory_to_spare() -> int:
    """Bytes that files in memory may take without pushing anything out; 0 where none may."""
    try:
        free = shutil.disk_usage(_MEMORY).free
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return 0
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", told, re.MULTILINE)
    return min(free, int(found.group(1)) * 1024) if found else 0


@contextmanager
def migrated_cluster(migrate: Callable[[str], None]) -> Iterator[Cluster]:
    """A running copy of the migrated cluster, with the databases `pims` and `pims_template`.

    `migrate` is called with a database's name to make and migrate it, where no kept cluster has
    the present migrations. The secrets of the copy are put in this process's secrets folder.
    """
    base, runs = base_dir(), runs_dir()
    for folder in (base, runs):
        folder.mkdir(parents=True, exist_ok=True)
    server = choose(None)
    run = runs / f"{os.getpid()}-{secrets.token_hex(3)}"
    beginning = _lock(base / "beginning.lock", wait=True)
    try:
        for folder in {runs, base / "runs"}:
            _remove_abandoned(folder)
        run.mkdir()
        alive = _lock(run / "alive.lock")
    finally:
        os.close(beginning)
    (run / "socket-dir").write_text(str(places.socket_dir()))
    try:
        with _kept_cluster(base, server, migrate) as kept:
            subprocess.run(["cp", "-a", str(kept / f"pg{server.major}"), str(run)], check=True)
            _copy_secrets(kept / "secrets", instance.secrets_dir())
        cluster = Cluster(home=run, socket_dir=places.socket_dir(), durable=False, server=server)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop(at_once=True)
            shutil.rmtree(cluster.socket_dir, ignore_errors=True)
    finally:
        shutil.rmtree(run, ignore_errors=True)
        os.close(alive)


@contextmanager
def database_from_template(template: str = TEMPLATE) -> Iterator[str]:
    """A new database like the migrated one, or like another that nobody is connected to; its
    name. Dropped at the end, sessions and all."""
    name = f"fresh_{secrets.token_hex(6)}"
    with _superuser() as connection:
        create_database(connection, name, template=template)
    try:
        yield name
    finally:
        with _superuser() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def cache_key(server: Binaries) -> str:
    """Of everything that shapes a migrated database."""
    digest = hashlib.sha256(f"{server.version} {server.source} {os.geteuid()}".encode())
    for part in _SHAPING_PARTS:
        digest.update(f"{part}={metadata.version(part)}".encode())
    for path in _shaping_files():
        digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _shaping_files() -> Iterable[Path]:
    yield from sorted(_PACKAGE.glob("**/migrations/*.py"))
    yield from sorted(_PACKAGE.glob("*/sql/*.sql"))
    yield from sorted((_PACKAGE / "foundation" / "database").glob("*.py"))
    yield _PACKAGE / "config" / "settings.py"
    yield from sorted((_PACKAGE / "foundation" / "access").glob("roles.*"))


@contextmanager
def _kept_cluster(base: Path, server: Binaries, migrate: Callable[[str], None]) -> Iterator[Path]:
    """The folder of the kept cluster, made where there is none, and held while it is used."""
    folder = base / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"pg{server.major}-{cache_key(server)}"
    lock = _lock(_lock_of(kept), wait=True)
    try:
        if not kept.is_dir():
            for leftover in folder.glob(f".making-{kept.name}-*"):
                _remove_cluster(leftover)
            _build(kept, server, migrate)
            _forget_old(folder, server.major, but=kept)
        os.utime(kept)
        yield kept
    finally:
        os.close(lock)


def _build(kept: Path, server: Binaries, migrate: Callable[[str], None]) -> None:
    work = kept.parent / f".making-{kept.name}-{os.getpid()}"
    work.mkdir()
    (work / "socket-dir").write_text(str(places.socket_dir()))
    cluster = Cluster(home=work, socket_dir=places.socket_dir(), durable=False, server=server)
    try:
        cluster.start()
        migrate(TEMPLATE)
        with _superuser() as connection:
            create_database(connection, urls.DATABASE, template=TEMPLATE)
            connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false".encode())
        cluster.stop()
        (work / "secrets").mkdir(mode=0o700)
        _copy_secrets(instance.secrets_dir(), work / "secrets")
        work.rename(kept)
    finally:
        if work.is_dir():
            cluster.stop(at_once=True)
            shutil.rmtree(work, ignore_errors=True)


def _copy_secrets(source: Path, target: Path) -> None:
    for path in source.glob("database-*"):
        shutil.copy2(path, target / path.name)


def _forget_old(folder: Path, major: int, *, but: Path) -> None:
    """Keep the newest few, and those that someone is copying."""
    found = sorted(folder.glob(f"pg{major}-*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        if old == but:
            continue
        try:
            lock = _lock(_lock_of(old))
        except BlockingIOError:
            continue
        try:
            shutil.rmtree(old, ignore_errors=True)
        finally:
            os.close(lock)


def _remove_abandoned(runs: Path) -> None:
    for run in runs.iterdir() if runs.is_dir() else ():
        try:
            lock = _lock(run / "alive.lock")
        except (BlockingIOError, FileNotFoundError):  # it goes on, or it has just gone
            continue
        try:
            _remove_cluster(run)
        finally:
            os.close(lock)


def _remove_cluster(home: Path) -> None:
    """Stop the server of a run that was killed, and remove what it left."""
    told = home / "socket-dir"
    socket_dir = Path(told.read_text()) if told.is_file() else home / "none"
    Cluster(home=home, socket_dir=socket_dir, durable=False).stop(at_once=True)
    shutil.rmtree(socket_dir, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _lock_of(kept: Path) -> Path:
    return kept.with_name(f".{kept.name}.lock")


def _lock(path: Path, *, wait: bool = False) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        raise
    return handle


def _superuser() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(urls.dsn(urls.SUPERUSER, database="postgres"), autocommit=True)
