from datetime import date

from pims.foundation.commands.transaction import Command
from pims.people import selectors, services
from pims.people.services import NameInput


def near(viewer, given, family, **more):
    found = selectors.near_persons(viewer, names=[NameInput(given, family)], **more)
    return [(line.other.person_id, line.reasons) for line in found]


def test_a_near_name_is_shown_before_the_birth_is_known(make_person, officer):
    made = make_person("Marvin Alberto", "Gutierrez", date(1990, 3, 4))

    assert [person for person, _ in near(officer, "Marvin", "Gutieres")] == [made.person_id]


def test_a_shared_document_is_near_whatever_the_name(make_person, officer):
    made = make_person("Marvin", "Gutierrez")
    services.add_identifier(
        Command(officer), person_id=made.person_id, kind="passport", number="P-0123 456"
    )

    ((person, reasons),) = near(officer, "Juan", "Pop", documents=[("passport", "p0123456")])

    assert person == made.person_id
    assert "same_document" in reasons


def test_a_swapped_day_and_month_is_noticed(make_person, officer):
    made = make_person("Marvin", "Gutierrez", date(1990, 3, 4))

    ((person, reasons),) = near(officer, "Marvin", "Gutierrez", birth_date=date(1990, 4, 3))

    assert person == made.person_id
    assert "birth_day_and_month_swapped" in reasons


def test_who_is_born_in_another_decade_is_not_near(make_person, officer):
    make_person("Marvin", "Gutierrez", date(1960, 3, 4))

    assert near(officer, "Marvin", "Gutierrez", birth_date=date(1990, 4, 3)) == []


def test_nobody_out_of_reach_is_shown_though_the_pair_is_noted(
    make_person, make_actor, officer, prison
):
    from pims.facilities.models import Establishment

    make_person("Marvin", "Gutierrez", date(1990, 3, 4))
    other = Establishment.objects.create(code="OTHER", name="Other Prison")
    there = make_actor("people.view", "people.edit", establishment_id=other.pk)

    assert near(there, "Marvin", "Gutierrez") == []
    made = services.create_person(
        Command(there),
        names=[NameInput("Marvin", "Gutierrez")],
        birth_date=date(1990, 3, 4),
        establishment_id=other.pk,
    )

    assert len(made.possible_match_ids) == 1
    assert selectors.possible_matches(there, made.person_id) == []
    assert len(selectors.possible_matches(officer, made.person_id)) == 1
