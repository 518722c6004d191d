"""The feed and the letter box, as an agency's program reaches them."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.test import Client

from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.exchange.feed.publishing import publish
from pims.exchange.models import Disclosure, Inbound, Inquiry
from pims.exchange.services.inbound import judge_inbound
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import Program, serving
from pims.exchange.tests.feed import Follower
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor as system
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import selectors as people

pytestmark = pytest.mark.django_db
EVENTS = dict.fromkeys(("admitted", "released", "escaped", "transferred"), "fat")


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def program(prison: Prison) -> Program:
    tables = {one: whole(one) for one in ("person", "custody")}
    return Program.of(agency_with(terms_of(tables=tables, events=EVENTS)))


def test_events_are_read_acknowledged_and_read_again(
    client: Client, prison: Prison, program: Program
) -> None:
    follower = Follower()
    held = prison.held("Maria Choc")
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    publish([one.pk for one in follower.follow()])
    told = program.get(client, "/v1/feed").json()
    assert [one["type"] for one in told["events"]] == ["pims.admitted", "pims.escaped"]
    assert (told["more"], told["acknowledged"]) == (False, 0)
    assert "person_id" not in json.dumps(told)
    (given,) = Disclosure.objects.filter(inquiry_id=UUID(told["inquiry"]))
    assert given.person_id == held.person_id
    answer = program.post(client, "/v1/feed/ack", {"position": told["upto"]})
    assert answer.json()["acknowledged"] == told["upto"]
    behind = program.post(client, "/v1/feed/ack", {"position": 0})
    assert (behind.status_code, behind.json()["outcome"]) == (200, "behind")
    beyond = program.post(client, "/v1/feed/ack", {"position": told["newest"] + 1})
    assert (beyond.status_code, beyond.json()["code"]) == (409, "beyond_the_feed")
    # Whoever was restored from an old backup names where it is, whatever it acknowledged.
    again = program.get(client, "/v1/feed?after=0&limit=1").json()
    assert len(again["events"]) == 1
    assert (again["more"], again["acknowledged"]) == (True, told["upto"])
    after = program.get(client, f"/v1/feed?after={told['upto']}").json()
    assert after["events"] == []
    for wrong in ({"position": -1}, {"position": "1"}, {"position": True}, {}):
        assert program.post(client, "/v1/feed/ack", wrong).status_code == 422


def test_a_snapshot_gives_everybody_page_by_page(
    client: Client, prison: Prison, program: Program
) -> None:
    from pims.exchange.shelving import shelve

    shelve([prison.held(name).person_id for name in ("A One", "B Two", "C Three")])
    first = program.get(client, "/v1/snapshot?persons=2").json()
    assert (len(first["persons"]), first["more"]) == (2, True)
    second = program.get(client, f"/v1/snapshot?persons=2&page={first['inquiry']}").json()
    assert (len(second["persons"]), second["more"]) == (1, False)
    unknown = program.get(client, f"/v1/snapshot?page={uuid4()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_page")


def _letter(**more: object) -> bytes:
    return json.dumps(
        {"id": str(uuid4()), "kind": "police_interest", "sent_at": clock.now().isoformat(),
         "content": {}, **more}
    ).encode()  # fmt: skip


def test_whatever_is_sent_is_kept_and_the_sender_can_ask_what_became_of_it(
    client: Client, program: Program
) -> None:
    letter = _letter()
    sent = program.post(client, "/v1/messages", letter)
    assert (sent.status_code, sent.json()["outcome"]) == (202, "received"), sent.json()
    named = sent.json()["message_id"]
    again = program.post(client, "/v1/messages", letter)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert Inbound.objects.count() == 1
    status = program.get(client, f"/v1/messages/{named}")
    assert (status.status_code, status.json()["state"]) == (200, "received")
    other = Program.of(agency_with(terms_of("court"), kind="court"))
    hidden = other.get(client, f"/v1/messages/{named}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "no_such_message")


def test_the_sender_reads_all_that_became_of_it(
    client: Client, prison: Prison, program: Program
) -> None:
    held = prison.held("Maria Choc").person_id
    shelve([held])
    number = people.person_headers(prison.actor, [held])[held].number
    for name, said, state in (
        ("wrong", {"nonsense": 1}, "refused"),
        ("list", {"people": [{"number": number}, {"number": "0000019-17"}]}, "applied"),
    ):
        letter = json.dumps(
            {"v": 1, "message_id": name, "kind": "custody_status_request",
             "sent_at": clock.now().isoformat(), "content": said}
        )  # fmt: skip
        program.post(client, "/v1/messages", letter.encode())
        judge_inbound(Command(system()), inbound_id=Inbound.objects.get(message_id=name).pk)
        told = program.get(client, f"/v1/messages/{name}").json()
        assert told["state"] == state, told
        if name == "wrong":
            assert "unknown_field:nonsense" in told["problems"]
            assert told["steps"][-1]["codes"] == told["problems"]
        else:
            assert [one["number"] for one in told["answers"]] == [number, "0000019-17"]
            assert told["answers"][0]["custody"]["held"] is True
            assert told["answers"][1]["custody"] is None


def test_a_signature_that_is_wrong_or_missing_is_kept_and_judged_with_the_message(
    client: Client, program: Program
) -> None:
    states = {}
    for name, signed in (("right", True), ("missing", False), ("wrong", True)):
        program.token = program.token or ""
        letter = _letter()
        if name == "wrong":
            program.extra = {}
            own, program.kid = program.kid, "unknown-key"
        sent = program.post(client, "/v1/messages", letter, signed=signed)
        if name == "wrong":
            program.kid = own
        assert sent.status_code == 202, sent.json()
        row = Inbound.objects.get(message_id=sent.json()["message_id"])
        judge_inbound(Command(system()), inbound_id=row.pk)
        row.refresh_from_db()
        states[name] = set(row.problems)
    assert not {"not_signed", "unknown_key", "wrong_signature"} & states["right"]
    assert "not_signed" in states["missing"]
    assert "unknown_key" in states["wrong"]


def test_no_token_is_kept_with_a_message(client: Client, program: Program) -> None:
    program.post(client, "/v1/messages", _letter())
    (kept,) = Inbound.objects.all()
    assert program.token not in kept.signature
    assert "@authority" in kept.signature


def test_an_order_is_taken_in_without_an_agreement_and_beyond_its_quota(
    client: Client, prison: Prison
) -> None:
    program = Program.of(agency_with(terms_of(a_minute=1, a_day=1)))
    for purpose in ("custody_enquiry", "custody_enquiry", "court_production"):
        program.purpose = purpose
        sent = program.post(client, "/v1/messages", _letter())
        assert sent.status_code == 202, sent.json()
    assert Inquiry.objects.filter(kind="message.send").count() == 3
    program.purpose = "custody_enquiry"
    assert program.get(client, "/v1/persons/1").status_code == 429


@pytest.mark.any_server
def test_too_much_at_once_is_told_so(client: Client, program: Program) -> None:
    answer = program.post(client, "/v1/messages", b"x" * 1_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = program.post(client, "/v1/searches", b"x" * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
