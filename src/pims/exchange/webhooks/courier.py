"""The courier's process, `python -m pims.cli.courier`: it pushes messages as they happen.

One task an endpoint: who is slow or does not answer delays nobody else. Each round takes what is
due, sends it (a prisoner's messages one after another, others beside them) and notes what became
of it. Killed at any moment it sends some of that again, under the same id. One courier works at a
time, whoever holds the database's lock.
"""

import asyncio
import contextlib
import logging
import signal
import ssl
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from pims.exchange.feed import heartbeat
from pims.exchange.feed.publishing import CHANNEL
from pims.exchange.handing import open_window
from pims.exchange.rules.addresses import AllowedNetwork
from pims.exchange.rules.retry import Fault, fault_of
from pims.exchange.services.endpoints import allowed_networks
from pims.exchange.webhooks import loading
from pims.exchange.webhooks.loading import Goal, Parcel
from pims.exchange.webhooks.sending import AT_ONCE, Answer, Sender
from pims.exchange.webhooks.signing import Secret, sign
from pims.kernel import clock
from pims.kernel.errors import PimsError

log = logging.getLogger("pims.courier")

LOCK = 0x50494D53_434F
POLL_SECONDS, AGAIN_SECONDS, GOALS_SECONDS = 2.0, 0.5, 2.0
LONGEST_PAUSE_SECONDS = 30.0
# So many of the receiver's faults in a row end a round: the rest waits until it is back.
FAULTS = 2
T = TypeVar("T")


class Courier:
    """Pushes to every endpoint until told to stop. Django is set up."""

    def __init__(self, stop: threading.Event, *, tls: ssl.SSLContext | None = None) -> None:
        self._stop, self._tls = stop, tls
        self._threads = ThreadPoolExecutor(6, thread_name_prefix="courier")
        self._allowed: tuple[AllowedNetwork, ...] = ()
        self._news: dict[int, asyncio.Event] = {}
        self._tasks: dict[Goal, asyncio.Task[None]] = {}
        self._senders: dict[Goal, Sender] = {}
        self._unfit: set[Goal] = set()

    def run(self) -> None:
        """Work until `stop`; a database that goes away is waited for."""
        try:
            while not self._stop.is_set():
                try:
                    with _listener() as listener:
                        if _is_alone(listener):
                            asyncio.run(self._serve(listener))
                        else:
                            self._stop.wait(AGAIN_SECONDS)
                except (DatabaseError, psycopg.Error) as error:
                    log.warning("the database is away: %s", str(error.__cause__ or error).strip())
                    self._stop.wait(AGAIN_SECONDS)
        finally:
            self._threads.shutdown(cancel_futures=True)
            connection.close()

    async def _serve(self, listener: psycopg.Connection) -> None:
        log.info("delivering")
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[None] = loop.create_future()
        ear = threading.Thread(target=self._listen, args=(listener, loop, lost), daemon=True)
        ear.start()
        beats: list[asyncio.Task[None]] = []
        try:
            while not lost.done():
                await self._follow_goals()
                if not beats:
                    beats = [asyncio.create_task(self._kept_up("heartbeats", self._beats))]
                await asyncio.wait([lost], timeout=GOALS_SECONDS)
            lost.result()
        finally:
            _end(lost, None)
            running = [*beats, *self._tasks.values()]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            for sender in self._senders.values():
                await sender.close()
            self._tasks.clear()
            self._senders.clear()
            self._news.clear()
            await asyncio.to_thread(ear.join, AGAIN_SECONDS * 6)

    def _listen(
        self,
        listener: psycopg.Connection,
        loop: asyncio.AbstractEventLoop,
        lost: "asyncio.Future[None]",
    ) -> None:
        """In a thread: wake every task when there is news; say when the connection is gone."""
        ended: BaseException | None = None
        try:
            while not self._stop.is_set() and not lost.done():
                for _ in listener.notifies(timeout=AGAIN_SECONDS, stop_after=1):
                    loop.call_soon_threadsafe(self._wake)
        except psycopg.Error as error:
            ended = error
        with contextlib.suppress(RuntimeError):  # the loop may have ended before us
            loop.call_soon_threadsafe(_end, lost, ended)

    def _wake(self) -> None:
        for news in self._news.values():
            news.set()

    async def _follow_goals(self) -> None:
        """A task for every endpoint that is pushed to now, and none for any other."""
        allowed = await self._in_thread(allowed_networks)
        if allowed != self._allowed:
            # Connections that are open were judged by what was allowed before.
            await self._drop(set(self._tasks))
            self._allowed = allowed
        wanted = set(await self._in_thread(loading.goals))
        await self._drop(self._tasks.keys() - wanted)
        for goal in wanted - self._tasks.keys() - self._unfit:
            try:
                sender = Sender(goal.url, allowed=lambda: self._allowed, tls=self._tls)
            except ValueError as error:
                # Taken once and not any more; the others' messages go on, and silence is alarmed.
                log.error("endpoint %s: %s", goal.endpoint_id, error)
                self._unfit.add(goal)
                continue
            self._senders[goal] = sender
            self._news[goal.endpoint_id] = asyncio.Event()
            name = f"endpoint {goal.endpoint_id}"
            self._tasks[goal] = asyncio.create_task(self._kept_up(name, partial(self._push, goal)))

    async def _drop(self, goals: Iterable[Goal]) -> None:
        for goal in list(goals):
            task = self._tasks.pop(goal)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._news.pop(goal.endpoint_id, None)
            await self._senders.pop(goal).close()

    async def _kept_up(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do it again whatever goes wrong: one endpoint's trouble ends nobody's deliveries."""
        pause = AGAIN_SECONDS
        while True:
            began = time.monotonic()
            try:
                await work()
            except (DatabaseError, psycopg.Error) as error:
                log.warning("%s: %s", name, str(error.__cause__ or error).strip())
            except PimsError as error:
                log.error("%s: %s", name, error)
            except Exception:
                log.exception("%s stopped and is begun again", name)
            went = time.monotonic() - began > LONGEST_PAUSE_SECONDS
            pause = AGAIN_SECONDS if went else min(pause * 2, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _push(self, goal: Goal) -> None:
        news = self._news[goal.endpoint_id]
        while True:
            news.clear()
            # First: without what it is signed with nothing is taken, and nothing is rendered.
            await self._in_thread(goal.secrets)
            found = await self._in_thread(lambda: loading.load(goal))
            if found.parcels:
                # Again: what was told after a change of secret is signed with the new one too.
                secrets = await self._in_thread(goal.secrets)
                sent = await self._send(goal, secrets, found.parcels)
                # What was sent is written down even if we are told to stop meanwhile.
                await asyncio.shield(self._in_thread(partial(loading.settle, goal, sent)))
            if found.more:
                continue
            pause = POLL_SECONDS
            if found.again_at is not None:
                pause = min(pause, max(0.02, (found.again_at - clock.now()).total_seconds()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), pause)

    async def _send(
        self, goal: Goal, secrets: Sequence[Secret], parcels: Sequence[Parcel]
    ) -> list[tuple[Parcel, Answer]]:
        """Send; a lane in its order, a few lanes at once. Stops where the receiver is not there."""
        sender, sent = self._senders[goal], list[tuple[Parcel, Answer]]()
        lanes: dict[str, list[Parcel]] = defaultdict(list)
        for parcel in parcels:
            lanes[parcel.lane].append(parcel)
        queue, faults = iter(list(lanes.values())), 0

        async def work() -> None:
            nonlocal faults
            for lane in queue:
                for parcel in lane:
                    if faults >= FAULTS:
                        return
                    headers = sign(
                        secrets, message_id=parcel.message_id, at=clock.now(), body=parcel.body
                    )
                    answer = await sender.post(headers, parcel.body)
                    sent.append((parcel, answer))
                    fault = fault_of(answer.status)
                    faults = faults + 1 if fault in (Fault.RECEIVER, Fault.GONE) else 0

        await asyncio.gather(*(work() for _ in range(min(AT_ONCE, len(lanes)))))
        return sent

    async def _beats(self) -> None:
        """A heartbeat to everybody, every minute: silence is then a fault, and not quiet."""
        while True:
            beat = await self._in_thread(heartbeat.beat)
            goals = list(self._senders.items())
            await asyncio.gather(*(self._beat(goal, sender, beat) for goal, sender in goals))
            due = heartbeat.EVERY - (clock.now() - beat.at)
            await asyncio.sleep(max(0.1, due.total_seconds()))

    async def _beat(self, goal: Goal, sender: Sender, beat: heartbeat.Beat) -> None:
        message_id, body = heartbeat.rendered(goal.agreement_id, beat)
        try:
            secrets = await self._in_thread(goal.secrets)
        except PimsError:
            return  # told where messages are pushed
        headers = sign(secrets, message_id=message_id, at=clock.now(), body=body)
        answer = await sender.post(headers, body)
        await self._in_thread(lambda: loading.note_beat(goal, answer))

    async def _in_thread(self, function: Callable[[], T]) -> T:
        def run() -> T:
            close_old_connections()
            try:
                return function()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)


def _end(lost: "asyncio.Future[None]", error: BaseException | None) -> None:
    if not lost.done():
        lost.set_result(None) if error is None else lost.set_exception(error)


def _is_alone(listener: psycopg.Connection) -> bool:
    """Whether no other courier works; ours is known by the connection, and goes with it."""
    row = listener.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])


def _listener() -> psycopg.Connection:
    from pims.foundation.database.urls import current_role, dsn

    listener = psycopg.connect(dsn(current_role()), autocommit=True)
    listener.execute(f"LISTEN {CHANNEL}")
    return listener


def main() -> int:
    """Deliver until SIGTERM or SIGINT. Django must be set up."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Photographs and proofs for the process that answers agencies, which can reach neither.
    window = open_window()
    try:
        Courier(stop).run()
    finally:
        window.close()
    return 0
