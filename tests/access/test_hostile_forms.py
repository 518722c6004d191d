"""Whatever is sent to a form, its sender gets an answer: never an unexpected error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from django.test import Client
from django.urls import resolve
from pytest_django import DjangoDbBlocker

from pims.foundation.database import ephemeral
from tests.access import walk
from tests.access.staff import signed_in
from tests.accessibility.samples import Samples, addresses_of, make_samples
from tests.fixtures.database import default_database
from tests.fixtures.small_prison import SmallPrison

HOSTILE = ("9" * 30, "-1", "abc", "\x00", "\ud800", "\u202e'\"><script>🚓" * 600, "²")
# What ends the session of whoever asks, or serves no page.
LEFT_OUT = (
    "administration:user", "administration:reset", "administration:bind", "administration:drop",
    "administration:end_grant", "signin:", "style:",
)  # fmt: skip
ONE_LINE = re.compile(r"(?!\w+-[1-9]\d*-).*")  # of lines that are all alike, the first
EVERYWHERE = ("sign-out", "switch", "language", "establishment")


@dataclass
class Form:
    """A form of a page: where it goes and what it would send as it stands; `choices` are those of
    its boxes in which one of a few is chosen."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: set[str] = field(default_factory=set)

    def changes(self, turn: "Iterator[int]") -> Iterator[dict[str, str]]:
        """One box after the other with something hostile in it. What is no choice is refused by
        its box alone, whatever stands in the others, so that all choices are spoilt at once."""
        hostile = {
            name: HOSTILE[next(turn) % len(HOSTILE)]
            for name in filter(ONE_LINE.fullmatch, self.fields)
        }
        if choices := {name: value for name, value in hostile.items() if name in self.choices}:
            yield choices
        yield from ({name: value} for name, value in hostile.items() if name not in choices)


class Forms(HTMLParser):
    """The forms of a page, but for those that stand on all of them."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path, self._select = path, ""
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            action = urljoin(self._path, given.get("action", ""))
            self._open = Form(action, given.get("method", "get").lower())
            if not any(part in action for part in EVERYWHERE):
                self.found.append(self._open)
        if self._open is None:
            return
        fields = self._open.fields
        if tag == "select":
            self._select = name
            fields.setdefault(name, "")
            self._open.choices.add(name)
        elif tag == "option" and self._select:
            fields[self._select] = fields[self._select] or given.get("value", "")
        elif tag in ("input", "textarea", "button") and name and given.get("type") != "file":
            if given.get("type") in ("radio", "checkbox"):
                fields.setdefault(name, given.get("value", "on"))
                self._open.choices.add(name)
            else:
                fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


@pytest.fixture(scope="module")
def prison(
    recorded_prison: tuple[str, SmallPrison], django_db_blocker: DjangoDbBlocker
) -> Iterator[SmallPrison]:
    template, recorded = recorded_prison
    with (
        ephemeral.database_from_template(template) as name,
        pytest.MonkeyPatch.context() as patch,
        default_database(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        patch.setenv("PIMS_DB_NAME", name)
        yield recorded


@pytest.fixture(scope="module")
def samples(prison: SmallPrison) -> Samples:
    return make_samples(prison)


@pytest.mark.any_server
def test_no_box_of_any_form_makes_a_page_fall_over(prison: SmallPrison, samples: Samples) -> None:
    turn = count()
    wrong, seen = [], set()
    for address in walk.addresses():
        if address.name.startswith(LEFT_OUT):
            continue
        client = signed_in(prison.everywhere, raise_request_exception=False)
        for form in _forms(client, _path_of(address, samples)):
            asked = (resolve(form.action.partition("?")[0]).view_name, frozenset(form.fields))
            if asked in seen:
                continue
            seen.add(asked)
            for changed in form.changes(turn):
                if _send(client, form, changed).status_code >= 500:
                    shown = {name: value[:40] for name, value in changed.items()}
                    wrong.append(f"{form.method} {form.action} {shown}")
    assert wrong == []
    assert len(seen) > 100


def _path_of(address: walk.Address, samples: Samples) -> str:
    """The first sample of the page; of one without samples, a page that is not there."""
    try:
        return next(addresses_of(address, samples), address.example)
    except KeyError:
        return address.example


def _forms(client: Client, path: str) -> list[Form]:
    answer = client.get(path)
    if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
        return []
    reader = Forms(path)
    reader.feed(answer.content.decode())
    return reader.found


def _send(client: Client, form: Form, changed: dict[str, str]) -> Any:
    sent = urlencode(form.fields | changed, errors="surrogatepass")
    if form.method == "get":
        return client.get(f"{form.action.partition('?')[0]}?{sent}")
    return client.post(form.action, sent, content_type="application/x-www-form-urlencoded")
