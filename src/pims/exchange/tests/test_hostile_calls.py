"""Calls and messages written to do harm: each has an answer, and each message an end."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from itertools import count

import pytest
from django.test import Client
from joserfc.jwk import OKPKey

from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.api.gateway import CERTIFICATE_HEADER, SECRET_HEADER, gateway_secret
from pims.exchange.inbound import paper
from pims.exchange.models import AgencyKey, Inbound
from pims.exchange.tests.calling import HOST, Program, serving
from pims.exchange.tests.helpers import SmallAgency, agency_with, small_agency, terms_of, whole
from pims.exchange.tests.sending import Sender, judge
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db
DEEP = "[" * 5000
TABLES = ("person", "custody", "photograph", "hearing")


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def agency(system_actor: Actor) -> SmallAgency:
    prison = Prison.build(system_actor)
    prison.held("Maria Choc")
    terms = terms_of("court", events={"released": "thin"}, tables={t: whole(t) for t in TABLES})
    return agency_with(terms, kind="court")


@pytest.fixture
def program(client: Client, agency: SmallAgency) -> Program:
    return Program.of(agency)


def _b64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


_LETTERS = count(1)


def _letter(**changed: object) -> str:
    said: dict[str, object] = {
        "v": 1, "message_id": f"m-{next(_LETTERS)}", "kind": "release_order",
        "sent_at": "2026-01-01T00:00:00Z", "content": {},
    }  # fmt: skip
    return json.dumps(said | changed)


BODIES = {
    "nested": DEEP * 20,
    "nested content": _letter().replace("{}", '{"a":' * 970 + "1" + "}" * 970),
    "far ahead": _letter(sent_at="9999-12-31T23:59:59-23:59"),
    "long ago": _letter(sent_at="0001-01-01T00:00:00+23:59"),
    "half a letter in a name": _letter(**{"\ud800": 1}),
    "NUL in a name": _letter(**{"\0": 1}),
    "NUL in a name within": _letter(content={"\0": 1}),
    "half a letter within": _letter(content={"as_written": "\ud800"}),
    "NUL within": _letter(content={"as_written": "\0"}),
    "half a letter twice": '{"\\ud800":1,"\\ud800":2}',
    "NUL twice": '{"\\u0000":1,"\\u0000":2}',
    "many digits": _letter(v=10**4000),
    "a number without end": _letter(content={"amount_cents": float("inf")}),
    "no name at all": _letter(message_id="\ud800", kind="\0"),
}
# Signatures in a header of their own.
HEADS = {
    "": "", "nested": f"{_b64(DEEP)}..aa", "half open": f"{_b64(chr(123) + DEEP)}..aa",
    "no algorithm": _b64('{"alg":"none"}') + "..", "a list": _b64("[1]") + "..x",
    "not ours": "\u00e9..", "many dots": "." * 50, "a base": '{"base":"x","signature":"!"}',
}  # fmt: skip


@pytest.mark.any_server
def test_whatever_is_sent_comes_to_an_end_that_its_sender_is_told(
    client: Client, program: Program
) -> None:
    for name, body in BODIES.items():
        answer = program.call(client, "POST", "/v1/messages", body.encode())
        assert answer.status_code == 202, (name, answer.content)
    for name, head in HEADS.items():
        headers = {"PIMS-Message-Signature": head} if head else {}
        body = _letter(message_id=f"head-{list(HEADS).index(name)}").encode()
        answer = program.call(client, "POST", "/v1/messages", body, signed=False, **headers)
        assert answer.status_code == 202, (name, answer.content)
    judge()
    rows = Inbound.objects.all()
    assert {row.state for row in rows} == {"refused"}
    assert len(rows) == len(BODIES) + len(HEADS)
    for row in rows:
        told = program.get(client, f"/v1/messages/{row.message_id}").json()
        assert told["state"] == "refused"
        assert told["problems"] == row.problems != []
        assert all(problem.isprintable() for problem in row.problems)
    unsigned = [row.problems[0] for row in rows if row.message_id.startswith("head-")]
    assert set(unsigned) <= {"not_signed", "unknown_key", "wrong_signature"}


@pytest.mark.any_server
def test_a_signature_base_that_the_sender_wrote_down_itself_proves_nothing(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    """A request to another PIMS, signed by the court's own key, is no message to this one."""
    sender = Sender("mc_bz", "court")
    told = Program.of(sender.agency)
    body = _letter(message_id="elsewhere").encode()
    proof = sender.sign_request(body)
    assert json.loads(proof)["base"]
    answer = told.call(
        client, "POST", "/v1/messages", body, signed=False, PIMS_Message_Signature=proof
    )
    assert answer.status_code == 202
    judge()
    assert "unknown_key" in Inbound.objects.get(message_id="elsewhere").problems


@pytest.mark.any_server
def test_nothing_secret_is_kept_that_a_sender_claims_to_have_signed(
    client: Client, program: Program
) -> None:
    covered = ('"pims-gateway"', '"pims-client-certificate"', '"authorization"', '"cookie"')
    for number, name in enumerate(covered):
        given = f'pims=("@method" {name});created=1;keyid="k";tag="pims"'
        body = _letter(message_id=f"covers-{number}").encode()
        answer = program.call(
            client, "POST", "/v1/messages", body, signed=False, Cookie="a=secret-of-a-cookie",
            Signature_Input=given, Signature=f"pims=:{'A' * 86}==:",
        )  # fmt: skip
        assert answer.status_code == 202
    kept = " ".join(Inbound.objects.values_list("signature", flat=True))
    for secret in (gateway_secret(), program.token, "secret-of-a-cookie", "BEGIN"):
        assert secret not in kept
    # Nor is a question believed that covers what the gateway alone adds.
    headers = program.headers("GET", "/v1/roll") | {SECRET_HEADER: "guess"}
    assert client.get("/v1/roll", headers=headers, HTTP_HOST=HOST).status_code == 403


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/v1/persons/..%2f..%2froll", 404, "no_such_address"),
        ("/v1/persons/%2e%2e/roll", 404, "no_such_address"),
        ("//v1/roll", 404, "no_such_address"),
        ("/v1//roll", 404, "no_such_address"),
        ("/V1/roll", 404, "no_such_address"),
        ("/v1/roll/", 404, "no_such_address"),
        ("/v1/%72oll", 401, "bad_signature"),
        ("/v1/messages/a%2fb", 404, "no_such_address"),
        ("/v1/persons/%00", 422, "bad_input"),
        ("/v1/feed?after=-1", 422, "bad_input"),
        ("/v1/feed?after=9223372036854775808", 422, "bad_input"),
        ("/v1/feed?after=1e3", 422, "bad_input"),
        ("/v1/feed?after=4611686018427387904", 410, "start_over"),
        ("/v1/snapshot?page=00000000-0000-0000-0000-000000000000", 404, "no_such_page"),
        ("/v1/hearings?day=99999-01-01", 422, "bad_input"),
        ("/v1/hearings?day=9999-12-31&court=%00", 422, "bad_input"),
    ],
)  # fmt: skip
def test_an_address_that_was_bent_leads_nowhere(
    client: Client, program: Program, target: str, status: int, code: str
) -> None:
    answer = program.get(client, target)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.any_server
def test_a_head_of_another_certificate_or_host_changes_nothing(
    client: Client, program: Program
) -> None:
    """What proxies add elsewhere is not looked at here."""
    other = small_agency("police")
    pem = other.certificate.decode().replace("\n", "%0A")
    assert program.get(client, "/v1/roll").status_code == 200
    for name in (
        "SSL-Client-Cert", "X-SSL-Client-Cert", "X-Forwarded-Client-Cert", "Client-Cert",
        "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override",
    ):  # fmt: skip
        assert program.get(client, "/v1/roll", **{name: pem}).status_code == 200
    forwarded = program.get(client, "/v1/roll", X_Forwarded_Host="elsewhere.example")
    assert forwarded.status_code == 200
    without = {SECRET_HEADER: gateway_secret(), CERTIFICATE_HEADER: pem}
    assert program.get(client, "/v1/roll", gateway=without).json()["code"] == "bad_token"
    twice = program.gateway()[CERTIFICATE_HEADER]
    joined = {SECRET_HEADER: gateway_secret(), CERTIFICATE_HEADER: f"{pem},{twice}"}
    assert program.get(client, "/v1/roll", gateway=joined).status_code == 401


@pytest.mark.any_server
def test_two_agencies_are_never_known_by_one_key_nor_anybody_by_one_that_was_lost(
    agency: SmallAgency,
) -> None:
    police, officer = small_agency("police"), Command(agency.officers[0])
    key = OKPKey.generate_key("Ed25519")
    jwk = json.dumps(key.as_dict(private=False))
    made = services.add_key(officer, agency_id=agency.agency_id, use="message", jwk=jwk)

    def refused(agency_id: int, jwk: str, **more: str) -> list[str]:
        with pytest.raises(InvalidInput) as wrong:
            services.add_key(
                Command(agency.officers[0]), agency_id=agency_id, use="message", jwk=jwk, **more
            )
        return [one.code for one in wrong.value.reasons()]

    assert refused(police.agency_id, jwk) == ["exchange.key_of_another"]
    services.revoke_key(Command(agency.officers[0]), key_id=made.key_id, reason="Laptop lost")
    assert refused(agency.agency_id, jwk, kid="again") == ["exchange.key_was_revoked"]
    # However its members are written.
    dressed = json.dumps({**json.loads(jwk), "kid": "x", "alg": "EdDSA", "use": "sig"})
    assert refused(agency.agency_id, dressed, kid="again") == ["exchange.key_was_revoked"]
    assert AgencyKey.objects.filter(kid="again").count() == 0


@pytest.mark.parametrize("head", [DEEP, "{" + DEEP, "[]", "1", '{"kid":[1]}', "\0"])
def test_the_code_of_a_paper_with_a_strange_head_is_none_or_a_message(head: str) -> None:
    text = f"PIMS1.court.{_b64(head)}.{_b64('{}')}.aa"
    try:
        assert paper.decode(text).kid == "[1]"
    except paper.NoPaper:
        assert head != '{"kid":[1]}'


def test_a_paper_whose_words_or_sender_were_changed_frees_nobody(system_actor: Actor) -> None:
    prison = Prison.build(system_actor)
    held, other = prison.held("Ana One"), prison.held("Rosa Two")
    court, police = Sender("mc", "court", bodies=(prison.court,)), Sender("police", "police")
    number = {one.person_id: _number(prison, one.person_id) for one in (held, other)}
    body = court.text("release_order", {
        "issued_by": "MC-BZ", "order": "discharge", "reference": "1/26", "ends_all": True,
        "subject": {"number": number[held.person_id]},
    }, message_id="paper")  # fmt: skip
    signed = court.sign_paper(body)
    swapped = body.replace(number[held.person_id].encode(), number[other.person_id].encode())
    for code, problem in (
        (paper.text_of("mc", swapped, signed), "wrong_signature"),
        (paper.text_of("mc", body, police.sign_paper(body)), "unknown_key"),
        (paper.text_of("police", body, signed), "unknown_key"),
        (paper.text_of("police", body, police.sign_paper(body)), "kind_not_yours"),
    ):
        read = paper.decode(code)
        kept = services.keep_paper(
            prison.command, agency_code=read.agency_code, body=read.body, digest=read.digest,
            message_id=f"{read.message_id}-{problem}", sent_kind=read.read.kind,
            sent_at=read.read.sent_at, kid=read.kid, signature=read.signature,
        )  # fmt: skip
        row = Inbound.objects.get(pk=kept.inbound_id)
        assert (row.state, problem in row.problems) == ("refused", True), row.problems
        assert row.person_id is None


def _number(prison: Prison, person_id: int) -> str:
    from pims.people import selectors as people

    return people.person_headers(prison.command.actor, [person_id])[person_id].number
