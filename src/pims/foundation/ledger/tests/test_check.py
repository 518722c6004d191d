"""Whoever alters the ledger with superuser rights is found out, and what they altered is named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pims.foundation.ledger.copies import read_copies
from pims.foundation.ledger.entries import canonical
from pims.foundation.ledger.merkle import leaf_hash
from pims.foundation.ledger.notes import Signer, Unreadable, Verifier
from pims.foundation.ledger.report import Problem
from pims.foundation.ledger.tests.conftest import NOON, Ledger, Scratch


@pytest.fixture
def scratch(signed_ledger: Ledger, tmp_path: Path) -> Iterator[Scratch]:
    with signed_ledger.scratch(tmp_path / "checkpoints") as found:
        yield found


def first_problem(ledger: Scratch | Ledger) -> Problem:
    report = ledger.check()
    assert not report.ok
    assert report.first is not None
    return report.first


def altered(body: str) -> str:
    envelope = json.loads(body)
    envelope["body"]["number"] = -1
    return canonical(envelope)


def three_checkpoints(ledger: Ledger) -> None:
    for start in (0, 10, 20):
        ledger.write_many(10, start=start)
        ledger.sequence()


AT = "(SELECT entry_id FROM ledger_leaf WHERE position = %s)"


def test_an_untouched_ledger_verifies(scratch: Scratch) -> None:
    report = scratch.check()
    assert report.ok, report.problems
    assert (report.entries, report.checkpoints, report.copies) == (30, 3, 3)


def test_an_empty_ledger_verifies(ledger: Ledger) -> None:
    assert ledger.check().ok


def test_a_changed_entry_is_named(scratch: Scratch) -> None:
    for position in (14, 17):
        scratch.tamper(
            f"UPDATE ledger_entry SET body = %s WHERE id = {AT}",
            altered(scratch.body_at(position)),
            position,
        )
    first = first_problem(scratch)
    assert (first.code, first.position, first.kind) == ("body_changed", 14, "test.happened")
    assert first.recorded_at == NOON
    assert str(first.entry_id) in first.sentence()
    assert scratch.check().problem_count == 2


def test_a_changed_column_is_named(scratch: Scratch) -> None:
    scratch.tamper(f"UPDATE ledger_entry SET actor_id = 99, kind = 'x' WHERE id = {AT}", 3)
    first = first_problem(scratch)
    assert (first.code, first.position) == ("column_changed", 3)
    assert "kind, actor_id" in first.what


def test_an_entry_changed_with_its_hash_leads_to_the_first_checkpoint_interval(
    scratch: Scratch,
) -> None:
    body = altered(scratch.body_at(14))
    scratch.tamper(f"UPDATE ledger_entry SET body = %s WHERE id = {AT}", body, 14)
    scratch.tamper(
        "UPDATE ledger_leaf SET leaf_hash = %s WHERE position = 14", leaf_hash(body.encode())
    )
    first = first_problem(scratch)
    assert (first.code, first.from_size, first.to_size) == ("tree_changed", 10, 20)
    assert "positions 10 to 19" in first.sentence()
    assert scratch.check().problem_count == 1


def test_a_changed_hash_names_its_entry(scratch: Scratch) -> None:
    scratch.tamper("UPDATE ledger_leaf SET leaf_hash = %s WHERE position = 14", b"\0" * 32)
    first = first_problem(scratch)
    assert (first.code, first.position) == ("body_changed", 14)


def test_a_removed_end_is_found_by_the_copies_off_the_database(scratch: Scratch) -> None:
    scratch.tamper(
        "DELETE FROM ledger_entry e USING ledger_leaf l WHERE l.entry_id = e.id AND position >= 20"
    )
    scratch.tamper("DELETE FROM ledger_leaf WHERE position >= 20")
    scratch.tamper("DELETE FROM ledger_checkpoint WHERE tree_size > 20")
    first = first_problem(scratch)
    assert (first.code, first.from_size, first.to_size) == ("cut_off", 20, 30)
    assert "last 10 were removed" in first.sentence()


def test_an_end_that_was_removed_and_written_anew_is_found(ledger: Ledger) -> None:
    three_checkpoints(ledger)
    ledger.tamper(
        "DELETE FROM ledger_entry e USING ledger_leaf l WHERE l.entry_id = e.id AND position >= 25"
    )
    ledger.tamper("DELETE FROM ledger_leaf WHERE position >= 25")
    ledger.tamper("DELETE FROM ledger_checkpoint WHERE tree_size > 20")
    ledger.write_many(15, start=100)
    ledger.sequence()
    first = first_problem(ledger)
    assert (first.code, first.from_size, first.to_size) == ("tree_changed", 20, 30)


def test_leaves_removed_without_their_entries_are_found(scratch: Scratch) -> None:
    scratch.tamper("DELETE FROM ledger_leaf WHERE position >= 28")
    codes = {problem.code for problem in scratch.check().problems}
    assert codes == {"cut_off", "entry_unordered"}


def test_an_entry_removed_from_the_middle_is_named(scratch: Scratch) -> None:
    scratch.tamper(f"DELETE FROM ledger_entry WHERE id = {AT}", 12)
    first = first_problem(scratch)
    assert (first.code, first.position) == ("entry_missing", 12)
    scratch.tamper("DELETE FROM ledger_leaf WHERE position = 12")
    first = first_problem(scratch)
    assert (first.code, first.position) == ("position_missing", 12)


def test_two_swapped_entries_lead_to_the_first_checkpoint_interval(
    scratch: Scratch,
) -> None:
    for here, there in ((5, 99), (25, 5), (99, 25)):
        scratch.tamper("UPDATE ledger_leaf SET position = %s WHERE position = %s", there, here)
    first = first_problem(scratch)
    assert (first.code, first.from_size, first.to_size) == ("tree_changed", 0, 10)


@pytest.mark.parametrize(
    ("change", "value"),
    [("root", b"\1" * 32), ("signature", b"\1" * 64), ("signed_at", NOON + timedelta(days=9))],
)
def test_a_changed_checkpoint_is_named(scratch: Scratch, change: str, value: object) -> None:
    scratch.tamper(f"UPDATE ledger_checkpoint SET {change} = %s WHERE tree_size = 20", value)
    first = first_problem(scratch)
    assert first.code == "checkpoint_changed"
    assert "of 20 entries (row in the database)" in first.sentence()


def test_a_changed_frontier_is_named(scratch: Scratch) -> None:
    scratch.tamper("UPDATE ledger_checkpoint SET frontier = %s WHERE tree_size = 20", b"\1" * 64)
    assert first_problem(scratch).code == "frontier_changed"


def test_a_changed_copy_is_found(scratch: Scratch) -> None:
    (path,) = scratch.folder.iterdir()
    text = path.read_text()
    path.write_text(text.replace("\n20\n", "\n21\n"))
    codes = [problem.code for problem in scratch.check().problems]
    assert codes == ["checkpoint_without_copy", "checkpoint_changed"]
    path.write_text(text.replace("\n20\n", "\ntwenty\n"))
    codes = [problem.code for problem in scratch.check().problems]
    assert "copy_unreadable" in codes


def test_copies_that_were_removed_are_missed(scratch: Scratch) -> None:
    for path in scratch.folder.iterdir():
        path.unlink()
    report = scratch.check()
    assert {problem.code for problem in report.problems} == {"checkpoint_without_copy"}


def test_a_checkpoint_by_another_key_is_not_believed(scratch: Scratch) -> None:
    other = Verifier(Signer(Signer.new_private_key()).public)
    report = scratch.check(verifier=other)
    assert {problem.code for problem in report.problems} == {"checkpoint_changed"}


def test_details_are_held_to_their_commitment(scratch: Scratch) -> None:
    scratch.tamper("UPDATE ledger_detail SET details = '{}' WHERE person_id = 41")
    first = first_problem(scratch)
    assert (first.code, first.position) == ("detail_changed", 1)
    scratch.tamper("UPDATE ledger_detail SET person_id = 41 WHERE person_id = 40")
    first = first_problem(scratch)
    assert (first.code, first.position) == ("detail_changed", 0)
    assert "another person" in first.what


def test_details_may_be_gone_only_by_an_order_of_erasure(scratch: Scratch) -> None:
    scratch.tamper("DELETE FROM ledger_detail WHERE person_id = 41")
    assert first_problem(scratch).code == "detail_missing"
    scratch.tamper(
        "INSERT INTO vault_erasure (person_id, person_ids, order_body, order_reference, state,"
        " ordered_at, ordered_by_id, confirmed_by_id, erased_at, counts, by_hand, files_left,"
        " problem) VALUES (40, '{40,41}', 'High Court', 'HC 1/2026', 'erased', now(), 1, 2, now(),"
        " '{}', '{}', '{}', '')"
    )
    report = scratch.check()
    assert report.ok, report.problems
    assert report.erased_details == 1


def test_details_about_nobody_may_be_gone_where_an_entry_says_that_their_time_was_over(
    ledger: Ledger,
) -> None:
    day = timedelta(days=1)
    with ledger.connect() as connection:
        written = {
            name: ledger.write_asked(connection, kind=kind, persons=persons, at=at)
            for name, kind, persons, at in (
                ("old", "exchange.inquired", (), NOON - day),
                ("young", "exchange.inquired", (), NOON + day),
                ("somebody's", "exchange.inquired", (7,), NOON - day),
                ("other kind", "exchange.refused", (), NOON - day),
            )
        }
    ledger.sequence()

    def gone(name: str) -> list[str]:
        ledger.tamper("DELETE FROM ledger_detail WHERE entry_id = %s", written[name])
        return [problem.code for problem in ledger.check().problems]

    # No entry says why.
    assert gone("old") == ["detail_missing"]
    with ledger.connect() as connection:
        for kind in ("exchange.inquired", "exchange.refused"):
            ledger.write_forgotten(connection, kind=kind, before=NOON)
    ledger.sequence()
    report = ledger.check()
    assert report.ok, report.problems
    assert (report.forgotten_details, report.erased_details) == (1, 0)
    # Nothing else went with it: not what is younger, not a person's, not another kind's.
    assert gone("young") == ["detail_missing"]
    assert gone("somebody's") == ["detail_missing"] * 2
    assert gone("other kind") == ["detail_missing"] * 3
    # Whoever writes the reason past the sequencer is found by it.
    ledger.tamper(
        "UPDATE ledger_entry SET body = replace(body, %s, %s) WHERE kind = %s",
        f"{NOON:%Y}", f"{NOON.year + 1}", "ledger.details_forgotten",
    )  # fmt: skip
    assert "body_changed" in {problem.code for problem in ledger.check().problems}


def test_details_that_no_entry_committed_to_are_found(scratch: Scratch) -> None:
    scratch.tamper(
        f"INSERT INTO ledger_detail SELECT {AT}, 3, salt, details FROM ledger_detail LIMIT 1", 5
    )
    first = first_problem(scratch)
    assert (first.code, first.position) == ("detail_added", 5)


def test_an_entry_hidden_from_the_sequencer_is_found(ledger: Ledger) -> None:
    (hidden,) = ledger.write_many(1)
    ledger.tamper("DELETE FROM ledger_pending")
    first = first_problem(ledger)
    assert (first.code, first.entry_id) == ("entry_unordered", hidden)


def test_what_a_crash_leaves_is_not_taken_for_tampering(ledger: Ledger) -> None:
    """A note without its row, and a note cut short."""
    three_checkpoints(ledger)
    ledger.tamper("DELETE FROM ledger_checkpoint WHERE tree_size = 30")
    (path,) = ledger.folder.iterdir()
    whole = path.read_bytes()
    note = whole[whole.rindex(b"pims-ledger\n30") :]
    for cut in range(1, len(note)):
        path.write_bytes(whole + note[:cut])
        (found,) = list(read_copies([ledger.folder]))[3:]
        assert isinstance(found.found, Unreadable), cut
        assert found.found.torn, cut
    path.write_bytes(whole + note[:60])
    report = ledger.check()
    assert report.ok, report.problems
    assert (report.unrecorded, report.torn, report.checkpoints) == (1, 1, 2)
    with ledger.sequencing():
        ledger.wait_for("(SELECT count(*) FROM ledger_checkpoint)", 3)
    report = ledger.check()
    assert report.ok, report.problems
    assert (report.unrecorded, report.torn, report.checkpoints) == (0, 1, 3)


def test_a_check_beside_a_working_sequencer_finds_nothing(ledger: Ledger) -> None:
    with ledger.sequencing(batch=20), ledger.connect() as connection:
        for number in range(300):
            ledger.write(connection, number)
            if number % 50 == 0:
                report = ledger.check()
                assert report.ok, report.problems
