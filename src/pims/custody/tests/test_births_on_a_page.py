"""A birth changed on a person's own page is asked about where it fits no reception."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from pims.custody import services
from pims.custody.tests.prison import Prison, man
from pims.kernel import clock
from pims.people.models import Person
from pims.people.web.forms import IdentityForm
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison):
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def identity(person: Person, day: date | None, **more: object) -> dict[str, object]:
    given = {} if day is None else {
        "birth_date_day": day.day, "birth_date_month": day.month, "birth_date_year": day.year,
    }  # fmt: skip
    return {
        "command_id": str(uuid4()), "version": person.version, "sex": "male", "gender": "man",
        "birth_precision": "unknown" if day is None else "day", "birth_place": "", **given, **more,
    }  # fmt: skip


def held(prison: Prison, **more: object) -> Person:
    receipt = prison.receive(man("Juan Perez", birth_date=date(1990, 5, 4), **more))[0]
    return Person.objects.get(pk=receipt.person_id)


def test_a_birth_after_the_reception_is_asked_about_and_saved_on_yes(prison, client) -> None:
    person = held(prison)
    page = reverse("people:edit", args=[person.pk, "identity"])
    lately = clock.today("America/Belize") - timedelta(days=300)
    sent = identity(person, lately)
    asked = client.post(page, sent)
    assert asked.status_code == 422
    text = asked.content.decode()
    assert "years old at reception. Is it right?" in text
    assert 'href="#id_birth_date_day"' in text
    assert str(lately.year) in text, "what was typed is still there"
    person.refresh_from_db()
    assert person.birth_date == date(1990, 5, 4)
    assert client.post(page, sent | {"sure": asked.context["question"].mark}).status_code == 302
    person.refresh_from_db()
    assert person.birth_date == lately


def test_an_age_said_at_the_gate_that_the_birth_contradicts_is_asked_about(prison, client) -> None:
    person = held(prison, age_as_given=36)
    page = reverse("people:edit", args=[person.pk, "identity"])
    asked = client.post(page, identity(person, date(1960, 5, 4)))
    assert asked.status_code == 422
    assert "the age given was 36" in asked.content.decode()
    assert client.post(page, identity(person, date(1991, 5, 4))).status_code == 302


def test_a_birth_before_any_reception_of_long_ago_is_what_counts(prison, client) -> None:
    early = clock.now() - timedelta(days=3000)
    receipt = prison.one(at=early)
    person = Person.objects.get(pk=receipt.person_id)
    day = (early + timedelta(days=400)).date()
    asked = client.post(reverse("people:edit", args=[person.pk, "identity"]), identity(person, day))
    assert asked.status_code == 422
    assert "before the birth" in asked.content.decode()


def test_a_birth_that_stays_or_is_taken_out_is_asked_nothing(prison, client) -> None:
    strange = clock.today("America/Belize") - timedelta(days=400)
    receipt = prison.receive(man("Juan Perez", birth_date=strange))[0]
    person = Person.objects.get(pk=receipt.person_id)
    page = reverse("people:edit", args=[person.pk, "identity"])
    assert client.post(page, identity(person, strange, birth_place="Dangriga")).status_code == 302
    person.refresh_from_db()
    assert client.post(page, identity(person, None)).status_code == 302


def test_a_stay_that_never_was_asks_about_nobody(prison, client) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3000))
    services.record_never_held(
        prison.command, episode_id=receipt.episode_id, version=1, reason="Another man"
    )
    person = Person.objects.get(pk=receipt.person_id)
    day = clock.today("America/Belize") - timedelta(days=9 * 365)
    answer = client.post(
        reverse("people:edit", args=[person.pk, "identity"]), identity(person, day)
    )
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("day", "month", "precision"), [("", "", "year"), ("", "5", "month"), ("4", "5", "day")]
)
def test_what_was_typed_is_not_thrown_away_because_not_known_still_stands_beside_it(
    day: str, month: str, precision: str
) -> None:
    form = IdentityForm(
        {
            "version": "1", "sex": "male", "gender": "man", "birth_precision": "unknown",
            "birth_date_day": day, "birth_date_month": month, "birth_date_year": "1990",
        }
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.cleaned_data["birth_precision"] == precision
    assert form.cleaned_data["birth_date"].year == 1990
