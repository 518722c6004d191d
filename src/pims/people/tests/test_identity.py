from datetime import date, timedelta
from uuid import uuid4

import pytest

from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command, Transaction
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused, Stale
from pims.people import selectors, services
from pims.people.models import ConsularNotice, Person
from pims.people.services import LanguageInput, NameInput


def codes(problem):
    return {field: reason.code for field, reason in problem.value.fields.items()}


def test_a_form_opened_before_somebody_else_saved_is_stale(make_person, officer):
    made = make_person("Ana", "Chan")
    services.amend_person(Command(officer), person_id=made.person_id, version=1, sex="female")

    with pytest.raises(Stale):
        services.amend_person(Command(officer), person_id=made.person_id, version=1, sex="male")

    assert selectors.person_detail(officer, made.person_id).header.sex == "female"


def test_the_same_form_sent_twice_changes_once(make_person, officer):
    made = make_person("Ana", "Chan")
    command = Command(officer, uuid4())

    first = services.amend_person(command, person_id=made.person_id, version=1, sex="female")
    again = services.amend_person(command, person_id=made.person_id, version=1, sex="female")

    assert first == again
    assert Person.objects.get(pk=made.person_id).version == 2


def test_a_birth_after_death_is_refused(make_person, officer):
    made = make_person("Ana", "Chan", date(1980, 1, 1))
    today = clock.today("America/Belize")
    services.record_death(Command(officer), person_id=made.person_id, died_on=today)

    with pytest.raises(InvalidInput) as problem:
        services.amend_person(
            Command(officer),
            person_id=made.person_id,
            version=2,
            birth_date=today + timedelta(days=3),
            birth_precision="day",
        )
    assert codes(problem) == {"birth_date": "people.born_in_future"}


def test_a_death_before_the_birth_on_record_is_recorded_and_the_birth_can_be_put_right(
    make_person, officer
):
    made = make_person("Ana", "Chan", date(1980, 1, 1))

    services.record_death(Command(officer), person_id=made.person_id, died_on=date(1979, 12, 31))

    assert Person.objects.get(pk=made.person_id).died_on == date(1979, 12, 31)
    services.amend_person(
        Command(officer),
        person_id=made.person_id,
        version=2,
        birth_date=date(1940, 1, 1),
        birth_precision="day",
    )
    assert Person.objects.get(pk=made.person_id).birth_date == date(1940, 1, 1)


def test_who_disputes_his_age_is_a_juvenile_until_it_is_decided(make_person, officer):
    made = make_person("Ana", "Chan", date(1990, 1, 1), age_disputed=True)

    def juvenile():
        return selectors.person_headers(officer, [made.person_id])[made.person_id].is_juvenile

    assert juvenile()

    services.decide_age(
        Command(officer), person_id=made.person_id, decision="adult", reason="Birth certificate"
    )

    assert not juvenile()


def test_a_new_primary_name_heads_the_file_and_the_old_one_still_finds(make_person, officer):
    made = make_person("Ana", "Chan")
    services.add_name(
        Command(officer),
        person_id=made.person_id,
        name=NameInput("Ana", "Gutierrez", "married"),
        make_primary=True,
    )

    detail = selectors.person_detail(officer, made.person_id)
    (hit,) = selectors.search_people(officer, "ana chan")

    assert detail.header.display_name == "GUTIERREZ, Ana"
    assert (hit.person_id, hit.name, hit.found_as) == (
        made.person_id, "GUTIERREZ, Ana", "CHAN, Ana",
    )  # fmt: skip


def test_the_only_name_cannot_be_withdrawn(make_person, officer):
    made = make_person("Ana", "Chan")
    (name,) = selectors.person_detail(officer, made.person_id).names

    with pytest.raises(Refused) as refusal:
        services.withdraw_name(Command(officer), name_id=name.name_id, reason="wrong")

    assert [r.code for r in refusal.value.reasons()] == ["people.only_name"]


def test_a_withdrawn_name_no_longer_finds_and_the_next_heads_the_file(make_person, officer):
    made = make_person("Ana", "Chan")
    (name,) = selectors.person_detail(officer, made.person_id).names
    services.add_name(Command(officer), person_id=made.person_id, name=NameInput("Ana", "Balam"))

    services.withdraw_name(Command(officer), name_id=name.name_id, reason="another woman's")

    detail = selectors.person_detail(officer, made.person_id)
    assert [n.shown for n in detail.names] == ["BALAM, Ana"]
    assert detail.header.display_name == "BALAM, Ana"
    assert selectors.search_people(officer, "chan") == []


def test_languages_and_nationalities_are_as_last_set(make_person, officer):
    made = make_person("Ana", "Chan", nationalities=["GT", "BZ"])
    services.set_nationalities(Command(officer), person_id=made.person_id, countries=["BZ"])
    services.set_languages(
        Command(officer),
        person_id=made.person_id,
        languages=[LanguageInput("kek", reads=False, needs_interpreter=True), LanguageInput("es")],
    )
    services.set_languages(
        Command(officer), person_id=made.person_id, languages=[LanguageInput("kek", reads=False)]
    )

    detail = selectors.person_detail(officer, made.person_id)

    assert detail.nationalities == ("BZ",)
    assert [(x.code, x.reads, x.needs_interpreter) for x in detail.languages] == [
        ("kek", False, False)
    ]


def test_the_consulate_is_told_only_for_who_wants_it(make_person, officer):
    made = make_person("Ana", "Chan")
    told = clock.now() - timedelta(hours=1)
    ask = {"person_id": made.person_id, "country": "HN", "told_at": told}

    with pytest.raises(InvalidInput) as problem:
        services.record_consular_notice(
            Command(officer), **ask, answer="refuses", consulate_told_at=clock.now()
        )
    assert codes(problem) == {"consulate_told_at": "people.consulate_not_wanted"}

    with pytest.raises(InvalidInput) as problem:
        services.record_consular_notice(
            Command(officer), **ask, answer="asylum", consulate_told_at=clock.now()
        )
    assert codes(problem) == {"consulate_told_at": "people.asylum_needs_writing"}

    services.record_consular_notice(
        Command(officer), **ask, answer="wants", consulate_told_at=clock.now()
    )
    (line,) = selectors.person_detail(officer, made.person_id).consular
    assert line.answer == "wants"
    assert ConsularNotice.objects.count() == 1


def test_children_are_shown_only_to_those_who_may_see_confidences(make_person, officer, make_actor):
    made = make_person("Ana", "Chan", date(1990, 1, 1))
    services.add_child(
        Command(officer), person_id=made.person_id, name="Luis Chan", birth_date=date(2015, 6, 1),
        where="Orange Walk", with_whom="his grandmother",
    )  # fmt: skip

    assert [c.name for c in selectors.person_detail(officer, made.person_id).children] == [
        "Luis Chan"
    ]
    assert selectors.person_detail(make_actor("people.view"), made.person_id).children is None


def test_a_child_older_than_its_parent_is_refused(make_person, officer):
    made = make_person("Ana", "Chan", date(1990, 1, 1))

    with pytest.raises(InvalidInput) as problem:
        services.add_child(
            Command(officer), person_id=made.person_id, name="Luis", birth_date=date(1989, 1, 1)
        )

    assert codes(problem) == {"birth_date": "people.born_before_parent"}


def test_a_baby_is_inside_from_entering_until_leaving(make_person, officer):
    made = make_person("Ana", "Chan", date(1990, 1, 1))
    now = clock.now()
    baby = services.record_infant(
        Command(officer),
        person_id=made.person_id,
        name="Baby Chan",
        entered_at=now - timedelta(days=2),
    )
    assert selectors.infants_inside([made.person_id], AsOf(now)) == {made.person_id: 1}

    with pytest.raises(InvalidInput):
        services.record_infant_left(
            Command(officer), infant_id=baby.infant_id, left_at=now - timedelta(days=3),
            left_with="grandmother",
        )  # fmt: skip
    services.record_infant_left(
        Command(officer), infant_id=baby.infant_id, left_at=now - timedelta(days=1),
        left_with="grandmother",
    )  # fmt: skip

    assert selectors.infants_inside([made.person_id], AsOf(now)) == {}
    at_first = now - timedelta(hours=36)
    assert selectors.infants_inside([made.person_id], AsOf(at_first)) == {made.person_id: 1}


@pytest.mark.parametrize(
    "write",
    [
        lambda c, i: services.add_contact(c, person_id=i, kind="lawyer", name="x" * 201),
        lambda c, i: services.add_contact(c, person_id=i, kind="boss", name="Ana"),
        lambda c, i: services.add_contact(c, person_id=i, kind="lawyer", name="A", email="a b@c"),
        lambda c, i: services.add_identifier(c, person_id=i, kind="passport", number="--"),
        lambda c, i: services.add_address(c, person_id=i, lines="1 Road", country="Q1"),
        lambda c, i: services.add_address(
            c, person_id=i, lines="1", lived_from=date(2000, 1, 2), lived_until=date(2000, 1, 1)
        ),
        lambda c, i: services.set_description(c, person_id=i, height_cm=900),
        lambda c, i: services.add_mark(c, person_id=i, kind="tattoo", body_part="", text="x"),
        lambda c, i: services.set_languages(c, person_id=i, languages=[LanguageInput("xxx")]),
        lambda c, i: services.add_photograph(c, person_id=i, kind="front", data=b"MZ not a photo"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_changes(make_person, officer, write):
    made = make_person("Ana", "Chan")

    with pytest.raises(InvalidInput):
        write(Command(officer), made.person_id)

    assert Person.objects.get(pk=made.person_id).version == 1


def test_a_part_that_was_wrong_is_withdrawn_and_no_longer_shown(make_person, officer):
    made = make_person("Ana", "Chan")
    part = services.add_contact(
        Command(officer), person_id=made.person_id, kind="next_of_kin", name="Rosa Chan"
    )

    services.withdraw_part(
        Command(officer), part="contact", part_id=part.part_id, reason="Not her sister"
    )

    assert selectors.person_detail(officer, made.person_id).contacts == ()


def test_nobody_beyond_ones_reach_is_changed_or_known_of(make_person, make_actor, prison):
    made = make_person("Ana", "Chan")
    elsewhere = make_actor("people.view", "people.edit", establishment_id=prison.pk + 1)

    with pytest.raises(NotPermitted):
        services.add_name(
            Command(elsewhere), person_id=made.person_id, name=NameInput("Ana", "Pop")
        )
    with pytest.raises(NotFound):
        selectors.person_detail(elsewhere, made.person_id)
    with pytest.raises(NotFound):
        selectors.resolve_number(elsewhere, made.number)
    assert selectors.search_people(elsewhere, "ana chan") == []


def test_the_juvenile_mark_goes_on_the_eighteenth_birthday_and_not_before(make_person, officer):
    today = clock.today("America/Belize")
    nearly_eighteen = date(today.year - 18, today.month, min(today.day, 28)) + timedelta(days=9)
    almost, grown = (
        make_person(given, "Chan", nearly_eighteen, look_for_matches=False)
        for given in ("Ana", "Juan")
    )
    # A year goes by for one of them.
    born = nearly_eighteen - timedelta(days=400)
    Person.objects.filter(pk=grown.person_id).update(born_earliest=born, born_latest=born)

    assert services.let_come_of_age(Command(officer)) == 1
    assert services.let_come_of_age(Command(officer)) == 0

    labels = {
        i: selectors.person_headers(officer, [i])[i].labels
        for i in (almost.person_id, grown.person_id)
    }
    assert labels == {almost.person_id: ("juvenile",), grown.person_id: ()}


def test_an_age_disputed_while_the_day_turns_keeps_its_mark(make_person, officer, monkeypatch):
    today = clock.today("America/Belize")
    made = make_person("Ana", "Chan", today - timedelta(days=17 * 365))
    grown = today - timedelta(days=19 * 365)
    Person.objects.filter(pk=made.person_id).update(born_earliest=grown, born_latest=grown)
    lock = Transaction.lock_persons

    def disputed_meanwhile(tx, person_ids):
        lock(tx, person_ids)
        Person.objects.filter(pk=made.person_id).update(age_disputed=True)

    monkeypatch.setattr(Transaction, "lock_persons", disputed_meanwhile)
    assert services.let_come_of_age(Command(officer)) == 0
    assert PersonScope.objects.get(person_id=made.person_id).labels == ["juvenile"]
