"""Every address of the site by every role, against the table that a person approved."""

from collections import Counter

import pytest
from django.test import Client

from pims.facilities.models import Establishment
from pims.web.permissions import PUBLIC
from tests.access import walk
from tests.access.staff import signed_in, staff

TABLE = walk.read_table()
ADDRESSES = walk.addresses()
JSON = {"Accept": "application/json"}
ANSWERS = (200, 302, 307, 400, 403, 404, 405, 409, 422)
# Together they may open everything: what the pages ask of each server, these ask.
OPENING_ALL = ("superintendent", "administrator", "reception_officer")
ROLES = [
    pytest.param(role, marks=() if role in OPENING_ALL else pytest.mark.any_server)
    for role in walk.roles()
]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    named = {address.name for address in ADDRESSES}
    missing, gone = sorted(named - TABLE.keys()), sorted(TABLE.keys() - named)
    assert (missing, gone) == ([], []), (
        "run `python -m tests.access.write_table`, read what it proposes, and commit it"
    )


def test_no_two_addresses_share_a_name() -> None:
    shared = [name for name, n in Counter(a.name for a in ADDRESSES).items() if n > 1]
    assert shared == []


def test_every_page_says_what_it_asks_for() -> None:
    assert [a.name for a in ADDRESSES if a.asks == walk.CLOSED] == []


def test_the_table_names_what_each_page_asks_for() -> None:
    said = {a.name: a.asks for a in ADDRESSES if a.name in TABLE}
    assert said == {name: TABLE[name].asks for name in said}


def test_only_signing_in_is_open_to_everybody() -> None:
    """A page added here is read by whoever stands at the gate: think twice."""
    assert {a.name for a in ADDRESSES if a.asks == PUBLIC} == {
        "healthz", "offline", "signin:first_factor", "signin:language", "signin:second_factor",
        "signin:session", "signin:sign_in", "signin:sign_out", "signin:switch",
    }  # fmt: skip


def test_three_roles_together_open_every_page() -> None:
    closed = [row.name for row in TABLE.values() if not any(row.roles[r] for r in OPENING_ALL)]
    assert closed == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_exactly_the_pages_of_the_table(role: str) -> None:
    """At an establishment that holds nobody, so that every page has its empty state to show."""
    Establishment.objects.create(code="TEST", name="Test Lock-up")
    assert wrongly_answered(role) == []


@pytest.mark.django_db
def test_an_installation_without_an_establishment_answers_every_page() -> None:
    assert wrongly_answered("superintendent") == []


def wrongly_answered(role: str) -> list[str]:
    client = signed_in(staff(role), raise_request_exception=False)
    wrong = []
    for address in ADDRESSES:
        row = TABLE.get(address.name)
        if row is None:
            continue  # another test names it
        status = client.get(address.example, headers=JSON).status_code
        if status == 405 and address.asks != PUBLIC:
            # An empty form: without its command_id it changes nothing, whoever sends it.
            status = client.post(address.example, headers=JSON).status_code
        allowed = row.roles[role]
        if (status == 403) == allowed or status not in ANSWERS:
            wrong.append(f"{address.name} ({address.example}): {status}, may open: {allowed}")
    return wrong


@pytest.mark.django_db
def test_whoever_has_not_signed_in_opens_nothing_else() -> None:
    client = Client()
    wrong = []
    for address in ADDRESSES:
        answer = client.get(address.example)
        if address.asks == PUBLIC:
            continue
        if answer.status_code != 302 or not answer["Location"].startswith("/sign-in/?"):
            wrong.append(f"{address.name}: {answer.status_code}")
    assert wrong == []
