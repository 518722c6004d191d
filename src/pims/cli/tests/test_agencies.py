"""The demonstration's agencies beside a PIMS that starts, is cut off, or is ready without them."""

import json
import socket
from pathlib import Path
from typing import Any, cast

import pytest

from pims.cli import agency_parts, prepare, up
from pims.config import instance
from pims.demo import agencies
from pims.foundation.supervisor.supervisor import StartFailed, Supervisor


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(instance, "secrets_dir", lambda: tmp_path)
    return tmp_path


def test_whoever_is_registered_is_started_though_the_start_was_cut_off_right_after(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: list[bool] = []

    def register(_ports: object) -> None:
        # All that follows this in the same moment is lost.
        registered.append(agency_parts.is_registered())

    monkeypatch.setattr(agencies, "is_anybody_registered", lambda: False)
    monkeypatch.setattr(agencies, "register_agencies", register)
    prepare._register_agencies()
    assert registered == [True]
    assert (secrets / "agencies").stat().st_mode & 0o077 == 0


def test_a_program_that_does_not_come_up_stops_nothing_that_is_ready(
    secrets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing:
        def start(self, *services: Any) -> None:
            raise StartFailed(services[-1].name, "does not answer", secrets / "x.log", ["why"])

    ports = dict.fromkeys(agency_parts.NAMES, 1)
    up._start_agencies(cast(Supervisor, Failing()), ports)
    assert "agency-observatory does not answer" in capsys.readouterr().out


def test_of_the_ports_only_one_that_is_taken_is_changed(secrets: Path) -> None:
    chosen = agency_parts.free_ports(20_000)
    agency_parts.keep_ports(chosen)
    assert agency_parts.ports_now() == chosen
    with socket.create_server(("127.0.0.1", chosen["police"])):
        now = agency_parts.ports_now()
    assert now.pop("police") not in chosen.values()
    assert now == {name: port for name, port in chosen.items() if name != "police"}


class _Starting:
    """A supervisor that runs its steps here."""

    def __init__(self, *, works: bool = True) -> None:
        self.steps: list[list[str]] = []
        self._works = works

    def run_step(self, argv: list[str]) -> int:
        self.steps.append(argv)
        if not self._works:
            return 1
        agency_parts.keep_ports(json.loads(argv[-1]))
        return 0


def test_the_start_says_which_port_was_taken_and_what_is_to_be_done(
    secrets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = agency_parts.free_ports(20_100)
    agency_parts.keep_ports(chosen)
    starting = _Starting()
    assert up._ports_of_agencies(cast(Supervisor, starting)) == chosen
    assert (starting.steps, capsys.readouterr().out) == ([], "")
    with socket.create_server(("127.0.0.1", chosen["exchange"])):
        failed = up._ports_of_agencies(cast(Supervisor, _Starting(works=False)))
        told = capsys.readouterr().out
        assert f"Port {chosen['exchange']} (the agencies' gateway) is taken" in told
        assert f"put https://localhost:{failed['exchange']}" in told
        assert agency_parts.kept_ports() == chosen
        now = up._ports_of_agencies(cast(Supervisor, starting))
    assert "needs the new address too" in capsys.readouterr().out
    assert now["exchange"] != chosen["exchange"]
    # With the old one free again nothing moves back: whoever was told of the new one finds it.
    assert agency_parts.kept_ports() == agency_parts.ports_now() == now
