"""The receipt of a disclosure, proven with the ledger's public key and no database."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pims.custody.tests.prison import Prison
from pims.exchange import selectors
from pims.exchange.enforcement import reading
from pims.exchange.shelving import shelve
from pims.exchange.tests.helpers import agency_with, inquire
from pims.foundation.access.selectors import system_actor
from pims.foundation.ledger import keys
from pims.foundation.ledger.notes import Signer
from pims.foundation.ledger.proving import history_between, receipt_of
from pims.foundation.ledger.receipts import (
    NotAReceipt,
    NotProven,
    Receipt,
    prove,
    prove_history,
    read_receipt,
)
from pims.foundation.ledger.tests.conftest import Ledger
from tests.fixtures.database import FreshDatabase


def _sequenced(database: FreshDatabase, folder: Path) -> None:
    """Every entry has its place, and the tree is signed with the key of this run."""
    ledger = Ledger(database, keys.signer(), folder)
    with ledger.sequencing(keys=keys.KeyFiles()):
        ledger.wait_until_ordered()
        leaves = "(SELECT count(*) FROM ledger_leaf)"
        ledger.wait_for(f"(SELECT max(tree_size) FROM ledger_checkpoint) - {leaves}", 0)


@pytest.fixture
def given(fresh_database: FreshDatabase, tmp_path: Path) -> Receipt:
    """The receipt of one answer about one prisoner, signed for."""
    prison = Prison.build(system_actor())
    person_id = prison.one().person_id
    shelve([person_id])
    inquired = inquire(agency_with(), asked={"number": "as asked"})
    with reading(inquired) as reader:
        reader.give("custody", reader.read("custody", person_ids=[person_id]))
    _sequenced(fresh_database, tmp_path)
    return receipt_of(selectors.receipt(system_actor(), inquired.inquiry_id))


@pytest.mark.any_server
def test_a_receipt_is_proven_from_the_file_and_the_key_alone(
    given: Receipt, tmp_path: Path
) -> None:
    from pims.cli.verify import app

    verifier = keys.verifier()
    prove(given, verifier)
    assert read_receipt(given.text()) == given
    assert given.details is not None
    assert given.details["end_user"] == "PC 1234 Choc"
    file = tmp_path / "receipt.json"
    file.write_text(given.text())
    done = CliRunner().invoke(app, ["receipt", str(file), "--key", verifier.line])
    assert (done.exit_code, "Proven: exchange.disclosed" in done.output) == (0, True), done.output
    # As the interface gives it.
    file.write_text(json.dumps({"inquiry": "…", "receipt": json.loads(given.text())}))
    assert CliRunner().invoke(app, ["receipt", str(file), "--key", verifier.line]).exit_code == 0
    other = Signer(Signer.new_private_key()).line
    assert CliRunner().invoke(app, ["receipt", str(file), "--key", other]).exit_code == 1
    file.write_text("{}")
    assert CliRunner().invoke(app, ["receipt", str(file), "--key", verifier.line]).exit_code == 2


@pytest.mark.any_server
def test_a_receipt_that_was_touched_proves_nothing(given: Receipt) -> None:
    verifier = keys.verifier()
    body = json.loads(given.body)
    body["body"]["fields"] = []
    details = {**(given.details or {}), "end_user": "Somebody else"}
    for touched, code in (
        (replace(given, body=json.dumps(body)), "tree"),
        (replace(given, position=given.position - 1), "tree"),
        (replace(given, proof=given.proof[:-1]), "tree"),
        (replace(given, details=details), "details"),
        (replace(given, salt=b"\0" * 16), "details"),
        (replace(given, checkpoint=replace(given.checkpoint, root=b"\1" * 32)), "key"),
    ):
        with pytest.raises(NotProven, match=code):
            prove(touched, verifier)
    prove(replace(given, details=None, salt=None), verifier)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"form": "other"}', '{"form": 1, "body": 2}'])
def test_what_is_no_receipt_is_called_so(text: str) -> None:
    with pytest.raises(NotAReceipt):
        read_receipt(text)


def test_a_tree_that_grew_is_proven_to_have_kept_its_beginning(
    given: Receipt, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    size = given.checkpoint.size
    Prison.build(system_actor()).one("Another Man")
    _sequenced(fresh_database, tmp_path)
    before, after, proof = history_between(size)
    assert after.size > before.size == size
    prove_history(before, after, proof, keys.verifier())
    with pytest.raises(NotProven, match="history"):
        prove_history(before, after, proof[:-1], keys.verifier())
