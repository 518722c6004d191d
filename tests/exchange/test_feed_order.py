"""The order of the feed, with several connections that write and read at once."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.errors import InsufficientPrivilege

from pims.custody.tests.prison import Prison
from pims.exchange.feed.publishing import publish
from pims.exchange.models import Message, Published
from pims.exchange.tests.feed import Follower, read
from pims.exchange.tests.helpers import SmallAgency, agency_with, terms_of, token_for
from pims.foundation.access.selectors import system_actor
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase

HELD = ["everyone:yes", "held:now"]


def _message(number: int = 1) -> int:
    now = clock.now()
    return Message.objects.create(
        event_id=uuid4(), event_position=number, type="admitted", judged_as="admitted",
        number=f"BZ-{number}", facets_before=HELD, facets_after=HELD, occurred_at=now,
        recorded_at=now, made_at=now,
    ).pk  # fmt: skip


@pytest.fixture
def agency(fresh_database: FreshDatabase) -> SmallAgency:
    return agency_with(terms_of(events={"admitted": "thin"}))


@contextmanager
def _publishing(message_id: int, *, fail: bool = False) -> Iterator[threading.Event]:
    """Another connection that has published, and commits (or fails) when the block ends."""
    done, published = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                publish([message_id])
                published.set()
                done.wait(20)
                if fail:
                    raise RuntimeError("the power went")
        except RuntimeError:
            assert fail
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert published.wait(20)
    try:
        yield done
    finally:
        done.set()
        thread.join(20)


def _publish_alone(message_id: int) -> None:
    publish([message_id])
    connection.close()


@pytest.mark.parametrize("fails", [False, True])
def test_a_later_message_waits_for_an_earlier_one_that_is_not_committed(
    agency: SmallAgency, fails: bool
) -> None:
    first, second = _message(1), _message(2)
    later = threading.Thread(target=_publish_alone, args=(second,))
    with _publishing(first, fail=fails):
        later.start()
        later.join(0.4)
        assert later.is_alive()
        found = read(agency)
        assert (found.events, found.upto, found.newest) == ([], 0, 0)
    later.join(20)
    expected = [second] if fails else [first, second]
    assert list(Published.objects.order_by("position").values_list("message_id", flat=True)) == (
        expected
    )
    assert [int(e["sequence"]) for e in read(agency).events] == list(range(1, len(expected) + 1))


def test_a_reader_that_goes_on_where_it_was_misses_nothing_and_reads_nothing_twice(
    agency: SmallAgency,
) -> None:
    """Four connections publish and dawdle before they commit; some of them fail."""
    ids = [_message(number) for number in range(120)]
    parts = [ids[n::4] for n in range(4)]

    def write(part: list[int], seed: int) -> None:
        rng = random.Random(seed)
        for start in range(0, len(part), 3):
            some = part[start : start + 3]
            while not _published(some, rng):
                pass
        connection.close()

    writers = [threading.Thread(target=write, args=(p, n)) for n, p in enumerate(parts)]
    for thread in writers:
        thread.start()
    seen: list[int] = []
    after, deadline = 0, time.monotonic() + 60
    while len(seen) < len(ids):
        assert time.monotonic() < deadline, f"{len(seen)} of {len(ids)}"
        found = read(agency, after=after, limit=7)
        seen += [int(event["sequence"]) for event in found.events]
        after = found.upto
    for thread in writers:
        thread.join(20)
    assert seen == list(range(1, len(ids) + 1))


def _published(some: list[int], rng: random.Random) -> bool:
    try:
        with transaction.atomic():
            publish(some)
            time.sleep(rng.random() * 0.01)
            if rng.random() < 0.2:
                raise RuntimeError("undone")
    except RuntimeError:
        return False
    return True


ASK = (
    "SELECT outcome, inquiry FROM agency_open_inquiry("
    "%s, %s, 'custody_enquiry', 'PC 1', 'feed', '{}')"
)


def test_the_agency_process_reads_and_acknowledges_with_what_its_role_may_do(
    fresh_database: FreshDatabase,
) -> None:
    prison = Prison.build(system_actor())
    follower = Follower()
    agency = agency_with(terms_of(events={"admitted": "fat"}))
    other = agency_with(terms_of("parole", events={"released": "fat"}), kind="parole")
    prison.held()
    follower.follow()
    with psycopg.connect(fresh_database.dsn("agency"), autocommit=True) as own:

        def one(statement: str) -> object:
            row = own.execute(statement).fetchone()
            return None if row is None else row[0]

        for who, told in ((agency, ["admitted"]), (other, [])):
            row = own.execute(ASK, [token_for(who), who.thumbprint]).fetchone()
            assert row is not None
            with own.transaction():
                own.execute("SELECT set_config('pims.inquiry', %s, true)", [str(row[1])])
                types = own.execute("SELECT type FROM agreed_message ORDER BY position").fetchall()
                assert [t for (t,) in types] == told
                assert one("SELECT newest FROM agency_feed_ends()") == 2
                assert one("SELECT agency_acknowledge(2)") == "ok"
                assert one("SELECT agency_acknowledge(3)") == "beyond"
                assert one("SELECT agency_cursor()") == 2
                assert one("SELECT agency_close_inquiry('{}', 0) IS NOT NULL") is True
        for statement in ("SELECT agency_acknowledge(1)", "SELECT agency_cursor()"):
            with pytest.raises(InsufficientPrivilege):
                own.execute(statement)
        assert one("SELECT count(*) FROM agreed_message") == 0
        with pytest.raises(InsufficientPrivilege):
            own.execute("SELECT * FROM exchange_published")
