"""`--at` and `--known`: the two times, as somebody types them."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pims.kernel import clock
from pims.kernel.asof import AsOf

At = Annotated[
    str, typer.Option(help="As it was then: 2026-11-01, 2026-11-01T14:30, with or without zone.")
]
Known = Annotated[str, typer.Option(help="As the record had it then (as --at). Default: today.")]


def as_of(at: str, known: str, *, zone: str) -> AsOf | None:
    """The two times; None where neither is given. Times without a zone are the establishment's.

    Raises typer.BadParameter.
    """
    if not at and not known:
        return None
    valid_at = _instant(at, "--at", zone) if at else clock.now()
    return AsOf(valid_at, _instant(known, "--known", zone) if known else None)


def _instant(text: str, option: str, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date or time; write 2026-11-01 or 2026-11-01T14:30",
            param_hint=option,
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    if found > clock.now():
        raise typer.BadParameter(f"{text!r} is still to come", param_hint=option)
    return found
