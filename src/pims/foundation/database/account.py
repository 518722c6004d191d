"""The account that the server runs as: never root.

Started by an ordinary user the server is that user's. Started by root it runs as `pims`, a
system account without a shell that is made when it is missing; where accounts can't be made, as
`postgres` or `nobody`.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pims.foundation.database import places
from pims.foundation.database.errors import DatabaseUnavailable

NAME = "pims"


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server. `switch` is true where we are root and must become it."""

    uid: int
    gid: int
    name: str
    home: str
    switch: bool

    def popen_kwargs(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` that make a child this account's, and nothing more."""
        kwargs: dict[str, Any] = {
            "cwd": "/",
            "umask": 0o077,
            "env": {
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": self.home,
                "LC_ALL": "C",
                "TZ": "UTC",
            },
        }
        if self.switch:
            kwargs |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return kwargs

    def give(self, path: Path) -> None:
        """Make `path`, which we created, this account's."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(data: Path | None) -> Account:
    """The owner of the existing data directory, else the one account for new data."""
    if not places.running_as_root():
        try:
            return _of(pwd.getpwuid(os.geteuid()), switch=False)
        except KeyError:
            raise DatabaseUnavailable(
                f"The user id {os.geteuid()} has no account, and PostgreSQL needs one. Start PIMS"
                " as a user of this machine, or set DATABASE_URL."
            ) from None
    if data is not None and data.is_dir():
        owner = data.stat()
        if owner.st_uid == 0:
            raise DatabaseUnavailable(
                f"{data} belongs to root, and PostgreSQL does not run as root. Give it to the"
                f" account that shall run it, for example: chown -R {NAME}: {data}"
            )
        try:
            return _of(pwd.getpwuid(owner.st_uid), switch=True)
        except KeyError:
            return Account(owner.st_uid, owner.st_gid, str(owner.st_uid), "/", True)
    return _of(_unprivileged(), switch=True)


def _unprivileged() -> pwd.struct_passwd:
    if (found := _lookup(NAME)) is not None:
        return found
    if (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")) is not None:
        subprocess.run(
            [
                useradd, "--system", "--user-group", "--no-create-home",
                "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME,
            ],
            capture_output=True, check=False,
        )  # fmt: skip
    for name in (NAME, "postgres", "nobody"):
        if (found := _lookup(name)) is not None and found.pw_uid != 0:
            return found
    raise DatabaseUnavailable(
        "PostgreSQL does not run as root, and no other account is there to run it as. Make one"
        f" (useradd --system {NAME}) or start PIMS as an ordinary user."
    )


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _of(entry: pwd.struct_passwd, *, switch: bool) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir, switch)
