"""`pims check ledger` says in words, or in JSON, whether the ledger is as it was written."""

import json

import pytest
from typer.testing import CliRunner

from pims.foundation.ledger import copies, keys
from pims.foundation.ledger.cli import app
from pims.foundation.ledger.tests.conftest import Ledger
from tests.fixtures.database import FreshDatabase


@pytest.fixture
def installed(fresh_database: FreshDatabase) -> Ledger:
    """A ledger with the key and the folder of the installation."""
    ledger = Ledger(fresh_database, keys.signer(), copies.folders()[0])
    ledger.write_many(12)
    ledger.sequence()
    return ledger


def test_a_sound_ledger_ends_with_code_0_and_an_altered_one_with_1(installed: Ledger) -> None:
    sound = CliRunner().invoke(app, ["check"])
    assert sound.exit_code == 0, sound.output
    assert "Every entry, checkpoint and copy is as it was written" in sound.stderr

    installed.tamper("UPDATE ledger_entry SET kind = 'other' WHERE serial = 5")
    altered = CliRunner().invoke(app, ["check"])
    assert altered.exit_code == 1
    told = " ".join(altered.stderr.split())
    assert "First: Entry at position 4, other, id" in told
    assert "columns differ from the text: kind" in told

    as_json = CliRunner().invoke(app, ["check", "--json"])
    assert as_json.exit_code == 1
    report = json.loads(as_json.stdout)
    assert report["problems"][0]["code"] == "column_changed"
    assert report["problems"][0]["position"] == 4


def test_the_public_key_is_printed_for_whoever_verifies_elsewhere() -> None:
    told = CliRunner().invoke(app, ["key"])
    assert told.stdout.strip() == keys.verifier().line
