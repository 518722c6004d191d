"""Sensitive values of a person, sealed for one column of one row."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pims.foundation.vault import ciphers, personkeys
from pims.foundation.vault.errors import Tampered


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed bytes and the place they were read from."""

    person_id: int
    table: str
    row: object
    column: str
    value: bytes = field(repr=False)


def seal_value(person_id: int, plaintext: bytes, *, table: str, row: object, column: str) -> bytes:
    """Seal for that place; `row` is the row's key (an id, or a UUID), known before the insert.

    Raises Erased, KeyMissing or WrongKey.
    """
    return ciphers.seal(
        personkeys.keys_for_sealing(person_id),
        plaintext,
        person_id=person_id,
        table=table,
        row=row,
        column=column,
    )


def seal_values(
    person_id: int, texts: Iterable[tuple[object, bytes]], *, table: str, column: str
) -> list[bytes]:
    """Seal many of one person, (row, plaintext) each, with the key read once. Raises as
    `seal_value`."""
    keys = personkeys.keys_for_sealing(person_id)
    return [
        ciphers.seal(keys, text, person_id=person_id, table=table, row=row, column=column)
        for row, text in texts
    ]


def open_value(person_id: int, sealed: bytes, *, table: str, row: object, column: str) -> bytes:
    """Raises Tampered where the bytes were changed or moved, Erased, KeyMissing or WrongKey."""
    return open_values([Sealed(person_id, table, row, column, bytes(sealed))])[0]


def open_values(items: Iterable[Sealed]) -> list[bytes]:
    """Open many, in order, with the keys of all persons read at once. Raises as `open_value`."""
    wanted = list(items)
    keys = personkeys.keys_for_opening({item.person_id for item in wanted})
    opened: list[bytes] = []
    for item in wanted:
        try:
            opened.append(_open(keys[item.person_id], item))
        except Tampered:
            # The held key may be of a person made again since; the row decides.
            keys |= personkeys.keys_for_opening([item.person_id], fresh=True)
            opened.append(_open(keys[item.person_id], item))
    return opened


def _open(keys: ciphers.WorkingKeys, item: Sealed) -> bytes:
    return ciphers.unseal(
        keys,
        item.value,
        person_id=item.person_id,
        table=item.table,
        row=item.row,
        column=item.column,
    )
