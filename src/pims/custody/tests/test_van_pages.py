"""What the officer at the gate is asked, told and never made to lose."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pims.custody import selectors
from pims.custody.models import BodyReceipt, Episode, Van
from pims.custody.tests.prison import Prison, man
from pims.custody.tests.test_pages import command, instant, van
from pims.kernel import clock
from pims.people import selectors as people
from pims.people import services as people_services
from pims.people.services import NameInput
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("reception_officer", establishment_id=prison.establishment_id))


def mark(answer) -> dict[str, str]:
    """The Yes of the question that the page asks."""
    return {"sure": answer.context["question"].mark}


def test_a_van_of_the_wrong_year_is_asked_about_and_saved_on_yes_with_nothing_lost(
    prison, client
) -> None:
    sent = van("Juan Pérez") | instant("received_at", clock.now() - timedelta(days=2557))
    asked = client.post(reverse("custody:receive"), sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "2,557 days ago" in page
    assert "Is the year right?" in page
    assert "Juan Pérez" in page
    assert not Episode.objects.exists()
    answer = client.post(reverse("custody:receive"), sent | mark(asked))
    assert answer.status_code == 302
    assert Episode.objects.count() == 1


def test_a_yes_to_one_question_is_no_yes_to_another(prison, client) -> None:
    sent = van("Juan Pérez") | instant("received_at", clock.now() - timedelta(days=2557))
    yes = mark(client.post(reverse("custody:receive"), sent))
    other = sent | instant("received_at", clock.now() - timedelta(days=3557)) | yes
    assert client.post(reverse("custody:receive"), other).status_code == 422
    assert not Episode.objects.exists()


def test_a_van_of_this_evening_is_asked_nothing(prison, client) -> None:
    sent = van("Juan Pérez") | instant("received_at", clock.now() - timedelta(hours=5))
    assert client.post(reverse("custody:receive"), sent).status_code == 302


def test_the_number_of_somebody_inside_says_who_and_where_and_asks_whether_it_is_he(
    prison, client
) -> None:
    held = prison.held("Dan Banner")
    prison.place(held.episode_id, "REM A-1/1")
    sent = van("Dan Banner") | {"line-0-number": held.number}
    asked = client.post(reverse("custody:receive"), sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "BANNER, Dan, who is inside: Remand A-1/1" in page
    assert BodyReceipt.objects.count() == 1
    answer = client.post(reverse("custody:receive"), sent | {"line-0-attach": "new"})
    assert answer.status_code == 302
    receipt = BodyReceipt.objects.latest("pk")
    assert receipt.person_id != held.person_id
    assert selectors.whereabouts(prison.actor, [held.person_id])[held.person_id].inside


def test_the_number_says_who_it_is_while_it_is_typed(prison, client) -> None:
    held = prison.held("Dan Banner")
    said = client.get(reverse("custody:known"), {"line-3-number": held.number}).content.decode()
    assert "BANNER, Dan" in said
    assert "Inside" in said
    assert (
        "No prisoner"
        in client.get(reverse("custody:known"), {"line-3-number": "0000000-00"}).content.decode()
    )


def test_a_name_that_is_not_the_numbers_is_asked_about(prison, client) -> None:
    known = people_services.create_person(
        prison.command,
        names=[NameInput("Dan", "Banner")],
        establishment_id=prison.establishment_id,
    )
    wrong = van("Dan Testd") | {"line-0-number": known.number}
    page = client.post(reverse("custody:receive"), wrong).content.decode()
    assert "the name given is Dan Testd" in page
    near = van("Dann Baner") | {"line-0-number": known.number}
    assert client.post(reverse("custody:receive"), near).status_code == 302


def test_what_nobody_chose_is_not_recorded_as_if_it_had_been(prison, client) -> None:
    page = client.get(reverse("custody:receive")).content.decode()
    assert '<option value="male" selected' not in page
    assert '<option value="yes" selected' not in page
    sent = van("Juan Pérez")
    del sent["line-0-sex"], sent["line-0-warrant_state"]
    answer = client.post(reverse("custody:receive"), sent)
    assert answer.status_code == 422
    assert not Episode.objects.exists()


def test_what_is_wrong_in_a_line_stands_in_the_summary_with_its_line(prison, client) -> None:
    sent = van("Juan Pérez", "Somebody") | {"line-1-age_as_given": "150"}
    page = client.post(reverse("custody:receive"), sent).content.decode()
    summary = page[page.index("govuk-error-summary__list") : page.index("</ul>", page.index(
        "govuk-error-summary__list"))]  # fmt: skip
    assert "Nothing was saved" in page
    assert "Line 2, Age as given" in summary
    assert 'href="#id_line-1-age_as_given"' in summary


def test_whoever_sounds_like_somebody_on_record_is_shown_at_once_and_can_be_compared(
    prison, client
) -> None:
    old = prison.one("Ramdas, Devi")
    answer = client.post(reverse("custody:receive"), van("Ramdas, Deevi"))
    page = client.get(answer.url).content.decode()
    assert old.number in page
    new = BodyReceipt.objects.latest("pk")
    step = reverse("custody:admission_step", args=[new.episode_id, "person"])
    assert old.number in client.get(step).content.decode()
    compared = client.post(
        reverse("people:compare", args=[new.person_id, old.person_id]), command()
    )
    assert client.get(compared.url).status_code == 200


def test_a_birth_after_reception_is_asked_about_and_recorded_on_yes(prison, client) -> None:
    (held,) = prison.receive(man("Juan Perez", age_as_given=41, birth_date=None))
    step = reverse("custody:admission_step", args=[held.episode_id, "person"])
    today = clock.today("America/Belize")

    def birth(year: int) -> dict[str, object]:
        return command(
            version=people.person_headers(prison.actor, [held.person_id])[held.person_id].version,
            sex="male", gender="man", birth_precision="day",
            birth_date_day=1, birth_date_month=1, birth_date_year=year,
        )  # fmt: skip

    sent = birth(today.year - 1)
    asked = client.post(step, sent)
    assert asked.status_code == 422
    assert "the age given was 41" in asked.content.decode()
    header = people.person_headers(prison.actor, [held.person_id])[held.person_id]
    assert header.birth_date is None
    assert client.post(step, sent | mark(asked)).status_code == 302
    header = people.person_headers(prison.actor, [held.person_id])[held.person_id]
    assert header.birth_date.year == today.year - 1
    assert client.post(step, birth(today.year - 41)).status_code == 302


def test_a_stay_that_would_come_before_the_one_on_the_books_is_asked_about(prison, client) -> None:
    held = prison.held("Dan Banner")
    sent = van("Dan Banner") | {"line-0-number": held.number, "line-0-attach": "same"}
    sent |= instant("received_at", clock.now() - timedelta(days=2557))
    asked = client.post(reverse("custody:receive"), sent)
    assert "puts a reception at" in asked.content.decode()
    assert Episode.objects.count() == 1
    assert client.post(reverse("custody:receive"), sent | mark(asked)).status_code == 302
    assert Episode.objects.count() == 2


def test_an_order_of_the_wrong_year_is_asked_about_as_a_van_is(prison, client) -> None:
    sent = command(
        kind="emergency", body_id=prison.bodies["MIN"], names="Man One, 20", sex="male",
        reception_kind="emergency_order", handed_over_by="Insp. Sho",
        **instant("received_at", clock.now() - timedelta(days=2557)),
    )  # fmt: skip
    asked = client.post(reverse("custody:receive_order"), sent)
    assert asked.status_code == 422
    assert not Episode.objects.exists()
    assert client.post(reverse("custody:receive_order"), sent | mark(asked)).status_code == 302


def test_a_van_of_the_wrong_year_is_still_found_on_the_page_of_reception(prison, client) -> None:
    (line,) = prison.receive(man("A B"), at=clock.now() - timedelta(days=2557))
    van_id = BodyReceipt.objects.get(pk=line.receipt_id).van_id
    page = client.get(reverse("custody:reception")).content.decode()
    assert reverse("custody:van", args=[van_id]) in page


EMPTY = {"sex": "", "warrant_state": ""}


def line(number: int, **boxes: str) -> dict[str, str]:
    """One line of the van with just these boxes filled."""
    return {f"line-{number}-{name}": value for name, value in (EMPTY | boxes).items()}


@pytest.mark.parametrize(
    "boxes",
    [
        {"sex": "male", "warrant_state": "yes", "age_as_given": "19"},
        {"sex": "male", "warrant_state": "no"},
        {"sex": "unknown", "warrant_state": "no", "complaint": "on"},
        {"sex": "unknown", "warrant_state": "no", "injuries": "Cut on the arm"},
        {"sex": "male", "warrant_state": "yes", "age_as_given": "0"},
    ],
)
def test_a_line_with_anything_in_it_but_no_name_is_somebody_received_as_unknown(
    prison, client, boxes
) -> None:
    sent = van("Ana Cho", "Luis Pop", "") | line(2, **boxes)
    answer = client.post(reverse("custody:receive"), sent)
    assert answer.status_code == 302
    assert BodyReceipt.objects.count() == Episode.objects.count() == 3
    assert "Name not known" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "boxes",
    [{"sex": "male"}, {"warrant_state": "no"}, {"age_as_given": "19"}, {"complaint": "on"},
     {"attach": "new"}],
)  # fmt: skip
def test_half_a_line_asks_for_the_rest_and_is_not_dropped(prison, client, boxes) -> None:
    sent = van("Ana Cho", "") | line(1, **boxes)
    answer = client.post(reverse("custody:receive"), sent)
    assert answer.status_code == 422
    assert "Line 2, " in answer.content.decode()
    assert not Episode.objects.exists()


def test_a_line_in_which_nothing_was_entered_is_nobody(prison, client) -> None:
    sent = van("Ana Cho", "", "") | line(1) | line(2, name_as_given="  ")
    assert client.post(reverse("custody:receive"), sent).status_code == 302
    assert Episode.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_line_with_only_what_was_chosen_for_everyone_is_asked_about_and_left_out_on_yes(
    prison, language
) -> None:
    client = signed_in(
        staff("reception_officer", establishment_id=prison.establishment_id, language=language)
    )
    sent = van("Ana Cho", "", "") | {"all-sex": "male", "all-warrant": "yes"}
    asked = client.post(reverse("custody:receive"), sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    said = {"en": "Line 2, 3: nothing there but", "es": "Línea 2, 3: solo tiene lo que"}
    assert said[language] in page
    assert not Episode.objects.exists()
    somebody = client.post(reverse("custody:receive"), sent | mark(asked) | {"line-2-here": "on"})
    assert somebody.status_code == 422  # another question than the one that was answered
    again = sent | {"line-2-here": "on"}
    yes = mark(client.post(reverse("custody:receive"), again))
    assert client.post(reverse("custody:receive"), again | yes).status_code == 302
    assert Episode.objects.count() == 2


def test_a_line_that_differs_from_what_was_chosen_for_everyone_is_somebody(prison, client) -> None:
    sent = van("Ana Cho", "") | {"all-sex": "male", "all-warrant": "yes", "line-1-sex": "female"}
    assert client.post(reverse("custody:receive"), sent).status_code == 302
    assert Episode.objects.count() == 2


def test_a_full_van_costs_no_more_queries_than_one_line_to_say_why_hours_are_apart(
    prison: Prison,
) -> None:
    came = (clock.now() - timedelta(hours=5)).replace(second=0, microsecond=0)

    def apart(count: int) -> tuple[int, list[str]]:
        receipts = prison.receive(*(man(f"Juan {n}") for n in range(count)), at=came)
        for place, receipt in zip(("A-1/1", "A-1/2", "A-2/1"), receipts, strict=False):
            prison.put(receipt.episode_id, f"REM {place}", happened_at=came + timedelta(hours=1))
        row = BodyReceipt.objects.get(pk=receipts[0].receipt_id).van
        Van.objects.filter(pk=row.pk).update(arrived_at=came + timedelta(hours=2))
        # The clock of the gate had seconds, the paper none.
        Episode.objects.filter(pk=receipts[0].episode_id).update(
            starts_at=came + timedelta(seconds=27)
        )
        found = selectors.van(prison.actor, row.pk)
        with CaptureQueriesContext(connection) as counted:
            lines = selectors.hours_apart(found)
        assert len(lines) == count
        return len(counted), [line.fault.code for line in lines if line.fault is not None]

    one, codes = apart(1)
    assert codes == ["custody.start_after_placed"]
    three, codes = apart(3)
    assert codes == ["custody.start_after_placed"] * 3
    assert one == three
