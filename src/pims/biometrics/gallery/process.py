"""The gallery's process, `python -m pims.cli.gallery`: read, follow, answer.

Killed at any moment it loses nothing: it holds what the tables hold, and reads them again. Before
it reads it notes the feed's position, and follows from there; every event about a person makes it
read that person again, so that the order of the two does not matter. Once a minute it also counts
what the tables hold against what it holds.
"""

import logging
import signal
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from pims.biometrics import stored
from pims.biometrics.engine import Template
from pims.biometrics.gallery.client import socket_path
from pims.biometrics.gallery.holding import Holding
from pims.biometrics.gallery.server import GalleryServer
from pims.biometrics.gallery.warming import warm
from pims.biometrics.models import FingerRecord, Subject
from pims.foundation.outbox.feed import feed_position, read_feed
from pims.foundation.outbox.records import FEED_CHANNEL, EventRecord
from pims.foundation.vault import personkeys

log = logging.getLogger("pims.gallery")

# After these the person's fingers, or the person, may be others than before.
KINDS = (
    "biometrics.fingers_taken", "biometrics.finger_not_taken", "biometrics.destroyed",
    "vault.person_erased",
)  # fmt: skip
GONE = ("biometrics.destroyed", "vault.person_erased")
BATCH = 500
POLL_SECONDS, AGAIN_SECONDS, COUNT_SECONDS = 0.5, 0.5, 60.0


class Follower:
    """Keeps `server`'s holding as the tables are."""

    def __init__(self, server: GalleryServer) -> None:
        self._server, self._holding = server, server.holding
        self._counted = time.monotonic()

    def rebuild(self) -> None:
        """Read everything; what the tables do not hold (any more) goes."""
        self._server.ready = False
        position = feed_position()
        seen: set[UUID] = set()
        for many in stored.all_templates():
            self._holding.load(many)
            seen |= many.keys()
        for key in self._holding.keys() - seen:
            self._server.refresh(key)
        self._server.position, self._server.ready = position, True
        log.info("%s fingers of %s subjects", len(self._holding), len(seen))

    def follow(self) -> int:
        """Do what the feed says, at most a batch; give how many events there were."""
        end = feed_position()
        events = read_feed(self._server.position, BATCH, kinds=KINDS, upto=end)
        for event in events:
            self._heed(event)
        self._server.position = events[-1].position if len(events) == BATCH else end
        return len(events)

    def count(self) -> None:
        """Where the two do not agree, read all of it again: nobody may be missed, or stay."""
        if time.monotonic() - self._counted < COUNT_SECONDS:
            return
        self._counted = time.monotonic()
        held = FingerRecord.objects.filter(superseded_at=None, template__isnull=False).count()
        if held != len(self._holding) and not self.follow():
            log.warning("%s fingers are in the tables, %s here", held, len(self._holding))
            self.rebuild()

    def _heed(self, event: EventRecord) -> None:
        if event.kind in GONE:
            personkeys.cache.forget([event.person_id] if event.person_id is not None else None)
            known = set(Subject.objects.values_list("key", flat=True))
            for key in self._holding.keys() - known:
                self._holding.put(key, {})
        if event.person_id is not None:
            for key in stored.keys_of([event.person_id]).values():
                self._server.refresh(key)


def run(stop: threading.Event, path: Path | None = None) -> None:
    """Serve and follow until `stop`; a database that goes away is waited for. Django is set up."""
    server = GalleryServer(Holding(), path or socket_path(), load=_load)
    server.ready = False
    follower = Follower(server)
    server.start()
    # Beside the reading: whoever is told to stop meanwhile does not wait for a compiler.
    threading.Thread(target=warm, name="warm", daemon=True).start()
    try:
        while not stop.is_set():
            try:
                with _listener() as listener:
                    close_old_connections()
                    follower.rebuild()
                    _rounds(follower, listener, stop)
            except (DatabaseError, psycopg.OperationalError) as error:
                log.warning("the database is away: %s", str(error.__cause__ or error).strip())
                connection.close()
                stop.wait(AGAIN_SECONDS)
    finally:
        server.close()
        connection.close()


def _rounds(follower: Follower, listener: psycopg.Connection, stop: threading.Event) -> None:
    while not stop.is_set():
        if follower.follow():
            continue
        follower.count()
        for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass


def _load(key: UUID) -> dict[int, Template]:
    try:
        close_old_connections()
        return stored.templates_of_key(key)
    finally:
        connection.close()


def _listener() -> psycopg.Connection:
    from pims.foundation.database.urls import current_role, dsn

    listener = psycopg.connect(dsn(current_role()), autocommit=True)
    listener.execute(f"LISTEN {FEED_CHANNEL}")
    return listener


def main() -> int:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(stop)
    return 0
