"""`pims user`, as whoever runs the server uses it."""

import json

import pytest
from typer.testing import CliRunner

from pims.foundation.access.cli import app
from pims.foundation.access.models import Grant, User
from pims.foundation.access.secrets import pin_matches
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db


def run(*arguments: str, typed: str = "") -> str:
    result = CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_first_administrator_is_made_from_the_command_line() -> None:
    made = json.loads(run("add", "A1", "Ana Coc", "--role", "administrator", "--json"))
    assert made["roles"] == ["administrator"]
    run("password", "A1", "--stdin", typed="grey heron over the creek\n")
    user = User.objects.get(badge="A1")
    assert user.check_password("grey heron over the creek")


def test_a_pin_is_read_without_being_shown_or_stored_plainly() -> None:
    run("add", "A1", "Ana Coc")
    shown = run("pin", "A1", "--stdin", typed="480275\n")
    assert "480275" not in shown
    assert pin_matches("480275", User.objects.get(badge="A1").pin)
    with pytest.raises(InvalidInput):
        run("pin", "A1", "--stdin", typed="111111\n")


def test_a_grant_ends_with_its_last_day_where_the_service_is() -> None:
    run("add", "A1", "Ana Coc")
    run("grant", "A1", "auditor", "--until", "2099-03-07")
    ends = Grant.objects.get(user__badge="A1").ends_at
    assert ends is not None
    assert ends.isoformat() == "2099-03-08T06:00:00+00:00"


def test_users_are_listed_as_data() -> None:
    run("add", "A1", "Ana Coc")
    run("add", "A2", "Ben Tun")
    run("deactivate", "A2")
    assert [u["badge"] for u in json.loads(run("list", "--json"))] == ["A1"]
    assert [u["badge"] for u in json.loads(run("list", "--all", "--json"))] == ["A1", "A2"]


def test_what_is_done_from_the_command_line_is_in_the_ledger() -> None:
    run("add", "A1", "Ana Coc")
    run("grant", "A1", "gate_officer")
    run("end", str(Grant.objects.get(user__badge="A1").pk))
    kinds = list(LedgerEntry.objects.order_by("serial").values_list("kind", flat=True))
    assert kinds == ["access.user_added", "access.role_granted", "access.grant_ended"]


def test_an_unknown_badge_place_or_unit_is_said_so() -> None:
    run("add", "A1", "Ana Coc")
    for arguments in (
        ("pin", "NOBODY", "--stdin"),
        ("grant", "A1", "auditor", "--establishment", "NOWHERE"),
        ("grant", "A1", "auditor", "--unit", "NOWHERE"),
    ):
        with pytest.raises(NotFound):
            run(*arguments, typed="480275\n")


def test_roles_are_listed_with_what_they_may_do() -> None:
    found = {r["role"]: r["permissions"] for r in json.loads(run("roles", "--json"))}
    assert found["administrator"] == ["access.manage", "access.view", "vault.manage"]
