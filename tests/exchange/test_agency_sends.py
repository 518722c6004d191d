"""The agency process's own connection to the database, used to send and to pry."""

import hashlib
import threading
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.models import Inbound, InboundStep
from pims.exchange.tests.helpers import token_for
from pims.exchange.tests.sending import Sender
from pims.exchange.tests.test_inbound import number_of, release
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import Refused, Stale
from tests.fixtures.database import FreshDatabase

ASK = (
    "SELECT inquiry FROM agency_open_inquiry("
    "%s, %s, 'custody_enquiry', 'The clerk', 'message.send', '{}')"
)
SEND = "SELECT outcome FROM agency_receive(%s, 'bail', now(), %s, %s, 'k', 'p')"


class Wire:
    """A court, and its process's connections."""

    def __init__(self, court: Sender, database: FreshDatabase) -> None:
        self.court, self._dsn = court, database.dsn("agency")

    def connect(self) -> Any:
        return psycopg.connect(self._dsn, autocommit=True)

    def ask(self, own: Any, sender: Sender | None = None) -> str:
        agency = (sender or self.court).agency
        row = own.execute(ASK, (token_for(agency), agency.thumbprint)).fetchone()
        return str(row[0])


def under(own: Any, inquiry: str, statement: str, *values: object) -> Any:
    with own.transaction():
        own.execute("SELECT set_config('pims.inquiry', %s, true)", (inquiry,))
        return own.execute(statement, values).fetchone()[0]


def send(own: Any, inquiry: str, message_id: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return str(under(own, inquiry, SEND, message_id, text, digest))


@pytest.fixture
def wire(fresh_database: FreshDatabase) -> Wire:
    prison = Prison.build(system_actor())
    return Wire(Sender("mc_bz", "court", bodies=(prison.court,)), fresh_database)


def test_a_message_is_taken_under_an_inquiry_that_is_on_the_disk_and_no_other_way(
    wire: Wire,
) -> None:
    with wire.connect() as own:
        with pytest.raises(InsufficientPrivilege), own.transaction():
            own.execute(SEND, ("m", "t", b"0" * 32))
        with pytest.raises(InsufficientPrivilege), own.transaction():
            # Asked and sent in one transaction, that could be undone.
            send(own, wire.ask(own), "m", "t")
        assert not Inbound.objects.exists()
        assert send(own, wire.ask(own), "m", "t") == "received"
        assert send(own, wire.ask(own), "m", "t") == "duplicate"
        assert send(own, wire.ask(own), "m", "u") == "conflict"
        assert send(own, wire.ask(own), "m", "u") == "conflict"
        assert send(own, wire.ask(own), " ", "t") == "too_large"
        assert Inbound.objects.count() == 2
        # It sees what became of its own, and nobody else's; and no table of them.
        other = Sender("police", "police")
        look = "SELECT agency_inbound(%s)"
        assert under(own, wire.ask(own), look, "m")["state"] == "received"
        assert under(own, wire.ask(own, other), look, "m") is None
        for statement in (
            "SELECT * FROM exchange_inbound",
            "UPDATE exchange_inbound SET state = 'applied'",
            "INSERT INTO exchange_inbound_step (state) VALUES ('applied')",
            "SELECT exchange_sender()",
            "SELECT exchange_enter('x', 1, '{}', '{}', '{}')",
        ):
            with pytest.raises(InsufficientPrivilege):
                own.execute(statement)


def test_the_same_message_from_many_lines_at_once_is_one(wire: Wire) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(6)
    inquiries = []
    with wire.connect() as own:
        inquiries = [wire.ask(own) for _ in range(6)]

    def deliver(inquiry: str) -> None:
        with wire.connect() as line:
            start.wait()
            outcomes.append(send(line, inquiry, "m", "the same"))

    threads = [threading.Thread(target=deliver, args=(one,)) for one in inquiries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duplicate"] * 5 + ["received"]
    assert Inbound.objects.count() == 1
    assert InboundStep.objects.count() == 1


def test_two_officers_at_once_do_it_once(fresh_database: FreshDatabase) -> None:
    prison = Prison.build(system_actor())
    court = Sender("mc_bz", "court", bodies=(prison.court,))
    held = prison.held()
    row = court.send("release_order", release(number_of(prison, held.person_id)))
    came: list[str] = []
    start = threading.Barrier(4)

    def decide() -> None:
        start.wait()
        try:
            services.apply_inbound(Command(prison.actor), inbound_id=row.pk, version=row.version)
            came.append("done")
        except (Stale, Refused):
            came.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["done"] + ["too late"] * 3
    assert len(courts.orders(prison.actor, [held.person_id])[held.person_id]) == 1
