"""The agency process's own connection to the database, used to send and to pry."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from pims.courts import selectors as courts
from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.inbound import paper
from pims.exchange.models import Inbound, InboundStep, OrderClock
from pims.exchange.tests.helpers import token_for
from pims.exchange.tests.sending import Sender, judge
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


def _at_once(*do: Callable[[], object]) -> list[object]:
    """Each in a thread and on a connection of its own, begun in the same moment; what each gave."""
    gave: list[object] = []
    start = threading.Barrier(len(do))

    def run(one: Callable[[], object]) -> None:
        start.wait()
        try:
            gave.append(one())
        except Exception as error:
            gave.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in do]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gave


def _paper(court: Sender, body: bytes) -> dict[str, Any]:
    read = paper.decode(paper.text_of(court.agency.code, body, court.sign_paper(body)))
    return {
        "agency_code": read.agency_code, "body": read.body, "digest": read.digest,
        "message_id": read.message_id, "sent_kind": read.read.kind, "sent_at": read.read.sent_at,
        "kid": read.kid, "signature": read.signature,
    }  # fmt: skip


def test_one_paper_read_at_several_gates_at_once_is_one_message_and_sounds_once(
    fresh_database: FreshDatabase,
) -> None:
    prison = Prison.build(system_actor())
    court = Sender("mc_bz", "court", bodies=(prison.court,))
    number = number_of(prison, prison.held().person_id)
    for round_ in range(3):
        body = court.text("release_order", release(number), message_id=f"paper-{round_}")
        said = _paper(court, body)

        def read(said: dict[str, Any] = said) -> object:
            return services.keep_paper(Command(prison.actor), **said).inbound_id

        gave = _at_once(*[read] * 4, lambda body=body: court.give(body).message_id)
        row = Inbound.objects.get(message_id=f"paper-{round_}")
        # Every gate is shown the one message, and the wire is told that it is here.
        assert set(gave) == {row.pk, row.message_id}, gave
        assert InboundStep.objects.filter(inbound=row, state="received").count() == 1
        judge()
        assert InboundStep.objects.filter(inbound=row, state="waiting").count() == 1
        assert OrderClock.objects.filter(inbound=row).count() == 1


def test_two_papers_of_one_number_at_once_are_both_kept_and_one_is_refused(
    fresh_database: FreshDatabase,
) -> None:
    prison = Prison.build(system_actor())
    court = Sender("mc_bz", "court", bodies=(prison.court,))
    number = number_of(prison, prison.held().person_id)
    texts = [
        court.text("release_order", release(number, reference=name), message_id="same")
        for name in ("1/26", "2/26")
    ]
    papers = [_paper(court, text) for text in texts]

    def reading(said: dict[str, Any]) -> Callable[[], object]:
        return lambda: services.keep_paper(Command(prison.actor), **said).state

    assert sorted(map(str, _at_once(*map(reading, papers)))) == ["refused", "waiting"]
    assert Inbound.objects.count() == 2
    assert Inbound.objects.get(state="refused").problems == ["other_content"]
    assert OrderClock.objects.count() == 1


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
