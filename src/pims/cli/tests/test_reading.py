"""`pims roll` and `pims prisoner`, on a small prison."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from pims.cli.prisoner import app as prisoner
from pims.cli.roll import print_roll
from pims.facilities.models import Establishment
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people.services import create_person
from tests.fixtures.small_prison import PEOPLE

pytestmark = pytest.mark.any_server


def _roll(capsys: pytest.CaptureFixture[str], **asked: str) -> list[dict[str, Any]]:
    wanted = {"establishment": "", "unit": "", "at": "", "known": "", **asked}
    print_roll(**wanted, as_json=True)
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("small_prison")
def test_the_roll_and_each_prisoner_on_it_can_be_read_and_the_ledger_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = LedgerEntry.objects.filter(kind="read").count()

    rows = _roll(capsys)
    assert len(rows) == len(PEOPLE)
    women = [row for row in rows if row["sex"] == "female"]
    unit = women[0]["unit"]
    assert {row["number"] for row in _roll(capsys, unit=unit)} == {
        row["number"] for row in rows if row["unit"] == unit
    }
    with pytest.raises(NotFound):
        print_roll(establishment="", unit="no such unit", at="", known="", as_json=True)

    chosen = next(row for row in rows if row["name"].startswith("CHOC"))
    shown = CliRunner().invoke(prisoner, ["show", chosen["number"], "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert told["person"]["number"] == chosen["number"]
    assert told["legal_status"]["code"] == chosen["legal_status"] == "convicted"
    assert [one["warrant_name_id"] for one in told["warrants"]] == told["legal_status"]["detaining"]
    assert told["on_the_roll"]["place"] == chosen["place"]

    plain = CliRunner().invoke(prisoner, ["show", chosen["number"]])
    assert chosen["name"] in plain.output
    found = CliRunner().invoke(prisoner, ["find", "Domingo Chock", "--json"])
    assert chosen["number"] in {hit["number"] for hit in json.loads(found.output)}

    assert LedgerEntry.objects.filter(kind="read").count() == before + 5

    long_ago = (clock.now() - timedelta(days=3000)).isoformat()
    assert _roll(capsys, at=long_ago) == []
    then = CliRunner().invoke(prisoner, ["show", chosen["number"], "--at", long_ago, "--json"])
    assert then.exit_code == 0, then.output
    assert json.loads(then.output)["on_the_roll"] is None
    for when in ("yesterday", "9999-12-31T23:59"):
        wrong = CliRunner().invoke(prisoner, ["show", chosen["number"], "--at", when])
        assert wrong.exit_code == 2
    unknown = CliRunner().invoke(prisoner, ["show", "0000000-00"])
    assert isinstance(unknown.exception, NotFound)


@pytest.mark.usefixtures("db")
def test_an_hour_asked_for_is_one_of_the_establishment_of_the_prisoner() -> None:
    zone = "Pacific/Kiritimati"  # where it is tomorrow before it is so anywhere else
    there = Establishment.objects.create(code="E", name="East", time_zone=zone)
    made = create_person(Command(system_actor()), names=[], establishment_id=there.pk)
    hour = clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()
    shown = CliRunner().invoke(prisoner, ["show", made.number, "--at", hour, "--json"])
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.output)["person"]["number"] == made.number
