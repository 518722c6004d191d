"""Keeping a store in step with the feed: every event once, in the transaction of what it changes.

The feed is the truth. What PIMS pushes may come twice, late, or before what happened earlier: use
it to read the feed at once (`wake`), and the store stays right whatever becomes of it.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from pims_client import models
from pims_client.client import Client
from pims_client.errors import NotGenuine, PimsError, StartOver, Stuck

log = logging.getLogger(__name__)
Event = dict[str, Any]
EVERY = 15.0
# What was recorded is in the feed within a second or two; so far behind, something stands still.
BEHIND_AFTER = timedelta(minutes=3)


class Store(Protocol):
    """What an agency keeps. Each method is one transaction of its own database."""

    def position(self) -> int | None:
        """Up to where the feed was applied; None where nothing ever was."""
        ...

    def apply(self, events: Iterable[Event], upto: int) -> None:
        """Apply those events whose ids are not kept yet, keep their ids and the position."""
        ...

    def start_over(self, persons: Iterable[dict[str, Any]], position: int) -> None:
        """Replace everything by a snapshot that holds up to this position."""
        ...


def stuck(beat: models.FeedHeartbeat, *, after: timedelta = BEHIND_AFTER) -> Stuck | None:
    """What is wrong with the feed by its own heartbeat; None where quiet means quiet.

    Both instants are of the clock of PIMS: ours does not matter.
    """
    at, upto = (datetime.fromisoformat(beat[name]) for name in ("at", "upto"))
    return Stuck(upto, at - upto) if at - upto > after else None


def catch_up(
    client: Client,
    store: Store,
    *,
    limit: int = 500,
    heard: Callable[[models.FeedHeartbeat], None] = lambda beat: None,
) -> int:
    """Read to the end of the feed; how many events came. Raises what `Client` raises.

    `heard` gets the heartbeat of each answer, after its events were kept (`stuck` judges it).

    A store that never began, or whose place is no longer kept, starts over from a snapshot.
    """
    after = store.position()
    if after is None:
        after = start_over(client, store)
    count = 0
    while True:
        try:
            page: models.FeedAnswer = client.feed(after, limit=limit)
        except StartOver:
            after = start_over(client, store)
            continue
        if page["upto"] > after or page["events"]:
            store.apply(page["events"], page["upto"])
        heard(page["heartbeat"])
        if page["more"] and page["upto"] <= after:
            raise NotGenuine("the feed goes on, and gives no place to go on from")
        count += len(page["events"])
        after = page["upto"]
        if page["acknowledged"] < after:
            client.acknowledge(after)
        if not page["more"]:
            return count


def start_over(client: Client, store: Store) -> int:
    """Take a snapshot; the position from which the feed goes on."""
    pages = list(client.snapshot())
    position = int(pages[0]["position"])
    store.start_over((person for page in pages for person in page["persons"]), position)
    return position


def follow(
    client: Client,
    store: Store,
    *,
    stop: threading.Event,
    wake: threading.Event,
    every: float = EVERY,
    told: Callable[[PimsError | None], None] = lambda problem: None,
) -> None:
    """Stay in step until `stop`: every so many seconds, and at once after `wake`.

    `told` hears of every problem, and of None when all is well again: silence is not good news.
    That the feed itself stands still (`Stuck`) is such a problem, though every call succeeds.
    """
    while not stop.is_set():
        wake.clear()
        problem: PimsError | None = None
        try:
            beats: list[models.FeedHeartbeat] = []
            catch_up(client, store, heard=beats.append)
            problem = stuck(beats[-1]) if beats else None
        except PimsError as error:
            problem = error
            log.warning("the feed was not read: %s", error)
        except Exception as error:
            # The store's own trouble, a full disk: it is told as any other, and tried again.
            problem = PimsError(f"{type(error).__name__}: {error}")
            log.exception("the feed was not kept")
        if isinstance(problem, Stuck):
            log.warning("%s", problem)
        with suppress(Exception):
            told(problem)
        wake.wait(every)
