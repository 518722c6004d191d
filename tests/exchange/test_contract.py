"""Both interfaces against their own documents: whatever is sent, the answer is one that is written
down, and none is a failure of ours."""

import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.test import Client
from http_message_signatures import HTTPMessageSignaturesException
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pims.custody.tests.prison import Prison
from pims.exchange import handing, window
from pims.exchange.api.describing import openapi
from pims.exchange.models import ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import Program, serving
from pims.exchange.tests.helpers import agency_with, terms_of, whole
from pims.foundation.access.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.any_server]
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = 3
TABLES = (
    "person", "custody", "episode", "warrant", "hearing", "dates", "photograph", "alert", "order",
)  # fmt: skip


class Agent:
    """A WSGI application that sends each call on as an agency would: with token, certificate and
    signature. Every other one has the purpose and the official of the agreement."""

    def __init__(self, client: Client, program: Program, number: str) -> None:
        self._client, self._program, self._number = client, program, number
        self._turn = itertools.count()
        self.seen: list[tuple[str, str, int]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        known = next(self._turn) % 4 != 3
        if known and path.startswith("/v1/persons/"):
            parts = path.split("/")
            path = "/".join([*parts[:3], self._number, *parts[4:]])
        query = environ.get("QUERY_STRING", "")
        target = path + (f"?{query}" if query else "")
        sent = {
            name[5:].replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_PIMS")
        }
        method = environ["REQUEST_METHOD"]
        try:
            headers = self._program.headers(method, target, body)
        except HTTPMessageSignaturesException:
            headers = self._program.headers(method, target, body, signed=False)
        if not known:
            headers |= sent
        headers |= self._program.gateway()
        headers.pop("Content-Type", None)
        answer = self._client.generic(
            method, target, body, content_type=environ.get("CONTENT_TYPE", ""), headers=headers,
            HTTP_HOST=self._program.host,
        )  # fmt: skip
        self.seen.append((method, environ["PATH_INFO"], answer.status_code))
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]


@pytest.fixture(params=["agency", "observatory"])
def agent(
    request: pytest.FixtureRequest, system_actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Agent]]:
    # What is behind the window, without the socket: on this test's own connection.
    monkeypatch.setattr(
        window, "_ask", lambda head: handing.carry_out(json.loads(json.dumps(head)))
    )
    person_id = Prison.build(system_actor).held("Maria Choc").person_id
    shelve([person_id])
    if request.param == "agency":
        terms = terms_of(
            tables={one: whole(one) for one in TABLES}, a_minute=10_000,
            lookups=("number", "name_birth", "document", "list", "fingerprint"),
            events={"released": "thin"},
        )  # fmt: skip
        agency = agency_with(terms)
    else:
        terms = terms_of(
            "numbers", purpose="statistics", lookups=(), tables={"statistic": whole("statistic")}
        )
        agency = agency_with(terms, kind="observatory")
    number = str(ShelfRow.objects.get(person_id=person_id, kind="custody").fields["number"])
    with serving(request.param) as client:
        client.raise_request_exception = False
        program = Program.of(agency)
        program.get_token(client)
        yield request.param, Agent(client, program, number)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_document_names(
    agent: tuple[str, Agent], mode: GenerationMode
) -> None:
    role, app = agent
    schema = schemathesis.openapi.from_dict(openapi(role))
    schema.app = app
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def conforms(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        # What takes nothing can be asked in no wrong way.
        with suppress(Unsatisfiable):
            conforms()
    statuses = {status for _, _, status in app.seen}
    assert (200 in statuses) or mode == GenerationMode.NEGATIVE
    assert max(statuses) < 504
