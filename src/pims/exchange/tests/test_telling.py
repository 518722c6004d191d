"""Every event of the record is either told to other agencies or named as one that is not."""

from importlib import import_module
from pathlib import Path

import pims
from pims.exchange import catalogue
from pims.exchange.feed.rendering import FAT, known_types, tables_of
from pims.exchange.feed.telling import TOLD
from pims.exchange.feed.untold import NOT_TOLD, NOT_TOLD_ROOMS
from pims.exchange.subscribers import ROOMS
from pims.kernel.events import Event

SRC = Path(pims.__file__).resolve().parent


def _kinds() -> set[str]:
    """The kinds of all events that any room declares."""
    for path in sorted(SRC.rglob("events*.py")):
        if "tests" not in path.parts:
            parts = path.relative_to(SRC.parent).with_suffix("").parts
            import_module(".".join(parts))
    found: set[str] = set()
    classes = [Event]
    while classes:
        one = classes.pop()
        classes += one.__subclasses__()
        if "tests" not in one.__module__.split(".") and "kind" in vars(one):
            found.add(one.kind)
    return found


def test_every_event_is_told_or_named_as_one_that_is_not() -> None:
    kinds = {k for k in _kinds() if k.partition(".")[0] not in NOT_TOLD_ROOMS}
    assert len(kinds) > 170
    assert kinds - TOLD.keys() - NOT_TOLD.keys() == set()


def test_nothing_is_named_that_never_happens_nor_both_told_and_not() -> None:
    named = {*TOLD, *NOT_TOLD}
    assert named - _kinds() == set()
    assert TOLD.keys() & NOT_TOLD.keys() == set()


def test_whatever_is_told_is_heard() -> None:
    assert {kind.partition(".")[0] for kind in TOLD} <= set(ROOMS)


def test_a_fat_message_brings_tables_that_there_are() -> None:
    assert FAT.keys() == catalogue.EVENTS.keys()
    for kind in known_types():
        assert set(tables_of(kind)) <= catalogue.TABLES.keys()
