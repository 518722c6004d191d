"""The disaster drill, large: six agencies, 100,000 events (a tenth of them without `--full`); and
how fast messages leave.

Everything that can befall a receiver does (`tests.exchange.drill`); afterwards each store must be
exactly what its agreement allows of the truth. The police are dark for sixty days and then read
100,000 messages at once. The floor is a bare loop that posts the same bytes to the same receiver.
"""

import http.client
import json
import time
from collections.abc import Sequence
from typing import Any

from bench.context import Context
from bench.databases import connected_to, drop_database, make_database
from bench.results import Result

EVENTS, PEOPLE, STEP = 100_000, 4_000, 1_000
PUSHED = ("court", "social", "immigration")
CATCH_UP_SECONDS = 600
PAGE = 1000
FLOOR_PAGES, PUSHES, RELEASES = 20, 2_000, 20
DATABASE = "pims_bench_drill"


def run(context: Context, *, events: int | None = None) -> list[Result]:
    events = events or (EVENTS if context.full else EVENTS // 10)
    found = []
    for part in (lambda: [*_drilled(context, events), *_pushed(context)], _released):
        drop_database(DATABASE)
        make_database(DATABASE)
        try:
            with connected_to(DATABASE):
                found += part()
        finally:
            drop_database(DATABASE)
    return found


def _drilled(context: Context, events: int) -> list[Result]:
    from tests.exchange.drill.agencies import six
    from tests.exchange.drill.scenario import Drill
    from tests.exchange.drill.truth import Truth

    folder = context.scratch / "drill"
    folder.mkdir()
    truth = Truth(seed=11)
    truth.fill(PEOPLE)
    drill = Drill(truth, six(folder), seed=11, page=PAGE)
    drill.start(pushed=PUSHED)
    _none(drill.differences(), "at the start")
    court, social, immigration = (drill.by(code) for code in PUSHED)
    dark = drill.by("police")
    social.ahead, dark.dark, left_at = 3600, True, dark.store.position
    began, busy = time.monotonic(), 0.0
    for step in range(max(1, events // STEP)):
        start = time.monotonic()
        truth.happen(STEP)
        busy += time.monotonic() - start
        for one in (court, social, immigration):
            drill.push(one)
        for one in drill.receivers:
            if not one.dark and drill.rng.random() < 0.7:
                if drill.rng.random() < 0.2:
                    drill.kill_soon(one)
                drill.pull(one, pages=3)
        _befall(drill, step)
        if step % 10 == 9:
            context.say(f"{truth.happened:,} events, {time.monotonic() - began:.0f} s")
    drill.days_pass(60, after=left_at)
    dark.dark = False
    start = time.monotonic()
    came = drill.pull(dark)
    caught_up = time.monotonic() - start
    floor = _posted(_pages(dark))
    drill.late_ones_arrive()
    for one in drill.receivers:
        while drill.pull(one):
            pass
    _none(drill.differences(), "at the end")
    _none({r.code: str(t) for r in drill.receivers if (t := r.store.done_twice())}, "twice")
    counts = drill.counts
    sizes = {f"{one.code} holds": len(one.store.contents()) for one in drill.receivers}
    applied = {f"{one.code} took": one.store.count() for one in drill.receivers}
    return [
        Result(
            name=f"six agencies after {truth.happened:,} events and every disaster: stores that"
            " are not what the agreement allows",
            value=0,
            unit="stores",
            target=0,
            details={**sizes, **applied, **{k: int(v) for k, v in vars(counts).items()}},
        ),
        Result(
            name=f"catching up {came:,} messages after 60 days in the dark",
            value=caught_up,
            unit="s",
            target=CATCH_UP_SECONDS,
            floor=floor * came,
            against="a bare loop posting the same bytes",
            details={"messages a second": round(came / caught_up)},
        ),
        Result(
            name="making and publishing messages, shelf included, a message",
            value=busy * 1000 / truth.happened,
            unit="ms",
        ),
    ]


def _befall(drill: Any, step: int) -> None:
    """Backups, restores, changed keys, and what was long on its way."""
    court, social = drill.by("court"), drill.by("social")
    if step % 20 == 3:
        court.store.back_up()
        drill.rotate(drill.by("immigration"))
    if step % 20 == 6:
        drill.learn_secret(drill.by("immigration"))
        drill.late_ones_arrive()
    if step % 20 == 17:
        drill.restore(court)
    if step % 30 == 12:
        social.store.back_up()
    if step % 30 == 25:
        drill.restore(social)


def _pages(receiver: Any) -> list[bytes]:
    """Some pages of the feed as bytes, each with how many messages are in it."""
    from pims.exchange.enforcement import open_own, reading
    from pims.exchange.feed import reading as feed

    found: list[bytes] = []
    after = 0
    while len(found) < FLOOR_PAGES:
        with reading(open_own(version_id=receiver.agency.version_id)) as reader:
            page = feed.page(reader, after=after, limit=PAGE)
        if page.events:
            found.append(json.dumps(page.events).encode())
        after = page.upto
        if not page.more:
            break
    return found


def _posted(bodies: Sequence[bytes], *, each: int = PAGE) -> float:
    """Seconds a message for a bare loop that posts these bodies one after another."""
    from pims.exchange.tests.receiver import Receiver, receiving

    with receiving(Receiver()) as receiver:
        connection = http.client.HTTPConnection("127.0.0.1", receiver.port)
        start = time.monotonic()
        for body in bodies:
            connection.request("POST", "/hooks", body, {"webhook-id": "floor"})
            connection.getresponse().read()
        took = time.monotonic() - start
        connection.close()
    return took / (len(bodies) * each)


def _pushed(context: Context) -> list[Result]:
    """The courier beside a bare loop that posts the bodies it sent."""
    from pims.exchange.tests.helpers import agency_with, terms_of
    from pims.exchange.tests.pushing import courier, pushed_to, told
    from pims.exchange.tests.receiver import Receiver, receiving

    events = {"released": "thin"}
    agency = agency_with(terms_of("controller", events=events), kind="controller")
    with receiving(Receiver()) as receiver:
        pushed_to(agency, receiver.url)
        with courier():
            start = time.monotonic()
            for _ in range(PUSHES // 100):
                told(100)
            receiver.until(PUSHES, within=300)
            took = time.monotonic() - start
        bodies = [one.body for one in receiver.messages]
        delays = []
        with courier():
            time.sleep(2)
            for _ in range(20):
                before, at = len(receiver.messages), time.monotonic()
                told(1)
                receiver.until(before + 1, within=30)
                delays.append(time.monotonic() - at)
    floor = _posted(bodies, each=1)
    context.say(f"{PUSHES} messages pushed in {took:.1f} s")
    return [
        Result(
            name="pushing a message to a receiver, when there are many",
            value=took * 1000 / PUSHES,
            unit="ms",
            floor=floor * 1000,
            against="a bare loop posting the same bytes",
            details={"messages a second": round(PUSHES / took)},
        ),
        Result(
            name="from a published message to its receiver, the slowest of twenty",
            value=max(delays),
            unit="s",
            target=5,
        ),
    ]


def _released() -> list[Result]:
    """Through every part: committed, sequenced, told, judged by the breaker, rendered, posted."""
    from pims.custody import services as custody
    from pims.custody.tests.prison import Prison
    from pims.exchange.tests.helpers import agency_with, terms_of
    from pims.exchange.tests.pushing import courier, parts_at_work, pushed_to, told
    from pims.exchange.tests.receiver import receiving
    from pims.foundation.access.selectors import system_actor
    from tests.fixtures.settling import settle

    prison = Prison.build(system_actor())
    held = [prison.held(f"Released Number {n}") for n in range(RELEASES)]
    agency = agency_with(terms_of(events={"released": "fat"}))
    settle()
    delays = []
    with receiving() as receiver, parts_at_work(), courier():
        pushed_to(agency, receiver.url)
        told(1)
        receiver.until(1, within=30)
        for count, one in enumerate(held, start=2):
            custody.record_court_discharge(
                prison.command, episode_id=one.episode_id, order_seen="Order 4/26"
            )
            committed = time.monotonic()
            delays.append(receiver.until(count, within=60)[-1].at - committed)
    return [
        Result(
            name=f"from a release's commit to its receiver, the slowest of {RELEASES}",
            value=max(delays),
            unit="s",
            target=5,
        )
    ]


def _none(found: dict[str, str], when: str) -> None:
    if found:
        raise AssertionError(f"{when}: {found}")
