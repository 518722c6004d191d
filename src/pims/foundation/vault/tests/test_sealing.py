"""What is promised to whom a sealed record belongs."""

from collections.abc import Callable

import pytest

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import visible_ids
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.models import Sealing
from pims.foundation.vault.sealing import seal_person, unseal_person
from pims.foundation.vault.tests.people import make_person
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused

MakeActor = Callable[..., Actor]


def test_a_sealed_person_is_known_only_to_who_may_see_sealed_files(make_actor: MakeActor) -> None:
    person_id = make_person()
    officer = make_actor("people.view", "people.seal")
    archivist = make_actor("people.view", "people.seal", "people.view_sealed")
    seal_person(
        Command(officer), person_id=person_id, reason="Released, was 16", order_reference="J 4"
    )
    assert visible_ids(officer, "people.view", [person_id]) == set()
    assert visible_ids(archivist, "people.view", [person_id]) == {person_id}
    with pytest.raises(NotFound):
        unseal_person(Command(officer), person_id=person_id, reason="by mistake")
    unseal_person(Command(archivist), person_id=person_id, reason="Order of the court")
    assert visible_ids(officer, "people.view", [person_id]) == {person_id}
    row = Sealing.objects.get()
    assert (row.order_reference, row.unseal_reason) == ("J 4", "Order of the court")
    assert [h.pgh_label for h in row.history.order_by("pgh_id")] == ["insert", "update"]


def test_sealing_needs_the_permission_and_a_reason_and_happens_once(make_actor: MakeActor) -> None:
    person_id = make_person()
    both = make_actor("people.seal", "people.view_sealed")
    with pytest.raises(NotPermitted):
        seal_person(Command(make_actor("people.view")), person_id=person_id, reason="x")
    with pytest.raises(InvalidInput):
        seal_person(Command(both), person_id=person_id, reason="   ")
    with pytest.raises(Refused):
        unseal_person(Command(both), person_id=person_id, reason="never was")
    seal_person(Command(both), person_id=person_id, reason="x")
    with pytest.raises(Refused):
        seal_person(Command(both), person_id=person_id, reason="again")
    assert PersonScope.objects.get(person_id=person_id).sealed
    assert Sealing.objects.count() == 1


def test_records_that_were_merged_are_sealed_and_opened_together(make_actor: MakeActor) -> None:
    person_id = make_person()
    alias = make_person(canonical_id=person_id)
    both = make_actor("people.seal", "people.view_sealed")
    seal_person(Command(both), person_id=alias, reason="x")
    assert PersonScope.objects.filter(sealed=True).count() == 2
    unseal_person(Command(both), person_id=person_id, reason="y")
    assert not PersonScope.objects.filter(sealed=True).exists()
