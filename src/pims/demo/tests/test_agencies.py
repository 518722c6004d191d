"""The agencies of the demonstration, as its programs find them."""

import json
from pathlib import Path

import pytest

from pims.authority import services as authority
from pims.demo import agencies
from pims.demo.officers import make_officers
from pims.exchange import selectors
from pims.facilities.layout import BUNDLED, read_layout
from pims.facilities.services import load_layout
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims_client import Credentials

pytestmark = pytest.mark.django_db
PORTS = {"exchange": 9001, "observatory_api": 9002, "police": 9003, "court": 9004} | {
    "observatory": 9005
}


def test_all_are_registered_and_three_have_what_their_programs_need(
    system_actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = load_layout(Command(system_actor), layout=read_layout(BUNDLED[0]))
    authority.load_bodies(Command(system_actor))
    make_officers(made.establishment_id)
    assert not agencies.is_anybody_registered()
    monkeypatch.setattr(agencies, "folder", lambda: tmp_path / "agencies")
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
    secret = (tmp_path / "agencies" / "police" / "webhook.secret").read_text()
    assert secret.startswith("whsec_")
    private = json.loads((tmp_path / "agencies" / "police" / "message.jwk").read_text())
    assert private["d"] not in str(listed)
