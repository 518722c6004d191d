"""The board's figures, made away from a page: once for everyone who is shown the same.

Runs in a process of its own beside the stream's, which begins and sets Django up when the first
board asks: making them must not hold up the sending. The template, the context and the selectors
are the page's own.
"""

import gc
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from pims.live.sight import Sight

# A database that takes longer than this answers nobody in time: the boards ask for themselves.
LONGEST_STATEMENT = "5s"


@dataclass(frozen=True, slots=True)
class Figures:
    """The fragment in each language asked for, true up to a position of the feed."""

    position: int
    html: Mapping[str, str]


Make = Callable[[Sight, Iterable[str]], Figures]


class MakerEnded(Exception):
    """The process that makes figures is gone; the next call begins another."""


class MakingFailed(Exception):
    """Figures were not made; the text says where in the maker's process, and why."""


class Apart:
    """Calls `make` in a process of its own, one call at a time, from whatever thread calls.

    The process begins with the first call and ends with whoever began it, however that ended.
    """

    def __init__(self, make: "Make | None" = None) -> None:
        self._make = make or make_apart
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def __call__(self, sight: Sight, languages: Iterable[str]) -> Figures:
        """Raises MakingFailed or MakerEnded."""
        line = self._begun()
        try:
            line.send((sight, frozenset(languages)))
            answer = line.recv()
        except (EOFError, OSError) as lost:
            self.end()
            raise MakerEnded from lost
        if isinstance(answer, Figures):
            return answer
        raise MakingFailed(answer)

    def end(self) -> None:
        process, line = self._process, self._line
        self._process = self._line = None
        if process is not None and line is not None:
            process.kill()
            process.join(1)
            line.close()

    def _begun(self) -> Connection:
        if self._line is None:
            spawn = get_context("spawn")
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_serve, args=(theirs, self._make), daemon=True)
            process.start()
            theirs.close()
            self._line, self._process = ours, process
        return self._line


def _serve(line: Connection, make: "Make") -> None:
    # Who presses Ctrl-C ends the stream, and with it the line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A roll is some ten thousand objects that hold no circle: looking for one is a quarter of it.
    gc.set_threshold(20_000, 50, 100)
    while True:
        try:
            sight, languages = line.recv()
        except EOFError:
            return
        try:
            line.send(make(sight, languages))
        except BrokenPipeError:
            return
        except Exception:
            line.send(traceback.format_exc())


def make_apart(sight: Sight, languages: Iterable[str]) -> Figures:
    """`make` where no request opens and closes connections, with Django set up first."""
    _set_up()
    from django.db import close_old_connections

    close_old_connections()
    try:
        return make(sight, languages)
    finally:
        close_old_connections()


def make(sight: Sight, languages: Iterable[str]) -> Figures:
    """Read the board once and write it in each language.

    Raises whatever the read raises; NotPermitted where the sight reaches no roll.
    """
    from django.db import connection, transaction
    from django.utils import timezone, translation

    from pims.facilities import selectors as facilities
    from pims.live import selectors
    from pims.live.web.figures import written

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
        board = selectors.board(sight.actor(), sight.establishment_id)
        zone = facilities.time_zone(sight.establishment_id)
    html = {}
    for language in languages:
        with translation.override(language), timezone.override(zone):
            html[language] = written(board)
    return Figures(board.position, html)


def _set_up() -> None:
    from django.apps import apps

    if not apps.ready:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pims.config.settings")
        django.setup()
        # What is there now stays: looking through it again and again would hold up the stream.
        gc.freeze()
