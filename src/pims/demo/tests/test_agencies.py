"""The agencies of the demonstration, as its programs find them."""

import json
import re
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from joserfc.jwk import OKPKey

from pims.authority import services as authority
from pims.demo import agencies
from pims.demo.officers import make_officers
from pims.exchange import selectors
from pims.exchange.selectors import traffic
from pims.facilities.layout import BUNDLED, read_layout
from pims.facilities.services import load_layout
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims_agency import court
from pims_agency.desk import Desk
from pims_agency.store import Store
from pims_client import Client, Credentials, feed
from pims_client.errors import PimsError, refused

pytestmark = pytest.mark.django_db
CALL_SH = Path(__file__).parents[4] / "docs" / "exchange" / "call.sh"
PORTS = {"exchange": 9001, "observatory_api": 9002, "police": 9003, "court": 9004} | {
    "observatory": 9005
}


def test_all_are_registered_and_three_have_what_their_programs_need(
    system_actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agencies, "folder", lambda: tmp_path / "agencies")
    # The evening of the last day of a month, which for UTC is the next month already.
    with clock.at(datetime(2026, 10, 31, 20, tzinfo=ZoneInfo("America/Belize"))):
        made = load_layout(Command(system_actor), layout=read_layout(BUNDLED[0]))
        authority.load_bodies(Command(system_actor))
        make_officers(made.establishment_id)
        assert not agencies.is_anybody_registered()
        agencies.register_agencies(PORTS)
    listed = {one.code: one for one in selectors.agencies(system_actor)}
    assert len(listed) == 12
    assert [one.code for one in listed.values() if one.sandbox] == ["developer"]
    assert {one.agency_code for one in selectors.in_force()} == {
        "police",
        "magistrates",
        "observatory",
        "developer",
    }
    exchange = {"police": 9001, "magistrates": 9001, "developer": 9001}
    for code, port in (exchange | {"observatory": 9002}).items():
        found = Credentials.from_folder(tmp_path / "agencies" / code)
        assert found.address == f"https://localhost:{port}"
        assert found.pims_keys
        found.tls()
        text = (tmp_path / "agencies" / code / "call.env").read_text()
        said = dict(line.removeprefix("export ").split("=", 1) for line in text.splitlines())
        assert said.keys() == set(re.findall(r"\$([A-Z_]+)", CALL_SH.read_text()))
        key = OKPKey.import_key(Path(said["MESSAGE_KEY"]).read_text())
        own = json.loads((tmp_path / "agencies" / code / "message.jwk").read_text())
        assert (key.as_dict()["x"], said["MESSAGE_KID"]) == (own["x"], own["kid"])
    secret = (tmp_path / "agencies" / "police" / "webhook.secret").read_text()
    assert secret.startswith("whsec_")
    private = json.loads((tmp_path / "agencies" / "police" / "message.jwk").read_text())
    assert private["d"] not in str(listed)
    _moved(tmp_path / "agencies", system_actor)


def _moved(place: Path, system_actor: Actor) -> None:
    """Ports were taken at the next start: every agency finds the new ones, and is found there."""
    now = PORTS | {"exchange": 9101, "observatory_api": 9102, "police": 9103}
    keys = {path: path.read_bytes() for path in place.rglob("*") if path.suffix in (".jwk", ".pem")}
    with clock.at(datetime(2026, 10, 31, 21, tzinfo=ZoneInfo("America/Belize"))):
        moved = agencies.move_agencies(now)
        assert agencies.move_agencies(now) == []
    assert len(moved) == 8
    for code, port in {"police": 9101, "developer": 9101, "observatory": 9102}.items():
        found = Credentials.from_folder(place / code)
        assert (found.address, bool(found.pims_keys)) == (f"https://localhost:{port}", True)
        call = (place / code / "call.env").read_text()
        assert f"export HOST=localhost:{port}\n" in call
        assert str(PORTS["exchange"]) not in call
    for path in (place / "police").iterdir():
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".pem", path
    assert keys == {path: path.read_bytes() for path in keys}
    pushed = {one.agency_code: one.url for one in traffic.endpoints(system_actor)}
    assert pushed == {
        "police": "http://127.0.0.1:9103/hooks", "magistrates": "http://127.0.0.1:9004/hooks",
    }  # fmt: skip


def test_a_store_that_has_no_room_is_told_of_and_tried_again() -> None:
    stop, problems = threading.Event(), list[str]()

    class Full:
        def position(self) -> int | None:
            raise sqlite3.OperationalError("database or disk is full")

    def told(problem: PimsError | None) -> None:
        problems.append(str(problem))
        if len(problems) == 2:
            stop.set()

    feed.follow(
        cast(Client, None), cast(feed.Store, Full()), stop=stop, wake=threading.Event(), every=0.0,
        told=told,
    )  # fmt: skip
    assert problems == ["OperationalError: database or disk is full"] * 2


class _Answering:
    """PIMS as the registry sees it: each call raises or gives what comes next."""

    def __init__(self, *answers: dict[str, Any] | PimsError) -> None:
        self.answers = list(answers)

    def send(self, _asked: object) -> dict[str, Any]:
        found = self.answers.pop(0)
        if isinstance(found, PimsError):
            raise found
        return found

    message_status = send


def test_an_order_is_sent_again_until_it_is_here_and_followed_until_the_person_walked(
    tmp_path: Path,
) -> None:
    desk = cast(Desk, SimpleNamespace(store=Store(tmp_path / "s.db"), heard=lambda problem: None))
    message = {"message_id": "m", "content": {}}
    desk.store.keep_sent("m", "release_order", json.dumps(message))

    def now(*answers: dict[str, Any] | PimsError) -> dict[str, Any]:
        desk.client = _Answering(*answers)  # type: ignore[misc,assignment]
        court.ask_once(desk)
        assert desk.client.answers == []  # type: ignore[attr-defined]
        (row,) = desk.store.rows("SELECT status FROM sent")
        return dict(json.loads(row["status"]))

    for status in (500, 403, 401):
        assert now(refused(status, {"code": "x"}))["state"] == "to_send"
    assert now({}, {"state": "waiting"})["state"] == "waiting"
    runs = {"state": "applied", "clock": {"freed_at": None, "stopped_because": ""}}
    assert now(runs) == runs
    walked = {**runs, "clock": {"freed_at": "2026-10-31T20:00:00+00:00"}}
    assert now(walked) == walked
    assert now() == walked
    desk.store.close()
