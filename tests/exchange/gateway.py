"""A real nginx with the configuration that is deployed, and the real processes behind it."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pims.cli import parts
from pims.exchange.api.gateway import SECRET_HEADER, gateway_secret
from pims.exchange.tests.calling import Program
from tests.exchange.certificates import Authority, Shown

ROOT = Path(__file__).parents[2]
NAME, OBSERVATORY = "exchange.example", "numbers.example"


@dataclass(slots=True)
class Gateway:
    """Where it answers. `run` holds the sockets."""

    port: int
    run: Path
    ours: Authority

    def call(
        self,
        method: str,
        target: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        *,
        shown: Shown | None,
        name: str = NAME,
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Through nginx, with this client certificate: status, what was said, headers."""
        context = ssl.create_default_context(cafile=str(self.ours.path))
        if shown is not None:
            context.load_cert_chain(str(shown.path))
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            link = http.client.HTTPConnection(name, timeout=10)
            link.sock = secured
            link.request(method, target, body or None, {"Host": name, **(headers or {})})
            answer = link.getresponse()
            content = answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(content) if is_json else content, answer.headers

    def raw(self, sent: bytes, *, shown: Shown, name: str = NAME) -> bytes:
        """Exactly these octets, and everything that came back."""
        context = ssl.create_default_context(cafile=str(self.ours.path))
        context.load_cert_chain(str(shown.path))
        came = bytearray()
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            secured.sendall(sent)
            while part := secured.recv(65_536):
                came += part
        return bytes(came)

    def token(self, program: Program, shown: Shown | None) -> tuple[int, Any]:
        form = urlencode(program.token_form()).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, told, _ = self.call("POST", "/v1/token", kind, form, shown=shown, name=program.host)
        if status == 200:
            program.token = told["access_token"]
        return status, told

    def get(
        self, program: Program, target: str, shown: Shown | None, **headers: str
    ) -> tuple[int, Any]:
        found = program.headers("GET", target) | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        status, told, _ = self.call("GET", target, found, shown=shown, name=program.host)
        return status, told


@contextmanager
def gateway_to(nginx: str, folder: Path, clients: Authority, revoked: Shown) -> Iterator[Gateway]:
    """Both processes and nginx, for the database that the environment names."""
    ours = Authority(folder, "ours", names=(NAME, OBSERVATORY))
    with ExitStack() as stack:
        # A socket's name must be short, wherever the tests run.
        run = Path(tempfile.mkdtemp(prefix="pims-gw-", dir="/tmp"))
        stack.callback(shutil.rmtree, run, ignore_errors=True)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("agency", "observatory", "window"):
            patch.setenv(f"PIMS_{name.upper()}_SOCKET", str(run / f"{name}.sock"))
        patch.setenv("PIMS_EXCHANGE_HOSTS", f"{NAME},{OBSERVATORY}")
        waiting = []
        for part in (parts.agency(), parts.observatory()):
            part.prepare()
            log = run / f"{part.name}.log"
            waiting.append((part, _started(part.argv, part.env, log, stack)))
        port = _free_port()
        conf = _configured(folder, run, port, ours, clients, revoked)
        argv = [nginx, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
        answers = _started(argv, {}, folder / "nginx.log", stack)
        answers(lambda: not parts.port_is_free(port))
        for part, wait in waiting:
            wait(part.ready)
        yield Gateway(port, run, ours)


def _started(
    argv: Sequence[str], env: Mapping[str, str], log: Path, stack: ExitStack
) -> Callable[[Callable[[], bool]], None]:
    """A process until the stack ends; gives what waits until it is ready."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            list(argv), env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    stack.callback(_end, process)
    return partial(_wait, log, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(log: Path, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        if time.monotonic() > deadline or process.poll() is not None:
            pytest.fail(f"{log.stem} does not run:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configured(
    folder: Path, run: Path, port: int, ours: Authority, clients: Authority, revoked: Shown
) -> Path:
    """The configuration as it is deployed, with the names of this test in it."""
    server = ours.issue("server").path
    secret = folder / "secret.conf"
    secret.write_text(f'proxy_set_header {SECRET_HEADER} "{gateway_secret()}";\n')
    text = (ROOT / "deploy" / "nginx" / "agency.conf.template").read_text()
    for name, value in {
        "SERVER_NAME": NAME, "OBSERVATORY_NAME": OBSERVATORY, "LISTEN": f"127.0.0.1:{port}",
        "CERTIFICATE": server, "CERTIFICATE_KEY": server,
        "CLIENT_CA": clients.path, "CLIENT_CRL": clients.revoke(revoked),
        "GATEWAY_SECRET": secret, "AGENCY_SOCKET": run / "agency.sock",
        "OBSERVATORY_SOCKET": run / "observatory.sock",
    }.items():  # fmt: skip
        text = text.replace(f"@{name}@", str(value))
    (folder / "agency.conf").write_text(text)
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As its own user where the tests run as root: the sockets are that user's.
    user = "user root;\n" if os.geteuid() == 0 else ""
    conf = folder / "nginx.conf"
    conf.write_text(
        f"{user}worker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr;\n"
        "events { worker_connections 64; }\n"
        f"http {{\n    access_log off;\n{temporary}    include {folder}/agency.conf;\n}}\n"
    )
    return conf
