"""What is kept ready of a person, as the rooms below know them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pims.custody import services as custody
from pims.custody.tests.prison import Prison, man
from pims.exchange.models import LookupKey, ShelfDue, ShelfRow
from pims.exchange.shelving import shelve
from pims.exchange.shelving.lookup_keys import name_birth_key, number_key
from pims.exchange.shelving.sweep import shelve_everybody, sweep_due
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.kernel import clock
from pims.people.services import NameInput, create_person
from pims.safety import services as safety


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


def _row(person_id: int, kind: str = "custody") -> ShelfRow:
    return ShelfRow.objects.get(person_id=person_id, kind=kind)


def _kinds(person_id: int) -> set[str]:
    return set(ShelfRow.objects.filter(person_id=person_id).values_list("kind", flat=True))


def _keys(person_id: int) -> set[tuple[str, str]]:
    return set(LookupKey.objects.filter(person_id=person_id).values_list("kind", "key"))


def test_somebody_held_on_remand_is_on_the_shelf_as_held(prison: Prison) -> None:
    held = prison.held("Juan Perez")
    change = shelve([held.person_id])[held.person_id]
    row = _row(held.person_id)
    assert row.fields["held"] is True
    assert (row.fields["establishment"], row.fields["legal_status"]) == ("TST", "unsentenced")
    assert {"held:now", "where:in", "establishment:TST", "legal:unsentenced", "sex:male",
            "everyone:yes"} <= set(row.facets)  # fmt: skip
    assert change.facets_before == frozenset()
    assert change.facets_after == set(row.facets)
    assert change.changed
    assert _kinds(held.person_id) == {"person", "custody", "episode", "warrant", "hearing"}
    born = date(1990, 5, 4)
    assert ("name_birth", name_birth_key("PÉREZ", "juan carlos", born)) in _keys(held.person_id)
    assert ("number", number_key(change.number)) in _keys(held.person_id)
    assert not shelve([held.person_id])[held.person_id].changed


def test_the_next_day_in_court_is_a_hearing_though_only_a_paper_names_it(prison: Prison) -> None:
    held = prison.held()
    shelve([held.person_id])
    row = _row(held.person_id, "hearing")
    assert row.fields["court_code"] == "MC-BZ"
    assert {"body:MC-BZ", "hearing:open"} <= set(row.facets)


def test_a_bed_in_hospital_is_told_to_nobody_but_as_health(prison: Prison) -> None:
    held = prison.held()
    prison.out(held.person_id, kind="bed_watch")
    shelve([held.person_id])
    row = _row(held.person_id)
    assert (row.fields["whereabouts"], row.fields["out_to"]) == ("out", "other")
    assert row.guarded == {"health": {"out_to_hospital": True}}


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("health_alert", {"health"}), ("informant", {"protected"}), ("escape_risk", set())],
)
def test_an_alert_carries_the_label_of_what_it_says(
    prison: Prison, kind: str, labels: set[str]
) -> None:
    held = prison.held()
    safety.raise_flag(prison.command, person_id=held.person_id, kind=kind)
    shelve([held.person_id])
    own = set(_row(held.person_id).labels)
    assert set(_row(held.person_id, "alert").labels) == labels | own


def test_a_juvenile_and_a_sealed_file_carry_their_labels_on_every_record(prison: Prison) -> None:
    young = prison.receive(man("Young One", birth_date=clock.now().date() - timedelta(days=6000)))
    person_id = young[0].person_id
    PersonScope.objects.filter(person_id=person_id).update(sealed=True)
    shelve([person_id])
    rows = ShelfRow.objects.filter(person_id=person_id)
    assert rows.count() >= 3
    assert all({"juvenile", "sealed"} <= set(row.labels) for row in rows)


def test_who_escaped_is_at_large_and_stays_held_on_the_books(prison: Prison) -> None:
    held = prison.held()
    shelve([held.person_id])
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    change = shelve([held.person_id])[held.person_id]
    assert "where:in" in change.facets_before
    assert {"held:now", "where:at_large"} <= change.facets_after
    assert "at_large_since" in _row(held.person_id).fields


def test_joined_records_are_one_on_the_shelf_and_both_numbers_find_it(prison: Prison) -> None:
    first, second = prison.held("Juan Perez").person_id, _made(prison, "Juan", "Peres")
    shelve([first, second])
    custody.merge_people(
        prison.command, person_id=second, into_person_id=first, reason="The same man"
    )
    shelve([second])
    assert not ShelfRow.objects.filter(person_id=second).exists()
    assert not LookupKey.objects.filter(person_id=second).exists()
    fields = _row(first, "person").fields
    numbers = [fields["number"], *fields["earlier_numbers"]]
    assert len(numbers) == 2
    assert {key for kind, key in _keys(first) if kind == "number"} == {*map(number_key, numbers)}


def _made(prison: Prison, given: str, family: str) -> int:
    names = [NameInput(given=given, family=family)]
    return create_person(
        prison.command, names=names, establishment_id=prison.establishment_id
    ).person_id


def test_when_the_authority_runs_out_the_shelf_is_due_and_the_sweep_follows(
    prison: Prison,
) -> None:
    held = prison.held()
    shelve([held.person_id])
    due = ShelfDue.objects.get(person_id=held.person_id)
    assert due.due_at == _due(held.person_id)
    assert sweep_due() == 0
    ShelfDue.objects.update(due_at=clock.now() - timedelta(seconds=1))
    assert sweep_due() == 1


def _due(person_id: int) -> object:
    return datetime.fromisoformat(str(_row(person_id).fields["valid_until"]))


def test_who_was_never_held_is_told_as_never_held(prison: Prison) -> None:
    person_id = _made(prison, "Ana", "Coc")
    shelve([person_id])
    assert _row(person_id).fields["held"] is False
    assert _row(person_id).fields.keys() == {"number", "held"}
    assert "held:never" in _row(person_id).facets


def test_the_shelf_of_six_costs_as_many_questions_as_that_of_two(prison: Prison) -> None:
    people = [prison.held(f"Man Number {n}").person_id for n in range(6)]
    shelve(people)

    def cost(ids: list[int]) -> int:
        ShelfRow.objects.filter(person_id__in=ids).update(labels=["juvenile"])
        with CaptureQueriesContext(connection) as taken:
            shelve(ids)
        return len(taken)

    assert cost(people[:2]) == cost(people)


def test_the_whole_shelf_can_be_made_again(prison: Prison) -> None:
    people = [prison.held(f"Man Number {n}").person_id for n in range(3)]
    assert shelve_everybody() == 3
    before = {
        (r.person_id, r.kind, r.record): (r.fields, sorted(r.facets))
        for r in ShelfRow.objects.all()
    }
    ShelfRow.objects.filter(person_id=people[0]).delete()
    ShelfRow.objects.filter(person_id=people[1], kind="custody").update(fields={"held": False})
    shelve_everybody()
    assert before == {
        (r.person_id, r.kind, r.record): (r.fields, sorted(r.facets))
        for r in ShelfRow.objects.all()
    }
