"""The one place that reads the time.

Everything else receives `as_of` or calls `now()`, so that a test or the simulated prison
can set the time for a block without patching.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("pims_clock", default=None)


def now() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """Today's date where `zone` (an IANA name such as ``America/Belize``) applies."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within the block, `now()` is `instant` (timezone-aware)."""
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
