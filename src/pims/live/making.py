"""The board's figures, made away from a page: once for everyone who is shown the same.

Runs in a process of its own beside the stream's, which begins and sets Django up when the first
board asks: making them must not hold up the sending. The template, the context and the selectors
are the page's own.
"""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

from pims.live.sight import Sight

# A database that takes longer than this answers nobody in time: the boards ask for themselves.
LONGEST_STATEMENT = "5s"


@dataclass(frozen=True, slots=True)
class Figures:
    """The fragment in each language asked for, true up to a position of the feed."""

    position: int
    html: Mapping[str, str]


Make = Callable[[Sight, Iterable[str]], Figures]


def one_process() -> Executor:
    """Where figures are made: no two at a time, and never on the processor time of the stream."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)


def one_thread() -> Executor:
    """The same without a process of its own, for what is made elsewhere."""
    return ThreadPoolExecutor(1, thread_name_prefix="figures")


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


def _begin() -> None:
    # Who presses Ctrl-C ends the stream; this process ends with it, however it ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_stream, daemon=True).start()


def _end_with_the_stream() -> None:
    stream = parent_process()
    if stream is not None:
        stream.join()
        os._exit(0)
