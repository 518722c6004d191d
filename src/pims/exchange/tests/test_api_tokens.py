"""Who is given a token: a client that proves to be one, over its own certificate, once."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from secrets import token_bytes
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from joserfc.jwk import OKPKey

from pims.exchange import services
from pims.exchange.api import assertions, limits
from pims.exchange.api.gateway import SECRET_HEADER
from pims.exchange.api.tokens import token_hash
from pims.exchange.models import AccessToken, AgencyCertificate, AgencyKey
from pims.exchange.tests.calling import HOST, Program, serving
from pims.exchange.tests.helpers import (
    SmallAgency,
    agency_with,
    as_agency,
    self_signed,
    small_agency,
    token_for,
)
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def agency() -> SmallAgency:
    return agency_with()


@pytest.fixture
def program(agency: SmallAgency) -> Program:
    return Program.of(agency)


def _why(answer: Any) -> tuple[int, str, str]:
    told = answer.json()
    return answer.status_code, told["error"], told["message"]["en"].partition("(")[2].rstrip(").")


def test_a_token_is_short_lived_kept_as_a_hash_and_bound_to_the_certificate(
    client: Client, program: Program
) -> None:
    answer = program.get_token(client)
    assert answer.status_code == 200
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 300
    assert answer["Cache-Control"] == "no-store"
    (kept,) = AccessToken.objects.all()
    assert bytes(kept.hash) == token_hash(told["access_token"])
    assert told["access_token"] not in str(vars(kept))
    assert kept.thumbprint == program.agency.thumbprint
    assert kept.kid == program.agency.kid


@pytest.mark.any_server
def test_an_assertion_is_good_once(client: Client, program: Program) -> None:
    form = {"client_assertion": program.assertion()}
    assert program.get_token(client, **form).status_code == 200
    assert _why(program.get_token(client, **form)) == (401, "invalid_client", "replayed")
    assert AccessToken.objects.count() == 1


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"aud": "https://elsewhere.example/v1/token"}, "aud"),
    ({"aud": None}, "aud"),
    ({"exp": -61}, "exp"),
    ({"exp": +400}, "exp"),
    ({"exp": None}, "exp"),
    ({"exp": float("nan")}, "exp"),
    ({"exp": "soon"}, "exp"),
    ({"iat": +90}, "iat"),
    ({"nbf": +90}, "nbf"),
    ({"sub": "court"}, "client"),
    ({"iss": "nobody", "sub": "nobody"}, "client"),
    ({"iss": "a\0b"}, "client"),
    ({"jti": None}, "jti"),
    ({"jti": "x" * 129}, "jti"),
    ({"jti": "a\0b"}, "jti"),
)


def test_what_an_assertion_says_must_be_right(client: Client, program: Program) -> None:
    for claims, code in WRONG:
        limits.failures.forget()
        now = int(time.time())
        moved = {
            name: now + value if isinstance(value, int) else value for name, value in claims.items()
        }
        answer = program.get_token(client, client_assertion=program.assertion(**moved))
        assert _why(answer) == (401, "invalid_client", code), claims
    assert not AccessToken.objects.exists()


def test_a_head_that_names_no_key_as_it_should_is_told_so(client: Client, program: Program) -> None:
    _, claims, signature = program.assertion().split(".")
    for kid in (["a"], {"a": 1}, 7):
        head = urlsafe_b64encode(json.dumps({"alg": "EdDSA", "kid": kid}).encode()).decode()
        text = f"{head.rstrip('=')}.{claims}.{signature}"
        answer = program.get_token(client, client_assertion=text)
        assert _why(answer) == (401, "invalid_client", "key")


@pytest.mark.any_server
def test_clocks_may_differ_by_a_minute(client: Client, program: Program) -> None:
    now = int(time.time())
    late = program.assertion(exp=now - assertions.SKEW + 5, iat=now - 200)
    assert program.get_token(client, client_assertion=late).status_code == 200
    early = program.assertion(iat=now + assertions.SKEW - 5, nbf=now + assertions.SKEW - 5)
    assert program.get_token(client, client_assertion=early).status_code == 200


@pytest.mark.any_server
def test_only_the_agencys_own_believed_key_signs_in(client: Client, program: Program) -> None:
    stranger = OKPKey.generate_key("Ed25519")
    forged = program.assertion(key=stranger)
    assert _why(program.get_token(client, client_assertion=forged))[2] == "signature"
    unknown = program.assertion(kid="other")
    assert _why(program.get_token(client, client_assertion=unknown))[2] == "key"
    # A key for messages opens no door.
    other_use = program.assertion(key=program.key, kid=program.kid)
    assert _why(program.get_token(client, client_assertion=other_use))[2] == "key"
    head, body, _ = program.assertion().split(".")
    assert _why(program.get_token(client, client_assertion=f"{head}.{body}."))[2] == "signature"
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."
    assert _why(program.get_token(client, client_assertion=unsigned))[2] == "signature"
    for rubbish in ("", "a.b.c", "x" * 8001, "é.é.é", "W10.W10.W10"):
        answer = program.get_token(client, client_assertion=rubbish)
        assert _why(answer) == (401, "invalid_client", "form"), rubbish


def test_only_a_certificate_of_the_agency_gets_a_token(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    program.certificate, _ = self_signed("stranger")
    assert _why(program.get_token(client))[2] == "certificate"
    other = small_agency("court", kind="court")
    program.certificate = other.certificate
    assert _why(program.get_token(client))[2] == "certificate"
    program.certificate = agency.certificate
    row = AgencyCertificate.objects.get(thumbprint=agency.thumbprint)
    services.revoke_certificate(
        Command(agency.officers[0]), certificate_id=row.pk, reason="Laptop lost"
    )
    assert _why(program.get_token(client))[2] == "certificate"


@pytest.mark.any_server
def test_whoever_passes_the_gateway_by_is_refused_whatever_they_say(
    client: Client, program: Program
) -> None:
    for secret in ("", "guess"):
        answer = client.post(
            "/v1/token", data=program.token_form(),
            headers=program.gateway() | {SECRET_HEADER: secret}, HTTP_HOST=HOST,
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (403, "not_through_the_gateway")
    answer = client.post(
        "/v1/token", data=program.token_form(),
        headers={SECRET_HEADER: program.gateway()[SECRET_HEADER]}, HTTP_HOST=HOST,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (401, "no_certificate")


def test_a_key_is_changed_without_a_gap_and_revoked_at_once(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    following = OKPKey.generate_key("Ed25519")
    officer = Command(agency.officers[0])
    added = services.add_key(
        officer, agency_id=agency.agency_id, use="assertion", kid="next",
        jwk=json.dumps(following.as_dict(private=False)),
    )  # fmt: skip
    # Both hold for as long as it takes.
    assert program.get_token(client).status_code == 200
    by_next = program.assertion(key=following, kid=added.kid)
    assert program.get_token(client, client_assertion=by_next).status_code == 200
    old = AgencyKey.objects.get(agency_id=agency.agency_id, kid=agency.kid)
    services.revoke_key(Command(agency.officers[0]), key_id=old.pk, reason="Changed")
    assert _why(program.get_token(client))[2] == "key"
    assert AccessToken.objects.get(kid=agency.kid).revoked_at is not None
    again = program.assertion(key=following, kid=added.kid)
    assert program.get_token(client, client_assertion=again).status_code == 200


def test_a_suspended_agency_is_given_no_token(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    services.set_agency_state(
        Command(agency.officers[0]), agency_id=agency.agency_id, version=1, state="suspended",
        reason="Keys lost",
    )  # fmt: skip
    answer = program.get_token(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "agency_not_active")
    assert answer.json()["decided_by"]["permission"] == "exchange.manage"


@pytest.mark.any_server
def test_whoever_guesses_is_slowed_down(client: Client, program: Program) -> None:
    statuses = [
        program.get_token(client, client_assertion="a.b.c").status_code
        for _ in range(limits.FAILURES.burst + 2)
    ]
    assert statuses[: limits.FAILURES.burst] == [401] * limits.FAILURES.burst
    assert statuses[-1] == 429
    slowed = program.get_token(client, client_assertion="a.b.c")
    assert int(slowed["Retry-After"]) >= 1


@pytest.mark.any_server
def test_other_grants_are_not_given(client: Client, program: Program) -> None:
    answer = program.get_token(client, grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    answer = program.get_token(client, client_assertion_type="other")
    assert _why(answer)[2] == "type"


@pytest.mark.any_server
def test_a_request_for_a_token_that_lacks_something_is_answered_as_rfc_6749_says(
    client: Client, program: Program
) -> None:
    whole = program.token_form()
    proof = {"client_assertion": "", "client_assertion_type": ""}

    def asked(form: object, kind: str = FORM, **headers: str) -> tuple[int, str, str]:
        answer = client.post(
            "/v1/token", data=urlencode(form, doseq=True), content_type=kind, HTTP_HOST=HOST,
            headers=program.gateway() | headers,
        )  # fmt: skip
        told = answer.json()
        assert answer["Cache-Control"] == "no-store"
        assert told["error_description"] == told["message"]["en"]
        assert told["message"]["en"] != told["message"]["es"]
        # Nothing that was sent is said again: an assertion is as good as a key while it lasts.
        assert whole["client_assertion"] not in answer.content.decode()
        return answer.status_code, told["error"], told["code"]

    lacking = {name: value for name, value in whole.items() if name not in proof}
    bad_request = (400, "invalid_request", "bad_token_request")
    assert asked({}) == bad_request
    assert asked({**whole, "grant_type": ""})[:2] == (400, "unsupported_grant_type")
    assert asked({n: v for n, v in whole.items() if n != "grant_type"}) == bad_request
    # No proof at all is no client, not a form badly filled in.
    assert asked(lacking) == (401, "invalid_client", "bad_assertion")
    assert asked({**lacking, **proof})[:2] == (401, "invalid_client")
    # Twice, in another form, or with a password: two readers could read two requests.
    for name, value in whole.items():
        assert asked([*whole.items(), (name, value)]) == bad_request
    assert asked({**whole, "client_secret": "x"}) == bad_request
    assert asked({**lacking, "client_secret": "x"}) == bad_request
    assert asked({**whole, "client_assertion": "x" * 9001}) == bad_request
    assert asked(whole, "application/json") == bad_request
    assert not AccessToken.objects.exists()
    answer = client.post(
        "/v1/token", data=lacking, HTTP_HOST=HOST,
        headers=program.gateway() | {"Authorization": "Basic cG9saWNlOng="},
    )  # fmt: skip
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Basic")
    # Past the gateway, or without a certificate, nothing is looked at at all.
    answer = client.post("/v1/token", data={}, HTTP_HOST=HOST)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_through_the_gateway")
    answer = client.post("/v1/token/revoke", data={}, headers=program.gateway(), HTTP_HOST=HOST)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_token_can_be_given_back_by_its_holder_alone(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    token = program.get_token(client).json()["access_token"]
    other = Program.of(small_agency("court", kind="court"))
    other.certificate = other.agency.certificate
    for who, ended in ((other, False), (program, True)):
        answer = client.post(
            "/v1/token/revoke", data={"token": token}, headers=who.gateway(), HTTP_HOST=HOST
        )
        assert answer.status_code == 200
        assert (AccessToken.objects.get().revoked_at is not None) is ended


def test_no_token_lives_long_whatever_the_process_that_gives_it_believes(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    def issued(**changed: Any) -> str:
        now = clock.now()
        given = {
            "client": agency.code, "kid": agency.kid, "jti": uuid4().hex,
            "jti_until": now + timedelta(seconds=60), "hash": token_bytes(32),
            "shown": agency.thumbprint, "until": now + timedelta(minutes=5), **changed,
        }  # fmt: skip
        with as_agency(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT agency_issue_token(%s, %s, %s, %s, %s, %s, %s)", list(given.values())
            )
            return str(cursor.fetchone()[0])

    soon = clock.now() + timedelta(minutes=20)
    assert issued() == "ok"
    assert issued(until=soon) == "bad_request"
    assert issued(until=clock.now() - timedelta(seconds=1)) == "bad_request"
    assert issued(jti_until=soon) == "bad_request"
    assert issued(hash=b"short") == "bad_request"
    assert issued(jti="") == "bad_request"
    assert issued(client="nobody") == "unknown_client"
    assert issued(kid=program.kid) == "unknown_key"
    assert issued(shown="other") == "unknown_certificate"
    assert AccessToken.objects.count() == 1


def test_sixty_tokens_a_minute_are_enough_for_anybody(
    client: Client, program: Program, agency: SmallAgency
) -> None:
    for _ in range(60):
        token_for(agency)
    AccessToken.objects.update(issued_at=clock.now())
    answer = program.get_token(client)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_fast")
