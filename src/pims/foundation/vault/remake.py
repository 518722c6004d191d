"""Secrets that can be made anew after the folder was lost, when the master key is back.

Sessions end with the framework's key; the ledger's checkpoints are signed by another key from then
on; the roles of our own database get other passwords. Needs neither framework nor database.
"""

import subprocess
from collections.abc import Sequence

from pims.foundation.database import urls
from pims.foundation.database.cluster import Cluster
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.launcher import instance_cluster
from pims.foundation.database.roles import prepare_server
from pims.foundation.vault import secrets

DATABASE = "database-"
_ANEW = ("django-secret-key", "ledger-signing-key", "ledger-signing-key-next")


def sort_missing() -> tuple[list[str], list[str]]:
    """The missing secrets that can be made anew, and those that can only be put back."""
    missing = secrets.missing_names()
    anew = [name for name in missing if name in _ANEW or name.startswith(DATABASE)]
    return anew, [name for name in missing if name not in anew]


def remake(names: Sequence[str]) -> None:
    """Make these secrets anew. The server of this instance must be stopped.

    Raises DatabaseUnavailable where it runs, or where the database is an outside server's, whose
    passwords are given there.
    """
    passwords = [name for name in names if name.startswith(DATABASE)]
    cluster = instance_cluster()
    if passwords:
        if urls.is_external():
            raise DatabaseUnavailable(
                "The passwords of an outside server are given there; put them in DATABASE_URL."
            )
        if cluster.is_running():
            raise DatabaseUnavailable("Stop PIMS first: pims up must not be running.")
    for name in names:
        secrets.forget(name)
    if passwords and cluster.data is not None:
        if f"{DATABASE}{urls.SUPERUSER}" in passwords:
            _set_superuser_password(cluster)
        cluster.start()
        try:
            prepare_server(database=urls.database_name())
        finally:
            cluster.stop()


def _set_superuser_password(cluster: Cluster) -> None:
    """Through the server's single-user mode, which asks for none: whoever may run it owns the
    files anyway. The statement goes by standard input, where no list of processes shows it."""
    cluster.prepare()
    password = secrets.database_password(urls.SUPERUSER)
    role = urls.role_name(urls.SUPERUSER)
    done = subprocess.run(
        [
            cluster.binaries().program("postgres"),
            "--single",
            "-D",
            str(cluster.data),
            "-c",
            "password_encryption=scram-sha-256",
            "-c",
            "log_min_error_statement=panic",
            "postgres",
        ],
        input=f"ALTER ROLE {role} PASSWORD '{password}';\n",
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
        **cluster.account().popen_kwargs(),
    )
    if done.returncode:
        raise DatabaseUnavailable(f"The server's files do not open: {done.stderr.strip()}")
