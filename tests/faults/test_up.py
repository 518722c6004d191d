"""What `make up` promises when its processes are hurt.

One installation, hurt again and again: a start takes seconds, so those that end it come last.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import PARTS, Installation, alive, command_line, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def installation(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    it = Installation(tmp_path_factory.mktemp("up").resolve())
    it.give_migrated_database()
    yield it
    it.remove()


@pytest.fixture
def up(installation: Installation) -> Installation:
    """The installation, running."""
    if installation.process is None or installation.process.poll() is not None:
        installation.start()
    return installation


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_killed_comes_back(up: Installation, name: str) -> None:
    first = up.part(name)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: up.part(name) not in (None, first), 20, f"a new {name}")
    wait_until(lambda: up.has_said(f"{name} is back after"), 20, f"{name} answers")
    wait_until(up.answers, 20, "the pages answer")
    assert up.has_said(f"{name} was killed (SIGKILL)")


def test_a_page_process_that_is_killed_is_replaced(up: Installation) -> None:
    web = up.part("web")
    assert web is not None
    before = up.all_processes()
    worker = next(pid for pid in before if pid != web and _parent(pid) == web)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not alive(worker), 5, "it is dead")
    wait_until(up.answers, 20, "the pages answer")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_a_second_start_says_where_the_first_answers(up: Installation) -> None:
    second = up.run("up", "--no-demo", "--port", str(up.port))
    assert second.returncode == 1
    assert f"PIMS is already running: http://127.0.0.1:{up.port}" in second.stdout
    assert up.answers()


def test_what_was_committed_outlives_the_killing_of_everything(up: Installation) -> None:
    added = up.run("user", "add", "K9001", "Ana Coc", "--json")
    assert added.returncode == 0, added.stderr
    up.kill_everything()
    up.start()
    listed = up.run("user", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert "K9001" in {user["badge"] for user in json.loads(listed.stdout)}


def test_no_part_outlives_the_supervisor(up: Installation) -> None:
    everything = up.all_processes()
    assert up.process is not None
    up.process.kill()
    up.process.wait(10)
    try:
        wait_until(lambda: not any(map(alive, everything)), 30, "all parts have ended")
    except AssertionError:
        left = [command_line(pid) for pid in everything if alive(pid)]
        pytest.fail(f"left running: {left}")


def test_ctrl_c_leaves_no_process(up: Installation) -> None:
    everything = up.all_processes()
    assert len(everything) > len(PARTS)
    assert up.interrupt() == 0
    assert [pid for pid in everything if alive(pid)] == []
    assert not up.answers()


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    other = Installation(tmp_path)
    try:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", other.port))
            taken.listen()
            refused = other.run("up", "--no-demo", "--port", str(other.port))
        assert refused.returncode == 1
        assert f"Port {other.port} is in use" in refused.stdout
        assert f"(process {os.getpid()})" in refused.stdout
        assert "PORT=" in refused.stdout
    finally:
        other.remove()
