"""The client that agencies are given, against the interface itself."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from joserfc.jwk import OKPKey
from tools import make_client_models

from pims.custody.tests.prison import Prison
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER, gateway_secret
from pims.exchange.api.signatures import public_keys
from pims.exchange.models import AccessToken, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import HOST, Program, serving
from pims.exchange.tests.feed import Follower
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.exchange.webhooks import signing
from pims.foundation.access.actor import Actor
from pims.kernel import clock
from pims_agency.store import Store
from pims_client import (
    AsyncClient,
    Away,
    Client,
    Credentials,
    NotGenuine,
    NothingForYou,
    PimsRefused,
    Stuck,
    feed,
    webhooks,
)
from pims_client.calling import Retries
from pims_client.credentials import SigningKey
from pims_client.errors import PimsError

pytestmark = pytest.mark.django_db
QUICK = Retries(attempts=3, first=0.001, longest=0.002)


class Through(httpx.BaseTransport):
    """The gateway: it names the certificate. `before` may answer in PIMS's place."""

    def __init__(self, program: Program) -> None:
        self._pims = httpx.WSGITransport(app=get_wsgi_application())
        self._program = program
        self.before: list[httpx.Response | Exception] = []
        self.spoil: tuple[bytes, bytes] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.before:
            found = self.before.pop(0)
            if isinstance(found, Exception):
                raise found
            return found
        request.headers[SECRET_HEADER] = gateway_secret()
        shown = quote(self._program.certificate.decode(), safe="")
        request.headers[CERTIFICATE_HEADER] = shown
        answer = self._pims.handle_request(request)
        answer.read()
        if self.spoil:
            content = answer.content.replace(*self.spoil)
            answer = httpx.Response(answer.status_code, headers=answer.headers, content=content)
        return answer


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@contextmanager
def _at_work() -> Iterator[None]:
    """The interface, on this test's own connection, which no request may close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with serving():
        yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def program() -> Iterator[Program]:
    tables = {name: whole(name) for name in ("person", "custody")}
    events = {"admitted": "fat", "released": "fat", "transferred": "thin"}
    with _at_work():
        yield Program.of(agency_with(terms_of(tables=tables, events=events)))


def _credentials(program: Program) -> Credentials:
    assert program.agency.assertion_key is not None
    return Credentials(
        client_id=program.agency.code,
        address=f"https://{HOST}",
        assertion=SigningKey(program.agency.kid, program.agency.assertion_key),
        message=SigningKey(program.kid, program.key),
        certificate=Path("unused"),
        certificate_key=Path("unused"),
        pims_keys=public_keys(),
    )


def _client(program: Program, through: Through, **more: Any) -> Client:
    return Client(
        more.pop("credentials", _credentials(program)), purpose=program.purpose,
        end_user="Sgt 12 Peña, Dangriga", retries=QUICK, transport=through, **more,
    )  # fmt: skip


def _held(prison: Prison, name: str = "Maria Teresa Choc") -> tuple[int, str]:
    person_id = prison.held(name).person_id
    shelve([person_id])
    number = ShelfRow.objects.get(person_id=person_id, kind="person").fields["number"]
    return person_id, str(number)


def test_a_person_is_asked_about_and_the_answer_is_proven(prison: Prison, program: Program) -> None:
    _, number = _held(prison)
    with _client(program, Through(program)) as pims:
        answer = pims.person(number)
        assert answer["custody"]["held"] is True
        assert answer["person"]["family_name"] == "Choc"
        assert pims.search_list([number, "0000000-00"])["nothing_for"] == ["0000000-00"]
    # One token served both calls.
    assert AccessToken.objects.count() == 1


def test_nothing_for_you_is_an_error_of_its_own_that_says_it_is_not_freedom(
    program: Program,
) -> None:
    with _client(program, Through(program)) as pims, pytest.raises(NothingForYou) as caught:
        pims.custody("0000000-00")
    assert caught.value.phone
    assert "free" in caught.value.words["en"]


def test_an_answer_that_was_changed_on_its_way_is_not_believed(
    prison: Prison, program: Program
) -> None:
    _, number = _held(prison)
    through = Through(program)
    with _client(program, through) as pims:
        pims.person(number)
        through.spoil = (b"true", b"false")
        with pytest.raises(NotGenuine):
            pims.person(number)
        through.spoil = None
        through.before = [httpx.Response(404, json={"code": "nothing_for_you"})]
        with pytest.raises(NotGenuine):
            pims.person(number)


def test_an_answer_of_another_key_or_to_another_question_is_not_believed(
    prison: Prison, program: Program
) -> None:
    _, number = _held(prison)
    _, other = _held(prison, "Rosa Cal")
    kept: list[httpx.Response] = []
    through = Through(program)
    with _client(program, through) as pims:
        pims.person(number)
        real = through.handle_request

        def keep(request: httpx.Request) -> httpx.Response:
            answer = real(request)
            kept.append(answer)
            return answer

        through.handle_request = keep  # type: ignore[method-assign]
        pims.person(number)
        through.handle_request = real  # type: ignore[method-assign]
        through.before = [httpx.Response(200, headers=kept[-1].headers, content=kept[-1].content)]
        with pytest.raises(NotGenuine):
            pims.person(other)
    stranger = OKPKey.generate_key("Ed25519").as_dict(private=False)
    wrong = replace(
        _credentials(program), pims_keys=({**stranger, "kid": public_keys()[0]["kid"]},)
    )
    with (
        _client(program, Through(program), credentials=wrong) as pims,
        pytest.raises(NotGenuine),
    ):
        pims.person(number)


def test_a_token_that_was_revoked_is_changed_without_anybody_noticing(
    prison: Prison, program: Program
) -> None:
    _, number = _held(prison)
    with _client(program, Through(program)) as pims:
        pims.person(number)
        AccessToken.objects.update(revoked_at=datetime.now(UTC))
        assert pims.person(number)["custody"]["held"] is True
    assert AccessToken.objects.count() == 2


def test_a_connection_that_breaks_is_tried_again_and_then_said_to_be_away(
    prison: Prison, program: Program
) -> None:
    _, number = _held(prison)
    through = Through(program)
    with _client(program, through) as pims:
        pims.person(number)
        through.before = [httpx.ConnectError("gone"), httpx.Response(503)]
        assert pims.person(number)["custody"]["held"] is True
        through.before = [httpx.ReadTimeout("slow")] * 3
        with pytest.raises(Away):
            pims.person(number)


def test_a_refusal_says_who_can_decide_otherwise(program: Program) -> None:
    with _client(program, Through(program)) as pims, pytest.raises(PimsRefused) as caught:
        pims.hearings("0000000-00")
    assert caught.value.code == "not_agreed"
    assert caught.value.decided_by
    assert caught.value.words["es"]


def test_the_asynchronous_client_has_the_same_calls(prison: Prison, program: Program) -> None:
    _, number = _held(prison)
    through = Through(program)
    asked: Queue[tuple[httpx.Request, Future[httpx.Response]]] = Queue()

    class Waiting(httpx.AsyncBaseTransport):
        """Has the call answered by the thread that holds the test's connection."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.aread()
            waiting: Future[httpx.Response] = Future()
            asked.put((request, waiting))
            return await asyncio.wrap_future(waiting)

    async def ask() -> Any:
        async with AsyncClient(
            _credentials(program), purpose=program.purpose, end_user="PC 1", transport=Waiting(),
            retries=QUICK,
        ) as pims:  # fmt: skip
            pages = [page async for page in pims.snapshot()]
            return await pims.person(number), pages

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: asyncio.run(ask()))
        while not done.done():
            with suppress(Empty):
                request, waiting = asked.get(timeout=0.05)
                found = through.handle_request(httpx.Request(
                    request.method, request.url, headers=request.headers, content=request.content
                ))  # fmt: skip
                waiting.set_result(httpx.Response(
                    found.status_code, headers=found.headers, content=found.content
                ))  # fmt: skip
        answer, pages = done.result()
    assert answer["custody"]["held"] is True
    assert len(pages[0]["persons"]) == 1
    own = {name for name in dir(Client) if not name.startswith("_")}
    assert own == {name for name in dir(AsyncClient) if not name.startswith("_")}


def test_a_store_follows_the_feed_and_survives_its_own_old_backup(
    prison: Prison, program: Program, tmp_path: Path
) -> None:
    follower = Follower()
    _, before = _held(prison)
    follower.follow()
    store = Store(tmp_path / "store.db")
    with _client(program, Through(program)) as pims:
        feed.catch_up(pims, store)
        assert store.person(before)["custody"]["held"] is True  # type: ignore[index]
        backup = Store(tmp_path / "backup.db")
        for row in store.rows("SELECT position FROM place"):
            backup.start_over([], row["position"])
        person_id = prison.held("Rosa Cal").person_id
        follower.follow()
        number = str(ShelfRow.objects.get(person_id=person_id, kind="person").fields["number"])
        assert feed.catch_up(pims, store) == 1
        assert feed.catch_up(pims, store) == 0
        # What comes once more, from wherever, changes nothing.
        (event,) = pims.feed(0)["events"][-1:]
        store.apply([event, event], store.position() or 0)
        assert len(store.rows("SELECT * FROM happened WHERE number = ?", number)) == 1
        assert feed.catch_up(pims, backup) == 1
    for one in (store, backup):
        assert one.person(number)["person"]["family_name"] == "Cal"  # type: ignore[index]
        one.close()


def _followed_once(client: Client, store: Store) -> PimsError | None:
    """What `follow` says is wrong after one round."""
    problems, stop = list[PimsError | None](), threading.Event()

    def told(problem: PimsError | None) -> None:
        problems.append(problem)
        stop.set()

    feed.follow(client, store, stop=stop, wake=threading.Event(), every=0.01, told=told)
    (problem,) = problems
    return problem


def test_a_quiet_feed_is_not_taken_for_one_that_stands_still(
    prison: Prison, program: Program, tmp_path: Path
) -> None:
    with _client(program, Through(program)) as pims:
        assert _followed_once(pims, Store(tmp_path / "store.db")) is None


def test_a_feed_that_stands_still_is_not_taken_for_a_quiet_one(
    system_actor: Actor, tmp_path: Path
) -> None:
    """Nothing comes, and every call succeeds."""
    recorded = clock.now() - timedelta(minutes=10)
    with clock.at(recorded):  # and nobody makes a message of it
        Prison.build(system_actor).held("Rosa Cal")
    program = Program.of(agency_with(terms_of(events={"admitted": "thin"})))
    with _at_work(), _client(program, Through(program)) as pims:
        still = _followed_once(pims, Store(tmp_path / "store.db"))
        page = pims.feed(0)
    assert isinstance(still, Stuck)
    assert still.upto == recorded
    assert timedelta(minutes=10) <= still.behind < timedelta(minutes=12)
    assert page["events"] == []
    beat = page["heartbeat"]
    assert (beat["position"], beat["held"]) == (page["newest"], False)
    assert beat["behind_seconds"] == pytest.approx(still.behind.total_seconds(), abs=10)


@pytest.mark.parametrize("scheme", [signing.HMAC, signing.ED25519])
def test_what_is_pushed_is_believed_only_as_it_was_signed(scheme: str) -> None:
    secret = signing.new_secret(scheme)
    known = secret.text if scheme == signing.HMAC else secret.public().text
    body = b'{"id":"a","type":"pims.released"}'
    now = datetime.now(UTC)
    headers = signing.sign([secret], message_id="a", at=now, body=body)
    assert webhooks.read(headers, body, ["whsec_AAAA", known])["id"] == "a"
    for bad in (
        (headers, body.replace(b"released", b"escaped")),
        ({**headers, "webhook-id": "b"}, body),
        ({**headers, "webhook-timestamp": str(int(now.timestamp()) - 400)}, body),
        ({}, body),
    ):
        with pytest.raises(NotGenuine):
            webhooks.read(*bad, [known])
    with pytest.raises(NotGenuine):
        webhooks.read(headers, body, [])


@pytest.mark.any_server
def test_the_types_of_the_client_are_those_of_the_interface(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIMS_DB_ROLE", "agency")
    assert make_client_models.main(["--check"]) == 0, capsys.readouterr().out
