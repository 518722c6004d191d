"""The second reading at a desk: blind, compared, settled."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.courts import services
from pims.courts.models import SecondReading, Sentence
from pims.courts.services import OrderName, SentenceInput
from pims.courts.tests.court import Court
from pims.courts.tests.desk import boxes, client_of, lines, sitting, text, user_of
from pims.foundation.access.selectors import actor_for, system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import selectors as people
from pims.ui.dates import day_text
from tests.access.staff import signed_in, staff


@pytest.fixture
def reader(court: Court) -> Any:
    return client_of(court)


def sentenced(court: Court) -> int:
    made = court.order(
        "commitment_sentence",
        dated=sitting(-1),
        sentences=[
            SentenceInput(years=7, months=5),
            SentenceInput(days=413, link="consecutive", consecutive_to_position=1),
        ],
    )
    return made.order_ids[0]


def keyed(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "command_id": str(uuid4()),
        **boxes("dated", sitting(-1)),
        **lines(*rows, spare=1),
        **changes,
    }


SAME = ({"years": 7, "months": 5}, {"days": 413, "link": "consecutive"})


def read(client: Any, order_id: int, *rows: dict[str, Any], **changes: Any) -> Any:
    address = reverse("courts:read", args=[order_id])
    return client.post(address, keyed(*rows, **changes), follow=True)


@pytest.mark.any_server
def test_nothing_that_the_first_officer_keyed_is_in_the_source_of_the_blind_form(
    court: Court, reader: Any
) -> None:
    order_id = sentenced(court)
    page = reader.get(reverse("courts:read", args=[order_id])).content.decode()
    form = page[page.index("<main") : page.index("</main")]
    assert "413" not in form
    filled = re.findall(r'<input(?![^>]*type="hidden")[^>]*value="([^"]+)"', form)
    assert [value for value in filled if value] == []
    day = sitting(-1)
    assert day.isoformat() not in form
    assert 'name="line-4-years"' in form, "as many lines whatever the paper has"


@pytest.mark.any_server
def test_two_readings_that_agree_are_read_twice(court: Court, reader: Any) -> None:
    order_id = sentenced(court)
    answer = read(reader, order_id, *SAME)
    assert "both readings say the same" in text(answer)
    assert SecondReading.objects.get(order_id=order_id).differences == []
    page = text(reader.get(reverse("courts:order", args=[order_id])))
    assert "Read twice" in page


def test_a_difference_stands_side_by_side_and_is_settled_with_a_reason(
    court: Court, reader: Any
) -> None:
    order_id = sentenced(court)
    answer = read(reader, order_id, {"years": 7, "months": 6}, SAME[1])
    said = text(answer)
    assert "The two readings differ" in said
    assert "Sentence 1: Months 5 6" in said
    reading = SecondReading.objects.get(order_id=order_id)
    senior = client_of(court, "officer_in_charge")
    queue = senior.get(reverse("courts:readings")).content.decode()
    address = reverse("courts:reading", args=[reading.pk])
    assert address in queue
    empty = senior.post(address, {"command_id": str(uuid4()), "takes": "second", "reason": ""})
    assert empty.status_code == 422
    settled = {"command_id": str(uuid4()), "takes": "second", "reason": "The paper says six"}
    assert senior.post(address, settled).status_code == 302
    assert Sentence.objects.filter(order_id=order_id, position=1).get().months == 6
    assert "Settled" in text(senior.get(address))


@pytest.mark.any_server
def test_whoever_recorded_it_cannot_read_it_again(court: Court) -> None:
    user = staff("records_officer", establishment_id=court.prison.establishment_id)
    client = signed_in(user)
    made = services.record_court_order(
        Command(actor_for(user)),
        establishment_id=court.prison.establishment_id,
        kind="remand",
        body_id=court.body(),
        names=[OrderName(court.ana)],
        received_at=clock.now(),
        dated=sitting(-1),
        next_date=sitting(7),
    )
    page = text(client.get(reverse("courts:readings")))
    assert "another officer reads it" in page
    answer = read(client, made.order_ids[0])
    assert SecondReading.objects.get().read_at is None
    assert answer.status_code == 422


@pytest.mark.any_server
def test_what_two_readings_say_is_shown_to_nobody_before_the_second(
    court: Court, reader: Any
) -> None:
    order_id = sentenced(court)
    reading = SecondReading.objects.get(order_id=order_id)
    assert reader.get(reverse("courts:reading", args=[reading.pk])).status_code == 404


@pytest.mark.any_server
def test_a_day_of_no_calendar_is_none_in_both_readings(court: Court, reader: Any) -> None:
    made = court.order(
        "remand", dated=sitting(-1), dates_as_written={"next_date": "30 February 2027"}
    )
    bad = {"next_date_day": "30", "next_date_month": "2", "next_date_year": "2027"}
    answer = read(reader, made.order_ids[0], **bad)
    assert "both readings say the same" in text(answer)


@pytest.mark.any_server
def test_the_home_page_shows_what_is_to_be_read_and_what_has_no_outcome(
    court: Court, reader: Any
) -> None:
    order_id = sentenced(court)
    page = reader.get(reverse("home")).content.decode()
    assert reverse("courts:read", args=[order_id]) in page
    assert "Hearings without an outcome" in page


def test_a_late_reading_says_so(court: Court, reader: Any) -> None:
    order_id = sentenced(court)
    SecondReading.objects.update(due_at=SecondReading.objects.get().due_at - timedelta(days=9))
    assert "Late" in text(reader.get(reverse("courts:readings")))
    read(reader, order_id, {"years": 1})
    reading = SecondReading.objects.get()
    assert "Late" in text(reader.get(reverse("courts:reading", args=[reading.pk])))


def pages_about(court: Court, order_id: int) -> list[str]:
    return [
        reverse("courts:order", args=[order_id]),
        reverse("courts:person", args=[court.ana]),
        reverse("sentences:person", args=[court.ana]),
    ]


@pytest.mark.any_server
def test_whoever_may_read_it_again_is_shown_nothing_of_it_before(court: Court, reader: Any) -> None:
    case = court.case()
    made = court.order(
        "commitment_sentence", dated=sitting(-1), case_id=case,
        sentences=[SentenceInput(years=7, days=413)],
    )  # fmt: skip
    for address in (*pages_about(court, made.order_ids[0]), reverse("courts:case", args=[case])):
        page = text(reader.get(address))
        assert "413" not in page, address
    assert "Show what was keyed" in text(reader.get(pages_about(court, made.order_ids[0])[0]))


@pytest.mark.any_server
def test_the_diary_tells_a_second_reader_no_day_before_it_is_read(
    court: Court, reader: Any
) -> None:
    on = sitting(9)
    court.order("remand", next_date=on)
    address = reverse("courts:diary") + f"?day={on.isoformat()}"
    assert "CHAN" not in text(reader.get(address))
    assert "1 day in court stands on an order" in text(reader.get(address))
    production = reverse("courts:production") + f"?day={on.isoformat()}"
    assert "CHAN" in text(reader.get(production))


def test_the_roll_and_the_prisoner_s_page_tell_a_second_reader_no_day_before_it_is_read(
    court: Court, reader: Any
) -> None:
    on = sitting(3)
    order_id = court.order("remand", next_date=on).order_ids[0]
    others = client_of(court, "officer_in_charge")
    others.post(reverse("courts:show_keyed", args=[order_id]), {"command_id": str(uuid4())})
    viewer = system_actor()
    number = people.person_headers(viewer, [court.ana])[court.ana].number
    for address, first in (
        (reverse("custody:roll"), "Read the paper again first"),
        (reverse("custody:roll_export", args=["csv"]), "Read the paper again first"),
        (reverse("prisoner", args=[number]), "Not shown before you have read the paper again"),
    ):
        told, untold = text(others.get(address)), text(reader.get(address))
        day = on.isoformat() if "csv" in address else str(day_text(on))
        assert day in told, address
        assert day not in untold, address
        assert first in untold, address


@pytest.mark.any_server
def test_who_asks_to_see_it_is_remembered_and_reads_blind_no_more(
    court: Court, reader: Any
) -> None:
    other = client_of(court)
    order_id = sentenced(court)
    shown = reader.post(
        reverse("courts:show_keyed", args=[order_id]), {"command_id": str(uuid4())}, follow=True
    )
    assert "413" in text(shown)
    assert SecondReading.objects.get().seen_by_ids == [user_of(reader).pk]
    # Somebody else here can: the reading is theirs.
    assert "somebody who has not seen it" in text(read(reader, order_id, *SAME))
    assert SecondReading.objects.get().read_at is None
    assert "both readings say the same" in text(read(other, order_id, *SAME))
    assert SecondReading.objects.get().blind


@pytest.mark.any_server
def test_where_nobody_else_can_the_reading_says_that_it_was_not_blind(court: Court) -> None:
    order_id = sentenced(court)
    services.show_what_was_keyed(Command(court.reader), order_id=order_id)
    reading = services.OrderReading(
        dated=sitting(-1),
        sentences=(
            services.SentenceReading(years=7, months=5),
            services.SentenceReading(days=413, link="consecutive"),
        ),
    )
    services.read_order_again(Command(court.reader), order_id=order_id, reading=reading)
    assert not SecondReading.objects.get().blind
    page = client_of(court).get(reverse("courts:order", args=[order_id]))
    assert "Not blind" in text(page)
