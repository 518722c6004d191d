"""One message is posted to one address, and never to one that it may not be posted to."""

import asyncio
import ssl
import time
from collections.abc import Iterable
from ipaddress import ip_network

import pytest

from pims.exchange.rules.addresses import AllowedNetwork
from pims.exchange.tests.helpers import self_signed
from pims.exchange.tests.receiver import Receiver, receiving
from pims.exchange.webhooks import sending
from pims.exchange.webhooks.sending import Answer, Sender

HERE = (AllowedNetwork(ip_network("127.0.0.0/8"), plain=True),)


def post(
    url: str, *, allowed: Iterable[AllowedNetwork] = HERE, tls: ssl.SSLContext | None = None
) -> Answer:
    async def once() -> Answer:
        sender = Sender(url, allowed=lambda: allowed, tls=tls)
        try:
            return await sender.post({"webhook-id": "m-1"}, b'{"a":1}')
        finally:
            await sender.close()

    return asyncio.run(once())


def test_a_message_arrives_as_it_is() -> None:
    with receiving() as receiver:
        assert post(receiver.url).status == 204
    (got,) = receiver.got
    assert got.body == b'{"a":1}'
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert got.headers["webhook-id"] == "m-1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_nothing_reaches_this_machine_unless_it_is_allowed(host: str) -> None:
    with receiving() as receiver:
        for scheme in ("http", "https"):
            answer = post(f"{scheme}://{host}:{receiver.port}/", allowed=())
            assert answer.status is None
            assert answer.error
    assert receiver.got == []


def test_a_redirect_is_not_followed() -> None:
    with receiving() as inner:
        moved = Receiver(answer=lambda got: 307, headers={"location": inner.url})
        with receiving(moved) as outer:
            assert post(outer.url).status == 307
    assert inner.got == []


def test_of_a_long_answer_no_more_is_read_than_matters() -> None:
    with receiving(Receiver(answer=lambda got: 200, body=b"x" * 50_000_000)) as receiver:
        began = time.monotonic()
        assert post(receiver.url).status == 200
        assert time.monotonic() - began < 5


def test_a_receiver_that_never_answers_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.3)
    with receiving(Receiver(wait=1.0)) as receiver:
        answer = post(receiver.url)
    assert answer.status is None
    assert "in time" in answer.error


def test_nobody_at_home_is_an_answer_too() -> None:
    with receiving() as receiver:
        url = receiver.url
    answer = post(url)
    assert answer.status is None
    assert "ConnectError" in answer.error


def test_a_receiver_may_ask_us_to_wait() -> None:
    with receiving(Receiver(answer=lambda got: 503, headers={"retry-after": "90"})) as receiver:
        answer = post(receiver.url)
    assert answer.status == 503
    assert answer.asked_for is not None
    assert answer.asked_for.total_seconds() == 90


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = self_signed("localhost")
    (folder / "c.pem").write_bytes(certificate)
    (folder / "k.pem").write_bytes(key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "c.pem", folder / "k.pem")
    within = (AllowedNetwork(ip_network("127.0.0.0/8")),)
    with receiving(tls=server) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        assert post(url, allowed=within).status is None
        trusting = ssl.create_default_context(cadata=certificate.decode())
        trusting.check_hostname = False
        assert post(url, allowed=within, tls=trusting).status == 204
    assert len(receiver.got) == 1


def test_what_is_no_address_of_an_endpoint_is_no_sender() -> None:
    with pytest.raises(ValueError, match="url_https"):
        Sender("ftp://a.example/", allowed=tuple)


def _resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name stands for these addresses."""

    async def look_up(
        loop: object, host: object, port: object, **more: object
    ) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)


def test_a_name_that_also_stands_for_an_address_within_is_refused_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    answer = post("https://desk.example/", allowed=())
    assert answer.status is None
    assert answer.error == "nothing is sent to 10.0.0.1"


def test_the_connection_goes_to_the_very_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody looks the name up a second time, when it could stand for something else."""
    with receiving() as receiver:
        asked = []
        _resolving(monkeypatch, "127.0.0.1")
        original = asyncio.BaseEventLoop.getaddrinfo

        async def counting(loop: object, host: object, port: object, **more: object) -> object:
            asked.append(host)
            return await original(loop, host, port, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", counting)
        assert post(f"http://desk.example:{receiver.port}/").status == 204
    assert asked.count("desk.example") == 1
    assert receiver.got[0].headers["host"] == f"desk.example:{receiver.port}"
