"""The custody pages as a superintendent opens and sends them."""

import csv
import io
import re
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from pims.custody import selectors
from pims.custody.tests.prison import Prison, man
from pims.kernel import clock
from pims.kernel.errors import Refused
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(
        staff("superintendent", "reception_officer", establishment_id=prison.establishment_id)
    )


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def instant(name: str, at) -> dict[str, object]:
    here = timezone.localtime(at)
    return {
        f"{name}_day": here.day,
        f"{name}_month": here.month,
        f"{name}_year": here.year,
        f"{name}_time": f"{here:%H:%M}",
    }


def van(*names: str) -> dict[str, object]:
    lines: dict[str, object] = {
        "line-TOTAL_FORMS": len(names),
        "line-INITIAL_FORMS": 0,
        "line-MIN_NUM_FORMS": 0,
        "line-MAX_NUM_FORMS": 60,
    }
    for number, name in enumerate(names):
        lines |= {
            f"line-{number}-name_as_given": name,
            f"line-{number}-sex": "male",
            f"line-{number}-warrant_state": "yes",
        }
    return command(
        **instant("received_at", clock.now()),
        reception_kind="court",
        handed_over_by="PC 9",
        received_by="Gentle",
        **lines,
    )


def test_a_van_is_received_on_one_screen_and_sent_twice_is_received_once(prison, client) -> None:
    sent = van("Juan Pérez", "", "Unknown male")
    sent |= {"line-1-sex": "", "line-1-warrant_state": ""}
    first = client.post(reverse("custody:receive"), sent)
    again = client.post(reverse("custody:receive"), sent)
    assert first.status_code == again.status_code == 302
    assert first.url == again.url
    assert len(selectors.roll(prison.actor, prison.establishment_id)) == 2
    assert "PÉREZ" in client.get(first.url).content.decode()


@pytest.mark.parametrize("count", ["x", "", "61", "9" * 30])
def test_lines_that_did_not_arrive_whole_are_told_and_nobody_is_received(
    prison, client, count
) -> None:
    spoilt = van("Juan Pérez") | {"line-TOTAL_FORMS": count}
    answer = client.post(reverse("custody:receive"), spoilt)
    assert answer.status_code == 422
    assert "did not arrive whole" in answer.content.decode()
    assert selectors.roll(prison.actor, prison.establishment_id) == []


def test_a_day_beyond_the_calendar_shows_the_desk_of_today(prison, client) -> None:
    for day in ("9999-12-31", "0001-01-01", "x"):
        assert client.get(reverse("custody:desk"), {"day": day}).status_code == 200


def test_an_hour_in_no_year_is_told_wherever_it_is_asked_for(prison, client) -> None:
    years = {"received_at_year": "9" * 30, "received_at_day": "9" * 30}
    answer = client.post(reverse("custody:receive"), van("Juan Pérez") | years)
    assert answer.status_code == 422
    assert "Enter a real date" in answer.content.decode()
    roll = client.get(reverse("custody:roll"), {**instant("at", clock.now()), "at_year": "9" * 30})
    assert "Enter a real date" in roll.content.decode()


def test_a_wrong_hour_keeps_what_was_typed_and_receives_nobody(prison, client) -> None:
    sent = van("Juan Pérez") | instant("received_at", clock.now() + timedelta(days=2))
    answer = client.post(reverse("custody:receive"), sent)
    assert answer.status_code == 422
    assert "Juan Pérez" in answer.content.decode()
    assert selectors.roll(prison.actor, prison.establishment_id) == []


def test_forty_names_on_one_order_become_forty_prisoners_under_one_paper(prison, client) -> None:
    answer = client.post(
        reverse("custody:receive_order"),
        command(
            kind="emergency",
            body_id=prison.bodies["MIN"],
            names="\n".join(f"Man Number{n}, {20 + n}" for n in range(40)),
            sex="male",
            reception_kind="emergency_order",
            handed_over_by="Insp. Sho",
            until_day=1, until_month=1, until_year=clock.now().year + 1,
            dated_day=1, dated_month=1, dated_year=2026,
            **instant("received_at", clock.now()),
        ),
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    rows = selectors.roll(prison.actor, prison.establishment_id)
    assert len(rows) == 40
    assert {row.legal_status for row in rows} == {"emergency"}


def test_every_page_of_an_open_admission_opens(prison, client) -> None:
    receipt = prison.one()
    pages = [reverse("custody:admission", args=[receipt.episode_id])] + [
        reverse("custody:admission_step", args=[receipt.episode_id, step])
        for step in ("person", "warrant", "arrest", "injuries", "property", "contacts", "risk",
                     "photograph")
    ]  # fmt: skip
    for page in (*pages, reverse("custody:place", args=[receipt.episode_id])):
        assert client.get(page).status_code == 200, page


def test_an_admission_is_carried_through_page_by_page(prison, client) -> None:
    receipt = prison.held(hours=2)
    ep = receipt.episode_id

    def step(code: str, **fields: object) -> None:
        url = reverse("custody:admission_step", args=[ep, code])
        answer = client.post(url, command(**fields))
        assert answer.status_code == 302, (code, answer.content.decode()[-3000:])

    from pims.people import selectors as people
    from pims.safety.selectors import questions

    version = people.person_headers(prison.actor, [receipt.person_id])[receipt.person_id].version
    step("person", version=version, sex="male", gender="man", birth_precision="year",
         birth_date_day=1, birth_date_month=1, birth_date_year=1990)  # fmt: skip
    version = selectors.admission(prison.actor, ep).version
    step("arrest", version=version, place="Belmopan", reasons="Robbery", officer="PC 12")
    step("injuries", nothing="on")
    step("property", signed="yes", description_0="Watch", category_0="valuables", quantity_0="1",
         **{f"category_{n}": "other" for n in range(1, 8)})  # fmt: skip
    step("contacts", kind="next_of_kin", name="Maria Perez", relationship="Mother")
    step("risk", **dict.fromkeys(questions(), "no"))
    client.post(
        reverse("custody:leave_out", args=[ep, "photograph"]), command(reason="Camera broken")
    )
    client.post(reverse("custody:mark_done", args=[ep, "warrant"]), command())
    placed = client.post(
        reverse("custody:place", args=[ep]), command(place_id=prison.places["REM A-1/1"])
    )
    assert placed.status_code == 302
    row = selectors.admission(prison.actor, ep)
    assert row.next_step is None, row.states


def test_of_two_who_move_one_person_at_once_the_second_is_told(prison, client) -> None:
    episode = prison.held("Juan Pérez").episode_id
    place = reverse("custody:place", args=[episode])
    page = client.get(place).content.decode()
    seen = re.search(r'name="seen_place_id" value="(\d+)"', page)
    assert seen is not None
    first, second = (
        client.post(place, command(place_id=prison.places[label], seen_place_id=seen.group(1)))
        for label in ("REM A-2/1", "REM A-2/2")
    )
    assert (first.status_code, second.status_code) == (302, 409)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.place_id == prison.places["REM A-2/1"]
    spoilt = client.post(place, command(place_id="x"))
    assert spoilt.status_code == 422
    assert "changed on its way" in spoilt.content.decode()


def test_a_refused_place_says_why_and_who_may_decide_otherwise(prison) -> None:
    reception = signed_in(staff("reception_officer", establishment_id=prison.establishment_id))
    receipt = prison.held()
    answer = reception.post(
        reverse("custody:place", args=[receipt.episode_id]),
        command(place_id=prison.places["WOM W-1/1"]),
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "uty senior officer" in text
    with pytest.raises(Refused):
        prison.place(receipt.episode_id, "WOM W-1/1")


def test_the_desk_records_a_van_and_a_bad_row_loses_no_other(prison, client) -> None:
    one, two = prison.held("First Man"), prison.held("Second Man")
    out = prison.out(
        one.person_id,
        two.person_id,
        left_at=clock.now() - timedelta(hours=6),
        expected_back_at=clock.now(),
    )
    page = client.get(reverse("custody:desk")).content.decode()
    assert "MAN, First" in page
    assert "MAN, Second" in page
    later = clock.now() + timedelta(days=20)
    sent = command(
        **instant("happened_at", clock.now()),
        received_back_by="Gentle",
        returned_from="PC 114 Castillo",
        **{
            "row-TOTAL_FORMS": 2, "row-INITIAL_FORMS": 0, "row-MIN_NUM_FORMS": 0,
            "row-MAX_NUM_FORMS": 300,
            "row-0-escort_id": out[0], "row-0-episode_id": one.episode_id,
            "row-0-outcome": "new_date", "row-0-day": f"{later:%d/%m/%Y}",
            "row-1-escort_id": out[1], "row-1-episode_id": two.episode_id,
            "row-1-outcome": "new_date", "row-1-day": "",
        },
    )  # fmt: skip
    answer = client.post(reverse("custody:desk"), sent)
    assert answer.status_code == 422
    rows = {r.person_id: r for r in selectors.roll(prison.actor, prison.establishment_id)}
    assert rows[one.person_id].inside
    assert rows[one.person_id].next_appearance == later.date()
    assert not rows[two.person_id].inside


def test_the_roll_opens_sorts_filters_and_looks_back(prison, client) -> None:
    prison.held("Zed Last")
    prison.receive(man("Abel First"))
    for query in ("", "?sort=-name", "?legal_status=none", "?text=zed", "?whereabouts=out"):
        assert client.get(reverse("custody:roll") + query).status_code == 200
    past = instant("at", clock.now() - timedelta(days=30))
    page = client.get(reverse("custody:roll"), past).content.decode()
    assert "Zed" not in page


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_name_that_begins_like_a_formula_leaves_as_text(prison, client, start) -> None:
    prison.receive(man(f"{start}HYPERLINK(1)"))
    answer = client.get(reverse("custody:roll_export", args=["csv"]))
    cells = [
        cell
        for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        for cell in line
    ]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_no_other_roll_is_shown_for_a_time_that_there_is_not(prison, client) -> None:
    receipt = prison.held()
    impossible = {"at_day": 31, "at_month": 6, "at_year": 2026, "at_time": "25:00"}
    for asked in (impossible, instant("at", clock.now() + timedelta(days=3000))):
        page = client.get(reverse("custody:roll"), asked).content.decode()
        assert "No roll is shown" in page
        assert receipt.number not in page
        assert 'class="govuk-error-summary' in page
        assert "Correct what is asked for:" in page
        assert "saved" not in page[page.index("govuk-error-summary") :].partition("</ul>")[0]
        assert client.get(reverse("custody:roll_export", args=["csv"]), asked).status_code == 422
        person = client.get(reverse("prisoner", args=[receipt.number]), asked).content.decode()
        assert 'class="govuk-error-summary' in person
    past = client.get(reverse("custody:roll"), instant("at", clock.now() - timedelta(hours=1)))
    text = past.content.decode()
    assert "As it was at" in text
    assert "As at" not in text


def test_the_roll_leaves_as_a_workbook(prison, client) -> None:
    prison.held()
    answer = client.get(reverse("custody:roll_export", args=["xlsx"]))
    assert answer.content.startswith(b"PK")


def test_the_files_of_the_roll_hold_dates_with_their_year_and_bear_the_hour_of_the_prison(
    prison, client
) -> None:
    received = datetime(2019, 11, 22, 15, 0, tzinfo=UTC)
    prison.one("", at=received)
    with clock.at(clock.now()):
        hour = f"{timezone.localtime(clock.now(), ZoneInfo('America/Belize')):%Y%m%d-%H%M}"
        as_csv = client.get(reverse("custody:roll_export", args=["csv"]))
        as_book = client.get(reverse("custody:roll_export", args=["xlsx"]))
    assert f"roll-{hour}.csv" in as_csv["Content-Disposition"]
    (line,) = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"))))[1:]
    assert "2019-11-22 09:00" in line
    assert line[1] == "Name not known"
    with zipfile.ZipFile(io.BytesIO(as_book.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    days = (received.replace(hour=9) - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    assert f"<v>{days}</v>" in sheet


def test_what_nobody_planned_is_recorded_from_its_page(prison, client) -> None:
    receipt = prison.held()
    assert client.get(reverse("custody:event", args=[receipt.episode_id])).status_code == 200
    answer = client.post(
        reverse("custody:occurrence", args=[receipt.episode_id, "escape"]),
        command(**instant("happened_at", clock.now()), circumstances="Over the fence", step="sure"),
    )
    assert answer.status_code == 302
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.out_kind == "at_large"


def test_units_out_list_book_and_board_open(prison, client) -> None:
    receipt = prison.held()
    prison.place(receipt.episode_id, "REM A-1/1")
    prison.out(prison.held("Out There").person_id)
    for page in (
        reverse("custody:unit", args=[prison.units["REM"]]),
        reverse("custody:unit", args=[prison.units["REC"]]),
        reverse("custody:out"),
        reverse("custody:send_out"),
        reverse("custody:reception"),
        reverse("custody:reception_book"),
        reverse("live:board"),
        reverse("live:figures"),
        reverse("home"),
        reverse("facilities:index"),
        reverse("facilities:unit", args=[prison.units["REM"]]),
        reverse("prisoner", args=[receipt.number]),
        reverse("prisoner_timeline", args=[receipt.number]),
        reverse("prisoner_who", args=[receipt.number]),
        reverse("prisoner_custody", args=[receipt.number]),
        reverse("prisoner_access", args=[receipt.number]),
        reverse("authority:index"),
        reverse("authority:bodies"),
        reverse("authority:record", args=[receipt.person_id]),
        reverse("authority:record_order", args=[receipt.person_id]),
        reverse("release:index"),
        reverse("release:start", args=[receipt.episode_id]),
        reverse("release:book"),
        reverse("safety:person", args=[receipt.person_id]),
        reverse("property:person", args=[receipt.person_id]),
        reverse("assurance:alarms"),
    ):
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.content.decode()[-1500:])
