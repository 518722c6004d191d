"""An escape, and the police: from the officer's entry to the list of the missing."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from pims.custody import services as custody
from pims.custody.tests.prison import Prison, man
from pims.exchange.models import Published
from pims.exchange.tests.feed import read, types
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.selectors import system_actor
from pims.kernel import clock
from tests.fixtures.settling import settle

pytestmark = pytest.mark.any_server

WITHIN = 60.0


def _settled() -> None:
    settle()
    connection.close()


@pytest.mark.usefixtures("fresh_database")
def test_the_missing_are_with_the_police_within_a_minute_of_the_entry() -> None:
    """By the real sequencer and the real subscribers: everybody gone, with their descriptions."""
    prison = Prison.build(system_actor())
    tables = {t: whole(t) for t in ("person", "custody", "photograph", "alert")}
    police = agency_with(terms_of(events={"escaped": "fat", "recaptured": "thin"}, tables=tables))
    courts = agency_with(
        terms_of("court", events={"escaped": "fat"},
                 tables={"custody": {"rows": [["held:now"]], "columns": ["number", "held"]}}),
        kind="court",
    )  # fmt: skip
    three = [prison.held(f"Escapee Number {n}") for n in range(3)]
    born = clock.today("America/Belize") - timedelta(days=16 * 365)
    young = prison.receive(man("Young One", birth_date=born))[0]
    settle()
    start = read(police).upto
    entered = time.monotonic()
    for one in (*three, young):
        custody.record_escape(
            prison.command, episode_id=one.episode_id, happened_at=clock.now(), circumstances="Cut"
        )
    worker = threading.Thread(target=_settled)
    worker.start()
    found = read(police, after=start)
    while len(found.events) < 3:
        assert time.monotonic() - entered < WITHIN, types(found)
        time.sleep(0.1)
        found = read(police, after=start)
    worker.join(60)
    found = read(police, after=start)
    assert types(found) == ["escaped"] * 3  # the young one is not theirs to know of
    listed = found.events[0]["data"]["pims:missing"]
    assert len(listed) == 3
    for one in listed:
        assert one["pims:person"]["nc:PersonSurName"]
        assert one["pims:person"]["nc:PersonSexText"] == "male"
    assert all(one["pims:custody"]["pims:whereabouts"] == "at_large" for one in listed)
    delays = [
        (row.published_at - row.message.recorded_at).total_seconds()
        for row in Published.objects.filter(message__type="escaped").select_related("message")
    ]
    assert max(delays) < WITHIN
    # An agency with no column of who they are is told of numbers alone.
    for event in read(courts).events:
        assert "pims:person" not in event["data"]
        assert event["data"]["pims:missing"] == []
