"""What was recorded about a person, and who read it, is told to those who may know."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope, User
from pims.foundation.ledger.append import append_entry, append_read
from pims.foundation.ledger.selectors import entries_for_person, newest_checkpoint, who_read
from pims.foundation.ledger.tests.conftest import NOON
from pims.kernel.errors import NotFound, NotPermitted

ActorMaker = Callable[..., Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(system_actor: Actor) -> int:
    return make_person(1)


def make_person(serial: int, **scope: object) -> int:
    model = apps.get_model("people", "Person")
    made = model.objects.create(
        number=f"{serial:07d}-00",
        created_at=NOON,
        recorded_by_id=User.objects.filter(kind="system").values_list("pk", flat=True)[0],
    )
    PersonScope.objects.create(person=made, **scope)
    return int(made.pk)


def record(actor: Actor, *persons: int, number: int = 0, **details: object) -> None:
    append_entry(
        kind="test.happened",
        actor_id=actor.user_id,
        command_id=None,
        person_ids=persons,
        establishment_id=None,
        body={"number": number},
        details=details,
        at=NOON + timedelta(minutes=number),
    )


def test_the_timeline_is_newest_first_and_goes_on_from_page_to_page(
    person: int, make_actor: ActorMaker
) -> None:
    viewer = make_actor("people.view")
    for number in range(5):
        record(viewer, person, number=number)
    first = entries_for_person(viewer, person, limit=3)
    assert [entry.body["number"] for entry in first] == [4, 3, 2]
    assert {entry.actor_name for entry in first} == {viewer.name}
    rest = entries_for_person(viewer, person, limit=3, before=first[-1].serial)
    assert [entry.body["number"] for entry in rest] == [1, 0]
    assert all(entry.position is None for entry in rest)


def test_the_timeline_holds_the_records_that_were_merged(
    person: int, make_actor: ActorMaker
) -> None:
    viewer = make_actor("people.view")
    other = make_person(2)
    record(viewer, person, number=1)
    record(viewer, other, number=2)
    found = entries_for_person(viewer, person, merged_ids=[other])
    assert [entry.body["number"] for entry in found] == [2, 1]


def test_details_are_shown_of_persons_that_the_viewer_may_see(
    person: int, make_actor: ActorMaker
) -> None:
    viewer = make_actor("people.view", labels=["ordinary"])
    hidden = make_person(2, labels=["protected"])
    record(viewer, person, hidden, number=1, name="Ana")
    record(viewer, hidden, person, number=2, name="Luis")
    hers, his = entries_for_person(viewer, person)[::-1]
    assert hers.details == {"name": "Ana"}
    assert his.details is None


def test_whoever_may_not_see_the_person_sees_no_timeline(
    person: int, make_actor: ActorMaker
) -> None:
    hidden = make_person(2, labels=["protected"])
    with pytest.raises(NotPermitted):
        entries_for_person(make_actor("live.view"), person)
    with pytest.raises(NotFound):
        entries_for_person(make_actor("people.view", labels=["ordinary"]), hidden)


def test_readings_are_told_apart_from_changes(person: int, make_actor: ActorMaker) -> None:
    auditor = make_actor("people.view", "ledger.view")
    record(auditor, person)
    append_read(
        actor_id=auditor.user_id,
        page="custody.roll",
        person_ids=[person, 98, 99],
        establishment_id=None,
        at=NOON,
    )
    assert [entry.kind for entry in entries_for_person(auditor, person)] == ["test.happened"]
    (reading,) = who_read(auditor, person)
    assert (reading.page, reading.persons) == ("custody.roll", 2)
    assert reading.actor_name == auditor.name
    with pytest.raises(NotPermitted):
        who_read(make_actor("people.view"), person)


def test_a_page_of_the_timeline_is_a_constant_number_of_queries(
    person: int,
    make_actor: ActorMaker,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    viewer = make_actor("people.view")
    for number in range(20):
        record(viewer, person, number=number, name="Ana")
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        assert len(entries_for_person(viewer, person)) == 20


def test_before_anything_was_signed_there_is_no_checkpoint() -> None:
    assert newest_checkpoint() is None
