"""What sealed bytes promise: they open where they were sealed, and nowhere else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.foundation.vault import ciphers
from pims.foundation.vault.errors import Tampered, WrongKey

KEYS = ciphers.WorkingKeys.of(bytes(range(32)))
PLACE = {"person_id": 7, "table": "health_note", "row": 12, "column": "text"}


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_in_its_place(text: bytes) -> None:
    sealed = ciphers.seal(KEYS, text, **PLACE)
    assert ciphers.unseal(KEYS, sealed, **PLACE) == text
    assert sealed != ciphers.seal(KEYS, text, **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [{"person_id": 8}, {"table": "health_notes"}, {"row": 13}, {"column": "title"},
     {"table": "health", "column": "_notetext"}],
)  # fmt: skip
def test_sealed_bytes_moved_elsewhere_do_not_open(elsewhere: dict[str, object]) -> None:
    sealed = ciphers.seal(KEYS, b"private", **PLACE)
    with pytest.raises(Tampered):
        ciphers.unseal(KEYS, sealed, **{**PLACE, **elsewhere})


@given(st.integers(0, 35), st.integers(1, 255))
def test_no_single_byte_can_be_changed(place: int, change: int) -> None:
    sealed = bytearray(ciphers.seal(KEYS, b"private", **PLACE))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Tampered):
        ciphers.unseal(KEYS, bytes(sealed), **PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 28, b"\x02" * 60])
def test_bytes_that_were_never_sealed_are_refused(sealed: bytes) -> None:
    with pytest.raises(Tampered):
        ciphers.unseal(KEYS, sealed, **PLACE)


def test_a_wrapped_key_opens_with_its_master_for_its_person_and_version_alone() -> None:
    master, key = ciphers.new_key(), ciphers.new_key()
    wrapped = ciphers.wrap(master, key, person_id=7, version=1)
    assert ciphers.unwrap(master, wrapped, person_id=7, version=1) == key
    for other_master, person_id, version in [
        (ciphers.new_key(), 7, 1), (master, 8, 1), (master, 7, 2),
    ]:  # fmt: skip
        with pytest.raises(WrongKey):
            ciphers.unwrap(other_master, wrapped, person_id=person_id, version=version)


def _sealed_file(text: bytes, piece: int = 1000, person_id: int = 7, file_id: str = "a") -> bytes:
    pieces = (text[at : at + piece] for at in range(0, len(text), piece))
    return b"".join(ciphers.seal_file(KEYS, pieces, person_id=person_id, file_id=file_id))


def _opened_file(sealed: bytes, person_id: int = 7, file_id: str = "a") -> bytes:
    return b"".join(
        ciphers.open_file(KEYS, io.BytesIO(sealed), person_id=person_id, file_id=file_id)
    )


@pytest.mark.parametrize(
    "size",
    [0, 1, ciphers.CHUNK - 1, ciphers.CHUNK, ciphers.CHUNK + 1, 2 * ciphers.CHUNK, 200_000],
)
def test_a_file_of_any_length_opens(size: int) -> None:
    text = bytes(i * 7 % 251 for i in range(size))
    assert _opened_file(_sealed_file(text)) == text
    assert _opened_file(_sealed_file(text, piece=200_000)) == text


def test_a_file_cut_reordered_extended_or_moved_does_not_open() -> None:
    text = b"".join(bytes([i]) * ciphers.CHUNK for i in range(3))
    sealed = _sealed_file(text)
    head, step = 22, ciphers.CHUNK + 16
    first, second, third = (sealed[head + i * step : head + (i + 1) * step] for i in range(3))
    for changed in [
        sealed[:-step],
        sealed[:-1],
        sealed[:head],
        sealed[:10],
        sealed + b"x",
        sealed[:head] + second + first + third,
        sealed[:head] + first + third,
        sealed[:6] + bytes(16) + sealed[head:],
    ]:
        with pytest.raises(Tampered):
            _opened_file(changed)
    with pytest.raises(Tampered):
        _opened_file(sealed, person_id=8)
    with pytest.raises(Tampered):
        _opened_file(sealed, file_id="b")


def test_equal_files_of_two_persons_have_unlike_digests() -> None:
    other = ciphers.WorkingKeys.of(ciphers.new_key())
    assert ciphers.digest(KEYS, b"same") == ciphers.digest(KEYS, b"same")
    assert ciphers.digest(KEYS, b"same") != ciphers.digest(other, b"same")


def test_keys_do_not_show_themselves_in_a_log() -> None:
    assert repr(KEYS) == "WorkingKeys()"
