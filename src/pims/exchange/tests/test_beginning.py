"""The first start of the exchange in an installation that has been at work for a while."""

import pytest

from pims.custody.tests.prison import Prison
from pims.exchange.feed.beginning import SUBSCRIBER, begin, begun_at, has_begun
from pims.exchange.models import Message, ShelfRow
from pims.foundation.access.actor import Actor
from pims.foundation.outbox.models import OutboxEvent, SubscriberCursor

pytestmark = pytest.mark.any_server


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def test_everybody_is_on_the_shelf_and_history_makes_no_message(prison: Prison) -> None:
    before = prison.held("Juan Perez")
    assert not has_begun()
    assert begin() == 1
    assert has_begun()
    assert begin() is None
    assert begun_at() is not None
    assert ShelfRow.objects.filter(person_id=before.person_id, kind="custody").exists()
    assert OutboxEvent.objects.exists()
    assert not Message.objects.exists()


def test_an_exchange_that_follows_events_already_is_left_alone(prison: Prison) -> None:
    prison.held()
    SubscriberCursor.objects.create(subscriber=SUBSCRIBER, position=3)
    assert begin() is None
    assert begun_at() is None
    assert not ShelfRow.objects.exists()
