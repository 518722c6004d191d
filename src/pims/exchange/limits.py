"""The limits of the breaker, as `breaker.toml` has them."""

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from pims.exchange.rules.breaker import Lateness, Limit


@cache
def limits() -> tuple[Limit, ...]:
    """Raises KeyError or ValueError for a file that is not as it should be."""
    found = tuple(
        Limit(
            code=row["code"],
            types=frozenset(row["types"]),
            most=_positive(row["most"]),
            within=timedelta(minutes=_positive(row["within_minutes"])),
            reason={"en": row["en"], "es": row["es"]},
            confirmed=row["confirmed"],
        )
        for row in _document()["limit"]
    )
    if len({one.code for one in found}) < len(found):
        raise ValueError("two limits of one code")
    return found


@cache
def lateness() -> Lateness:
    row = _document()["late"]
    return Lateness(
        after=timedelta(minutes=_positive(row["after_minutes"])),
        most=_positive(row["most"]),
        within=timedelta(minutes=_positive(row["within_minutes"])),
    )


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((files("pims.exchange") / "breaker.toml").read_text("utf-8"))


def _positive(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"not a number of messages or minutes: {value!r}")
    return value
