"""One order that names many is asked about as one warrant and one van are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pims.custody.models import Episode
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_van_pages import command, instant, mark
from pims.kernel import clock
from pims.people import selectors as people
from tests.access.staff import signed_in, staff

URL = "custody:receive_order"


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("duty_senior_officer", establishment_id=prison.establishment_id))


def order(prison: Prison, names: str, **more: object) -> dict[str, object]:
    return command(
        kind="emergency", body_id=prison.bodies["MIN"], names=names, sex="male",
        reception_kind="emergency_order", handed_over_by="Insp. Sho",
        **instant("received_at", clock.now()), **more,
    )  # fmt: skip


def day(name: str, years: int) -> dict[str, object]:
    return {f"{name}_day": 22, f"{name}_month": 11, f"{name}_year": clock.now().year + years}


def asked(client: Client, sent: dict[str, object], words: str) -> None:
    """The page asks in these words, keeps nobody, and takes a yes."""
    before = Episode.objects.count()
    answer = client.post(reverse(URL), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Episode.objects.count() == before
    assert client.post(reverse(URL), sent | mark(answer)).status_code == 302
    assert Episode.objects.count() > before


@pytest.mark.any_server
@pytest.mark.parametrize(("box", "years"), [("until", 170), ("dated", 1), ("until", -6)])
def test_a_date_that_surprises_is_asked_about(prison, client, box: str, years: int) -> None:
    dates = day("dated", 0) | day(box, years) if box == "until" else day(box, years)
    answer = client.post(reverse(URL), order(prison, "Man One, 20", **dates))
    assert answer.status_code == 422
    assert answer.context["question"] is not None
    assert f"id_{box}_day" in {doubt.target for doubt in answer.context["question"].doubts}
    assert not Episode.objects.exists()


def test_the_same_reference_a_second_time_is_asked_about(prison, client) -> None:
    first = client.post(reverse(URL), order(prison, "Man One, 20", reference="MANY 1/26"))
    assert first.status_code == 302
    asked(client, order(prison, "Man Two, 20", reference="MANY 1/26"), "MANY 1/26")


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("names", "words"),
    [("Golf Manyx, 33\nGolf Manyx, 33", "more than one line"),
     ("Charlie Manyman 35", "has figures in it")],
)  # fmt: skip
def test_a_line_that_surprises_is_asked_about(prison, client, names: str, words: str) -> None:
    asked(client, order(prison, names), words)


@pytest.mark.any_server
@pytest.mark.parametrize("age", ["200", "-5", "2000000000000000000000"])
def test_an_age_that_is_none_becomes_nobodys_name(prison, client, age: str) -> None:
    answer = client.post(reverse(URL), order(prison, f"Delta Manyman, {age}"))
    assert answer.status_code == 422
    assert "Line 1" in answer.context["form"].errors["names"][0]
    assert not Episode.objects.exists()


@pytest.mark.any_server
def test_a_number_is_whoever_has_it_and_never_a_name(prison, client) -> None:
    with clock.at(clock.now() - timedelta(hours=3)):
        held = prison.held(hours=1)
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    sent = order(prison, number)
    answer = client.post(reverse(URL), sent)
    assert answer.status_code == 422
    assert number in str(answer.context["question"].doubts)
    wrong = client.post(reverse(URL), order(prison, "1234567-00"))
    assert "no prisoner has the number" in wrong.context["form"].errors["names"][0]
