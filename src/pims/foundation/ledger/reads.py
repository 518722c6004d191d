"""What a page shows of whom, so that one entry can say it when the page is done.

A page runs inside `reading`; whatever puts a person on it says so with `shows` (the identity bar,
a scan, a photograph). Who needs an entry of another kind writes it with `append.append_read`, and
is not written twice. Outside of a page nothing is noted.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Reading:
    """`shown` are the persons on the page, `written` those whose reading has its entry."""

    shown: set[int] = field(default_factory=set)
    written: set[int] = field(default_factory=set)

    @property
    def unwritten(self) -> list[int]:
        return sorted(self.shown - self.written)


_under_way: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[Reading]:
    """The page under way, for as long as it is made."""
    found = Reading()
    token = _under_way.set(found)
    try:
        yield found
    finally:
        _under_way.reset(token)


def shows(person_ids: Iterable[int]) -> None:
    """These people are on the page under way."""
    if (found := _under_way.get()) is not None:
        found.shown.update(person_ids)


def wrote(person_ids: Iterable[int]) -> None:
    """The reading of these people has its entry."""
    if (found := _under_way.get()) is not None:
        found.written.update(person_ids)
