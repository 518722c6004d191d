"""The gateway as it is deployed: a real nginx, real certificates, the agency's process behind it.

One nginx and one of each process for the module, over a small prison of its own.
"""

import http.client
import io
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from PIL import Image
from pytest_django import DjangoDbBlocker
from tools.ensure_nginx import MISSING, find

from pims.custody.tests.prison import Prison
from pims.exchange import handing, services, window
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER
from pims.exchange.models import AgencyCertificate, Inquiry, ShelfRow, StatisticCell
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import Program
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.database import urls
from pims.foundation.ledger import keys
from pims.foundation.ledger.notes import Verifier, parse_notes
from pims.foundation.ledger.receipts import prove, prove_history, read_receipt
from pims.foundation.ledger.tests.conftest import Ledger
from pims.kernel import clock
from pims.people import services as people
from tests.exchange.certificates import Authority, Shown
from tests.exchange.gateway import NAME, OBSERVATORY, ROOT, Gateway, gateway_to
from tests.fixtures.database import FreshDatabase, own_database

pytestmark = pytest.mark.any_server


@dataclass(slots=True)
class Site:
    """Two agencies, the Observatory, one prisoner, and the gateway to what they may know."""

    gateway: Gateway
    database: FreshDatabase
    clients: Authority
    police: Program
    court: Program
    numbers: Program
    shown: dict[str, Shown]
    lost: Shown
    number: str
    photograph: str

    def ask(self, program: Program, shown: Shown | None, **headers: str) -> tuple[int, Any]:
        return self.gateway.get(program, f"/v1/persons/{self.number}", shown, **headers)

    def refused(self, program: Program, shown: Shown | None, **headers: str) -> tuple[int, str]:
        """The refusal: nothing was asked of the database."""
        before = Inquiry.objects.count()
        status, told = self.ask(program, shown, **headers)
        assert Inquiry.objects.count() == before
        return status, told["code"]


def _program(code: str, kind: str, shown: Shown, **terms: Any) -> Program:
    agency = agency_with(terms_of(code, **terms), kind=kind)
    services.add_certificate(
        Command(agency.officers[0]), agency_id=agency.agency_id, pem=shown.pem.decode()
    )
    return Program.of(agency)


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 80), (120, 90, 60)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    nginx = find()
    if nginx is None:
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("gw")
    clients = Authority(folder, "clients")
    shown = {name: clients.issue(name) for name in ("police", "court", "numbers", "spare")}
    lost = clients.issue("lost")
    with own_database(django_db_blocker) as name:
        actor = system_actor()
        person_id = Prison.build(actor).held("Maria Choc").person_id
        people.add_photograph(Command(actor), person_id=person_id, kind="front", data=_picture())
        shelve([person_id])
        StatisticCell.objects.create(
            indicator="held_by_status", period=date(2026, 1, 1), dimensions={"sex": "male"},
            facets=["everyone:yes", "indicator:held_by_status"], count=17, shown=True,
            made_at=clock.now(),
        )  # fmt: skip
        tables = {one: whole(one) for one in ("person", "custody", "photograph")}
        found = Site(
            gateway=None,  # type: ignore[arg-type]
            database=FreshDatabase(name, {r: urls.dsn(r, database=name) for r in urls.ROLES}),
            clients=clients,
            police=_program("police", "police", shown["police"], tables=tables),
            court=_program("court", "court", shown["court"], tables=tables),
            numbers=_program(
                "numbers", "observatory", shown["numbers"], purpose="statistics", lookups=(),
                tables={"statistic": whole("statistic")},
            ),
            shown=shown,
            lost=lost,
            number=str(ShelfRow.objects.get(person_id=person_id, kind="person").fields["number"]),
            photograph=ShelfRow.objects.get(person_id=person_id, kind="photograph").record,
        )  # fmt: skip
        found.numbers.host = OBSERVATORY
        services.add_certificate(
            Command(found.police.agency.officers[0]), agency_id=found.police.agency.agency_id,
            pem=lost.pem.decode(),
        )  # fmt: skip
        with gateway_to(nginx, folder, clients, lost) as gateway:
            found.gateway = gateway
            handed = handing.open_window()
            try:
                yield found
            finally:
                handed.close()


def test_an_agency_with_its_certificate_and_token_is_answered(site: Site) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    status, told = site.ask(site.police, site.shown["police"])
    assert (status, told["custody"]["held"]) == (200, True)


def test_without_a_certificate_nobody_is_answered(site: Site) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    assert site.refused(site.police, None) == (401, "no_certificate")
    status, told = site.gateway.token(site.police, None)
    assert (status, told["code"]) == (401, "no_certificate")


def test_a_stolen_token_is_worth_nothing_with_another_agencys_certificate(site: Site) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    assert site.refused(site.police, site.shown["court"]) == (401, "bad_token")
    # Nor with a certificate of the same authority that nobody registered.
    assert site.refused(site.police, site.shown["spare"]) == (401, "bad_token")
    status, told = site.gateway.token(site.police, site.shown["court"])
    assert (status, told["error"]) == (401, "invalid_client")


def test_expired_foreign_and_revoked_certificates_are_refused_at_the_gateway(
    site: Site, tmp_path: Path
) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    for wrong in (
        site.clients.issue("old", begins=-40, days=30),
        site.clients.issue("early", begins=2),
        Authority(tmp_path, "stranger").issue("police"),
        site.lost,
    ):
        assert site.refused(site.police, wrong) == (401, "bad_certificate")
        status, told = site.gateway.token(site.police, wrong)
        assert (status, told["code"]) == (401, "bad_certificate")


def test_what_a_client_says_in_the_gateways_headers_is_thrown_away(site: Site) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    forged = site.police.gateway()
    refused = site.refused(
        site.police, site.shown["court"],
        **{n.replace("-", "_"): v for n, v in forged.items()},
    )  # fmt: skip
    assert refused == (401, "bad_token")
    # For whoever makes variables of headers "_" and "-" are one; and a header may stand twice.
    target = f"/v1/persons/{site.number}"
    own = site.police.headers("GET", target)
    court, answer = site.shown["court"], site.shown["police"]
    dressed = {n.replace("-", "_"): v for n, v in forged.items()}
    for more in (dressed, {n.upper(): v for n, v in dressed.items()}):
        status, told, _ = site.gateway.call("GET", target, own | more, shown=court)
        assert (status, told["code"]) == (401, "bad_token")
        assert site.gateway.call("GET", target, own | more, shown=answer)[0] == 200
    host = site.police.host
    twice = "".join(f"{n}: {v}\r\n" * 2 for n, v in forged.items())
    lines = "".join(f"{n}: {v}\r\n" for n, v in own.items())
    request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}{twice}\r\n"
    assert b'"bad_token"' in site.gateway.raw(request.encode(), shown=court)
    # What two readers could read as two requests is read as none.
    for length in ("Content-Length: 4\r\nTransfer-Encoding: chunked", "Content-Length: 4\r\n" * 2):
        smuggled = f"POST /v1/token HTTP/1.1\r\nHost: {host}\r\n{length.rstrip()}\r\n\r\n0\r\n\r\n"
        said = site.gateway.raw((smuggled + request).encode(), shown=court)
        assert said.startswith(b"HTTP/1.1 400")
        assert said.count(b"HTTP/1.1 ") == 1


def test_whoever_reaches_the_socket_past_the_gateway_is_refused(site: Site) -> None:
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    target = f"/v1/persons/{site.number}"
    for secret in ("", "guess"):
        headers = site.police.headers("GET", target) | {
            CERTIFICATE_HEADER: site.police.gateway()[CERTIFICATE_HEADER],
            SECRET_HEADER: secret, "Host": site.police.host,
        }  # fmt: skip
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(site.gateway.run / "agency.sock"))
            caller = http.client.HTTPConnection("localhost", timeout=10)
            caller.sock = link
            caller.request("GET", target, headers=headers)
            assert caller.getresponse().status == 403


def test_a_certificate_that_was_revoked_here_is_refused_with_the_next_call(site: Site) -> None:
    fresh = site.clients.issue("fresh")
    officer = site.court.agency.officers[0]
    services.add_certificate(
        Command(officer), agency_id=site.court.agency.agency_id, pem=fresh.pem.decode()
    )
    assert site.gateway.token(site.court, fresh)[0] == 200
    assert site.ask(site.court, fresh)[0] == 200
    row = AgencyCertificate.objects.order_by("-pk")[0]
    services.revoke_certificate(Command(officer), certificate_id=row.pk, reason="Laptop lost")
    assert site.refused(site.court, fresh) == (401, "bad_token")
    # The other certificate of the same agency goes on: one is changed for the next without a gap.
    assert site.gateway.token(site.court, site.shown["court"])[0] == 200
    assert site.ask(site.court, site.shown["court"])[0] == 200


def test_a_photograph_is_handed_out_after_its_disclosure_is_on_the_disk(site: Site) -> None:
    shown = site.shown["police"]
    assert site.gateway.token(site.police, shown)[0] == 200
    target = f"/v1/persons/{site.number}/photographs/{site.photograph}"
    status, content = site.gateway.get(site.police, target, shown)
    assert (status, content[:3]) == (200, b"\xff\xd8\xff")
    other = f"/v1/persons/{site.number}/photographs/{uuid4()}"
    assert site.gateway.get(site.police, other, shown)[0] == 404


def test_the_window_gives_nothing_that_no_disclosure_names(site: Site) -> None:
    shown, blob = site.shown["police"], UUID(site.photograph)
    assert site.gateway.token(site.police, shown)[0] == 200
    _, told = site.ask(site.police, shown)
    assert window.picture(UUID(told["inquiry"]), blob) is None
    assert window.picture(uuid4(), blob) is None
    assert window.receipt(uuid4(), UUID(told["inquiry"])) is None


def test_an_answer_has_a_receipt_that_its_own_agency_alone_can_have(
    site: Site, tmp_path: Path
) -> None:
    police, court = site.shown["police"], site.shown["court"]
    assert site.gateway.token(site.police, police)[0] == 200
    assert site.gateway.token(site.court, court)[0] == 200
    inquiry = site.ask(site.police, police)[1]["inquiry"]
    ledger = Ledger(site.database, keys.signer(), tmp_path)
    with ledger.sequencing(keys=keys.KeyFiles()):
        ledger.wait_until_ordered()
        leaves = "(SELECT count(*) FROM ledger_leaf)"
        ledger.wait_for(f"(SELECT max(tree_size) FROM ledger_checkpoint) - {leaves}", 0)
    status, told = site.gateway.get(site.police, f"/v1/receipts/{inquiry}", police)
    assert status == 200, told
    receipt = read_receipt(json.dumps(told["receipt"]))
    verifier = Verifier.of_line(told["key"])
    prove(receipt, verifier)
    assert receipt.entry["kind"] == "exchange.disclosed"
    status, told = site.gateway.get(site.court, f"/v1/receipts/{inquiry}", court)
    assert (status, told["code"]) == (404, "no_such_receipt")
    status, told = site.gateway.get(
        site.police, f"/v1/checkpoint?before={receipt.checkpoint.size}", police
    )
    assert status == 200, told
    (before,), (after,) = parse_notes(told["before"]), parse_notes(told["checkpoint"])
    prove_history(before, after, tuple(bytes.fromhex(one) for one in told["proof"]), verifier)  # type: ignore[arg-type]


def test_the_observatory_is_told_numbers_and_persons_do_not_exist_for_it(site: Site) -> None:
    shown = site.shown["numbers"]
    assert site.gateway.token(site.numbers, shown)[0] == 200
    status, told = site.gateway.get(site.numbers, "/v1/statistics", shown)
    assert status == 200, told
    assert told["cells"][0]["count"] == 17
    for target in (f"/v1/persons/{site.number}", "/v1/feed", "/v1/roll", "/v1/snapshot"):
        status, told = site.gateway.get(site.numbers, target, shown)
        assert (status, told["code"]) == (404, "no_such_address")
    # Nor are the numbers at the agencies' address.
    assert site.gateway.token(site.police, site.shown["police"])[0] == 200
    assert site.gateway.get(site.police, "/v1/statistics", site.shown["police"])[0] == 404


def _pem(key: OKPKey, path: Path) -> str:
    private = key.private_key
    assert isinstance(private, Ed25519PrivateKey)
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="no curl")
def test_the_example_of_the_documents_works_with_openssl_and_curl_alone(
    site: Site, tmp_path: Path
) -> None:
    police, port = site.police, site.gateway.port
    assert police.agency.assertion_key is not None
    shown = str(site.shown["police"].path)
    env = {
        "PATH": os.environ["PATH"], "HOST": f"{NAME}:{port}", "CLIENT": "police",
        "CERTIFICATE": shown, "CERTIFICATE_KEY": shown, "CA": str(site.gateway.ours.path),
        "SIGN_IN_KEY": _pem(police.agency.assertion_key, tmp_path / "in.pem"),
        "SIGN_IN_KID": police.agency.kid,
        "MESSAGE_KEY": _pem(police.key, tmp_path / "message.pem"), "MESSAGE_KID": police.kid,
        "PURPOSE": "custody_enquiry", "END_USER": "PC%201234%20Choc",
        "CURL_MORE": f"--resolve {NAME}:{port}:127.0.0.1",
    }  # fmt: skip
    question = tmp_path / "question.json"
    question.write_text(json.dumps({"by": "list", "numbers": [site.number]}))
    for call in (
        ("GET", f"/v1/persons/{site.number}"), ("GET", "/v1/roll?establishment=TST"),
        ("POST", "/v1/searches", str(question)),
    ):  # fmt: skip
        done = subprocess.run(
            ["sh", str(ROOT / "docs" / "exchange" / "call.sh"), *call],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert site.number in done.stdout, (call, done.stdout, done.stderr)
