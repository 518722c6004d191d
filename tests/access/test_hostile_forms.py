"""Whatever is sent to a form, its sender gets an answer: never an unexpected error."""

import re
from collections import Counter
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
# Nothing reads it: the client of tests is not asked for it.
UNREAD = "csrfmiddlewaretoken"
WRONG_BOX = b"govuk-error-message"
DECIDING = ("hidden", "radio", "submit")
APART = 4  # boxes; a day and an hour have so many, and each of them is another


@dataclass
class Form:
    """A form of a page: where it goes and what it would send as it stands.

    `typed` are the boxes to write in or to tick, which decide about no other box.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)


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
        elif tag == "option" and self._select:
            fields[self._select] = fields[self._select] or given.get("value", "")
        elif tag in ("input", "textarea", "button") and name and given.get("type") != "file":
            if given.get("type") in ("radio", "checkbox"):
                fields.setdefault(name, given.get("value", "on"))
            else:
                fields[name] = given.get("value", "")
            if tag == "textarea" or (tag == "input" and given.get("type") not in DECIDING):
                self._open.typed.add(name)

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
    wrong, seen, boxes, expected = [], set(), Counter[str](), Counter[str]()
    for address in walk.addresses():
        if address.name.startswith(LEFT_OUT):
            continue
        client = signed_in(prison.everywhere, raise_request_exception=False)
        for form in _forms(client, _path_of(address, samples)):
            asked = (resolve(form.action.partition("?")[0]).view_name, frozenset(form.fields))
            if asked in seen:
                continue
            seen.add(asked)
            for changed, answer in _answers(client, form, turn):
                boxes.update(list(changed))
                if answer.status_code >= 500:
                    told = {name: value[:40] for name, value in changed.items()}
                    wrong.append(f"{form.method} {form.action} {told}")
            expected.update(filter(ONE_LINE.fullmatch, form.fields))
    assert wrong == []
    assert boxes == expected
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


def _answers(
    client: Client, form: Form, turn: Iterator[int]
) -> Iterator[tuple[dict[str, str], Any]]:
    """Each box with a hostile value, and the answer.

    A form that lacks two boxes or more as it stands is read and refused, whatever one box says:
    what is typed into it is then sent several boxes at a time, no two neighbours together. Where
    that is not read and refused as well, each box is sent by itself.
    """

    def sent(*names: str) -> tuple[dict[str, str], Any]:
        changed = {name: HOSTILE[next(turn) % len(HOSTILE)] for name in names}
        return changed, _send(client, form, changed)

    names = [name for name in form.fields if ONE_LINE.fullmatch(name)]
    refused = False
    if UNREAD in form.fields:
        changed, answer = sent(UNREAD)
        refused = answer.status_code == 422 and answer.content.count(WRONG_BOX) >= 2
        yield changed, answer
    typed = [name for name in names if refused and name in form.typed]
    groups = [typed[start::APART] for start in range(APART)]
    groups += [[name] for name in names if name not in typed and name != UNREAD]
    for group in filter(None, groups):
        changed, answer = sent(*group)
        if len(group) == 1 or answer.status_code in (422, 500):
            yield changed, answer
        else:
            yield from map(sent, group)


def _send(client: Client, form: Form, changed: dict[str, str]) -> Any:
    sent = urlencode(form.fields | changed, errors="surrogatepass")
    if form.method == "get":
        return client.get(f"{form.action.partition('?')[0]}?{sent}")
    return client.post(form.action, sent, content_type="application/x-www-form-urlencoded")
