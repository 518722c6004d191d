from datetime import date, timedelta

import pytest
from django.db import connection

from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted
from pims.kernel.numbers import parse_prisoner_number
from pims.people import selectors, services
from pims.people.models import Person, PersonName
from pims.people.services import NameInput


def fields(problem: pytest.ExceptionInfo[InvalidInput]) -> dict[str, str]:
    return {field: reason.code for field, reason in problem.value.fields.items()}


def test_everybody_gets_a_number_of_their_own_that_checks(make_person):
    numbers = {make_person("Ana", "Chan", look_for_matches=False).number for _ in range(20)}

    assert len(numbers) == 20
    assert all(parse_prisoner_number(number) == number for number in numbers)


def test_a_person_of_whom_nothing_is_known_gets_a_number(make_person, officer):
    made = make_person()

    header = selectors.person_headers(officer, [made.person_id])[made.person_id]
    assert header.number == made.number
    assert header.display_name == ""
    assert header.age is None


def test_the_same_command_twice_makes_one_person(officer, prison):
    command = Command(officer)
    ask = {"names": [NameInput("Ana", "Chan")], "establishment_id": prison.pk}

    first = services.create_person(command, **ask)
    again = services.create_person(command, **ask)

    assert first == again
    assert Person.objects.count() == 1


def test_a_number_does_not_wait_for_a_possible_match(make_person, officer):
    old = make_person("Marvin", "Gutierrez", date(1990, 3, 4))

    new = make_person("Marvin", "Gutieres", date(1990, 3, 4))

    assert new.number != old.number
    (match,) = selectors.possible_matches(officer, new.person_id)
    assert match.other.person_id == old.person_id
    assert match.match_id in new.possible_match_ids
    assert {"name_sounds_alike", "same_birth_date"} <= set(match.reasons)


def test_two_unknown_men_are_not_taken_for_one_another(make_person):
    make_person("Unknown", "Male")

    assert make_person("Unknown", "Male").possible_match_ids == ()


def test_an_officer_who_thinks_to_know_him_is_noted(make_person, officer):
    old = make_person("Tiger", "")

    new = make_person(possible_match_with=(old.person_id,))

    (match,) = selectors.possible_matches(officer, new.person_id)
    assert match.reasons == ("officer_says",)


@pytest.mark.parametrize(
    ("name", "field", "code"),
    [
        (NameInput("x" * 10_000, "Chan"), "given", "people.name_too_long"),
        (NameInput("Ana", "x" * 201), "family", "people.name_too_long"),
        (NameInput("Ana\u202egnahC", "Chan"), "given", "people.name_reorders"),
        (NameInput("Ana", "Chan\x00"), "family", "people.name_control_character"),
        (NameInput("A" + "\u0300" * 40, "Chan"), "given", "people.name_too_many_marks"),
        (NameInput("???", "!!"), "family", "people.name_without_letters"),
        (NameInput("\u200b", " "), "family", "people.name_missing"),
        (NameInput("Ana", "Chan", "nickname"), "kind", "people.unknown_choice"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_kept(
    officer, prison, name, field, code
):
    with pytest.raises(InvalidInput) as problem:
        services.create_person(Command(officer), names=[name], establishment_id=prison.pk)

    assert fields(problem) == {field: code}
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        "🐯 Tiger",
        "'; DROP TABLE people_person; --",
        "<script>alert(1)</script>",
        '=HYPERLINK("x")',
        "Q'eqchi' Máx",
        "محمد",
        "李小龙",
        "%s {0} $1 \\x41",
    ],
)
def test_a_name_is_kept_as_given_and_found_again(make_person, officer, given):
    made = make_person(given, "Nuñez")

    detail = selectors.person_detail(officer, made.person_id)

    assert detail.names[0].given == given
    assert [hit.person_id for hit in selectors.search_people(officer, f"{given} nunez")] == [
        made.person_id
    ]


def test_a_birth_in_the_future_is_refused(officer, prison):
    with pytest.raises(InvalidInput) as problem:
        services.create_person(
            Command(officer),
            names=[NameInput("Ana", "Chan")],
            birth_date=clock.today("America/Belize") + timedelta(days=1),
            birth_precision="day",
            establishment_id=prison.pk,
        )

    assert fields(problem) == {"birth_date": "people.born_in_future"}


def test_without_the_permission_nobody_is_made(make_actor, prison):
    with pytest.raises(NotPermitted):
        services.create_person(Command(make_actor("people.view")), establishment_id=prison.pk)

    assert not Person.objects.exists()


def test_a_juvenile_is_reached_only_by_those_who_may_see_juveniles(
    make_person, make_actor, officer, prison
):
    child = make_person("Ana", "Chan", clock.today("America/Belize") - timedelta(days=365 * 15))

    ordinary = make_actor("people.view", labels=["ordinary"])

    assert selectors.person_headers(officer, [child.person_id])[child.person_id].is_juvenile
    assert selectors.person_headers(ordinary, [child.person_id]) == {}
    assert PersonScope.objects.get(pk=child.person_id).labels == ["juvenile"]


def test_one_living_primary_name_is_all_the_database_allows(make_person):
    from django.db import IntegrityError, transaction

    made = make_person("Ana", "Chan")
    name = PersonName.objects.get(person_id=made.person_id)
    name.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        name.save(force_insert=True)
    connection.check_constraints()
