"""The supervisor with real processes: what it promises of the parts that it runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pims.foundation.supervisor.lock import (
    AlreadyRunning,
    InstallationLock,
    clear_left_running,
    left_running,
)
from pims.foundation.supervisor.logs import RotatingLog

DRIVER = Path(__file__).with_name("driver.py")
FOREVER = "exec sleep 1000"


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def pid_of(folder: Path, name: str) -> int:
    file = folder / f"{name}.pid"
    wait_until(file.exists)
    return int(file.read_text())


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("a=shell", ...)`: a supervisor with these parts, which all answer."""
    running: list[subprocess.Popen[str]] = []

    def begin(*described: str, wait: bool = True) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, str(DRIVER), str(tmp_path), *described],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        running.append(process)
        assert process.stdout is not None
        while wait and (line := process.stdout.readline()) != "up\n":
            assert line, "the supervisor ended before its parts were up"
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    clear_left_running(tmp_path.name, patience=0)


def test_a_part_that_is_killed_is_started_again_and_said_so(start: Start, tmp_path: Path) -> None:
    supervisor = start(f"a={FOREVER}", f"b={FOREVER}")
    first, other = pid_of(tmp_path, "a"), pid_of(tmp_path, "b")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pid_of(tmp_path, "a") != first)
    supervisor.send_signal(signal.SIGTERM)
    told = supervisor.communicate(timeout=10)[0]
    assert "a was killed (SIGKILL); starting it again in 0.2 s" in told
    assert "a is back after" in told
    assert not alive(other)


def test_what_a_killed_part_had_started_goes_with_it(start: Start, tmp_path: Path) -> None:
    start(f"a=sleep 1001 & echo $! > {tmp_path}/grandchild; wait")
    first = pid_of(tmp_path, "a")
    wait_until((tmp_path / "grandchild").exists)
    grandchild = int((tmp_path / "grandchild").read_text())
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive(grandchild))


def test_ctrl_c_stops_the_parts_in_the_reverse_order(start: Start, tmp_path: Path) -> None:
    order = tmp_path / "order"
    parts = [
        f"{name}=trap 'echo {name} >> {order}; exit 0' TERM; while :; do sleep 0.02; done"
        for name in "abc"
    ]
    supervisor = start(*parts)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    assert order.read_text().split() == ["c", "b", "a"]
    assert left_running(tmp_path.name) == []


def test_a_part_that_will_not_stop_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start("a=trap '' TERM; while :; do sleep 0.02; done")
    supervisor.send_signal(signal.SIGINT)
    assert "did not stop when asked; it was killed" in supervisor.communicate(timeout=10)[0]
    assert not alive(pid_of(tmp_path, "a"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of it")
def test_no_part_outlives_a_supervisor_that_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start(f"a={FOREVER}", f"b={FOREVER}")
    pids = [pid_of(tmp_path, name) for name in "ab"]
    supervisor.kill()
    wait_until(lambda: not any(alive(pid) for pid in pids))


def test_a_part_that_does_not_come_up_says_its_last_words(start: Start, tmp_path: Path) -> None:
    supervisor = start(f"a={FOREVER}", "mute=echo there is no key here; exit 7", wait=False)
    told = supervisor.communicate(timeout=10)[0]
    assert supervisor.returncode == 1
    assert "failed: mute ended by itself (code 7)" in told
    assert "there is no key here" in told
    assert not alive(pid_of(tmp_path, "a"))


def test_a_part_that_closes_its_output_costs_no_time(start: Start, tmp_path: Path) -> None:
    supervisor = start(f"a=exec >&- 2>&-; {FOREVER}")
    time.sleep(0.5)
    before = _cpu_seconds(supervisor.pid)
    time.sleep(1.0)
    assert _cpu_seconds(supervisor.pid) - before < 0.2
    assert alive(pid_of(tmp_path, "a"))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_trouble_in_a_log_is_shown_and_the_rest_is_only_kept(start: Start, tmp_path: Path) -> None:
    supervisor = start(f"a=sleep 0.5; echo all is well; echo 12:00 ERROR disk is full; {FOREVER}")
    wait_until(lambda: "disk is full" in (tmp_path / "log" / "a.log").read_text())
    time.sleep(0.3)
    supervisor.send_signal(signal.SIGTERM)
    told = supervisor.communicate(timeout=10)[0]
    kept = (tmp_path / "log" / "a.log").read_text()
    assert "all is well" in kept
    assert "all is well" not in told
    assert "a: 12:00 ERROR disk is full" in told


def test_the_same_trouble_is_shown_once_and_a_trace_by_its_end(
    start: Start, tmp_path: Path
) -> None:
    trace = "echo 'Traceback (most recent call last):'; echo '  File x, line 1'; echo 'KeyError: 7'"
    again = "for n in 1 2 3 4 5; do echo 12:0$n ERROR no room on disk $n; done"
    supervisor = start(f"a=sleep 0.5; {trace}; {again}; {FOREVER}")
    wait_until(lambda: "on disk 5" in (tmp_path / "log" / "a.log").read_text())
    time.sleep(0.3)
    supervisor.send_signal(signal.SIGTERM)
    told = supervisor.communicate(timeout=10)[0]
    kept = (tmp_path / "log" / "a.log").read_text()
    assert kept.count("no room on disk") == 5
    assert "Traceback" in kept
    assert told.count("no room on disk") == 1
    assert "a: KeyError: 7" in told
    assert "Traceback" not in told


def test_a_second_supervisor_learns_where_the_first_answers(tmp_path: Path) -> None:
    first = InstallationLock(tmp_path)
    first.announce("http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunning) as refused:
        InstallationLock(tmp_path)
    assert refused.value.running is not None
    assert refused.value.running.address == "http://127.0.0.1:8000"
    assert refused.value.running.pid == os.getpid()
    first.release()
    InstallationLock(tmp_path).release()


def test_only_what_an_earlier_start_left_is_ended(tmp_path: Path) -> None:
    mark = tmp_path.name
    ours = subprocess.Popen(["sleep", "1000"], env={**os.environ, "PIMS_SUPERVISED": mark})
    other = subprocess.Popen(["sleep", "1000"], env={**os.environ, "PIMS_SUPERVISED": f"{mark}x"})
    try:
        assert clear_left_running(mark) == 1
        assert ours.wait(5) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        for process in (ours, other):
            process.kill()
            process.wait()


def test_a_log_cannot_fill_the_disk(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "web.log", limit=1000, keep=3)
    for number in range(100):
        log.write(f"{number:099d}\n".encode())
    log.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "web.log",
        "web.log.1",
        "web.log.2",
        "web.log.3",
    ]
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 4000
    assert log.last_lines(1)[0].endswith("99")
