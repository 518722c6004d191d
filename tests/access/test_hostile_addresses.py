"""Whatever is typed into the address bar, the page that answers says what is wrong."""

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from pims.foundation.database import ephemeral
from pims.kernel.numbers import prisoner_number
from tests.access import walk
from tests.access.staff import signed_in
from tests.accessibility.samples import Samples, addresses_of, make_samples
from tests.fixtures.database import default_database
from tests.fixtures.small_prison import SmallPrison

PART = re.compile(r"<(\w+):(\w+)>")
# The first two are put in every place that takes a number, one of the others in turn.
NUMBERS = ("0", str(2**63), "9" * 20, str(2**63 - 1), "9" * 5000, "-1", "٣", "%00", "%C2%B2")
TEXTS = (
    "0", "9" * 20, "%00", "٣٤٥", "%E2%80%AE", "%ED%A0%80", "a" * 3000, "%2e%2e", "%27%22%3E%3C",
)  # fmt: skip
DAYS = ("0000-00-00", "10000-01-01", "2026-02-30", "٢٠٢٦-٠١-٠١", "%00", "9" * 20, "2026-1-1T00")
BLOBS = ("00000000-0000-0000-0000-000000000000", "0", "%00", "f" * 36)
NAMES = (
    "q", "day", "page", "sort", "text", "unit", "unit_id", "legal_status", "sex",
    "juvenile", "overdue", "whereabouts", "language", "number", "who-number", "state", "since",
    "after", "figures", "sound", "again", "episode", "next", "ended", "with", "family", "given",
    "birth_date", "birth_year", "age", "kind",
)  # fmt: skip
LONG = "a" * 10_000
# Day, month, year and hour, as they stand in an address: real ones, and such as never were.
MOMENTS = (
    ("1", "1", "1850", "00:00"), ("31", "12", "2400", "23:59"), ("5", "12", "1973", "00:30"),
    ("29", "2", "2025", "10:00"), ("٣", "1", "2026", "10:00"), ("1", "1", "2026", "24:00"),
    ("\x00", "\u202e", "9" * 30, "²"), ("1", "", "", ""), ("0", "0", "0", "0"),
)  # fmt: skip
LOOK_BACK = ("custody:roll", "custody:roll_export", "prisoner", "prisoner_custody",
             "prisoner_timeline", "prisoner_who", "prisoner_access")  # fmt: skip
ASKED = (
    "\x00", "9" * 30, "-1", "\u202e\u2066\u2069<script>", "²", "0001-01-01", "9999-12-31",
    "\ud800", str(2**63), "%_'\\",
)  # fmt: skip
# The pages that read what is asked: each gets every value, all others one in turn.
READERS = {
    "administration:records", "administration:users", "authority:record", "custody:desk",
    "custody:known", "custody:place", "custody:reception_book", "custody:roll",
    "custody:roll_export", "custody:send_out", "live:stream", "people:near", "people:suggest",
    "prisoner", "prisoner_timeline", "release:book", "search", "signin:sign_in",
}  # fmt: skip


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


@pytest.fixture
def client(prison: SmallPrison) -> Client:
    return signed_in(prison.everywhere, raise_request_exception=False)


@pytest.mark.any_server
def test_an_address_of_nothing_says_so(client: Client, samples: Samples) -> None:
    turn, wrong, asked = count(), [], 0
    for address in walk.addresses():
        for path in _wrong_paths(address, samples, turn):
            asked += 1
            answer = client.get(path, follow=True)
            if answer.status_code == 405:
                # An empty form: what is not there is told before what the form lacks.
                answer = client.post(path, follow=True)
            if answer.status_code not in (400, 404, 422):
                wrong.append(f"{address.name} {path[:80]}: {answer.status_code}")
    assert wrong == []
    assert asked > 250


@pytest.mark.any_server
def test_nothing_asked_of_a_page_makes_it_fall_over(client: Client, samples: Samples) -> None:
    turn, wrong, seen = count(), [], set()
    for address in walk.addresses():
        if address.name in ("signin:sign_out", "signin:switch"):
            continue  # these end the session
        path = _path_of(address, samples)
        values = ASKED if address.name in READERS else (ASKED[next(turn) % len(ASKED)],)
        for value in values:
            asked = urlencode(dict.fromkeys(NAMES, value), errors="surrogatepass")
            answer = client.get(f"{path}?{asked}")
            if answer.status_code >= 500 or "\ud800" in answer.headers.get("Location", ""):
                wrong.append(f"{address.name} {path} {value!r}: {answer.status_code}")
        seen.add(address.name)
    assert wrong == []
    assert seen >= READERS


@pytest.mark.any_server
def test_no_moment_asked_for_makes_a_page_fall_over(client: Client, samples: Samples) -> None:
    turn, wrong = count(), []
    for address in (a for a in walk.addresses() if a.name in LOOK_BACK):
        path = _path_of(address, samples)
        for moment in MOMENTS:
            which = (("at",), ("known",), ("at", "known"))[next(turn) % 3]
            boxes = [f"{w}_{box}" for w in which for box in ("day", "month", "year", "time")]
            asked = urlencode(dict(zip(boxes, moment * 2, strict=False)))
            if client.get(f"{path}?{asked}").status_code >= 500:
                wrong.append(f"{path}?{asked}")
    assert wrong == []


@pytest.mark.any_server
def test_ten_thousand_letters_are_no_more_than_a_question(client: Client, samples: Samples) -> None:
    for address in (a for a in walk.addresses() if a.name in READERS):
        asked = urlencode(dict.fromkeys(("q", "text", "number", "day", "episode"), LONG))
        answer = client.get(f"{_path_of(address, samples)}?{asked}&{LONG}={LONG}")
        assert answer.status_code < 500, address.name


@pytest.mark.any_server
def test_a_number_whose_check_fails_opens_nobody(client: Client, prison: SmallPrison) -> None:
    number = prison.held["TUN"].number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for page in ("", "access/", "custody/", "timeline/", "who/"):
        assert client.get(f"/prisoners/{number}/{page}").status_code == 200
        for other in (wrong, prisoner_number(9_999_999), number.replace(number[0], "٤", 1)):
            assert client.get(f"/prisoners/{quote(other)}/{page}").status_code == 404


@pytest.mark.any_server
def test_sending_out_somebody_who_is_not_here_says_so(
    client: Client, prison: SmallPrison, samples: Samples
) -> None:
    assert samples["escort_id"], "Usher is in hospital"
    away = prison.held["USHER"].episode_id
    for asked in ("999999999", "abc", str(away), "0"):
        answer = client.get(f"/custody/out/send/?episode={asked}")
        assert answer.status_code == 404, asked
        assert "cannot be sent out" in answer.content.decode()
    here = prison.held["PECH"]
    answer = client.get(f"/custody/out/send/?episode={here.episode_id}")
    assert answer.status_code == 200
    assert here.number in answer.content.decode()
    assert "cannot be sent out" not in answer.content.decode()


@pytest.mark.any_server
def test_a_line_to_send_out_that_was_changed_on_its_way_says_so(client: Client) -> None:
    sent = {"who-TOTAL_FORMS": "1", "who-INITIAL_FORMS": "1", "who-0-goes": "on", "kind": "court"}
    answer = client.post("/custody/out/send/", sent | {"who-0-person_id": "abc"})
    assert answer.status_code == 422
    assert "This page was changed on its way" in answer.content.decode()


def _wrong_paths(address: walk.Address, samples: Samples, turn: "Iterator[int]") -> Iterator[str]:
    """The address with one of its parts hostile and the others those of a sample."""
    parts = PART.findall(address.pattern)
    for kind, name in parts:
        values = {"int": NUMBERS, "uuid": BLOBS}.get(kind, DAYS if name == "day" else TEXTS)
        always = 2 if values is NUMBERS else 0
        rest = values[always:]
        chosen = values[:always] + tuple(rest[next(turn) % len(rest)] for _ in range(3 - always))
        for value in chosen:
            path = address.pattern
            for other_kind, other in parts:
                known = samples.get(f"{address.name} {other}") or samples.get(other) or ("1",)
                put = value if other == name else str(known[0])
                path = path.replace(f"<{other_kind}:{other}>", put, 1)
            yield f"/{path}"


def _path_of(address: walk.Address, samples: Samples) -> str:
    """The first sample of the page; of one without samples, a page that is not there."""
    try:
        return next(addresses_of(address, samples), address.example)
    except KeyError:
        return address.example
