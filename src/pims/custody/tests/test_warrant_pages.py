"""Recording a warrant at a desk: as it is written, looked at twice where it is odd."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pims.authority import selectors as authority
from pims.custody.tests.prison import Prison
from pims.kernel import clock
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server

ZONE = "America/Belize"
TODAY = clock.today("America/Belize")


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def boxes(name: str, day: date, time: str = "") -> dict[str, str]:
    found = {f"{name}_day": str(day.day), f"{name}_month": str(day.month)}
    found[f"{name}_year"] = str(day.year)
    return found | ({f"{name}_time": time} if time else {})


def typed(prison: Prison, **changes: Any) -> dict[str, Any]:
    yesterday = TODAY - timedelta(days=1)
    return {
        "command_id": str(uuid4()),
        "kind": "remand",
        "body_id": prison.court,
        "reference": "MC-BZ 688/26",
        "name_as_written": "Juan Peres",
        **boxes("dated", yesterday),
        **boxes("starts_at", yesterday, "09:00"),
        **boxes("received_at", yesterday, "10:00"),
        **boxes("next_appearance", TODAY + timedelta(days=14)),
        **changes,
    }


def post(client: Any, prison: Prison, person_id: int, **changes: Any) -> Any:
    data = typed(prison, **changes)
    return client.post(reverse("authority:record", args=[person_id]), data), data


def papers(person_id: int) -> list[authority.WarrantBrief]:
    return authority.warrants_of([person_id], zone=ZONE).get(person_id, [])


def yes(answer: Any) -> str:
    """The mark of the button that says that it is so."""
    found = re.search(r'name="sure" value="(\w+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_a_sound_paper_is_recorded_at_once(prison: Prison, client) -> None:
    receipt = prison.one()
    answer, _ = post(client, prison, receipt.person_id)
    assert answer.status_code == 302
    (paper,) = papers(receipt.person_id)
    assert (paper.defects, paper.state) == ((), "acted_on")


def test_nobodys_name_is_put_on_the_paper_by_the_register(prison: Prison, client) -> None:
    receipt = prison.one()
    page = client.get(reverse("authority:record", args=[receipt.person_id])).content.decode()
    box = re.search(r'<input[^>]*name="name_as_written"[^>]*>', page)
    assert box is not None
    assert "value=" not in box[0]


def test_dates_in_the_wrong_order_are_asked_about_and_then_recorded(prison: Prison, client) -> None:
    receipt = prison.one()
    wrong = boxes("until", TODAY - timedelta(days=360))
    answer, data = post(client, prison, receipt.person_id, **wrong)
    assert answer.status_code == 422
    assert "Not saved yet" in answer.content.decode()
    assert "It begins after it ends" in answer.content.decode()
    assert papers(receipt.person_id) == []

    again = client.post(
        reverse("authority:record", args=[receipt.person_id]), data | {"sure": yes(answer)}
    )
    assert again.status_code == 302
    (paper,) = papers(receipt.person_id)
    assert "dates_out_of_order" in paper.defects
    page = client.get(reverse("authority:warrant", args=[paper.warrant_id])).content.decode()
    assert "It ends, or names an appearance, before it begins" in page
    assert "dates_out_of_order" not in page


def test_yes_to_one_question_is_not_yes_to_another(prison: Prison, client) -> None:
    receipt = prison.one()
    answer, data = post(
        client, prison, receipt.person_id, **boxes("until", TODAY - timedelta(days=360))
    )
    other = data | boxes("dated", date(1926, 11, 2)) | {"sure": yes(answer)}
    answer = client.post(reverse("authority:record", args=[receipt.person_id]), other)
    assert answer.status_code == 422
    assert "before this person was born" in answer.content.decode()
    assert papers(receipt.person_id) == []


def test_a_date_that_no_calendar_has_is_kept_as_written(prison: Prison, client) -> None:
    receipt = prison.one()
    impossible = {"until_day": "30", "until_month": "2", "until_year": "2027"}
    answer, data = post(client, prison, receipt.person_id, **impossible, as_written="Order of")
    assert answer.status_code == 422
    assert "30 2 2027" in answer.content.decode()
    client.post(reverse("authority:record", args=[receipt.person_id]), data | {"sure": yes(answer)})
    (paper,) = papers(receipt.person_id)
    assert paper.until is None
    assert "30 2 2027" in paper.as_written
    assert paper.as_written.startswith("Order of")
    assert paper.defects == ("impossible_date",)


def test_a_year_long_past_is_asked_about(prison: Prison, client) -> None:
    receipt = prison.one()
    long_ago = boxes("starts_at", TODAY.replace(year=2019, day=1), "09:00")
    answer, _ = post(client, prison, receipt.person_id, **long_ago)
    assert answer.status_code == 422
    assert "years ago. Is the year right?" in answer.content.decode()


def test_a_court_date_in_another_decade_is_asked_about(prison: Prison, client) -> None:
    receipt = prison.one()
    far = TODAY.replace(year=TODAY.year + 46, day=5)
    answer, data = post(client, prison, receipt.person_id, **boxes("next_appearance", far))
    assert answer.status_code == 422
    assert "days ahead. Is the year right?" in answer.content.decode()
    assert papers(receipt.person_id) == []
    client.post(reverse("authority:record", args=[receipt.person_id]), data | {"sure": yes(answer)})
    (paper,) = papers(receipt.person_id)
    assert paper.next_appearance == far, "a fact is asked about, never refused"
    named = {
        "command_id": str(uuid4()), "basis": "Adjourned",
        **boxes("happened_at", TODAY, "00:01"), **boxes("next_appearance", far),
    }  # fmt: skip
    address = reverse("authority:next", args=[paper.warrant_name_id])
    again = client.post(address, named)
    assert again.status_code in (200, 422)
    assert "days ahead. Is the year right?" in again.content.decode()


def test_an_appearance_after_the_last_day_is_asked_about_with_what_it_is_worth(
    prison: Prison, client
) -> None:
    receipt = prison.one()
    last = TODAY + timedelta(days=5)
    answer, _ = post(client, prison, receipt.person_id, **boxes("until", last))
    assert answer.status_code == 422
    assert "holds to the end of" in answer.content.decode()


def test_the_same_paper_for_another_person_is_noticed_and_may_go_on(prison: Prison, client) -> None:
    first, second = prison.one("Denroy Banner"), prison.one("Mateo Choc")
    post(client, prison, first.person_id)
    answer, data = post(client, prison, second.person_id, reference="mc-bz 688/26")
    assert answer.status_code == 422
    assert "BANNER" in answer.content.decode()
    client.post(reverse("authority:record", args=[second.person_id]), data | {"sure": yes(answer)})
    (paper,) = papers(second.person_id)
    assert paper.defects == ()
    again = client.post(
        reverse("authority:record", args=[second.person_id]), data | {"sure": yes(answer)}
    )
    assert again.status_code == 302
    assert len(papers(second.person_id)) == 1


def test_a_scan_that_is_none_is_named_where_it_is_chosen(prison: Prison, client) -> None:
    receipt = prison.one()
    scan = SimpleUploadedFile("order.pdf", b"not a paper at all", "application/pdf")
    answer, _ = post(client, prison, receipt.person_id, scan=scan)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'<a href="#id_scan[^"]*">Scan', page)
    assert papers(receipt.person_id) == []


def test_in_spanish_the_questions_are_in_spanish(prison: Prison) -> None:
    user = staff("records_officer", establishment_id=prison.establishment_id, language="es")
    receipt = prison.one()
    answer, _ = post(
        signed_in(user), prison, receipt.person_id, **boxes("until", TODAY - timedelta(days=360))
    )
    assert "Empieza después de terminar" in answer.content.decode()
