"""Cleaning what officers type, before it is kept: see `kernel.text` for what was decided."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.kernel.text import clean_field

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

PROSE = 5000
MOST_OFFICERS = 12


def line(field: str, text: str, limit: int = 200) -> str:
    """One line as it is kept. Raises InvalidInput: too long, or signs that mislead the reader."""
    return clean_field(field, text, limit=limit)


def given_reason(text: str) -> str:
    """Why something is corrected, as it is kept. Raises InvalidInput where nobody says why."""
    reason = line("reason", text, 500)
    if not reason:
        raise InvalidInput({"reason": Reason("custody.reason_missing")})
    return reason


def prose(field: str, text: str) -> str:
    """Several lines as they are kept. Raises InvalidInput as `line`."""
    return clean_field(field, text, limit=PROSE, multiline=True)


def names(field: str, given: Sequence[str]) -> list[str]:
    """Officers by name, the empty ones left out. Raises InvalidInput as `line`."""
    if len(given) > MOST_OFFICERS:
        raise InvalidInput({field: Reason("custody.too_many_officers", {"most": MOST_OFFICERS})})
    return [kept for kept in (line(field, name, 120) for name in given) if kept]


def cleaned(row: T, limits: Mapping[str, int], prefix: str = "") -> T:
    """The row with its text fields as they are kept; a limit of `PROSE` allows several lines.

    Raises InvalidInput with every field that is wrong, each under `prefix`.
    """
    kept: dict[str, str] = {}
    wrong: dict[str, Reason] = {}
    for field, limit in limits.items():
        text: str = getattr(row, field)
        if not text:
            continue
        name = f"{prefix}{field}"
        try:
            kept[field] = prose(name, text) if limit == PROSE else line(name, text, limit)
        except InvalidInput as error:
            wrong |= error.fields
    if wrong:
        raise InvalidInput(wrong)
    return dataclasses.replace(row, **kept) if kept else row
