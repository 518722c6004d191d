"""What can go wrong with the database server, said so that an operator can act on it."""

from pathlib import Path

from pims.kernel.errors import PimsError


class DatabaseUnavailable(PimsError):
    """The server can't be found, made, started or reached; the message says why."""

    code = "database.unavailable"
    http_status = 503


class ServerNotFound(DatabaseUnavailable):
    """No PostgreSQL that this instance could run."""

    code = "database.server_not_found"


class NoDatabase(DatabaseUnavailable):
    """There is nothing to ask: this instance was never started, or the state is elsewhere."""

    code = "database.none"

    def __init__(self, home: Path) -> None:
        super().__init__(f"nothing in {home}; PIMS_VAR says where else to look")


class WrongServerVersion(DatabaseUnavailable):
    """The data directory was made by another major version; it was not touched."""

    code = "database.wrong_version"

    def __init__(self, data: Path, made_by: int, offered: int) -> None:
        super().__init__(
            f"The database in {data} was made by PostgreSQL {made_by}; PostgreSQL {offered} can't"
            f" open it. Nothing was changed. Install PostgreSQL {made_by}, or carry the data over"
            " with a backup and restore."
        )
        self.made_by = made_by
        self.offered = offered


class DidNotStart(DatabaseUnavailable):
    """The server did not answer in time; the end of its log is in the message."""

    code = "database.did_not_start"


class DatabaseBehind(DatabaseUnavailable):
    """The database is of an earlier version of the program, or was never prepared."""

    code = "database.behind"
