"""Recovery shares of a master key, written so that a person can type them back.

A share is 45 bytes: form 1, threshold 1, point 1, master version 2, first half of the key's
fingerprint 8, share of the key 32. It is printed as three lines of 24 characters of Crockford's
base 32 (no I, L, O, U) in groups of four, and two check characters that also depend on the line's
place, so that a slip of the pen is found in its line::

    04G2-1000-5XW3-... =7K

Letters may be typed in either case; O is read as 0, I and L as 1; dashes and spaces are free.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from pims.foundation.vault import shamir
from pims.foundation.vault.ciphers import KEY_BYTES, fingerprint
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "=": None, " ": None})
_FORM = 1
_LINES, _LINE_CHARACTERS, _CHECKS = 3, 24, 2
_BYTES = _LINES * _LINE_CHARACTERS * 5 // 8


@dataclass(frozen=True, slots=True)
class Share:
    threshold: int
    point: int
    version: int
    key: str  # first 16 hex digits of the master key's fingerprint
    value: bytes = field(repr=False)

    def lines(self) -> list[str]:
        """The three lines to print and keep."""
        packed = (
            bytes([_FORM, self.threshold, self.point])
            + self.version.to_bytes(2, "big")
            + bytes.fromhex(self.key)
            + self.value
        )
        number = int.from_bytes(packed, "big")
        text = "".join(_ALPHABET[number >> shift & 31] for shift in range(_BYTES * 8 - 5, -1, -5))
        return [
            _written(text[at : at + _LINE_CHARACTERS], at // _LINE_CHARACTERS)
            for at in range(0, len(text), _LINE_CHARACTERS)
        ]


def split_key(master: bytes, *, version: int, threshold: int, shares: int) -> list[Share]:
    """Shares of a master key. Raises ValueError for impossible numbers."""
    key = fingerprint(master)[:16]
    parts = shamir.split(master, threshold=threshold, shares=shares)
    return [Share(threshold, point, version, key, value) for point, value in parts.items()]


def read_share(lines: Iterable[str]) -> Share:
    """A typed share. Raises InvalidInput naming the line (from 1) that cannot be right."""
    typed = [line.upper().translate(_READ_AS).strip() for line in lines if line.strip()]
    if len(typed) != _LINES:
        raise _invalid("vault.share_lines", expected=_LINES, count=len(typed))
    text = ""
    for index, line in enumerate(typed):
        body = line[:-_CHECKS]
        if (
            len(line) != _LINE_CHARACTERS + _CHECKS
            or set(line) - set(_ALPHABET)
            or line[-_CHECKS:] != _check(body, index)
        ):
            raise _invalid("vault.share_line_wrong", line=index + 1)
        text += body
    number = 0
    for character in text:
        number = number << 5 | _ALPHABET.index(character)
    packed = number.to_bytes(_BYTES, "big")
    if packed[0] != _FORM:
        raise _invalid("vault.share_form")
    return Share(
        packed[1], packed[2], int.from_bytes(packed[3:5], "big"), packed[5:13].hex(), packed[13:]
    )


def join_key(shares: Iterable[Share]) -> tuple[int, bytes]:
    """The master key's version and the key.

    Raises InvalidInput where the shares are of different keys, too few, or not what they say.
    """
    given = {share.point: share for share in shares}
    if not given:
        raise _invalid("vault.shares_too_few", needed=2, count=0)
    first = next(iter(given.values()))
    if any((s.version, s.key, s.threshold) != (first.version, first.key, first.threshold)
           for s in given.values()):  # fmt: skip
        raise _invalid("vault.shares_of_different_keys")
    if len(given) < first.threshold:
        raise _invalid("vault.shares_too_few", needed=first.threshold, count=len(given))
    master = shamir.combine({point: share.value for point, share in given.items()})
    if len(master) != KEY_BYTES or fingerprint(master)[:16] != first.key:
        raise _invalid("vault.shares_do_not_fit")
    return first.version, master


def _written(line: str, index: int) -> str:
    groups = [line[at : at + 4] for at in range(0, len(line), 4)]
    return "-".join(groups) + " =" + _check(line, index)


def _check(line: str, index: int) -> str:
    number = int.from_bytes(hashlib.sha256(f"{index}{line}".encode()).digest()[:2], "big")
    return _ALPHABET[number >> 5 & 31] + _ALPHABET[number & 31]


def _invalid(code: str, **params: object) -> InvalidInput:
    return InvalidInput({"share": Reason(code, params)})
