"""Who watches which figures: made once after a change for all who are shown the same, and sent.

The first change is shown at once; of a burst, at most one set of figures every `rest` seconds and
always one after the last change. What the clock alone changes is looked at every `refresh`.
Whatever goes wrong here costs a board its figures for a moment, never its stream: it is told to
fetch them from the page server.
"""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from pims.live.making import Apart, Figures, Make, MakerEnded
from pims.live.sight import Sight, View

REST_SECONDS = 0.2
REFRESH_SECONDS = 25.0

# Boards that fetch for themselves do so one after another.
FETCH_APART_MS = 20
FETCH_SPREAD_MS = 2000

log = logging.getLogger("pims.stream")


class Watcher(Protocol):
    """One open board. It was brought `shown`, last said to be so at `position`; `figures` is what
    waits to be sent."""

    shown: str
    position: int
    figures: bytes

    def show(self, data: bytes) -> None: ...


def message(position: int, html: str | None) -> bytes:
    """The figures as the stream writes them, None where the board shows them already.

    They carry no id: a position is of events alone.
    """
    data = json.dumps({"position": position, "html": html}, separators=(",", ":"))
    return f"event: figures\ndata: {data}\n\n".encode()


def fetch(boards: int) -> bytes:
    """Tells one of so many boards to fetch its figures, some time within the spread."""
    spread = min(FETCH_SPREAD_MS, FETCH_APART_MS * (boards - 1))
    return f'event: fetch\ndata: {{"spread":{spread}}}\n\n'.encode()


class _Watch:
    """Everyone with the same sight, and the language of each."""

    def __init__(self) -> None:
        self.languages: dict[Watcher, str] = {}
        self.wanted = False
        self.began = float("-inf")
        self.made: Figures | None = None
        self.task: asyncio.Task[None] | None = None


class Boards:
    """All the open boards of this process, by what they may see."""

    def __init__(
        self,
        make: Make | None = None,
        *,
        rest: float = REST_SECONDS,
        refresh: float = REFRESH_SECONDS,
    ) -> None:
        self._make = make or Apart()
        self._rest, self._refresh = rest, refresh
        # It waits for what is made, and no two are made at a time.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._watches: dict[Sight, _Watch] = {}
        self._clock: asyncio.Task[None] | None = None
        # Until the maker has set itself up, which takes seconds, boards fetch.
        self._ready = False

    def start(self) -> None:
        self._clock = asyncio.create_task(self._look_again())

    async def stop(self) -> None:
        tasks = [self._clock, *(watch.task for watch in self._watches.values())]
        running = [task for task in tasks if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)
        if isinstance(self._make, Apart):
            self._make.end()

    def join(self, watcher: Watcher, view: View, *, position: int | None) -> None:
        """Add the watcher and send it the figures as they are up to `position`.

        With `position` None its page shows them already; they are made at once all the same where
        no one else watches, so that all that making needs is there at the first change. What was
        made for others serves, where nothing has happened since.
        """
        watch = self._watches.setdefault(view.sight, _Watch())
        watch.languages[watcher] = view.language
        made = watch.made
        if position is None and made is not None:
            return
        fresh = self._now() - watch.began < self._refresh and not watch.wanted
        html = "" if made is None else made.html.get(view.language, "")
        if html and made is not None and fresh and made.position >= (position or 0):
            _show(watcher, html, made.position)
            return
        self._want(view.sight, watch)
        if position is not None and not self._ready:
            watcher.show(fetch(len(watch.languages)))

    def part(self, watcher: Watcher, view: View) -> None:
        watch = self._watches.get(view.sight)
        if watch is not None:
            watch.languages.pop(watcher, None)
            if not watch.languages and watch.task is None:
                del self._watches[view.sight]

    def changed(self, sight: Sight) -> None:
        """Something happened that boards of this sight are told of."""
        watch = self._watches.get(sight)
        if watch is not None:
            self._want(sight, watch)
            if not self._ready:
                self._let_fetch(watch)

    def _want(self, sight: Sight, watch: _Watch) -> None:
        watch.wanted = True
        if watch.task is None:
            watch.task = asyncio.create_task(self._serve(sight, watch))

    async def _serve(self, sight: Sight, watch: _Watch) -> None:
        """Make and send for as long as something changed meanwhile."""
        try:
            while watch.wanted and watch.languages:
                await asyncio.sleep(max(0.0, watch.began + self._rest - self._now()))
                watch.wanted, watch.began = False, self._now()
                await self._bring(sight, watch)
        finally:
            watch.task = None
            if not watch.languages:
                self._watches.pop(sight, None)

    async def _bring(self, sight: Sight, watch: _Watch) -> None:
        loop = asyncio.get_running_loop()
        languages = frozenset(watch.languages.values())
        try:
            made = await loop.run_in_executor(self._thread, self._make, sight, languages)
        except Exception as error:
            log.exception("figures were not made; the boards fetch them")
            self._ready = self._ready and not isinstance(error, MakerEnded)
            watch.made = None
            self._let_fetch(watch)
            return
        watch.made, self._ready = made, True
        sent: dict[tuple[int, str | None], bytes] = {}
        for watcher, language in watch.languages.items():
            html = made.html.get(language)
            if html is None:  # Came while these were being made, and is the first in its language.
                watch.wanted = True
                continue
            _show(watcher, html, made.position, sent)

    def _let_fetch(self, watch: _Watch) -> None:
        data = fetch(len(watch.languages))
        for watcher in watch.languages:
            watcher.show(data)

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self._refresh))
            for sight, watch in list(self._watches.items()):
                if self._now() - watch.began >= self._refresh:
                    self._want(sight, watch)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _show(
    watcher: Watcher,
    html: str,
    position: int,
    sent: dict[tuple[int, str | None], bytes] | None = None,
) -> None:
    """Send what the watcher does not already show, written once for all.

    Where an event changed no figure it is told so, or it would fetch what it waits for in vain.
    """
    if watcher.shown == html and watcher.position >= position:
        return
    new = None if watcher.shown == html and not watcher.figures else html
    watcher.shown, watcher.position = html, position
    sent = {} if sent is None else sent
    if (position, new) not in sent:
        sent[position, new] = message(position, new)
    watcher.show(sent[position, new])
