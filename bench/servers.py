"""The product's own processes for a case, and the bare server beside them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pims.cli import parts

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def pages(port: int, **env: str) -> Iterator[None]:
    """The page server exactly as `pims up` starts it."""
    with running(parts.web(port).argv, ready=lambda: parts.answers(port), **env):
        yield


@contextmanager
def bare(port: int, **env: str) -> Iterator[None]:
    """`bench.bare` under the same page server with the same number of processes."""
    argv = [
        "bench.bare:application" if word == "pims.config.wsgi:application" else word
        for word in parts.web(port).argv
    ]
    with running(argv, ready=lambda: listens(port), **env):
        yield


@contextmanager
def running(argv: Sequence[str], *, ready: Callable[[], bool], **env: str) -> Iterator[None]:
    """A process of this run alone, ended at the end. Raises TimeoutError where it never answers."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    process = subprocess.Popen(argv, env=os.environ | {"PYTHONPATH": path} | env)
    try:
        deadline = time.monotonic() + 60
        while not ready():
            if process.poll() is not None:
                raise RuntimeError(f"{argv[2]} ended with {process.returncode}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{argv[2]} did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def sequencer() -> Iterator[None]:
    with running([sys.executable, "-m", "pims.foundation.ledger.sequencer"], ready=lambda: True):
        yield


@contextmanager
def stream(port: int, **env: str) -> Iterator[None]:
    with running(parts.events(port).argv, ready=lambda: listens(port), **env):
        yield


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
