"""Requests and answers are signed as RFC 9421 says, and nothing less is taken."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from joserfc.jwk import ECKey, OKPKey

from pims.custody.tests.prison import Prison
from pims.exchange import services
from pims.exchange.api import signatures
from pims.exchange.api.signatures import BadSignature, Message
from pims.exchange.models import AgencyKey, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import HOST, Program, digest_of, serving
from pims.exchange.tests.helpers import agency_with, small_agency, terms_of
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel.errors import NotFound
from pims.ui.wording import catalogue

# -- RFC 9421, appendix B: its keys, its messages, its signatures --------------------------------
B_ED25519 = OKPKey.import_key(
    {
        "kty": "OKP", "crv": "Ed25519", "kid": "test-key-ed25519",
        "d": "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU",
        "x": "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
    }
)  # fmt: skip
B_ECC_P256 = ECKey.import_key(
    {
        "kty": "EC", "crv": "P-256", "kid": "test-key-ecc-p256",
        "d": "UpuF81l-kOxbjf7T4mNSv0r5tN67Gim7rnf6EFpcYDs",
        "x": "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
        "y": "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
    }
)  # fmt: skip
B_REQUEST = {
    "Host": "example.com",
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNN"
    "yealdVLvRwEmTHWXvJwew==:",
    "Content-Length": "18",
}
B26_INPUT = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
B26_SIGNATURE = (
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKR"
    "Cw==:"
)
B24_INPUT = (
    'sig-b24=("@status" "content-type" "content-digest" "content-length")'
    ';created=1618884473;keyid="test-key-ecc-p256"'
)
B24_SIGNATURE = (
    "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oi"
    "asw==:"
)
B24_RESPONSE = {
    "Date": "Tue, 20 Apr 2021 02:07:56 GMT",
    "Content-Type": "application/json",
    "Content-Digest": "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdX"
    "ymyU0rjJuahq4l5aGgfLQ==:",
    "Content-Length": "23",
}


def _request(**more: str) -> Message:
    return Message("POST", "https://example.com/foo?param=Value&Pet=dog", {**B_REQUEST, **more})


class _Timeless(HTTPMessageVerifier):
    require_created = False

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """The examples of the RFC are of 2021."""


def _checked(algorithm: Any, key: Any, message: object) -> None:
    kid = str(key.kid)
    keys = MappingKeyResolver(public_keys={kid: key.public_key}, private_keys={})
    _Timeless(signature_algorithm=algorithm, key_resolver=keys).verify(message, max_age=None)


def test_the_rfcs_ed25519_example_is_verified_and_made_anew() -> None:
    """B.2.6: Ed25519 gives the same signature to everybody."""
    message = _request(**{"Signature-Input": B26_INPUT, "Signature": B26_SIGNATURE})
    _checked(algorithms.ED25519, B_ED25519, message)
    import datetime as dt

    fresh = _request()
    keys = MappingKeyResolver(
        public_keys={},
        private_keys={"test-key-ed25519": B_ED25519.private_key},  # type: ignore[dict-item]
    )
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        fresh, key_id="test-key-ed25519", label="sig-b26", include_alg=False,
        use_existing_digest=True,
        created=dt.datetime.fromtimestamp(1618884473, tz=dt.UTC),
        covered_component_ids=(
            "date", "@method", "@path", "@authority", "content-type", "content-length",
        ),
    )  # fmt: skip
    assert fresh.headers["Signature-Input"] == B26_INPUT
    assert fresh.headers["Signature"] == B26_SIGNATURE


def test_the_rfcs_p256_example_of_an_answer_is_verified() -> None:
    """B.2.4: ECDSA over P-256, r and s side by side."""
    headers = {**B24_RESPONSE, "Signature-Input": B24_INPUT, "Signature": B24_SIGNATURE}
    _checked(
        algorithms.ECDSA_P256_SHA256, B_ECC_P256,
        signatures.Answered(200, headers, _request()),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Date", "Content-Type", "Content-Length"])
def test_the_rfcs_example_with_one_letter_changed_is_not(name: str) -> None:
    message = _request(
        **{"Signature-Input": B26_INPUT, "Signature": B26_SIGNATURE, name: B_REQUEST[name] + "1"}
    )
    with pytest.raises(Exception, match=r"[Ss]ignature|^$"):
        _checked(algorithms.ED25519, B_ED25519, message)


# -- what agencies send ------------------------------------------------------------------------
@pytest.fixture
def client(db: None) -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def program(client: Client, system_actor: Actor) -> Program:
    person_id = Prison.build(system_actor).held("Maria Choc").person_id
    shelve([person_id])
    found = Program.of(agency_with(terms_of(lookups=("number", "list"))))
    found.get_token(client)
    return found


@pytest.fixture
def question(program: Program) -> dict[str, object]:
    return {
        "by": "list",
        "numbers": [str(ShelfRow.objects.filter(kind="custody")[0].fields["number"])],
    }


def _refused(answer: Any) -> str:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (401, "bad_signature"), told
    return str(told["message"]["en"])


@pytest.mark.parametrize(
    "covered",
    ['"@signature-params"', '1', '"@query-param"', '"@status"', ':AA==:', '"a b"', ''],
)  # fmt: skip
def test_what_a_stranger_wrote_in_place_of_a_signature_breaks_nothing(covered: str) -> None:
    given = f'pims=({covered});created={int(time.time())};keyid="k";tag="pims"'
    headers = {"Signature-Input": given, "Signature": f"pims=:{'A' * 86}==:"}
    asked = RequestFactory().post(
        "/v1/messages", b"{}", content_type="application/json", headers=headers
    )
    signatures.kept(asked)
    key = {"kid": "k", "jwk": B_ED25519.as_dict(private=False)}
    with pytest.raises(BadSignature):
        signatures.verify(asked, [key])


@pytest.mark.any_server
def test_what_is_sent_must_be_signed_whole(
    client: Client, program: Program, question: dict[str, object]
) -> None:
    assert program.post(client, "/v1/searches", question).status_code == 200
    _refused(program.post(client, "/v1/searches", question, signed=False))
    # Another body, purpose, official or address under the same signature.
    good = program.headers("POST", "/v1/searches", b'{"by":"list","numbers":["1"]}')
    for changed in (
        {"body": b'{"by":"list","numbers":["2"]}'},
        {"body": b""},
        {"Content-Digest": digest_of(b'{"by":"list","numbers":["2"]}'),
         "body": b'{"by":"list","numbers":["2"]}'},
        {"PIMS-Purpose": "investigation"},
        {"PIMS-End-User": "Somebody%20else"},
        {"target": "/v1/searches?x=1"},
    ):  # fmt: skip
        headers = {**good, **changed, **program.gateway()}
        body = headers.pop("body", b'{"by":"list","numbers":["1"]}')
        answer = client.generic(
            "POST", str(headers.pop("target", "/v1/searches")), body, HTTP_HOST=HOST,
            content_type=str(headers.pop("Content-Type")), headers=headers,
        )  # fmt: skip
        _refused(answer)


@pytest.mark.any_server
def test_no_part_of_what_must_be_covered_may_be_left_out(
    client: Client, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, required = b'{"by":"list","numbers":["1"]}', signatures.REQUIRED
    for left_out in required:
        with monkeypatch.context() as patch:
            fewer = tuple(one for one in required if one != left_out)
            patch.setattr(signatures, "REQUIRED", fewer)
            headers = program.headers("POST", "/v1/searches", body) | program.gateway()
        answer = client.generic(
            "POST", "/v1/searches", body, content_type=headers.pop("Content-Type"),
            headers=headers, HTTP_HOST=HOST,
        )  # fmt: skip
        assert left_out in _refused(answer)


def test_a_signature_is_of_now_and_of_a_key_that_is_believed_now(
    client: Client, program: Program, question: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time

    def at(seconds: float) -> Any:
        import datetime as dt

        class Then(dt.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return dt.datetime.fromtimestamp(real() + seconds, tz)

        monkeypatch.setattr("http_message_signatures.signatures.datetime.datetime", Then)
        headers = program.headers("GET", "/v1/roll")
        monkeypatch.undo()
        return headers

    for seconds, taken in ((-290.0, True), (-400.0, False), (50.0, True), (90.0, False)):
        headers = at(seconds) | program.gateway()
        answer = client.get("/v1/roll", headers=headers, HTTP_HOST=HOST)
        assert (answer.status_code == 200) is taken, (seconds, answer.json())
    key = AgencyKey.objects.get(kid=program.kid)
    following = Program.of(program.agency)
    following.token = program.token
    # Two hold while one is changed for the other.
    for one in (program, following):
        assert one.get(client, "/v1/roll").status_code == 200
    services.revoke_key(
        Command(program.agency.officers[0]), key_id=key.pk, reason="Changed for the next"
    )
    _refused(program.get(client, "/v1/roll"))
    assert following.get(client, "/v1/roll").status_code == 200


@pytest.mark.any_server
def test_questions_are_signed_where_the_agency_said_that_it_would(
    client: Client, program: Program
) -> None:
    _refused(program.get(client, "/v1/roll", signed=False))
    lax = small_agency("court", kind="court", signs_reads=False)
    from pims.exchange.tests.helpers import sign_and_activate

    sign_and_activate(lax, terms_of("court"))
    other = Program.of(lax)
    assert other.get(client, "/v1/roll", signed=False).status_code == 200
    answer = other.post(client, "/v1/searches", {"by": "list", "numbers": ["1"]}, signed=False)
    _refused(answer)


def test_a_key_of_p256_signs_too() -> None:
    key = ECKey.generate_key("P-256")
    jwk = key.as_dict(private=False)
    message = _request()
    keys = MappingKeyResolver(public_keys={}, private_keys={"own": key.private_key})  # type: ignore[dict-item]
    HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=keys).sign(
        message,
        key_id="own",
        tag="pims",
        covered_component_ids=("@method", "@path"),
        use_existing_digest=True,
    )
    believed = [
        {"kid": "other", "jwk": OKPKey.generate_key("Ed25519").as_dict(private=False)},
        {"kid": "own", "jwk": jwk},
    ]
    found = signatures.verify_message(message, believed, body=None, required=("@method",))
    assert found == "own"
    with pytest.raises(BadSignature):
        signatures.verify_message(message, believed[:1], body=None, required=())
    with pytest.raises(BadSignature):
        signatures.verify_message(message, [], body=None, required=())


@pytest.mark.any_server
def test_every_answer_is_signed_with_our_own_key_refusals_too(
    client: Client, program: Program
) -> None:
    (own,) = client.get("/v1/keys", headers=program.gateway(), HTTP_HOST=HOST).json()["keys"]
    asked = Message("GET", f"https://{HOST}/v1/roll", {})
    public = OKPKey.import_key(own).public_key
    keys = MappingKeyResolver(public_keys={own["kid"]: public}, private_keys={})
    for target, status in (("/v1/roll", 200), ("/v1/roll?establishment=", 422)):
        answer = program.get(client, target)
        assert answer.status_code == status
        told = signatures.Answered(
            status, dict(answer.headers), Message("GET", f"https://{HOST}{target}", {})
        )
        verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        covered = ["@status", "content-type", *signatures.OF_REQUEST]
        if status == 200:
            covered.append("pims-inquiry")
        verifier.verify(told, expect_tag="pims", require_components=covered, body=answer.content)
        # The same answer to another question is no answer.
        told.request = asked if target != "/v1/roll" else Message("GET", f"https://{HOST}/v1/x", {})
        with pytest.raises(Exception, match=r"[Ss]ignature|^$"):
            verifier.verify(told, expect_tag="pims", body=answer.content)


@pytest.mark.any_server
def test_our_own_key_is_changed_without_a_gap(
    client: Client, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIMS_SECRETS", str(tmp_path / "secrets"))
    monkeypatch.setenv("PIMS_VAR", str(tmp_path / "var"))
    first = signatures.own_key().kid
    assert [one["kid"] for one in signatures.public_keys()] == [first]
    following = signatures.announce_next_key().kid
    # Whoever fetches the keys now believes what either signs.
    assert [one["kid"] for one in signatures.public_keys()] == [first, following]
    assert signatures.own_key().kid == first
    assert signatures.use_next_key().kid == following
    assert [one["kid"] for one in signatures.public_keys()] == [following]
    with pytest.raises(NotFound):
        signatures.use_next_key()


@pytest.mark.any_server
def test_every_reason_of_a_signature_is_said_in_both_languages_and_in_no_words_of_the_library(
    client: Client, program: Program, question: dict[str, object]
) -> None:
    known = {code for _, code in signatures._FAULTS} | {"unreadable"}
    wording = {code: catalogue()[f"exchange.signature_fault.{code}"] for code in known}
    assert all(one["en"] != one["es"] for one in wording.values())
    body = json.dumps(question).encode()
    good = program.headers("POST", "/v1/searches", body)
    given, signature = good["Signature-Input"], good["Signature"]

    def told(**changed: str | None) -> dict[str, str]:
        headers = {k: v for k, v in {**good, **changed}.items() if v is not None}
        kind = headers.pop("Content-Type")
        answer = client.generic(
            "POST", "/v1/searches", body, content_type=kind, HTTP_HOST=HOST,
            headers=headers | program.gateway(),
        )  # fmt: skip
        _refused(answer)
        message: dict[str, str] = answer.json()["message"]
        return message

    now = int(time.time())
    cases: tuple[tuple[dict[str, str | None], str, str], ...] = (
        ({"Signature": None, "Signature-Input": None}, "missing", ""),
        ({"Signature-Input": given.replace('tag="pims"', 'tag="other"')}, "tag", ""),
        ({"Signature-Input": re.sub(r"created=\d+", f"created={now + 300}", given)}, "future", ""),
        ({"Signature-Input": re.sub(r"created=\d+", f"created={now - 900}", given)}, "old", ""),
        ({"Signature-Input": re.sub(r";created=\d+", "", given)}, "created", ""),
        ({"Signature-Input": given.replace(program.kid, "nobody")}, "key", ""),
        ({"Signature-Input": given.replace('"@method"', '"@method" "x-lost"')}, "absent", "x-lost"),
        ({"PIMS-Purpose": "investigation"}, "wrong", ""),
        ({"Signature": "nonsense("}, "unreadable", ""),
        ({"Signature": signature.replace("own=", "other=")}, "unreadable", ""),
    )  # fmt: skip
    for changed, code, what in cases:
        message = told(**changed)
        for language in ("en", "es"):
            assert message[language].endswith(wording[code][language].format(what=what)), message
    # A body that was changed on its way, and one that nobody signed for.
    other = {"body": b"{}", "kind": "application/json"}
    answer = client.generic(
        "POST", "/v1/searches", other["body"], content_type=other["kind"], HTTP_HOST=HOST,
        headers={k: v for k, v in good.items() if k != "Content-Type"} | program.gateway(),
    )  # fmt: skip
    assert answer.json()["message"]["es"].endswith(wording["digest"]["es"])
