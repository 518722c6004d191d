"""What the process that answers agencies calls: keep a message, and say what became of one.

A message is kept before it is judged, whatever is wrong with it; the same words under the same id
are the message that is here already. The answer is how far it has come; `status` tells the rest.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pims.exchange.enforcement import Inquired, InquiryRefused, Reader, reading
from pims.exchange.inbound.kinds import read_envelope
from pims.exchange.inbound.kinds.registry import message_kinds
from pims.exchange.inbound.kinds.status_request import Content as StatusRequest
from pims.exchange.inbound.signed import evidence
from pims.exchange.rules import lookup_keys
from pims.exchange.rules import terms as terms_rules
from pims.kernel.errors import PimsError

__all__ = ["LARGEST_BODY", "Receipt", "TooLarge", "evidence", "receive", "status"]

LARGEST_BODY = 1_000_000
_NOT_TEXT = "base64:"
# An order needs no agreement, and no quota holds one up: its sender is known all the same.
_TAKEN = ("ok", "no_agreement", "over_quota")


class TooLarge(PimsError):
    """More than a message may be: send it in parts, or ring the number."""

    code = "exchange.message_too_large"
    http_status = 413


@dataclass(frozen=True, slots=True)
class Receipt:
    """`outcome` is received, duplicate (here already, nothing was done again) or conflict (other
    words under an id that was used: kept beside it under `message_id`, and refused)."""

    outcome: str
    message_id: str
    kind: str
    digest: str
    received: bool


def receive(
    *,
    token_hash: bytes,
    thumbprint: str,
    purpose: str,
    end_user: str,
    body: bytes,
    kid: str = "",
    signature: str = "",
    message_id: str = "",
) -> Receipt:
    """Keep one message of the holder of the token, in two transactions.

    `signature` is the detached JWS of `body` that came with it, or, of a signed request,
    `evidence(base, signature)`; `kid` the key that it names. `message_id` where the request named
    one outside its body. Raises InquiryRefused (bad_token, agency_not_active, bad_request) and
    TooLarge: nothing else is turned away.
    """
    if len(body) > LARGEST_BODY:
        raise TooLarge
    text = _text(body)
    read = read_envelope(text)
    digest = hashlib.sha256(body).digest()
    named = read.message_id or message_id.strip()[:80] or f"sha256-{digest.hex()}"
    inquiry, _ = _opened(token_hash, thumbprint, purpose, end_user, "message.send", {"id": named})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pims.inquiry', %s, true)", [str(inquiry)])
        cursor.execute(
            "SELECT outcome, inbound FROM agency_receive(%s, %s, %s, %s, %s, %s, %s)",
            [named, read.kind, read.sent_at, text, digest, kid, signature],
        )
        outcome, _inbound = cursor.fetchone()
        cursor.execute("SELECT set_config('pims.inquiry', '', true)")
    if outcome == "too_large":
        raise TooLarge
    if outcome == "conflict":
        named = f"{named}#{digest[:8].hex()}"
    return Receipt(outcome, named, read.kind, digest.hex(), outcome == "received")


def status(
    *, token_hash: bytes, thumbprint: str, purpose: str, end_user: str, message_id: str
) -> dict[str, Any] | None:
    """What became of a message of the agency's own; None where it sent none by that id.

    The status of a list is read here, under the agreement of this moment, and is in `answers`: for
    each person asked for what the agreement tells, or nothing, which does not mean that the person
    is free. Raises InquiryRefused.
    """
    inquiry, inquired = _opened(
        token_hash, thumbprint, purpose, end_user, "message.status", {"id": message_id[:120]}
    )
    if inquired is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pims.inquiry', %s, true)", [str(inquiry)])
            found = _inbound_of(message_id)
            cursor.execute("SELECT set_config('pims.inquiry', '', true)")
        return None if found is None else _sent(found)
    with reading(inquired) as reader:
        found = _inbound_of(message_id)
        if found is None:
            return None
        clock = found.get("clock") or {}
        told = [step["state"] for step in found["steps"] if step["state"].startswith("told_")]
        if found.get("person_id") and (clock.get("freed_at") or told):
            reader.give_message(found["person_id"], ["message.clock"])
        answers = _answers(reader, found)
        sent = _sent(found)
        if answers is not None:
            sent["answers"] = answers
    return sent


def _answers(reader: Reader, found: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Of each on the list, in its order, what the agreement tells of the one whom it means."""
    if not found.get("body"):
        return None
    content = read_envelope(found["body"]).content
    asked = message_kinds()[found["kind"]].content.model_validate_json(
        json.dumps(content), strict=True
    )
    assert isinstance(asked, StatusRequest)
    answers = []
    for subject in asked.people:
        ids: list[int] = []
        if subject.number:
            ids = reader.find(lookup_keys.NUMBER, lookup_keys.number_key(subject.number))
        for document in () if ids else subject.documents:
            key = lookup_keys.document_key(document.kind, document.number)
            ids = ids or reader.find(lookup_keys.DOCUMENT, key)
        if not ids and subject.family_name and subject.birth_date:
            key = lookup_keys.name_birth_key(
                subject.family_name, subject.given_names, subject.birth_date
            )
            ids = reader.find(lookup_keys.NAME_BIRTH, key)
        # Two whom one key means are nobody: who is meant is not guessed.
        rows = reader.read("custody", person_ids=ids) if len(ids) == 1 else []
        reader.give("custody", rows)
        answers.append(
            {
                "number": subject.number,
                "own_reference": subject.own_reference,
                "custody": dict(rows[0].fields) if rows else None,
            }
        )
    return answers


def _inbound_of(message_id: str) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_inbound(%s)", [message_id])
        (found,) = cursor.fetchone()
    if found is None:
        return None
    return dict(json.loads(found) if isinstance(found, str) else found)


def _sent(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("person_id", "body")}


def _text(body: bytes) -> str:
    """The text of a message; what is none is kept too, and can be seen to be none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _NOT_TEXT + b64encode(body).decode()
    return _NOT_TEXT + b64encode(body).decode() if "\0" in text else text


def _opened(
    token_hash: bytes,
    thumbprint: str,
    purpose: str,
    end_user: str,
    kind: str,
    asked: Mapping[str, object],
) -> tuple[UUID, Inquired | None]:
    """The inquiry, committed, and what may be read under it: nothing without an agreement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, inquiry, agency_code, agreement, version, terms"
            " FROM agency_open_inquiry(%s, %s, %s, %s, %s, %s::jsonb)",
            [token_hash, thumbprint, purpose, end_user, kind, json.dumps(asked)],
        )
        outcome, inquiry, code, agreement, version, terms = cursor.fetchone()
    if outcome not in _TAKEN:
        raise InquiryRefused(outcome, code or "")
    if outcome != "ok":
        return inquiry, None
    parsed = terms_rules.parse(json.loads(terms) if isinstance(terms, str) else terms)
    return inquiry, Inquired(inquiry, parsed, code, agreement, version)
