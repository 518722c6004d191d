"""Checkpoints are written so that anyone with the public key can verify them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.foundation.ledger.notes import (
    Checkpoint,
    Signer,
    Unreadable,
    Verifier,
    parse_notes,
)

SIGNER = Signer(bytes(range(32)))
OTHER = Signer(bytes(32))
VERIFIER = Verifier(SIGNER.public)

instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
checkpoints = st.builds(
    lambda size, root, at: SIGNER.sign(size=size, root=root, at=at),
    st.integers(0, 2**62),
    st.binary(min_size=32, max_size=32),
    instants,
)


@given(st.lists(checkpoints, max_size=5))
def test_what_was_written_is_read_again_and_believed(written: list[Checkpoint]) -> None:
    found = list(parse_notes("".join(checkpoint.note() for checkpoint in written)))
    assert found == written
    assert all(VERIFIER.accepts(one) for one in found if isinstance(one, Checkpoint))


@given(checkpoints, st.data())
def test_no_changed_note_is_believed(written: Checkpoint, data: st.DataObject) -> None:
    note = written.note()
    where = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != note[where]))
    found = list(parse_notes(note[:where] + other + note[where + 1 :]))
    for one in found:
        if isinstance(one, Checkpoint):
            assert one == written or not VERIFIER.accepts(one)


@given(checkpoints, checkpoints, st.data())
def test_a_note_that_was_cut_short_is_told_from_a_changed_one(
    first: Checkpoint, second: Checkpoint, data: st.DataObject
) -> None:
    note = second.note()
    cut = note[: data.draw(st.integers(1, len(note) - 2))]
    gone_on = data.draw(st.sampled_from(["", f"\n{first.note()}"]))
    found = list(parse_notes(first.note() + cut + gone_on))
    torn = [one for one in found if isinstance(one, Unreadable)]
    assert [one.torn for one in torn] == [True]
    assert all(one == first for one in found if one not in torn)


def test_the_text_names_size_root_and_time() -> None:
    at = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    checkpoint = SIGNER.sign(size=1042, root=bytes(32), at=at + timedelta(microseconds=5))
    origin, size, root, time, empty, signature, _ = checkpoint.note().split("\n")
    assert (origin, size, root, empty) == ("pims-ledger", "1042", "A" * 43 + "=", "")
    assert time == "time 2026-03-01T18:30:00.000005+00:00"
    assert signature.startswith("— pims-ledger ")


def test_another_key_signs_nothing_for_us() -> None:
    checkpoint = OTHER.sign(size=1, root=bytes(32), at=datetime(2026, 1, 1, tzinfo=UTC))
    assert not VERIFIER.accepts(checkpoint)
    claimed = Checkpoint(
        checkpoint.size, checkpoint.root, checkpoint.signed_at, SIGNER.key_id, checkpoint.signature
    )
    assert not VERIFIER.accepts(claimed)


def test_the_public_key_is_one_line_for_others() -> None:
    assert VERIFIER.line.startswith(f"{SIGNER.key_id}+")
    assert VERIFIER.line.count("+") >= 2
