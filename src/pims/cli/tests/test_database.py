"""A backup that was never restored is a hope: here it is restored."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from pims.cli.database import app
from pims.config import instance
from pims.foundation.access.models import User
from pims.foundation.access.selectors import system_actor
from pims.foundation.access.services import add_user
from pims.foundation.commands.transaction import Command
from pims.foundation.database.errors import DatabaseUnavailable
from pims.foundation.database.launcher import instance_cluster
from pims.foundation.supervisor.lock import InstallationLock


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def _add(badge: str) -> None:
    add_user(Command(actor=system_actor()), badge=badge, name=f"Officer {badge}")


def _badges() -> set[str]:
    return set(User.objects.values_list("badge", flat=True))


@pytest.fixture
def instance_server(
    database_cluster: Any, fresh_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests' server in the place of this instance's own."""
    monkeypatch.setattr("pims.cli.database.instance_cluster", lambda: database_cluster)
    assert instance_cluster().socket_dir == database_cluster.socket_dir


@pytest.mark.usefixtures("instance_server")
def test_what_was_backed_up_comes_back_with_its_rights_and_its_ledger(tmp_path: Path) -> None:
    _add("B1")
    file = tmp_path / "pims.dump"
    made = _run("backup", str(file))
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _add("B2")

    refused = _run("restore", str(file))
    assert isinstance(refused.exception, DatabaseUnavailable)
    assert "--replace" in str(refused.exception)
    assert {"B1", "B2"} <= _badges()

    again = _run("backup", str(file))
    assert isinstance(again.exception, DatabaseUnavailable)

    done = _run("restore", str(file), "--replace")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "B1" in _badges()
    assert "B2" not in _badges()
    _add("B3")  # the application's role can work in it
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('ledger_entry', 'DELETE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.usefixtures("instance_server")
def test_a_damaged_backup_and_a_running_installation_change_nothing(tmp_path: Path) -> None:
    _add("B1")
    damaged = tmp_path / "damaged.dump"
    damaged.write_bytes(b"PGDMP and then nothing")
    failed = _run("restore", str(damaged), "--replace")
    assert isinstance(failed.exception, DatabaseUnavailable)
    assert "B1" in _badges()

    lock = InstallationLock(instance.var_dir() / "run")
    try:
        refused = _run("restore", str(damaged), "--replace")
        assert "PIMS is running" in str(refused.exception)
    finally:
        lock.release()
