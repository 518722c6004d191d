"""The ciphers of the vault and their written forms. No Django, no files, no clock.

Three levels: the master key wraps each person's key; the person's key gives three working keys
(values, files, digests) by HKDF; those seal. All sealing is AES-256-GCM (NIST SP 800-38D) with
associated data that says whose and where, so that sealed bytes open in their own place alone.

Written forms, with sizes in bytes::

    wrapped key   version 1 | nonce 12 | key 32 | tag 16
    sealed value  version 1 | nonce 12 | text | tag 16
    sealed file   "PIMSB" 5 | version 1 | salt 16 | chunks

A file's chunks are 64 KiB of text and a tag 16 each; the last may be shorter or empty. Chunk n
has the nonce n (11 bytes, big-endian) and a byte that is 1 for the last: the STREAM construction
(Hoang, Reyhanitabar, Rogaway, Vizár 2015), under a key of the file's own, so that chunks cannot be
reordered, dropped, or cut off at the end.
"""

import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from pims.foundation.vault.errors import Tampered, WrongKey

KEY_BYTES = 32
CHUNK = 64 * 1024

_VERSION = b"\x01"
_NONCE = 12
_TAG = 16
_SALT = 16
_FILE_MAGIC = b"PIMSB" + _VERSION


def new_key() -> bytes:
    """A key of 256 bits from the operating system."""
    return os.urandom(KEY_BYTES)


def master_secret(version: int) -> str:
    """The name of the secret that holds a version of the master key."""
    return f"master-{version}"


@dataclass(frozen=True, slots=True)
class WorkingKeys:
    """What a person's key is for; never written anywhere."""

    values: bytes = field(repr=False)
    files: bytes = field(repr=False)
    digests: bytes = field(repr=False)

    @classmethod
    def of(cls, person_key: bytes) -> "WorkingKeys":
        return cls(*(_derive(person_key, f"pims person {use}") for use in ("v", "f", "d")))


def fingerprint(master: bytes) -> str:
    """Names a master key without telling it: 32 hex digits."""
    return _derive(master, "pims master fingerprint")[:16].hex()


def wrap(master: bytes, person_key: bytes, *, person_id: int, version: int) -> bytes:
    """The person's key under the master key of that version."""
    return _seal(
        _derive(master, "pims master wrap"), person_key, _place("person key", person_id, version)
    )


def unwrap(master: bytes, wrapped: bytes, *, person_id: int, version: int) -> bytes:
    """Raises WrongKey where this master, person and version did not make it."""
    try:
        return _open(
            _derive(master, "pims master wrap"), wrapped, _place("person key", person_id, version)
        )
    except InvalidTag:
        raise WrongKey(f"key of person {person_id} under master key {version}") from None


def seal(
    keys: WorkingKeys, text: bytes, *, person_id: int, table: str, row: object, column: str
) -> bytes:
    return _seal(keys.values, text, _place("value", person_id, table, row, column))


def unseal(
    keys: WorkingKeys, sealed: bytes, *, person_id: int, table: str, row: object, column: str
) -> bytes:
    """Raises Tampered where the bytes are not those sealed for this place."""
    try:
        return _open(keys.values, sealed, _place("value", person_id, table, row, column))
    except InvalidTag:
        raise Tampered(f"{table}.{column} of row {row}") from None


def digest(keys: WorkingKeys, text: bytes) -> bytes:
    """HMAC-SHA-256 under the person's key: equal for equal files of one person, else unlinkable."""
    return hmac.digest(keys.digests, text, "sha256")


def seal_file(
    keys: WorkingKeys, pieces: Iterable[bytes], *, person_id: int, file_id: object
) -> Iterator[bytes]:
    """The sealed form of a file, piece by piece; at most one chunk is held."""
    salt = os.urandom(_SALT)
    cipher, place = _file_cipher(keys, salt, person_id, file_id)
    yield _FILE_MAGIC + salt
    held, number = bytearray(), 0
    for piece in pieces:
        held += piece
        # A full chunk is kept back until it is known not to be the last.
        while len(held) > CHUNK:
            yield cipher.encrypt(_chunk_nonce(number, last=False), bytes(held[:CHUNK]), place)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_chunk_nonce(number, last=True), bytes(held), place)


def open_file(
    keys: WorkingKeys, source: BinaryIO, *, person_id: int, file_id: object
) -> Iterator[bytes]:
    """The file's text, chunk by chunk, each verified before it is given.

    Raises Tampered; where the end was cut off, only after the chunks that are left.
    """
    where = f"file {file_id}"
    head = source.read(len(_FILE_MAGIC) + _SALT)
    if len(head) != len(_FILE_MAGIC) + _SALT or not head.startswith(_FILE_MAGIC):
        raise Tampered(where)
    cipher, place = _file_cipher(keys, head[len(_FILE_MAGIC) :], person_id, file_id)
    chunk, number = source.read(CHUNK + _TAG), 0
    while True:
        following = source.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_chunk_nonce(number, last=not following), chunk, place)
        except InvalidTag:
            raise Tampered(where) from None
        if not following:
            return
        chunk, number = following, number + 1


def _file_cipher(
    keys: WorkingKeys, salt: bytes, person_id: int, file_id: object
) -> tuple[AESGCM, bytes]:
    key = HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"pims file").derive(keys.files)
    return AESGCM(key), _place("file", person_id, file_id)


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1, "big") + (b"\x01" if last else b"\x00")


def _seal(key: bytes, text: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, text, _VERSION + place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if len(sealed) < 1 + _NONCE + _TAG or sealed[:1] != _VERSION:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _VERSION + place)


def _derive(key: bytes, use: str) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, info=use.encode()).derive(key)


def _place(*parts: object) -> bytes:
    """The parts, each with its length before it: no two places have the same bytes."""
    encoded = [str(part).encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
