from datetime import date

import pytest

from pims.foundation.commands.transaction import Command
from pims.kernel.errors import InvalidInput, Refused
from pims.people import selectors, services
from pims.people.models import Person, PersonName
from pims.people.services import NameInput


@pytest.fixture
def twice(make_person):
    """One man under two names: the older record and the newer."""
    return make_person("Marvin", "Gutierrez", date(1990, 3, 4)), make_person("Tiger", "Gutz")


def merge(officer, person, into, *, overlapping=False, reason="Same fingerprints"):
    return services.merge_persons(
        Command(officer),
        person_id=person.person_id,
        into_person_id=into.person_id,
        reason=reason,
        overlapping=overlapping,
    )


def test_the_old_number_leads_to_the_person_for_ever(twice, officer):
    old, new = twice

    merge(officer, new, old)

    assert selectors.resolve_number(officer, new.number) == old.person_id
    (hit,) = selectors.search_people(officer, new.number)
    assert (hit.person_id, hit.number, hit.asked_number) == (
        old.person_id, old.number, new.number,
    )  # fmt: skip


def test_no_row_is_moved(twice, officer):
    old, new = twice
    before = list(PersonName.objects.order_by("id").values_list("id", "person_id"))

    merge(officer, new, old)

    assert list(PersonName.objects.order_by("id").values_list("id", "person_id")) == before


def test_every_name_of_both_finds_the_one_person(twice, officer):
    old, new = twice
    merge(officer, new, old)

    for text in ("tiger gutz", "marvin gutierrez"):
        assert [h.person_id for h in selectors.search_people(officer, text)] == [old.person_id]
    detail = selectors.person_detail(officer, old.person_id)
    assert [name.shown for name in detail.names] == ["GUTIERREZ, Marvin", "GUTZ, Tiger"]
    assert [other.number for other in detail.merged] == [new.number]
    assert selectors.person_detail(officer, new.person_id).merged_into == old.number


def test_it_is_refused_while_custody_of_the_two_overlaps(twice, officer):
    old, new = twice

    with pytest.raises(Refused) as refusal:
        merge(officer, new, old, overlapping=True)

    assert [r.code for r in refusal.value.reasons()] == ["people.custody_overlaps"]
    assert not Person.objects.filter(canonical__isnull=False).exists()


def test_a_record_is_not_merged_into_itself_nor_twice_nor_into_a_merged_one(
    twice, make_person, officer
):
    old, new = twice
    third = make_person("Juan", "Pop")
    merge(officer, new, old)

    for person, into in ((old, old), (new, third), (third, new)):
        with pytest.raises(Refused):
            merge(officer, person, into)


def test_a_merge_needs_a_reason(twice, officer):
    with pytest.raises(InvalidInput):
        merge(officer, *twice, reason=" ")


def test_merges_may_be_chained(twice, make_person, officer):
    old, new = twice
    oldest = make_person("Marvin", "Guttierrez")
    merge(officer, new, old)
    merge(officer, old, oldest)

    assert selectors.resolve_number(officer, new.number) == oldest.person_id
    assert selectors.persons_of(new.person_id) == {p.person_id for p in (old, new, oldest)}
    assert [h.person_id for h in selectors.search_people(officer, "tiger gutz")] == [
        oldest.person_id
    ]


def test_a_wrong_merge_is_unmade(twice, officer):
    old, new = twice
    merge(officer, new, old)

    services.unmerge_persons(
        Command(officer), person_id=new.person_id, reason="They stand side by side"
    )

    assert selectors.resolve_number(officer, new.number) == new.person_id
    assert [h.person_id for h in selectors.search_people(officer, "tiger gutz")] == [new.person_id]


def test_a_merged_record_is_no_longer_changed(twice, officer):
    old, new = twice
    merge(officer, new, old)

    with pytest.raises(Refused) as refusal:
        services.add_name(Command(officer), person_id=new.person_id, name=NameInput("Tiger", "Pop"))

    assert [r.code for r in refusal.value.reasons()] == ["people.record_is_merged"]


def test_a_possible_match_is_decided_with_a_reason_and_joins_nothing(make_person, officer):
    old = make_person("Marvin", "Gutierrez", date(1990, 3, 4))
    new = make_person("Marvin", "Gutierres", date(1990, 3, 4))
    (match,) = new.possible_match_ids

    with pytest.raises(InvalidInput):
        services.decide_possible_match(Command(officer), match_id=match, decision="different")
    services.decide_possible_match(
        Command(officer), match_id=match, decision="different", reason="His brother"
    )

    assert selectors.possible_matches(officer, new.person_id) == []
    assert selectors.ids_canonical([old.person_id, new.person_id]) == {
        old.person_id: old.person_id, new.person_id: new.person_id,
    }  # fmt: skip
