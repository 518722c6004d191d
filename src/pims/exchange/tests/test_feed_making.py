"""What happened in the prison, as the messages that tell of it."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from pims.custody import services as custody
from pims.custody.tests.conftest import other_prison
from pims.custody.tests.prison import Prison
from pims.exchange.feed.making import make
from pims.exchange.models import FacetsSeen, Message, Published, ShelfRow
from pims.exchange.shelving import forget_seen, shelve
from pims.exchange.tests.feed import Follower
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.kernel import clock
from pims.people.services import NameInput, create_person

__all__ = ["other_prison"]


@pytest.fixture
def prison(system_actor: Actor) -> Prison:
    return Prison.build(system_actor)


@pytest.fixture
def follower(prison: Prison) -> Follower:
    return Follower()


def _types(messages: list[Message]) -> list[str]:
    return [m.type for m in messages]


def _of(messages: list[Message], kind: str) -> Message:
    (found,) = [m for m in messages if m.type == kind]
    return found


def test_what_a_test_system_records_is_told_to_nobody(
    prison: Prison, follower: Follower, settings: Settings
) -> None:
    settings.PIMS_TEST_SYSTEM = True
    prison.held()
    made = follower.follow()
    assert {(one.origin, one.state) for one in made} == {("test", "held")}
    assert not Published.objects.exists()


def test_who_is_received_is_told_of_once_and_is_on_the_shelf(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    made = follower.follow()
    assert _types(made) == ["admitted", "order_recorded"]
    admitted = made[0]
    assert {"held:now", "establishment:TST"} <= set(admitted.facets_after)
    assert ShelfRow.objects.filter(person_id=held.person_id, kind="custody").exists()
    assert list(Published.objects.order_by("position").values_list("position", "message_id")) == [
        (1, made[0].pk), (2, made[1].pk),
    ]  # fmt: skip


def test_the_same_event_again_tells_nothing_more(prison: Prison, follower: Follower) -> None:
    prison.held()
    events = follower.records()
    follower.follow()
    assert [m for event in events for m in make(event)] == []
    assert Message.objects.count() == 2


def test_a_release_says_what_was_so_before_though_the_shelf_had_moved_on(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    follower.follow()
    custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
    )
    # A page, the night's round or an earlier event of the same change may have come first.
    shelve([held.person_id])
    released = _of(follower.follow(), "released")
    assert {"held:now", "legal:unsentenced", "establishment:TST"} <= set(released.facets_before)
    assert "held:before" not in released.facets_before
    assert {"held:before", "end:discharged_at_court"} <= set(released.facets_after)
    assert "held:now" not in released.facets_after
    assert released.facts["custody.end_kind"] == "discharged_at_court"


def test_both_are_told_rightly_of_one_who_came_and_went_before_anybody_looked(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
    )
    made = follower.follow()
    admitted, released = _of(made, "admitted"), _of(made, "released")
    assert "held:now" in admitted.facets_after
    assert "held:now" in released.facets_before
    assert "held:before" in released.facets_after


def test_an_escape_and_the_way_back_are_told(prison: Prison, follower: Follower) -> None:
    held = prison.held()
    follower.follow()
    at = clock.now() - timedelta(minutes=3)
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=at, circumstances="Ran"
    )
    escaped = _of(follower.follow(), "escaped")
    assert escaped.occurred_at == at
    assert "where:in" in escaped.facets_before
    assert "where:at_large" in escaped.facets_after
    custody.record_recapture(prison.command, episode_id=held.episode_id)
    assert _types(follower.follow()) == ["recaptured"]


def test_an_escape_that_never_was_is_taken_back_once(prison: Prison, follower: Follower) -> None:
    held = prison.held()
    custody.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now(), circumstances="Ran"
    )
    escaped = _of(follower.follow(), "escaped")
    custody.take_back_escape(
        prison.command, episode_id=held.episode_id, reason="He was in the yard"
    )
    (taken_back,) = follower.follow()
    assert (taken_back.type, taken_back.judged_as) == ("retraction", "escaped")
    assert taken_back.retracts_id == escaped.pk
    assert taken_back.because == "never_was"
    assert set(taken_back.facets_after) == set(escaped.facets_after)


def test_who_was_never_held_has_the_reception_taken_back(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    admitted = _of(follower.follow(), "admitted")
    custody.record_never_held(
        prison.command, episode_id=held.episode_id, version=1, reason="Keyed twice"
    )
    (taken_back,) = [m for m in follower.follow() if m.type == "retraction"]
    assert taken_back.retracts_id == admitted.pk


def test_who_did_not_come_back_is_absent_and_returned_when_back(
    prison: Prison, follower: Follower
) -> None:
    held, other = prison.held("Juan Perez"), prison.held("Jose Chan")
    out, fine = prison.out(held.person_id, other.person_id)
    prison.back(escort_id=out, outcome="not_returned", not_returned_because="court")
    prison.back(escort_id=fine, outcome="same_warrant")
    made = follower.follow()
    assert [m.person_id for m in made if m.type == "absent"] == [held.person_id]
    assert "returned" not in _types(made)
    prison.back(escort_id=out, outcome="same_warrant")
    assert _types(follower.follow()) == ["returned"]


def test_a_transfer_is_one_message_and_no_release(
    prison: Prison, other_prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    follower.follow()
    custody.record_transfer(
        prison.command, episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )  # fmt: skip
    (moved,) = follower.follow()
    assert moved.type == "transferred"
    assert {"held:now", "establishment:TST"} <= set(moved.facets_before)
    assert {"held:now", "establishment:OTH"} <= set(moved.facets_after)


def test_a_death_is_told_as_a_death(prison: Prison, follower: Follower) -> None:
    held = prison.held()
    follower.follow()
    custody.record_death(prison.command, episode_id=held.episode_id)
    assert _types(follower.follow()) == ["died"]


def test_joined_records_are_told_with_both_numbers(prison: Prison, follower: Follower) -> None:
    first = prison.held().person_id
    second = create_person(
        prison.command, names=[NameInput(given="Juan", family="Peres")],
        establishment_id=prison.establishment_id,
    ).person_id  # fmt: skip
    follower.follow()
    custody.merge_people(
        prison.command, person_id=second, into_person_id=first, reason="The same man"
    )
    merged = _of(follower.follow(), "identity_merged")
    assert merged.person_id == first
    assert merged.number != merged.other_number
    assert {merged.number, merged.other_number} == {
        str(ShelfRow.objects.get(person_id=first, kind="person").fields["number"]),
        *map(str, ShelfRow.objects.get(person_id=first, kind="person").fields["earlier_numbers"]),
    }


def test_a_file_that_is_sealed_seals_what_was_told_of_it(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    message = _of(follower.follow(), "admitted")
    assert (message.labels, message.labels_now) == ([], [])
    PersonScope.objects.filter(person_id=held.person_id).update(sealed=True)
    shelve([held.person_id])
    message.refresh_from_db()
    assert (message.labels, message.labels_now) == ([], ["sealed"])
    PersonScope.objects.filter(person_id=held.person_id).update(sealed=False)
    shelve([held.person_id])
    message.refresh_from_db()
    assert message.labels_now == []


def test_what_custody_was_is_forgotten_in_time_but_for_the_last(
    prison: Prison, follower: Follower
) -> None:
    held = prison.held()
    follower.follow()
    custody.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 4/26"
    )
    follower.follow()
    seen = FacetsSeen.objects.filter(person_id=held.person_id).order_by("pk")
    assert seen.count() == 2
    forget_seen(before=clock.now() - timedelta(days=1))
    assert seen.count() == 2
    forget_seen(before=clock.now() + timedelta(seconds=1))
    (last,) = seen
    assert "held:before" in last.facets
