import random
from datetime import date

import pytest

from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerEntry
from pims.kernel.errors import NotPermitted
from pims.people import selectors, services
from pims.people.services import NameInput


def found(viewer, text, **more):
    return [hit.person_id for hit in selectors.search_people(viewer, text, **more)]


@pytest.fixture
def village(make_person):
    names = [
        ("Marvin", "Gutierrez"), ("Jose Luis", "Chuc"), ("Ana", "Q'eq"), ("Delroy", "Usher"),
        ("Heinrich", "Reimer"), ("Petrona", "Choc"), ("Shawn", "Flowers"), ("Tyrone", "Jones"),
        ("Concepcion", "Castellanos"), ("Wilhelm", "Thiessen"), ("Mario", "Xol"),
        ("Rosa", "Nuñez"), ("Juan", "Quetzal"), ("Elmer", "Hernandez"), ("Kevin", "Garcia"),
    ]  # fmt: skip
    return {
        f"{given} {family}": make_person(
            given, family, date(1970 + n, 5, 1), look_for_matches=False
        )
        for n, (given, family) in enumerate(names)
    }


HEARD_OR_MISTYPED = {
    "marvin gutierrez": "Marvin Gutierrez",
    "GUTIERREZ, Marvin": "Marvin Gutierrez",
    "marvn gutieres": "Marvin Gutierrez",
    "gutieres marvin": "Marvin Gutierrez",
    "jose chuck": "Jose Luis Chuc",
    "joseluis chuc": "Jose Luis Chuc",
    "ana keq": "Ana Q'eq",
    "ana q’eq": "Ana Q'eq",
    "delroy ussher": "Delroy Usher",
    "henrich raymer": "Heinrich Reimer",
    "petrona chok": "Petrona Choc",
    "shawnflowers": "Shawn Flowers",
    "shaun flours": "Shawn Flowers",
    "tyron johnes": "Tyrone Jones",
    "consepsion castelanos": "Concepcion Castellanos",
    "vilhelm tiesen": "Wilhelm Thiessen",
    "mario shol": "Mario Xol",
    "rosa nunez": "Rosa Nuñez",
    "rosa NÚÑEZ": "Rosa Nuñez",
    "huan ketzal": "Juan Quetzal",
    "elmer ernandes": "Elmer Hernandez",
    "kevin garsia": "Kevin Garcia",
    "garcia": "Kevin Garcia",
}


def test_a_name_is_found_as_it_was_heard_or_mistyped(village, officer):
    first = {asked: found(officer, asked)[:1] for asked in HEARD_OR_MISTYPED}

    assert first == {
        asked: [village[meant].person_id] for asked, meant in HEARD_OR_MISTYPED.items()
    }


def test_a_year_of_birth_puts_the_right_one_first(make_person, officer):
    made = {
        year: make_person("Maria", "Chan", date(year, 2, 3), look_for_matches=False)
        for year in (1980, 1985, 1990)
    }

    for text, more in (("maria chan 1985", {}), ("chan, maria 03/02/1985", {}),
                       ("mria chan", {"birth_year": 1985})):  # fmt: skip
        assert found(officer, text, **more)[0] == made[1985].person_id


def test_a_year_that_is_one_off_still_finds(make_person, officer):
    made = make_person("Maria", "Chan", date(1985, 2, 3))

    assert found(officer, "maria chan 1986") == [made.person_id]


def test_whoever_has_no_known_birth_is_found_with_a_year(make_person, officer):
    made = make_person("Maria", "Chan")

    assert found(officer, "maria chan 1986") == [made.person_id]


def test_results_come_while_the_last_word_is_typed(village, officer):
    assert found(officer, "marvin gut", unfinished=True) == [village["Marvin Gutierrez"].person_id]
    assert found(officer, "quet", unfinished=True)[0] == village["Juan Quetzal"].person_id


def test_a_number_is_read_in_any_spelling(village, officer):
    made = village["Mario Xol"]
    seven, check = made.number.split("-")
    for text in (
        made.number, seven + check, f" {seven} {check} ", f"#{seven}-{check}", seven,
        f"{seven}.{check}",
    ):  # fmt: skip
        (hit,) = selectors.search_people(officer, text)

        assert (hit.person_id, hit.how) == (made.person_id, "number")


def test_a_wrong_check_digit_is_explained_and_the_number_meant_is_offered(village, officer):
    number = village["Mario Xol"].number
    digit = "5" if number[2] != "5" else "6"
    wrong = number[:2] + digit + number[3:]

    remark = selectors.explain_number(officer, wrong)

    assert remark is not None
    assert remark.code == "people.number_check_fails"
    assert number in remark.numbers
    assert village["Mario Xol"].person_id in found(officer, wrong)
    assert selectors.explain_number(officer, number) is None
    assert selectors.explain_number(officer, "marvin") is None


def test_a_document_finds_however_it_is_written(village, officer):
    made = village["Mario Xol"]
    services.add_identifier(
        Command(officer), person_id=made.person_id, kind="passport", number="P-0123 456"
    )

    for text in ("p0123456", "P 0123456", "P-0123 456"):
        hit = selectors.search_people(officer, text)[0]
        assert (hit.person_id, hit.how) == (made.person_id, "document")


def test_a_street_name_finds_and_says_so(village, officer):
    made = village["Delroy Usher"]
    services.add_name(
        Command(officer), person_id=made.person_id, name=NameInput("Tiger Bone", "", "street")
    )

    (hit,) = selectors.search_people(officer, "taiger bone")

    assert (hit.person_id, hit.how, hit.found_as) == (made.person_id, "street", "Tiger Bone")


def test_what_was_read_is_in_the_ledger_with_its_subjects(village, officer):
    hits = found(officer, "marvin gutierrez")

    entry = LedgerEntry.objects.get(kind="read")
    assert entry.actor_id == officer.user_id
    assert entry.person_ids == hits


def test_nobody_out_of_reach_is_found(village, make_actor, prison):
    elsewhere = make_actor("people.view", establishment_id=prison.pk + 1)

    assert found(elsewhere, "marvin gutierrez") == []
    assert found(elsewhere, village["Mario Xol"].number) == []
    assert selectors.explain_number(elsewhere, village["Mario Xol"].number).numbers == ()
    with pytest.raises(NotPermitted):
        selectors.search_people(make_actor(), "marvin")


STRANGE = (
    "", "   ", "%", "_", "'; DROP TABLE people_search; --", "x" * 10_000, "\x00", "\u202e", "{}",
    "1", "99999999999999999999", "1985", "🐯", "(((", "a b c d e f g h i j k l m n o p q",
)  # fmt: skip


def test_no_question_is_too_strange(village, officer):
    for text in STRANGE:
        assert isinstance(selectors.search_people(officer, text, unfinished=True), list)
    assert found(officer, "mario xol") == [village["Mario Xol"].person_id]


def test_rebuilding_the_index_changes_nothing(village, officer, fresh_index):
    rng = random.Random(1)
    questions = rng.sample(sorted(village), 6)
    before = [found(officer, text) for text in questions]

    fresh_index()

    assert [found(officer, text) for text in questions] == before


@pytest.fixture
def fresh_index(village):
    """Search rows made anew for everybody."""
    from pims.people.models import NameWord, PersonSearch
    from pims.people.search import index

    def rebuild():
        PersonSearch.objects.all().delete()
        NameWord.objects.all().delete()
        index.refresh([made.person_id for made in village.values()])

    return rebuild
