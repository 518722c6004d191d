"""How each process reaches the database: as which role, and where.

With `DATABASE_URL` that server, as the application's role, and `PIMS_<ROLE>_DATABASE_URL` for
each other role; without it the server of this instance, through its Unix socket. Looking up an
address starts nothing.
"""

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pims.foundation.database import places
from pims.foundation.vault.secrets import database_password
from pims.kernel.decisions import Reason
from pims.kernel.errors import PimsError

ROLES = ("owner", "app", "sequencer", "loader", "eraser", "reader", "agency", "observatory")
SUPERUSER = "superuser"
PORT = 5432
DATABASE = "pims"


class DatabaseNotConfigured(PimsError):
    """An outside server is used, and the address for a role is not given."""

    code = "database.not_configured"
    http_status = 503

    def __init__(self, variable: str) -> None:
        super().__init__(
            f"DATABASE_URL is set, so {variable} must be set too: each role signs in with its own"
            " password."
        )
        self.variable = variable

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, {"variable": self.variable}),)


def role_name(role: str) -> str:
    """The role's name in the server: `app` is `pims_app`."""
    if role not in ROLES and role != SUPERUSER:
        raise ValueError(f"not a database role: {role!r}")
    return f"pims_{role}"


def is_external() -> bool:
    """Whether the server is one that PIMS does not run."""
    return bool(os.environ.get("DATABASE_URL"))


def current_role() -> str:
    """The role of this process: `PIMS_DB_ROLE`, else the application's."""
    return os.environ.get("PIMS_DB_ROLE", "app")


def database_name() -> str:
    return os.environ.get("PIMS_DB_NAME", DATABASE)


def parameters(role: str, *, database: str | None = None) -> dict[str, str]:
    """libpq's connection parameters for a role.

    Raises DatabaseNotConfigured or SecretsMissing.
    """
    name = role_name(role)
    if is_external():
        variable = "DATABASE_URL" if role == "app" else f"PIMS_{role.upper()}_DATABASE_URL"
        url = os.environ.get(variable)
        if not url:
            raise DatabaseNotConfigured(variable)
        found = {k: str(v) for k, v in conninfo_to_dict(url).items() if v is not None}
        if database is not None:
            found["dbname"] = database
        return found
    return {
        "host": str(places.socket_dir()),
        "port": str(PORT),
        "user": name,
        "password": database_password(role),
        "dbname": database or database_name(),
    }


def dsn(role: str, *, database: str | None = None) -> str:
    """A connection string for psycopg, with the password: never print or log it."""
    return make_conninfo(
        "", **{"application_name": f"pims {role}", **parameters(role, database=database)}
    )


def django_database(role: str | None = None, *, database: str | None = None) -> dict[str, Any]:
    """The `DATABASES` entry for a role, by default this process's own."""
    role = role or current_role()
    found = parameters(role, database=database)
    options: dict[str, Any] = {
        k: v for k, v in found.items() if k not in {"host", "port", "user", "password", "dbname"}
    }
    options.setdefault("application_name", f"pims {role}")
    options.setdefault("connect_timeout", "10")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.get("dbname", DATABASE),
        "USER": found.get("user", ""),
        "PASSWORD": found.get("password", ""),
        "HOST": found.get("host", ""),
        "PORT": found.get("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        # Not Django's: for whoever asks as whom a connection was opened.
        "PIMS_ROLE": role,
    }
