"""Reading a jurisdiction's tables. A mistake in a file is told with the file and the row."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")

# read: in the source that the row names. memory: widely reported, not read again.
# unconfirmed: for the service's legal officer to confirm before anything rests on it.
CONFIDENCES = ("read", "memory", "unconfirmed")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class BadTable(ValueError):
    """A row that cannot be what was meant; the text names file, row and mistake."""


class Row:
    """One row of a table: each value is asked for once, with the type that it must have.

    Every method raises BadTable where the value is missing or of another type; `done` where the
    row holds a key that nobody asked for (a misspelt one would otherwise be passed over).
    """

    def __init__(self, table: str, values: Mapping[str, Any]) -> None:
        self._table = table
        self._values = values
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or value != value.strip():
            raise self.wrong(f"{key} must be text without blanks around it")
        return value

    def word(self, key: str) -> str:
        """A text that may not be empty."""
        value = self.text(key)
        if not value:
            raise self.wrong(f"{key} is empty")
        return value

    def choice(self, key: str, among: Collection[str]) -> str:
        value = self.text(key)
        if value not in among:
            raise self.wrong(f"{key} is {value!r}, none of {', '.join(sorted(among))}")
        return value

    def choices(self, key: str, among: Collection[T]) -> tuple[T, ...]:
        """A list, empty where the key is missing; each at most once."""
        value = self._get(key, [])
        if not isinstance(value, list) or len(set(value)) != len(value):
            raise self.wrong(f"{key} must be a list without repetition")
        for one in value:
            if one not in among:
                raise self.wrong(f"{key} names {one!r}, which is not known")
        return tuple(value)

    def number(self, key: str) -> int | None:
        """A whole number, or None where the key is missing."""
        value = self._get(key, None)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.wrong(f"{key} must be a whole number")
        return value

    def flag(self, key: str) -> bool:
        value = self._get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} must be true or false")
        return value

    def day(self, key: str) -> date:
        value = self._get(key, None)
        if type(value) is not date:
            raise self.wrong(f"{key} must be a date")
        return value

    def label(self) -> Mapping[str, str]:
        """The name in both languages."""
        return {"en": self.word("en"), "es": self.word("es")}

    def confidence(self) -> str:
        return self.choice("confidence", CONFIDENCES)

    def done(self) -> None:
        extra = sorted(set(self._values) - self._asked)
        if extra:
            raise self.wrong(f"unknown: {', '.join(extra)}")

    def wrong(self, what: str) -> BadTable:
        name = self._values.get("code", self._values.get("en", self._values))
        return BadTable(f"{self._table}: {name}: {what}")

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._values.get(key, default)


def rows(table: Mapping[str, Any], name: str) -> Iterator[Row]:
    """The rows `[[name]]` of a table; none where there is no such heading."""
    for values in table.get(name, []):
        yield Row(name, values)


def keyed(table: str, pairs: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    """By code, in the order of the file. Raises BadTable where a code is there twice."""
    found: dict[str, T] = {}
    for code, one in pairs:
        if code in found:
            raise BadTable(f"{table}: {code} is there twice")
        found[code] = one
    return found


def read_table(jurisdiction: str, name: str) -> Mapping[str, Any]:
    """`name` is the file's, without its ending. Raises FileNotFoundError where there is none."""
    text = (files("pims.jurisdictions") / jurisdiction / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
