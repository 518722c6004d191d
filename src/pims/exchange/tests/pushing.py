"""Messages, endpoints and a courier for the tests of what is pushed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from django.db import transaction

from pims.exchange import catalogue
from pims.exchange.feed.publishing import publish
from pims.exchange.models import AllowedAddress, Delivery, EndpointState, Message
from pims.exchange.services import endpoints
from pims.exchange.tests.helpers import SmallAgency, agency_with, terms_of
from pims.exchange.webhooks import loading
from pims.exchange.webhooks.courier import Courier
from pims.exchange.webhooks.loading import Goal, Parcel
from pims.exchange.webhooks.sending import Answer
from pims.foundation.commands.transaction import Command
from pims.foundation.database.urls import dsn
from pims.foundation.ledger import copies
from pims.foundation.ledger.keys import KeyFiles
from pims.foundation.ledger.sequencer import run_sequencer
from pims.foundation.outbox.dispatcher import Dispatcher
from pims.foundation.outbox.subscribers import discover
from pims.foundation.outbox.worker import dispatch
from pims.kernel import clock

HELD, LEFT = [catalogue.EVERYONE, "held:now"], [catalogue.EVERYONE, "held:before"]
TAKEN, AWAY, BAD = Answer(204), Answer(None, "nobody answers"), Answer(400)


def listening_agency(code: str = "police", **more: Any) -> SmallAgency:
    """An agency that is told of releases and escapes of everybody, by a link."""
    events = {"released": "thin", "escaped": "thin"}
    return agency_with(terms_of(code, events=events, **more))


def made(count: int = 1, *, kind: str = "released", person_id: int | None = None,
         **more: Any) -> list[Message]:  # fmt: skip
    """Messages that were made and not published, as those of so many events."""
    now = clock.now()
    values: dict[str, Any] = {
        "event_position": 0, "type": kind, "judged_as": kind, "person_id": person_id,
        "occurred_at": now, "recorded_at": now, "made_at": now,
        "facets_before": HELD, "facets_after": LEFT, **more,
    }  # fmt: skip
    rows = [Message(event_id=uuid4(), **values) for _ in range(count)]
    return Message.objects.bulk_create(rows)


def told(count: int = 1, **more: Any) -> list[int]:
    """Messages in the feed; their positions."""
    with transaction.atomic():
        return publish([one.pk for one in made(count, **more)])


def allow_here(agency: SmallAgency) -> None:
    if not AllowedAddress.objects.filter(ended_at=None).exists():
        endpoints.allow_address(
            Command(agency.officers[0]), network="127.0.0.0/8", plain=True, reason="A test"
        )


def pushed_to(
    agency: SmallAgency, url: str = "http://127.0.0.1:9/", *, scheme: str = "hmac", **more: Any
) -> Goal:
    """An endpoint of the agency, and how the courier knows it."""
    allow_here(agency)
    made = endpoints.add_endpoint(
        Command(agency.officers[0]), agreement_id=agency.agreement_id, url=url, scheme=scheme,
        **more,
    )  # fmt: skip
    return next(one for one in loading.goals() if one.endpoint_id == made.endpoint_id)


def send(goal: Goal, answer: Answer = TAKEN) -> tuple[Parcel, ...]:
    """One round, in which every message gets this answer; the messages."""
    found = loading.load(goal).parcels
    loading.settle(goal, [(one, answer) for one in found])
    return found


def rested(goal: Goal) -> None:
    """As if the rest of the endpoint, and every wait, were over."""
    earlier = clock.now() - timedelta(seconds=1)
    EndpointState.objects.filter(endpoint_id=goal.endpoint_id, rests_until__isnull=False).update(
        rests_until=earlier
    )
    Delivery.objects.filter(endpoint_id=goal.endpoint_id, state="pending").update(next_at=earlier)


@contextmanager
def parts_at_work() -> Iterator[None]:
    """The sequencer, and the worker without its jobs, each in a thread."""
    stop = Event()
    signing = {"conninfo": dsn("sequencer"), "signer": KeyFiles(), "folders": copies.folders()}
    threads = [
        Thread(target=run_sequencer, args=(stop,), kwargs=signing),
        Thread(target=dispatch, args=(Dispatcher(discover()), stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)


@contextmanager
def courier() -> Iterator[Courier]:
    """A courier at work, in a thread of this process."""
    stop = threading.Event()
    at_work = Courier(stop)
    thread = threading.Thread(target=at_work.run)
    thread.start()
    try:
        yield at_work
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
