"""The worker: hands events to their subscribers and runs the jobs of the rooms.

Run as ``python -m pims.cli.worker``, which sets up Django first. The dispatcher works in the
calling thread, procrastinate's worker (modules ``tasks`` of the rooms, periodic ones included) in
a second one.
Killed at any moment, nothing is lost: an event is marked in the transaction that handles it, a job
that was cut off is found and tried again.
"""

import asyncio
import logging
import signal
import sys
import threading
from threading import Event as Flag

import psycopg
from asgiref.sync import sync_to_async
from django.db import Error as DjangoDatabaseError
from django.db import close_old_connections, connection

from pims.foundation.outbox.dispatcher import DatabaseAway, Dispatcher
from pims.foundation.outbox.records import FEED_CHANNEL
from pims.kernel import clock

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
JOB_GRACE_SECONDS = 5.0

log = logging.getLogger("pims.worker")


def run_worker(stop: Flag, *, with_jobs: bool = True) -> None:
    """Work until `stop` is set; a database that goes away is waited for. Django must be set up."""
    from pims.foundation.outbox.subscribers import discover

    dispatcher = Dispatcher(discover())
    jobs = threading.Thread(target=_run_jobs, args=(stop,), name="jobs")
    if with_jobs:
        jobs.start()
    try:
        dispatch(dispatcher, stop)
    finally:
        stop.set()
        if with_jobs:
            jobs.join(JOB_GRACE_SECONDS + 2)


def dispatch(dispatcher: Dispatcher, stop: Flag) -> None:
    """Round after round; between them, wait to be told that the feed has grown."""
    while not stop.is_set():
        try:
            with _listener() as listener:
                log.info("dispatching")
                _rounds(dispatcher, listener, stop)
        except (DatabaseAway, DjangoDatabaseError, psycopg.OperationalError) as error:
            log.warning("the database is away: %s", str(error.__cause__ or error).strip())
            connection.close()
            stop.wait(RECONNECT_SECONDS)
    connection.close()


def _rounds(dispatcher: Dispatcher, listener: psycopg.Connection, stop: Flag) -> None:
    while not stop.is_set():
        close_old_connections()
        if dispatcher.round():
            continue
        wait = POLL_SECONDS
        if (retry := dispatcher.next_retry()) is not None:
            wait = min(wait, (retry - clock.now()).total_seconds())
        for _ in listener.notifies(timeout=max(wait, 0.01), stop_after=1):
            pass


def _listener() -> psycopg.Connection:
    from pims.foundation.database.urls import current_role, dsn

    listener = psycopg.connect(dsn(current_role()), autocommit=True)
    listener.execute(f"LISTEN {FEED_CHANNEL}")
    return listener


def _run_jobs(stop: Flag) -> None:
    while not stop.is_set():
        try:
            asyncio.run(_jobs(stop))
            why = "they ended"
        except Exception as error:  # the dispatcher must go on, whatever happens to the jobs
            why = f"{type(error).__name__}: {error}"
        if not stop.is_set():
            log.error("the jobs stopped and are started again: %s", why)
            stop.wait(RECONNECT_SECONDS)


async def _jobs(stop: Flag) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.db_cleanup import DjangoApp
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    # An app of its own: the shared one keeps Django's connection, so that a handler that defers
    # a job does so in its transaction.
    own = DjangoApp(
        connector=connector.get_worker_connector(),
        import_paths=app.import_paths,
        worker_defaults=app.worker_defaults,
    )
    own.tasks = app.tasks
    own.periodic_registry = app.periodic_registry
    # The periodic ones are put in the queue over Django's connection, in a thread that outlives
    # this worker: one that the server closed stays closed until somebody looks.
    await sync_to_async(_drop_lost_connection)()
    async with own.open_async():
        work = asyncio.create_task(
            own.run_worker_async(
                name="pims",
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=JOB_GRACE_SECONDS,
            )
        )
        while not stop.is_set() and not work.done():
            await asyncio.wait([work], timeout=0.2)
        work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            pass


def _drop_lost_connection() -> None:
    if connection.connection is not None and not connection.is_usable():
        connection.close()


def main() -> int:
    """Work until SIGTERM or SIGINT. Django must be set up."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_worker(stop)
    return 0
