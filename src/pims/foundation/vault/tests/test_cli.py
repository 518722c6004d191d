"""`pims key`, as the administrator meets it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from typer.testing import CliRunner

from pims.foundation.access.actor import Actor
from pims.foundation.vault import cli, secrets
from pims.foundation.vault.ciphers import fingerprint, master_secret, new_key
from pims.foundation.vault.shares import split_key
from pims.kernel import clock
from pims.kernel.errors import Refused


def _printed(master: bytes) -> list[str]:
    return [cli._sheet(share, 5) for share in split_key(master, version=2, threshold=3, shares=5)]


def test_sheets_as_printed_bring_the_key_back_into_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIMS_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("PIMS_VAR", str(tmp_path / "var"))
    master = new_key()
    sheets = _printed(master)
    paper = tmp_path / "paper.txt"
    paper.write_text("\f".join([sheets[3], sheets[0], sheets[4]]))
    result = CliRunner().invoke(cli.app, ["recover", "--file", str(paper)])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "secrets" / master_secret(2)).read_bytes() == master
    assert fingerprint(master) in result.output
    assert master.hex() not in result.output


def test_shares_are_asked_for_until_there_are_enough_and_a_slip_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIMS_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("PIMS_VAR", str(tmp_path / "var"))
    master = new_key()
    lines = [s.lines() for s in split_key(master, version=1, threshold=2, shares=3)]
    wrong = ["A" if lines[0][0][0] != "A" else "B", *lines[0][0][1:]]
    typed = ["".join(wrong), lines[0][1], lines[0][2], *lines[0], *lines[2]]
    result = CliRunner().invoke(cli.app, ["recover"], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "vault.share_line_wrong" in result.output
    assert (tmp_path / "secrets" / master_secret(1)).read_bytes() == master


def test_recovery_starts_where_no_other_secret_is_left(tmp_path: Path) -> None:
    """In a process of its own: neither framework nor database may be needed."""
    master = new_key()
    paper = tmp_path / "paper.txt"
    paper.write_text("".join(_printed(master)[:3]))
    state = tmp_path / "var"
    state.mkdir()
    (state / "secrets.index").write_text("database-app\ndjango-secret-key\nmaster-2\n")
    environment = {**os.environ, "PIMS_SECRETS": str(tmp_path / "s"), "PIMS_VAR": str(state)}
    done = subprocess.run(
        [sys.executable, "-m", "pims.cli", "key", "recover", "--file", str(paper)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "s" / master_secret(2)).read_bytes() == master
    assert "database-app, django-secret-key" in " ".join(done.stderr.split())
    paper.write_text(paper.read_text().replace("-", "-Z", 1))
    for arguments, told in [
        (["recover", "--file", str(paper)], "Line 1 of the share has a mistake"),
        (["show"], "is missing, but"),
    ]:
        refused = subprocess.run(
            [sys.executable, "-m", "pims.cli", "key", *arguments],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert refused.returncode == 1
        assert told in " ".join(refused.stderr.split())
        assert "Traceback" not in refused.stderr


def test_what_is_printed_about_keys_never_holds_one(
    db: None, monkeypatch: pytest.MonkeyPatch, system_actor: object
) -> None:
    from pims.foundation.vault import masterkeys

    monkeypatch.setattr(cli, "installation", lambda: nullcontext(system_actor))
    master = masterkeys.active()
    for command in (["show"], ["show", "--json"], ["rotate", "--json"], ["rotate"]):
        result = CliRunner().invoke(cli.app, command)
        assert result.exit_code == 0, result.output
        assert master.material.hex() not in result.output
    result = CliRunner().invoke(cli.app, ["show", "--json"])
    shown = json.loads(result.stdout)
    assert [s["state"] for s in shown][-1] == "active"
    assert shown[0]["fingerprint"] == master.fingerprint
    for version in range(2, 9):
        secrets.forget(master_secret(version))


def test_two_officers_with_their_passwords_erase_at_the_desk_and_a_wrong_one_stops_it(
    fresh_database: object,
    make_actor: Callable[..., Actor],
    system_actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
    var: Path,
) -> None:
    from pims.foundation.access.models import Grant, Role, User
    from pims.foundation.vault.tests.people import make_person

    monkeypatch.setattr(cli, "installation", lambda: nullcontext(system_actor))
    role = Role.objects.filter(permissions__permission="people.erase").first()
    assert role is not None
    for badge in ("7001", "7002"):
        user = User(badge=badge, name=badge, created_at=clock.now())
        user.set_password(f"long enough {badge}")
        user.save()
        Grant.objects.create(
            user=user, role=role, labels=["juvenile"], starts_at=clock.now() - timedelta(days=1)
        )
    person = apps.get_model("people", "Person")
    number = person.objects.get(pk=make_person(birth_place="Corozal")).number
    asked = ["erase", number, "--order", "HC 1", "--first", "7001", "--second", "7002",
             "--scrub-later", "--json"]  # fmt: skip
    wrong = CliRunner().invoke(cli.app, asked, input="long enough 7001\nno\ny\n")
    assert isinstance(wrong.exception, Refused)
    twice = CliRunner().invoke(
        cli.app, [*asked[:7], "7001", *asked[8:]], input="long enough 7001\nlong enough 7001\ny\n"
    )
    assert isinstance(twice.exception, Refused)
    assert person.objects.get(number=number).birth_place == "Corozal"
    right = CliRunner().invoke(cli.app, asked, input="long enough 7001\nlong enough 7002\ny\n")
    assert right.exit_code == 0, right.output
    assert person.objects.get(number=number).birth_place == ""
    assert "long enough" not in right.output
