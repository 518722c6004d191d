"""What an agency is answered about people, through every address that tells of one."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from pims.custody.tests.prison import Prison
from pims.exchange import catalogue, services, window
from pims.exchange.api.describing import openapi
from pims.exchange.models import Disclosure, Inquiry, LookupKey, ShelfRow
from pims.exchange.rules.lookup_keys import document_key, name_birth_key
from pims.exchange.shelving import shelve
from pims.exchange.tests.calling import Program, serving
from pims.exchange.tests.helpers import SmallAgency, agency_with, terms_of, whole
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command

pytestmark = pytest.mark.django_db
TABLES = ("person", "custody", "episode", "warrant", "hearing", "dates", "photograph", "order")


@pytest.fixture
def client() -> Iterator[Client]:
    with serving() as found:
        yield found


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def held(prison: Prison) -> int:
    person_id = prison.held("Maria Teresa Choc").person_id
    shelve([person_id])
    return person_id


def _program(**terms: Any) -> Program:
    tables = terms.pop("tables", {name: whole(name) for name in TABLES})
    return Program.of(agency_with(terms_of(tables=tables, **terms)))


def _number(person_id: int) -> str:
    return str(ShelfRow.objects.get(person_id=person_id, kind="person").fields["number"])


def _add_row(person_id: int, kind: str, record: str, fields: dict[str, object]) -> None:
    """One more record of the person, as the shelf would keep it."""
    own = ShelfRow.objects.get(person_id=person_id, kind="person")
    ShelfRow.objects.create(
        person_id=person_id, kind=kind, record=record, fields=fields, guarded={},
        facets=own.facets, labels=own.labels, changed_at=own.changed_at,
    )  # fmt: skip


@pytest.mark.any_server
def test_custody_is_told_by_number_with_or_without_its_dash(client: Client, held: int) -> None:
    program = _program()
    number = _number(held)
    for spelled in (number, number.replace("-", "")):
        answer = program.get(client, f"/v1/persons/{spelled}")
        assert answer.status_code == 200, answer.json()
        told = answer.json()
        assert told["custody"]["held"] is True
        assert told["person"]["family_name"] == "Choc"
        assert told["freshness"]["behind_seconds"] >= 0
    inquiry = Inquiry.objects.get(pk=UUID(told["inquiry"]))
    assert (inquiry.kind, inquiry.end_user) == ("person.status", "PC 1234 Choc")
    assert answer["PIMS-Inquiry"] == str(inquiry.pk)
    (given,) = Disclosure.objects.filter(inquiry=inquiry)
    assert given.person_id == held
    assert "custody.held" in given.fields


def test_no_answer_holds_an_id_of_ours(client: Client, held: int) -> None:
    program, number = _program(), _number(held)
    # An id that can be told from every other number in the answer.
    for path in ("", "/custody", "/custody/history", "/hearings", "/photographs"):
        answer = program.get(client, f"/v1/persons/{number}{path}")
        if answer.status_code == 200:
            text = json.dumps(answer.json())
            assert "person_id" not in text
            assert "shelf_id" not in text
            assert '"record"' not in text


@pytest.mark.any_server
def test_every_part_of_the_record_has_an_address(client: Client, held: int) -> None:
    program, number = _program(), _number(held)
    _add_row(held, "hearing", "h1", {"number": number, "day": "2030-01-02", "court_code": "BCM"})
    _add_row(held, "dates", "", {"number": number, "release_day": "2031-01-02"})
    _add_row(held, "photograph", "p", {"number": number, "photograph": str(uuid4())})
    parts = {
        "custody": lambda told: told["custody"]["held"],
        "custody/history": lambda told: len(told["episodes"]) == 1,
        "hearings": lambda told: "2030-01-02" in [one["day"] for one in told["hearings"]],
        "dates": lambda told: told["dates"]["release_day"] == "2031-01-02",
        "photographs": lambda told: len(told["photographs"]) == 1,
    }
    for path, holds in parts.items():
        answer = program.get(client, f"/v1/persons/{number}/{path}")
        assert answer.status_code == 200, (path, answer.json())
        assert holds(answer.json()), path


def test_not_held_not_covered_and_not_known_have_one_answer(
    client: Client, prison: Prison, held: int
) -> None:
    covered = _program(tables={"custody": {"rows": [["sex:male"]], "columns": ["held"]}})
    outside = prison.held("Ana Coc").person_id
    shelve([outside])
    ShelfRow.objects.filter(person_id=outside).update(facets=["everyone:yes", "sex:female"])
    sealed = prison.held("Sealed Man").person_id
    shelve([sealed])
    ShelfRow.objects.filter(person_id=sealed).update(labels=["sealed"])
    assert covered.get(client, f"/v1/persons/{_number(held)}").status_code == 200
    bodies = set()
    for number in (_number(outside), _number(sealed), "0000000-00", "anything", "%C3%B1"):
        answer = covered.get(client, f"/v1/persons/{number}")
        bodies.add((answer.status_code, answer.content))
    ((status, body),) = bodies
    told = json.loads(body)
    assert (status, told["code"]) == (404, "nothing_for_you")
    assert "does not mean that the person is free" in told["message"]["en"]
    assert told["phone"] == "+501 555 0100"


def test_a_person_is_found_by_name_and_birth_document_and_list(client: Client, held: int) -> None:
    program = _program()
    born = date(1990, 5, 4)
    for kind, key in (
        ("name_birth", name_birth_key("Choc", "Maria", born)),
        ("document", document_key("passport", "P123")),
    ):
        LookupKey.objects.get_or_create(person_id=held, kind=kind, key=key)
    number = _number(held)
    questions: dict[str, dict[str, object]] = {
        "search.name": {
            "by": "name_birth", "family_name": "CHÓC", "given_name": "María del Carmen",
            "birth_date": born.isoformat(),
        },
        "search.document": {"by": "document", "kind": "passport", "number": "p-123"},
        "search.list": {"by": "list", "numbers": [number, "0000000-00"]},
    }  # fmt: skip
    for kind, question in questions.items():
        answer = program.post(client, "/v1/searches", question)
        assert answer.status_code == 200, answer.json()
        (match,) = answer.json()["matches"]
        assert match["person"]["number"] == number
        assert Inquiry.objects.get(pk=answer.json()["inquiry"]).kind == kind
    assert answer.json()["nothing_for"] == ["0000000-00"]
    none = program.post(client, "/v1/searches", {"by": "list", "numbers": ["0000000-00"]})
    assert (none.status_code, none.json()["code"]) == (404, "nothing_for_you")


SENSELESS: tuple[object, ...] = (
    {"by": "name_birth", "family_name": "A", "given_name": "B"},
    {"by": "name_birth", "family_name": "A\u0000", "given_name": "B",
     "birth_date": "1990-01-01"},
    {"by": "name_birth", "family_name": "\ud800", "given_name": "B",
     "birth_date": "1990-01-01"},
    {"by": "list", "numbers": []},
    {"by": "list", "numbers": ["1"] * 101},
    {"by": "weight"},
    {"by": "document", "kind": "passport", "number": "1", "more": 1},
    {"by": "fingerprint", "format": "fmr", "record": "not base64!"},
    [], "text", None,
)  # fmt: skip


@pytest.mark.any_server
def test_a_question_that_cannot_be_right_is_told_so_without_repeating_it(
    client: Client,
) -> None:
    program = _program()
    for question in SENSELESS:
        answer = program.post(client, "/v1/searches", b"{" if question is None else question)
        assert answer.status_code in (400, 422), (question, answer.content)
        assert answer.json()["code"] in ("bad_input", "bad_request")
        assert "A\\u0000" not in answer.content.decode()


def test_a_record_that_is_no_fingerprint_is_refused_and_its_question_kept(
    client: Client,
) -> None:
    program = _program(lookups=("number", "fingerprint"))
    record = b64encode(b"FMR\0 but not really").decode()
    for form in ("fmr", "ansi_nist"):
        question = {"by": "fingerprint", "format": form, "record": record}
        answer = program.post(client, "/v1/searches", question)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")
        last = Inquiry.objects.order_by("-opened_at")[0]
        assert (last.kind, last.found) == ("search.fingerprint", 0)


def test_the_production_list_and_the_roll_tell_of_everybody_who_is_covered(
    client: Client, prison: Prison, held: int
) -> None:
    program, number = _program(), _number(held)
    _add_row(held, "hearing", "h1", {
        "number": number, "day": "2030-01-02", "court_code": "BCM", "time": "09:00",
    })  # fmt: skip
    listed = program.get(client, "/v1/hearings?day=2030-01-02&court=BCM")
    assert listed.status_code == 200, listed.json()
    (line,) = listed.json()["hearings"]
    assert (line["time"], line["person"]["family_name"]) == ("09:00", "Choc")
    assert program.get(client, "/v1/hearings?day=2030-01-03").json()["hearings"] == []
    (on_roll,) = program.get(client, "/v1/roll?establishment=TST").json()["lines"]
    assert on_roll["custody"]["number"] == number
    assert program.get(client, "/v1/roll?establishment=NONE").json()["lines"] == []
    assert program.get(client, "/v1/hearings").status_code == 422


@pytest.mark.any_server
def test_what_the_agreement_does_not_name_is_refused_whoever_is_asked_about(
    client: Client, held: int
) -> None:
    program = _program(tables={"custody": whole("custody")}, lookups=("number",))
    number = _number(held)
    for path, what in (
        (f"/v1/persons/{number}/dates", "dates"), ("/v1/persons/0000000-00/dates", "dates"),
        ("/v1/hearings?day=2030-01-02", "hearing"), ("/v1/feed", "events"),
    ):  # fmt: skip
        answer = program.get(client, path)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (403, "not_agreed"), path
        assert what in told["message"]["en"]
        assert told["legal_reference"] == "A law that nobody made"
        assert told["decided_by"]["permission"] == "exchange.sign"
    answer = program.post(client, "/v1/searches", {"by": "document", "kind": "x", "number": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_agreed")


@pytest.mark.any_server
def test_purpose_official_and_token_are_asked_of_every_call(client: Client, held: int) -> None:
    program = _program()
    target = f"/v1/persons/{_number(held)}"
    program.get(client, target)
    for header, code, status in (
        ("PIMS-Purpose", "no_purpose", 400), ("PIMS-End-User", "no_end_user", 400),
    ):  # fmt: skip
        for value in ("", " ", "x" * 700, "%00", "%ff"):
            if (header, value) in {("PIMS-Purpose", "%00"), ("PIMS-Purpose", "%ff")}:
                continue
            program.extra = {header: value}
            answer = program.get(client, target)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (header, value)
    program.extra = {}
    program.purpose = "investigation"
    answer = program.get(client, target)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_agreement")
    program.purpose, program.token = "custody_enquiry", "guess"
    answer = program.get(client, target)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    program.token, program.end_user = "", "Cabo Núñez"
    assert program.get(client, target).status_code == 200
    assert Inquiry.objects.order_by("-opened_at")[0].end_user == "Cabo Núñez"


@pytest.mark.any_server
def test_a_token_is_worth_nothing_with_another_certificate(client: Client, held: int) -> None:
    program = _program()
    target = f"/v1/persons/{_number(held)}"
    assert program.get(client, target).status_code == 200
    other = Program.of(agency_with(terms_of("court"), kind="court"))
    thief = other.gateway()
    answer = program.get(client, target, gateway=thief)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


def _suspend(agency: SmallAgency, state: str, version: int) -> None:
    services.set_agency_state(
        Command(agency.officers[0]), agency_id=agency.agency_id, version=version, state=state,
        reason="A reason",
    )  # fmt: skip


@pytest.mark.any_server
def test_an_agency_is_suspended_at_once_and_let_back(client: Client, held: int) -> None:
    program = _program()
    target = f"/v1/persons/{_number(held)}"
    assert program.get(client, target).status_code == 200
    _suspend(program.agency, "suspended", 1)
    assert program.get(client, target).status_code == 401
    _suspend(program.agency, "active", 2)
    assert program.get(client, target).status_code == 401
    program.token = ""
    assert program.get(client, target).status_code == 200


@pytest.mark.any_server
def test_an_agreed_quota_is_kept_and_says_when_to_ask_again(client: Client, held: int) -> None:
    program = _program(a_minute=2, a_day=100)
    target = f"/v1/persons/{_number(held)}"
    statuses = [program.get(client, target).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = program.get(client, target)
    assert (answer.json()["code"], answer["Retry-After"]) == ("over_quota", "60")


@pytest.mark.any_server
def test_every_table_of_the_catalogue_has_a_shape(client: Client) -> None:
    from pims.exchange.api.schemas import RECORDS

    for name, table in catalogue.TABLES.items():
        assert RECORDS[name].model_fields.keys() == table.field_names


# What part of an answer is of which table.
PARTS = {
    "person": "person", "custody": "custody", "alerts": "alert", "warrants": "warrant",
    "orders": "order", "episodes": "episode", "hearings": "hearing", "dates": "dates",
    "photographs": "photograph",
}  # fmt: skip
NOBODY_IS_ASKED_ABOUT = {"/v1/token", "/v1/token/revoke", "/v1/keys"}


def _told(answer: object, table: str = "") -> set[str]:
    """Every ``table.field`` that an answer gives."""
    found: set[str] = set()
    if isinstance(answer, list):
        return found.union(*(_told(one, table) for one in answer))
    for name, value in answer.items() if isinstance(answer, dict) else ():
        if isinstance(value, dict | list) and name in PARTS:
            found |= _told(value, PARTS[name])
        elif isinstance(value, list) and name in ("matches", "lines"):
            found |= _told(value)
        elif table:
            found.add(f"{table}.{name}")
    return found


def test_no_address_answers_without_a_question_on_record_and_a_receipt_of_all_that_it_gave(
    client: Client, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address of the document, so that one that is added is thought of."""
    monkeypatch.setattr(window, "_ask", lambda head: ({"found": False}, []))
    number = _number(held)
    _add_row(held, "photograph", str(uuid4()), {"number": number, "kind": "front"})
    _add_row(held, "hearing", "h-1", {"number": number, "day": "2026-11-30", "court": "MC-BZ"})
    program = _program(events={"released": "thin"})
    samples = {
        "number": number, "photograph": str(uuid4()), "message_id": "nobody-sent-it",
        "inquiry": str(uuid4()),
    }  # fmt: skip
    bodies: dict[str, object] = {
        "/v1/searches": {"by": "list", "numbers": [number]}, "/v1/feed/ack": {"position": 0},
        "/v1/messages": {"v": 1},
    }  # fmt: skip
    asked = 0
    for path, methods in openapi("agency")["paths"].items():
        if path in NOBODY_IS_ASKED_ABOUT:
            continue
        for method in methods:
            target = path.format(**samples) + ("?day=2026-11-30" if path == "/v1/hearings" else "")
            before = Inquiry.objects.count()
            sent = program.call(client, method.upper(), target, bodies.get(path))
            assert sent.status_code in (200, 202, 404, 503), (target, sent.content)
            assert Inquiry.objects.count() == before + 1, target
            question = Inquiry.objects.latest("opened_at")
            assert (question.end_user, question.purpose) == (program.end_user, program.purpose)
            assert question.closed_at is not None, target
            assert question.entry_id is not None, target
            given = Disclosure.objects.filter(inquiry=question)
            told = _told(sent.json()) if sent.status_code == 200 else set()
            kept = {field for one in given for field in one.fields}
            assert told <= kept, (target, told - kept)
            asked += bool(told)
    assert asked >= 8
