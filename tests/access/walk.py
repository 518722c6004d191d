"""Every address of the site, what it asks for, and what each role gets when it opens it.

`url_roles.csv` is the table that a person reads and approves: one row an address, one column a
role. The site is compared with the table, never the table made from the site.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from pims.foundation.access.roles import definitions
from pims.web.permissions import PUBLIC, asked_by

TABLE = Path(__file__).with_name("url_roles.csv")
SIGNED_IN = "signed in"
CLOSED = "closed"
YES, NO = "yes", "no"

# Values that name nothing: whoever may open the page is told 404, whoever may not 403.
_NOTHING = {
    "int": "999999999",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "none",
    "str": "none",
    "path": "none",
    "numeric": "999999999",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One address: its full name, its pattern for reading, and a path that names nothing."""

    name: str
    pattern: str
    example: str
    asks: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `roles` maps a role's code to whether it may open the page."""

    name: str
    asks: str
    roles: dict[str, bool]


def addresses() -> list[Address]:
    """Every address of the site, by name. Static files have none."""
    return sorted(_walk(get_resolver().url_patterns, "", ""), key=lambda a: (a.name, a.pattern))


def _walk(patterns: Iterable[Any], prefix: str, namespace: str) -> Iterator[Address]:
    for entry in patterns:
        text = prefix + _written(entry)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, text, inner)
        elif isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else f"({text})"
            yield Address(name, text, example(text, entry), _asks(entry, name))


def _written(entry: Any) -> str:
    return str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")


def example(text: str, entry: URLPattern) -> str:
    """The pattern with values that name nothing. Raises ValueError for one that can't be filled."""
    path = "/"
    rest = text
    while "<" in rest:
        before, _, rest = rest.partition("<")
        inside, _, rest = rest.partition(">")
        kind = inside.split(":")[0] if ":" in inside else "str"
        if kind not in _NOTHING:
            raise ValueError(f"{text}: no example for <{inside}>; add one to `_NOTHING`")
        path += before + _NOTHING[kind]
    return path + rest


def _asks(entry: URLPattern, name: str) -> str:
    try:
        asked = asked_by(entry.callback, name)
    except LookupError:
        return CLOSED
    return SIGNED_IN if asked is None else asked


def roles() -> tuple[str, ...]:
    return tuple(definitions())


def proposed(address: Address) -> Row:
    """What the permissions of the roles would give: for a person to read before it is believed."""
    everyone = address.asks in (PUBLIC, SIGNED_IN)
    return Row(
        address.name,
        address.asks,
        {code: everyone or address.asks in role.permissions
         for code, role in definitions().items()},
    )  # fmt: skip


def read_table(path: Path = TABLE) -> dict[str, Row]:
    """The table by address. Raises ValueError for a cell that is neither yes nor no."""
    rows = {}
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            cells = {role: line[role] for role in roles()}
            if wrong := {c for c in cells.values() if c not in (YES, NO)}:
                raise ValueError(f"{line['url']}: {sorted(wrong)} is neither yes nor no")
            rows[line["url"]] = Row(
                line["url"], line["permission"], {r: c == YES for r, c in cells.items()}
            )
    return rows


def write_table(rows: Iterable[Row], path: Path = TABLE) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["url", "permission", *roles()])
        for row in sorted(rows, key=lambda r: r.name):
            writer.writerow([row.name, row.asks, *(YES if row.roles[r] else NO for r in roles())])
