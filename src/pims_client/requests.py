"""Every call of the interface, as a method, an address and what goes with it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pims_client.calling import segment


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = None


def person(number: str) -> Call:
    return Call("GET", f"/v1/persons/{segment(number)}")


def about(number: str, what: str) -> Call:
    return Call("GET", f"/v1/persons/{segment(number)}/{what}")


def photograph(number: str, photograph_id: str) -> Call:
    return Call("GET", f"/v1/persons/{segment(number)}/photographs/{segment(photograph_id)}")


def search_name(family_name: str, given_name: str, birth_date: date) -> Call:
    return _search(
        by="name_birth", family_name=family_name, given_name=given_name,
        birth_date=birth_date.isoformat(),
    )  # fmt: skip


def search_document(kind: str, number: str) -> Call:
    return _search(by="document", kind=kind, number=number)


def search_list(numbers: Sequence[str]) -> Call:
    return _search(by="list", numbers=list(numbers))


def search_fingerprint(record: bytes, form: str) -> Call:
    return _search(by="fingerprint", format=form, record=base64.b64encode(record).decode("ascii"))


def _search(**asked: Any) -> Call:
    return Call("POST", "/v1/searches", body=asked)


def production(day: date, court: str | None) -> Call:
    return Call("GET", "/v1/hearings", {"day": day.isoformat(), "court": court})


def roll(establishment: str | None) -> Call:
    return Call("GET", "/v1/roll", {"establishment": establishment})


def statistics(query: Mapping[str, object]) -> Call:
    return Call("GET", "/v1/statistics", query)


def feed(after: int, limit: int) -> Call:
    return Call("GET", "/v1/feed", {"after": after, "limit": limit})


def acknowledge(position: int) -> Call:
    return Call("POST", "/v1/feed/ack", body={"position": position})


def snapshot(page: str | None, persons: int) -> Call:
    return Call("GET", "/v1/snapshot", {"page": page, "persons": persons})


def send(message: Mapping[str, Any]) -> Call:
    return Call("POST", "/v1/messages", body=dict(message))


def message_status(message_id: str) -> Call:
    return Call("GET", f"/v1/messages/{segment(message_id)}")


def receipt(inquiry: UUID | str) -> Call:
    return Call("GET", f"/v1/receipts/{segment(str(inquiry))}")


def checkpoint(before: int | None) -> Call:
    return Call("GET", "/v1/checkpoint", {"before": before})
