"""Messages about nobody on record: what is kept of them, and how long."""

from datetime import timedelta

from django.db import connection

from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.models import Inbound
from pims.exchange.services.forgetting import empty_left_over, keeping
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound_orders import number_of, release
from pims.foundation.access.selectors import system_actor
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel import clock
from tests.fixtures.database import FreshDatabase

NOBODY = "0000019-17"


def _mentions(words: str) -> int:
    """How many versions of messages, now and earlier, hold these words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM exchange_inbound WHERE position(%s in body) > 0)"
            " + (SELECT count(*) FROM exchange_inbound_history WHERE position(%s in body) > 0)",
            [words, words],
        )
        return int(cursor.fetchone()[0])


def test_words_about_nobody_go_after_their_time_and_everything_else_stays(
    fresh_database: FreshDatabase,
) -> None:
    prison = Prison.build(system_actor())
    held = number_of(prison, prison.held().person_id)
    court = Sender("mc", "court", bodies=(prison.court,))
    ended = court.send("release_order", release(NOBODY), message_id="ended")
    waits = court.send("release_order", release(NOBODY), message_id="waits")
    known = court.send("release_order", release(held), message_id="known")
    assert [one.state for one in (ended, waits, known)] == ["unmatched", "unmatched", "waiting"]
    for row in (ended, known):
        services.reject_inbound(
            prison.command, inbound_id=row.pk, version=row.version, reason="Not ours"
        )
    body = Inbound.objects.get(pk=ended.pk).body.encode()
    digest = bytes(Inbound.objects.get(pk=ended.pk).digest)

    with clock.at(clock.now() + timedelta(days=keeping().days - 1)):
        assert empty_left_over() == 0
    before = _mentions(NOBODY)
    with clock.at(clock.now() + timedelta(days=keeping().days + 1)):
        assert empty_left_over() == 1
        assert empty_left_over() == 0

    gone = Inbound.objects.get(pk=ended.pk)
    assert (gone.body, gone.signature, gone.reason, gone.proposal) == ("", "", "", {})
    assert (gone.message_id, gone.state, bytes(gone.digest)) == ("ended", "rejected", digest)
    assert 0 < _mentions(NOBODY) < before
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM exchange_inbound_history WHERE id = %s AND body <> ''", [gone.pk]
        )
        assert cursor.fetchone() == (0,)
    for row in (waits, known):
        assert Inbound.objects.get(pk=row.pk).body
    assert court.status("ended")["steps"][-1]["state"] == "emptied"
    assert LedgerEntry.objects.filter(kind="exchange.message_emptied").count() == 1
    # The same message again is the one that was here, and is not done again.
    assert court.give(body).outcome == "duplicate"
    assert Inbound.objects.get(pk=ended.pk).body == ""
