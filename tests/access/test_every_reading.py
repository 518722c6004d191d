"""Whoever is looked at can be told who looked: each page with a person on it says so, once made."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from pims.foundation.ledger.models import LedgerEntry
from tests.access.staff import signed_in
from tests.access.walk import addresses
from tests.accessibility.samples import addresses_of, make_samples
from tests.fixtures.small_prison import SmallPrison

pytestmark = pytest.mark.any_server

# The lists of the day's work and the board: they say who is due where, stand open all day and are
# fetched again and again. Each line leads to a page that is written down.
WORK_OF_THE_DAY = {
    "administration:records", "assurance:alarms", "assurance:rows", "authority:index",
    "custody:desk", "custody:out", "custody:reception", "custody:send_out", "exchange:inbox",
    "home", "live:board",
    "live:figures", "live:sounding", "release:index",
}  # fmt: skip
# What needs a state of its own: see the tests of their rooms.
ELSEWHERE = (
    "administration:drop_factor", "administration:end_grant", "custody:injury_photograph",
    "custody:leave_out", "custody:mark_done", "live:stream", "people:photograph",
    "people:withdraw", "signin:", "style:",
)  # fmt: skip


def visits(client: Client, paths: list[tuple[str, str]]) -> Iterator[tuple[str, str, set[int]]]:
    """Name and text of each page that there is, with whom the entries of its reading name."""
    for name, path in paths:
        seen = set(LedgerEntry.objects.filter(kind="read").values_list("pk", flat=True))
        answer = client.get(path)
        if answer.status_code != 200:
            continue
        new = LedgerEntry.objects.filter(kind="read").exclude(pk__in=seen)
        read = {i for ids in new.values_list("person_ids", flat=True) for i in ids}
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield name, content.decode("utf-8", "ignore"), read


def test_every_page_that_shows_a_person_writes_down_who_read_it(small_prison: SmallPrison) -> None:
    samples = make_samples(small_prison)
    paths = [
        (address.name, path)
        for address in addresses()
        if not address.name.startswith(ELSEWHERE) and address.name not in WORK_OF_THE_DAY
        for path in addresses_of(address, samples)
    ]
    numbers = {held.number: held.person_id for held in small_prison.held.values()}
    number = re.compile("|".join(map(re.escape, numbers)))
    wrong, shown = {}, set()
    for name, text, read in visits(signed_in(small_prison.everywhere), paths):
        there = {numbers[found] for found in number.findall(text)}
        shown |= {name} if there else set()
        if there - read:
            wrong[name] = there - read
    assert wrong == {}
    assert len(shown) > 60


def test_a_page_that_could_not_be_written_down_is_not_shown(
    small_prison: SmallPrison, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("pims.ui.pages.append_read", fails)
    client = signed_in(small_prison.everywhere)
    client.raise_request_exception = False
    answer = client.get(f"/safety/{small_prison.held['TUN'].person_id}/")
    assert answer.status_code == 500
    assert small_prison.held["TUN"].number.encode() not in answer.content


def test_a_form_sent_and_carried_out_is_no_reading(small_prison: SmallPrison) -> None:
    tun = small_prison.held["TUN"].person_id
    client = signed_in(small_prison.everywhere)
    readings = LedgerEntry.objects.filter(kind="read", person_ids__contains=[tun])
    flag = {"kind": "violence", "note": "Fought", "command_id": str(uuid4())}
    answer = client.post(f"/safety/{tun}/flag/", flag)
    assert answer.status_code == 302
    assert not readings.exists()
    # What was not carried out shows the page again, with the person on it.
    assert client.post(f"/safety/{tun}/flag/", {"kind": "none"}).status_code == 422
    assert readings.count() == 1
