"""The bridge between a page and a scanner: for one site's pages on this PC, and for nobody else."""

import http.client
import io
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pims.biometrics.capture.bridge import Bridge
from pims.biometrics.capture.cli import kept_token
from pims.biometrics.capture.drivers import (
    FRESH_SECONDS,
    Captured,
    Driver,
    Folder,
    NoPrint,
    VirtualScanner,
)
from pims.biometrics.capture.origin import TOKEN_HEADER
from pims.biometrics.tests.conftest import png

SITE, TOKEN = "http://localhost:8000", "secret"


class Silent:
    name = "silent"

    def trouble(self) -> str:
        return ""

    def capture(self, position: int, *, within: float) -> Captured:
        raise NoPrint("nothing_came")


class Echo(Silent):
    def capture(self, position: int, *, within: float) -> Captured:
        return Captured(str(position).encode(), ppi=500)


@pytest.fixture
def bridge(request: pytest.FixtureRequest) -> Iterator[Bridge]:
    driver: Driver = getattr(request, "param", Echo)()
    bridge = Bridge(driver, origins=[SITE], token=TOKEN, port=0)
    thread = threading.Thread(target=bridge.serve)
    thread.start()
    yield bridge
    bridge.close()
    thread.join()


def ask(
    bridge: Bridge, method: str = "POST", path: str = "/capture", body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent = {"Origin": SITE, TOKEN_HEADER: TOKEN} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    link = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=5)
    try:
        link.request(method, path, body=body, headers={k: v for k, v in sent.items() if v})
        answer = link.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        link.close()


def test_a_page_of_the_site_gets_the_finger_that_it_asks_for(bridge: Bridge) -> None:
    status, headers, body = ask(bridge, body=json.dumps({"position": 7}).encode())
    assert (status, body, headers["X-Pims-Ppi"]) == (200, b"7", "500")
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert headers["Cache-Control"] == "no-store"
    status, _, body = ask(bridge, "GET", "/status")
    assert (status, json.loads(body)) == (200, {"driver": "silent", "trouble": ""})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({TOKEN_HEADER: ""}, 401),
        ({TOKEN_HEADER: "secret2"}, 401),
        ({TOKEN_HEADER: "ñ"}, 401),
    ],
)
def test_nobody_else_gets_anything(bridge: Bridge, headers: dict[str, str], status: int) -> None:
    for method, path in (("POST", "/capture"), ("GET", "/status")):
        found, answered, _ = ask(bridge, method, path, **headers)
        assert found == status
        if status == 403:
            assert "Access-Control-Allow-Origin" not in answered


def test_a_browser_is_told_beforehand_which_page_may_ask(bridge: Bridge) -> None:
    status, headers, _ = ask(bridge, "OPTIONS", **{TOKEN_HEADER: ""})
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert ask(bridge, "OPTIONS", Origin="http://evil.example")[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"{", b'{"position": "1"}', b'{"position": 99}', b"\xff", b'{"position": true}',
        b'{"position": 1.0}', b"[" * 1000, b'{"position": 1e999}', b" " * 3_000_000,
    ],
)  # fmt: skip
def test_a_finger_that_there_is_not_is_any_finger(bridge: Bridge, body: bytes) -> None:
    assert ask(bridge, body=body)[2] == b"0"


@pytest.mark.parametrize("bridge", [Silent], indirect=True)
def test_a_scanner_that_gives_nothing_says_why(bridge: Bridge) -> None:
    status, _, body = ask(bridge)
    assert (status, json.loads(body)) == (503, {"trouble": "nothing_came"})


class Broken(Silent):
    def capture(self, position: int, *, within: float) -> Captured:
        raise ZeroDivisionError


@pytest.mark.parametrize("bridge", [Broken], indirect=True)
def test_a_scanner_whose_program_fails_is_told_and_the_next_may_ask(bridge: Bridge) -> None:
    for _ in range(2):
        status, _, body = ask(bridge)
        assert (status, json.loads(body)) == (503, {"trouble": "scanner_failed"})


class Slow(Silent):
    """A finger that comes when it is told to."""

    def __init__(self) -> None:
        self.asked, self.laid = threading.Event(), threading.Event()

    def capture(self, position: int, *, within: float) -> Captured:
        self.asked.set()
        assert self.laid.wait(10)
        return Captured(str(position).encode())


def test_of_two_pages_one_gets_the_finger_and_the_other_is_told_to_wait() -> None:
    slow = Slow()
    bridge = Bridge(slow, origins=[SITE], token=TOKEN, port=0)
    serving = threading.Thread(target=bridge.serve)
    serving.start()
    first: list[tuple[int, bytes]] = []

    def tab() -> None:
        status, _, body = ask(bridge, body=b'{"position": 3}')
        first.append((status, body))

    one = threading.Thread(target=tab)
    one.start()
    try:
        assert slow.asked.wait(10)
        status, _, body = ask(bridge, body=b'{"position": 4}')
        assert (status, json.loads(body)) == (409, {"trouble": "busy"})
        slow.laid.set()
        one.join()
        assert first == [(200, b"3")]
        assert ask(bridge, body=b'{"position": 4}')[2] == b"4"
    finally:
        slow.laid.set()
        bridge.close()
        serving.join()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost.evil.example:8377", "[::1]:8377", ""]
)
def test_a_name_that_was_turned_to_this_pc_is_not_ours(bridge: Bridge, host: str) -> None:
    """As a page of elsewhere does whose name server answers with 127.0.0.1 the second time."""
    assert ask(bridge, Host=host)[0] == 403 if host else True
    with socket.create_connection(("127.0.0.1", bridge.port), 5) as link:
        link.sendall(f"POST /capture HTTP/1.0\r\nOrigin: {SITE}\r\n{TOKEN_HEADER}: {TOKEN}\r\n"
                     f"Host: {host}\r\n\r\n".encode())  # fmt: skip
        assert b" 403 " in link.recv(100)


def test_a_bridge_without_a_token_does_not_start() -> None:
    with pytest.raises(ValueError, match="token"):
        Bridge(Echo(), origins=[SITE], token="", port=0)


def test_the_folder_gives_the_oldest_picture_and_leaves_none_behind(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(NoPrint, match="nothing_came"):
        folder.capture(1, within=0)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "a.PNG").write_bytes(png(1))
    assert folder.capture(1, within=2).data == png(1)
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "empty.png"}
    assert Folder(tmp_path / "nowhere").trouble() == "no_folder"


def test_what_lay_in_the_folder_before_may_be_the_finger_of_another_man(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "before.png").write_bytes(png(1))
    long_ago = time.time() - 2 * FRESH_SECONDS
    os.utime(tmp_path / "before.png", (long_ago, long_ago))
    with pytest.raises(NoPrint, match="nothing_came"):
        folder.capture(1, within=0)
    (tmp_path / "now.png").write_bytes(png(2))
    assert folder.capture(1, within=2).data == png(2)


def test_the_virtual_scanner_plays_another_impression_of_the_same_finger_each_time() -> None:
    scanner = VirtualScanner(5)
    first, second = (scanner.capture(2, within=1).data for _ in range(2))
    assert first != second
    assert Image.open(io.BytesIO(first)).size == (400, 500)


def test_the_token_is_kept_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "pims" / "capture-token"
    token = kept_token(path)
    assert kept_token(path) == token
    assert len(token) >= 16
    assert path.stat().st_mode & 0o077 == 0
