"""The demonstration's agencies beside a PIMS that starts, is cut off, or is ready without them."""

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
