"""What is pushed is signed as the Standard Webhooks specification says, by our own hand."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.webhooks import secretfiles, signing
from pims.exchange.webhooks.signing import (
    ED25519,
    HMAC,
    BadSecret,
    NotGenuine,
    new_secret,
    parse_secret,
    sign,
    verify,
)
from pims.foundation.vault.secrets import SecretsMissing
from pims.kernel import clock

AT = datetime(2026, 11, 20, 15, 30, 1, 999_000, tzinfo=UTC)
bodies = st.text(max_size=200).map(lambda text: text.encode())
ids = st.uuids().map(str)
keys = st.binary(min_size=24, max_size=64)


@given(key=keys, message_id=ids, body=bodies)
def test_the_public_library_makes_the_signature_that_we_make(
    key: bytes, message_id: str, body: bytes
) -> None:
    secret = signing.Secret(HMAC, key)
    theirs = standardwebhooks.Webhook(secret.text).sign(message_id, AT, body.decode())
    ours = sign([secret], message_id=message_id, at=AT, body=body)
    assert ours[signing.SIGNATURE] == theirs
    assert ours[signing.TIMESTAMP] == str(int(AT.timestamp()))


@given(body=bodies)
def test_the_public_library_believes_ours_and_we_believe_its(body: bytes) -> None:
    secret, now = new_secret(HMAC), clock.now()
    library = standardwebhooks.Webhook(secret.text)
    ours = sign([secret], message_id="m-1", at=now, body=body)
    library.verify(body, ours, json_parse=False)
    theirs = {
        "Webhook-Id": "m-2",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": library.sign("m-2", now, body.decode()),
    }
    assert verify([secret], theirs, body, at=now) == "m-2"


def test_the_example_of_the_specification_comes_out_as_it_is_printed() -> None:
    secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = sign(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )
    assert made[signing.SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("scheme", [HMAC, ED25519])
def test_nothing_that_was_changed_on_the_way_is_believed(scheme: str) -> None:
    secret = new_secret(scheme)
    known = secret if scheme == HMAC else secret.public()
    sent = sign([secret], message_id="m-1", at=AT, body=b"{}")
    assert verify([known], sent, b"{}", at=AT + timedelta(seconds=299)) == "m-1"
    for headers, body, at in (
        (sent, b"{ }", AT),
        ({**sent, signing.ID: "m-2"}, b"{}", AT),
        ({**sent, signing.TIMESTAMP: str(int(AT.timestamp()) + 1)}, b"{}", AT),
        ({**sent, signing.SIGNATURE: "v1,"}, b"{}", AT),
        ({**sent, signing.SIGNATURE: "v1,not base64 v1a,??"}, b"{}", AT),
        ({signing.ID: "m-1"}, b"{}", AT),
        (sent, b"{}", AT + timedelta(hours=1)),
        (sent, b"{}", AT - timedelta(hours=1)),
    ):
        with pytest.raises(NotGenuine):
            verify([known], headers, body, at=at)
    with pytest.raises(NotGenuine):
        verify([new_secret(scheme)], sent, b"{}", at=AT)


def test_a_signature_of_one_kind_is_not_believed_as_another() -> None:
    shared = new_secret(HMAC)
    sent = sign([shared], message_id="m-1", at=AT, body=b"{}")
    relabelled = {**sent, signing.SIGNATURE: sent[signing.SIGNATURE].replace("v1,", "v1a,")}
    with pytest.raises(NotGenuine):
        verify([shared], relabelled, b"{}", at=AT)


def test_while_a_secret_is_changed_whoever_knows_either_believes_it() -> None:
    old, new = new_secret(HMAC), new_secret(HMAC)
    sent = sign([new, old], message_id="m-1", at=AT, body=b"{}")
    assert sent[signing.SIGNATURE].count("v1,") == 2
    assert verify([old], sent, b"{}", at=AT)
    assert verify([new], sent, b"{}", at=AT)


@given(key=keys)
def test_a_secret_is_handed_over_as_text_and_never_shown_by_accident(key: bytes) -> None:
    secret = signing.Secret(HMAC, key)
    assert parse_secret(secret.text) == secret
    assert base64.b64encode(key).decode() not in repr(secret)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_c2hvcnQ=", "whsk_c2hvcnQ=", "whsec_!!!!", "secret", "whpk_AAAA"]
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(BadSecret):
        parse_secret(text)


def test_a_private_key_has_a_public_half_and_a_shared_secret_has_none() -> None:
    own = new_secret(ED25519)
    public = own.public()
    assert public.text.startswith("whpk_")
    assert parse_secret(public.text) == public == public.public()
    with pytest.raises(BadSecret):
        sign([public], message_id="m-1", at=AT, body=b"{}")
    with pytest.raises(BadSecret):
        new_secret(HMAC).public()


def test_an_id_that_could_be_read_as_another_message_is_not_signed() -> None:
    for bad in ("", "a.b", "a b"):
        with pytest.raises(ValueError, match="id"):
            sign([new_secret(HMAC)], message_id=bad, at=AT, body=b"{}")
    with pytest.raises(ValueError, match="nothing"):
        sign([], message_id="m-1", at=AT, body=b"{}")


def test_a_secret_in_its_file_is_changed_without_a_gap_and_the_old_one_ends() -> None:
    name = "exchange-endpoint-test-of-rotation"
    secretfiles.make(name, HMAC)
    (first,) = secretfiles.held(name, at=AT)
    secretfiles.make(name, HMAC)
    assert secretfiles.newest(name) == first, "a second making changes nothing"
    secretfiles.rotate(name, at=AT)
    second, still = secretfiles.held(name, at=AT + timedelta(days=6))
    assert still == first != second == secretfiles.newest(name)
    assert secretfiles.held(name, at=AT + timedelta(days=8)) == [second]
    secretfiles.rotate(name, at=AT + timedelta(days=8))
    third, _ = secretfiles.held(name, at=AT + timedelta(days=8))
    assert third not in (first, second)
    assert first not in secretfiles.held(name, at=AT)


def test_a_secret_that_is_not_there_is_missed_and_never_made_anew() -> None:
    with pytest.raises(SecretsMissing):
        secretfiles.held("exchange-endpoint-never-made", at=AT)
