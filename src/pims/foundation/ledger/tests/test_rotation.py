"""The key that signs the ledger is changed: checkpoints verify across it, by public keys alone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database.ephemeral import database_from_template
from pims.foundation.ledger import copies, entries, keys
from pims.foundation.ledger.check import check_ledger
from pims.foundation.ledger.cli import app
from pims.foundation.ledger.copies import read_copies
from pims.foundation.ledger.events import SigningKeyHandedOver
from pims.foundation.ledger.merkle import Frontier, leaf_hash
from pims.foundation.ledger.notes import (
    Checkpoint,
    HandOver,
    Signer,
    Unreadable,
    Verifier,
    parse_notes,
)
from pims.foundation.ledger.rotation import SigningKeyRotated, rotate_signing_key
from pims.foundation.ledger.sequence import load_state, save_checkpoint, step
from pims.foundation.ledger.sequencer import _finish_handover, _sign
from pims.foundation.ledger.tests.conftest import NOON, Ledger, Scratch, migrated
from pims.foundation.vault import secrets
from pims.kernel.errors import NotPermitted
from tests.fixtures.database import FreshDatabase


def new_signer() -> Signer:
    return Signer(Signer.new_private_key())


def verifier_of(signer: Signer) -> Verifier:
    return Verifier(signer.public)


@dataclass
class KeysInHand:
    """The keys of an installation, kept in memory; `cut_off` is the power going at that moment."""

    key: Signer
    next: Signer | None = None
    cut_off: Callable[[], None] | None = None

    def current(self) -> Signer:
        return self.key

    def successor(self) -> Signer | None:
        return self.next

    def take_over(self) -> None:
        if self.cut_off is not None:
            self.cut_off()
        assert self.next is not None
        self.key, self.next = self.next, None


def enter_handover(ledger: Ledger, old: Signer, new: Signer) -> None:
    event = SigningKeyHandedOver(old=old.line, new=new.line)
    entry = entries.new_entry(
        kind=event.kind, actor_id=1, command_id=None, person_ids=[], establishment_id=None,
        body=event.payload(), details=None, at=NOON,
    )  # fmt: skip
    with ledger.connect() as connection:
        for statement, values in entry.statements:
            connection.execute(statement.encode(), values)


def hand_over(ledger: Ledger, ring: KeysInHand, to: Signer) -> None:
    ring.next = to
    enter_handover(ledger, ring.key, to)
    ledger.sequence(keys=ring)


@dataclass
class Rotated:
    """Ten entries under each of three keys, and one entry for each hand-over."""

    ledger: Ledger
    signers: list[Signer]

    @property
    def oldest(self) -> Verifier:
        return verifier_of(self.signers[0])

    @property
    def newest(self) -> Verifier:
        return verifier_of(self.signers[2])


@pytest.fixture(scope="module")
def rotated(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotated]:
    with database_from_template() as name:
        signers = [new_signer() for _ in range(3)]
        folder = tmp_path_factory.mktemp("rotated") / "checkpoints"
        ledger = Ledger(migrated(name), signers[2], folder)
        ring = KeysInHand(signers[0])
        for number in range(3):
            ledger.write_many(10, start=10 * number)
            ledger.sequence(keys=ring)
            if number < 2:
                hand_over(ledger, ring, signers[number + 1])
        assert ring.key is signers[2]
        yield Rotated(ledger, signers)


@pytest.fixture
def scratch(rotated: Rotated, tmp_path: Path) -> Iterator[Scratch]:
    with rotated.ledger.scratch(tmp_path / "checkpoints") as found:
        yield found


def codes(scratch: Scratch, **options: Verifier) -> set[str]:
    return {problem.code for problem in scratch.check(**options).problems}


# Trees of 10, 11 (hand-over), 21, 22 (hand-over) and 32 entries were signed.
def test_every_checkpoint_verifies_and_the_report_says_which_key_signed_it(
    rotated: Rotated, scratch: Scratch
) -> None:
    report = scratch.check()
    assert report.ok, report.problems
    assert (report.entries, report.checkpoints) == (32, 5)
    spans = [(k.line, k.until_size, k.signed, k.first_size, k.last_size) for k in report.keys]
    first, second, third = (signer.line for signer in rotated.signers)
    assert spans == [(first, 11, 2, 10, 11), (second, 22, 2, 21, 22), (third, None, 1, 32, 32)]


@pytest.mark.parametrize("known", [0, 1, 2])
def test_any_one_public_key_verifies_all_of_it(rotated: Rotated, known: int) -> None:
    report = rotated.ledger.check(verifier=verifier_of(rotated.signers[known]))
    assert report.ok, report.problems
    assert len(report.keys) == 3


def test_copies_off_the_database_carry_the_whole_chain(rotated: Rotated, scratch: Scratch) -> None:
    """Somebody took the rows away; the copies still say who followed whom."""
    scratch.tamper("DELETE FROM ledger_checkpoint")
    report = scratch.check(verifier=rotated.oldest)
    assert report.ok, report.problems
    assert [key.until_size for key in report.keys] == [11, 22, None]


def test_an_unknown_key_verifies_nothing(scratch: Scratch) -> None:
    assert codes(scratch, verifier=verifier_of(new_signer())) >= {"checkpoint_changed"}


# -- who has an old private key ----------------------------------------------------------------
def forged(scratch: Scratch, checkpoint: Checkpoint, frontier: Frontier | None = None) -> None:
    """Kept as the sequencer would keep it: a copy and a row."""
    copies.write_copy(scratch.folder, checkpoint)
    save_checkpoint(scratch.connection, checkpoint, frontier or Frontier())


def leaves(scratch: Scratch) -> Frontier:
    rows = scratch.connection.execute("SELECT leaf_hash FROM ledger_leaf ORDER BY position")
    return Frontier().extend(bytes(row[0]) for row in rows)


def test_an_old_key_signs_nothing_after_its_hand_over(rotated: Rotated, scratch: Scratch) -> None:
    tree = leaves(scratch)
    scratch.tamper("DELETE FROM ledger_checkpoint WHERE tree_size = 32")
    forged(scratch, rotated.signers[0].sign(size=32, root=tree.root(), at=NOON), tree)
    for verifier in (rotated.oldest, rotated.newest):
        report = scratch.check(verifier=verifier)
        assert report.problem_count == 2
        assert all("had handed over at 11 entries" in p.sentence() for p in report.problems)


def test_history_rewritten_with_the_old_key_is_found_by_the_hand_over(
    rotated: Rotated, scratch: Scratch
) -> None:
    """Every checkpoint of the old key is made anew over altered entries; the co-signed one is
    beyond reach."""
    body = scratch.body_at(4).replace('"number":4', '"number":5')
    scratch.tamper(
        "UPDATE ledger_entry SET body = %s WHERE id ="
        " (SELECT entry_id FROM ledger_leaf WHERE position = 4)", body
    )  # fmt: skip
    scratch.tamper(
        "UPDATE ledger_leaf SET leaf_hash = %s WHERE position = 4", leaf_hash(body.encode())
    )
    rows = scratch.connection.execute("SELECT leaf_hash FROM ledger_leaf ORDER BY position")
    tree = Frontier().extend([bytes(row[0]) for row in rows][:10])
    scratch.tamper("DELETE FROM ledger_checkpoint WHERE tree_size = 10")
    (path,) = scratch.folder.iterdir()
    notes = [n for n in parse_notes(path.read_text()) if isinstance(n, Checkpoint)]
    path.write_text("".join(n.note() for n in notes if n.size != 10))
    forged(scratch, rotated.signers[0].sign(size=10, root=tree.root(), at=notes[0].signed_at), tree)
    first = scratch.check().first
    assert first is not None
    assert (first.code, first.from_size, first.to_size) == ("tree_changed", 10, 11)


def test_an_old_key_names_no_other_successor(rotated: Rotated, scratch: Scratch) -> None:
    thief, tree = new_signer(), leaves(scratch)
    named = rotated.signers[0].hand_over(thief, size=11, root=b"\1" * 32, at=NOON)
    forged(scratch, named)
    forged(scratch, thief.sign(size=40, root=tree.root(), at=NOON + timedelta(days=9)))
    report = scratch.check()
    assert {p.code for p in report.problems} == {"handover_forged", "checkpoint_changed"}
    assert thief.key_id not in {key.key_id for key in report.keys}
    report = scratch.check(verifier=rotated.oldest)
    assert "handover_forked" in {p.code for p in report.problems}
    assert [key.key_id for key in report.keys] == [rotated.signers[0].key_id]


def test_a_hand_over_that_the_new_key_did_not_sign_is_none(
    rotated: Rotated, scratch: Scratch
) -> None:
    """The old key is in the wrong hands before the hand-over, the new one never was."""
    size, forger = 40, new_signer()
    real = rotated.signers[0].hand_over(rotated.signers[1], size=size, root=b"\1" * 32, at=NOON)
    assert real.handover is not None
    pretended = rotated.signers[0].hand_over(forger, size=size, root=b"\1" * 32, at=NOON)
    assert pretended.handover is not None
    stolen = HandOver(real.handover.old, real.handover.new, pretended.handover.cosignature)
    copies.write_copy(scratch.folder, replace(real, handover=stolen))
    report = scratch.check()
    assert [key.until_size for key in report.keys] == [11, 22, None]
    (problem,) = report.problems
    assert "had handed over at 11 entries" in problem.sentence()


# -- tampering around the hand-over ------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "value"),
    [("cosignature", b"\1" * 64), ("signature", b"\1" * 64), ("root", b"\1" * 32)],
    ids=["cosignature", "signature", "root"],
)
def test_a_changed_hand_over_is_named(scratch: Scratch, column: str, value: bytes) -> None:
    scratch.tamper(f"UPDATE ledger_checkpoint SET {column} = %s WHERE tree_size = 11", value)
    report = scratch.check()
    assert report.first is not None
    assert report.first.code == "checkpoint_changed"
    assert "of 11 entries (row in the database)" in report.first.sentence()


def test_a_hand_over_stripped_of_its_names_is_named(scratch: Scratch) -> None:
    scratch.tamper(
        "UPDATE ledger_checkpoint SET handover = '', cosignature = '' WHERE tree_size = 11"
    )
    assert codes(scratch) == {"checkpoint_changed"}


def test_a_hand_over_removed_everywhere_leaves_the_old_key_unbelieved(
    rotated: Rotated, scratch: Scratch
) -> None:
    scratch.tamper("DELETE FROM ledger_checkpoint WHERE tree_size = 11")
    (path,) = scratch.folder.iterdir()
    notes = [n for n in parse_notes(path.read_text()) if isinstance(n, Checkpoint)]
    path.write_text("".join(n.note() for n in notes if n.size != 11))
    report = scratch.check()
    assert {p.code for p in report.problems} == {"checkpoint_changed"}
    assert all("of 10 entries" in p.sentence() for p in report.problems)
    given = scratch.check(earlier=[rotated.oldest])
    assert given.ok, given.problems


def test_a_removed_entry_of_the_hand_over_is_missed(scratch: Scratch) -> None:
    scratch.tamper("UPDATE ledger_entry SET kind = 'other' WHERE kind LIKE '%%handed_over'")
    found = scratch.check().problems
    assert [p.code for p in found if p.position is None] == ["handover_unrecorded"] * 2
    assert {p.code for p in found if p.position is not None} == {"column_changed"}


def test_a_hand_over_cut_off_anywhere_is_torn_and_not_changed(scratch: Scratch) -> None:
    (path,) = scratch.folder.iterdir()
    (note,) = [
        n.note()
        for n in parse_notes(path.read_text())
        if isinstance(n, Checkpoint) and n.size == 11
    ]
    for cut in range(1, len(note)):
        found = list(parse_notes(note[:cut]))
        (text,) = found
        assert isinstance(text, Unreadable), cut
        assert text.torn, cut
    (whole,) = list(parse_notes(note))
    assert isinstance(whole, Checkpoint)
    assert whole.note() == note


# -- power cuts --------------------------------------------------------------------------------
def test_a_hand_over_cut_off_before_the_key_is_taken_over_is_finished(ledger: Ledger) -> None:
    cut: list[int] = []

    def cut_off() -> None:
        cut.append(1)
        ring.cut_off = None
        raise ConnectionAbortedError

    ring = KeysInHand(ledger.signer)
    ledger.write_many(5)
    ledger.sequence(keys=ring)
    old, new = ring.key, new_signer()
    ring.cut_off = cut_off
    ring.next = new
    enter_handover(ledger, old, new)
    with psycopg.connect(ledger.database.dsn("sequencer"), autocommit=True) as connection:
        state, _ = step(connection, load_state(connection, verifier_of(old)), limit=100)
        with pytest.raises(ConnectionAbortedError):
            _sign(connection, state, ring, [ledger.folder])
        assert (ring.key, cut) == (old, [1])
        half_way = ledger.check(verifier=verifier_of(old))
        assert half_way.ok, half_way.problems
        _finish_handover(connection, ring)
    assert ring.key is new
    ledger.write_many(5, start=10)
    ledger.sequence(keys=ring)
    for signer in (old, new):
        report = ledger.check(verifier=verifier_of(signer))
        assert report.ok, report.problems
        assert [key.until_size for key in report.keys] == [6, None]


def test_a_note_of_the_hand_over_without_its_row_is_made_good(ledger: Ledger) -> None:
    ring = KeysInHand(ledger.signer)
    old, new = ring.key, new_signer()
    ledger.write_many(5)
    hand_over(ledger, ring, new)
    ledger.tamper("DELETE FROM ledger_checkpoint")
    ring.key, ring.next = old, new
    ledger.write_many(2, start=20)
    ledger.sequence(keys=ring)
    assert ring.key is new
    report = ledger.check(verifier=verifier_of(new))
    assert report.ok, report.problems
    assert [key.until_size for key in report.keys] == [8, None]
    assert len(list(read_copies([ledger.folder]))) == 2


def test_a_key_that_waits_without_its_entry_is_not_handed_over_to(ledger: Ledger) -> None:
    ring = KeysInHand(ledger.signer, next=new_signer())
    ledger.write_many(3)
    ledger.sequence(keys=ring)
    assert ring.key is ledger.signer
    report = check_ledger(
        conninfo=ledger.database.dsn("app"),
        verifier=verifier_of(ledger.signer),
        folders=[ledger.folder],
    )
    assert report.ok
    assert len(report.keys) == 1


# -- the command -------------------------------------------------------------------------------
def test_the_command_changes_the_key_of_an_installation_beside_its_sequencer(
    fresh_database: FreshDatabase, system_actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[SigningKeyRotated] = []
    monkeypatch.setattr(keys, "NAME", "signing-key-tried")
    monkeypatch.setattr(keys, "NEXT", "signing-key-tried-next")
    ledger = Ledger(fresh_database, keys.signer(), copies.folders()[0])
    try:
        before = keys.verifier()
        with ledger.sequencing(keys=keys.KeyFiles()):
            ledger.write_many(4)
            ledger.wait_until_ordered()
            made.append(rotate_signing_key(Command(system_actor)))
        made.append(rotate_signing_key(Command(system_actor)))  # and with none at work
        assert made[0].old == before.line
        assert made[0].new == made[1].old
        assert keys.verifier().line == made[1].new
        assert not secrets.exists(keys.NEXT)
        told = CliRunner().invoke(app, ["check", "--json", "--key", before.line])
        assert told.exit_code == 0, told.output
        found = json.loads(told.stdout)["keys"]
        assert [key["line"] for key in found] == [made[0].old, made[0].new, made[1].new]
        assert [key["until_size"] for key in found] == [made[0].size, made[1].size, None]
        wrong = CliRunner().invoke(app, ["check", "--key", "pims-ledger+00000000+AAAA"])
        assert wrong.exit_code == 2
        assert "no public key" in wrong.stderr
    finally:
        for name in (keys.NAME, keys.NEXT):
            secrets.forget(name)


@pytest.mark.django_db
def test_only_who_manages_keys_changes_it() -> None:
    user = Actor(user_id=9, name="Nobody", badge="X9")
    with pytest.raises(NotPermitted):
        rotate_signing_key(Command(user))
    assert not secrets.exists(keys.NEXT)
