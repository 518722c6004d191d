"""What an officer types at the courts' desk, for the tests of its pages."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from pims.courts.tests.court import Court
from pims.foundation.access.models import User
from pims.jurisdictions.courts import doubt_of_day
from pims.kernel import clock
from tests.access.staff import signed_in, staff

TODAY = clock.today("America/Belize")


def client_of(court: Court, *roles: str) -> Any:
    """A signed-in officer of these roles, the records office where none is named."""
    return signed_in(
        staff(*(roles or ("records_officer",)), establishment_id=court.prison.establishment_id)
    )


def user_of(client: Any) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def boxes(name: str, day: date | None, time: str = "") -> dict[str, str]:
    if day is None:
        return {f"{name}_{part}": "" for part in ("day", "month", "year")}
    found = {f"{name}_day": str(day.day), f"{name}_month": str(day.month)}
    found[f"{name}_year"] = str(day.year)
    return found | ({f"{name}_time": time} if time else {})


def sitting(days_ahead: int) -> date:
    """The first day in so many days on which the magistrates of Belize City sit; below 0 the last
    such day before today."""
    step = timedelta(days=1 if days_ahead >= 0 else -1)
    day = TODAY + timedelta(days=days_ahead)
    while doubt_of_day("MC-BZ", day) is not None:
        day += step
    return day


def lines(*rows: dict[str, Any], prefix: str = "line", spare: int = 2) -> dict[str, str]:
    """A form's lines as a browser sends them, and some that nobody filled in."""
    count = len(rows) + spare
    sent = {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": str(count)}
    for number in range(count):
        row = rows[number] if number < len(rows) else {}
        sent |= {f"{prefix}-{number}-{name}": str(value) for name, value in row.items()}
    return sent


def order(court: Court, **changes: Any) -> dict[str, Any]:
    """A sound remand to a working day in two weeks."""
    before = sitting(-1)
    return {
        "command_id": str(uuid4()),
        "kind": "remand",
        "body_id": court.body(),
        "reference": "MC 688/26",
        **boxes("dated", before),
        **boxes("received_at", before, "17:30"),
        **boxes("next_date", sitting(14)),
        **lines(),
        **changes,
    }


def sentence_order(court: Court, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    empty = boxes("next_date", None)
    return order(court, kind="commitment_sentence", **empty, **lines(*rows), **changes)


def yes(answer: Any) -> str:
    """The mark of the button that says that it is so."""
    found = re.search(r'name="sure" value="(\w+)"', answer.content.decode())
    assert found is not None, answer.content.decode()[:2000]
    return found[1]


def text(answer: Any) -> str:
    """What a reader sees of a page, without the marks."""
    body = answer.content.decode()
    main = body[body.index("<main") :] if "<main" in body else body
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
