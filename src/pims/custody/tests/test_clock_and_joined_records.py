"""A clock that jumps back, a record in two places, and two records of one person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import selectors, services
from pims.custody.models import Episode, Escort, Placement
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.access.models import PersonScope
from pims.foundation.vault.sealing import seal_person
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import Refused
from pims.property import selectors as property_room
from pims.property import services as property_services
from pims.safety import selectors as safety
from pims.safety import services as safety_services

ZONE = "America/Belize"


@contextmanager
def hours_ahead(hours: float) -> Iterator[None]:
    """The clock as it wrongly stood before somebody put it back."""
    with clock.at(clock.now() + timedelta(hours=hours)):
        yield


@pytest.mark.any_server
def test_a_return_on_a_clock_that_went_back_is_recorded_just_after_the_departure(
    prison: Prison,
) -> None:
    held = prison.held()
    with hours_ahead(3):
        (escort_id,) = prison.out(held.person_id)
    prison.back(escort_id=escort_id, outcome="same_warrant")
    escort = Escort.objects.get()
    assert escort.returned_at is not None
    assert escort.returned_at > escort.left_at
    assert escort.clock_disputed
    assert "custody.clock_went_back" in told(held.person_id)


@pytest.mark.any_server
def test_a_discharge_on_a_clock_that_went_back_ends_custody_all_the_same(prison: Prison) -> None:
    held = prison.held()
    with hours_ahead(3):
        prison.place(held.episode_id, "REM A-1/1")
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    episode = Episode.objects.get()
    assert episode.ends_at is not None
    assert episode.clock_disputed
    with hours_ahead(4):
        assert selectors.counts(prison.actor, prison.establishment_id).on_books == 0


NOW = {
    "escape": lambda p, held: services.record_escape(
        p.command, episode_id=held.episode_id, police_told_at=clock.now()
    ),
    "place": lambda p, held: p.put(held.episode_id, "REM A-1/1"),
    "request for a place": lambda p, held: p.place(held.episode_id, "REM A-1/1"),
    "leaving a place": lambda p, held: services.leave_place(p.command, episode_id=held.episode_id),
    "injury": lambda p, held: services.record_injury(
        p.command, episode_id=held.episode_id, description="Cut lip"
    ),
    "escort": lambda p, held: p.out(held.person_id),
    "death": lambda p, held: services.record_death(p.command, episode_id=held.episode_id),
    "removal": lambda p, held: services.record_removal(
        p.command, episode_id=held.episode_id, country="GT"
    ),
    "discharge at court": lambda p, held: services.record_court_discharge(
        p.command, episode_id=held.episode_id
    ),
}


@pytest.mark.parametrize("fact", list(NOW))
def test_no_fact_is_refused_by_a_clock_that_went_back_behind_the_reception(
    prison: Prison, fact: str
) -> None:
    with hours_ahead(1):
        held = prison.one()
    NOW[fact](prison, held)
    (episode,) = Episode.objects.all()
    placements = Placement.objects.filter(episode=episode)
    assert all(row.starts_at > episode.starts_at and row.clock_disputed for row in placements)
    if fact != "leaving a place":  # there was none to leave
        assert "custody.clock_went_back" in told(held.person_id)


@pytest.mark.any_server
def test_who_was_caught_before_the_clock_went_back_is_in_the_cell_and_not_at_large(
    prison: Prison,
) -> None:
    held = prison.held()
    with hours_ahead(3):
        services.record_escape(prison.command, episode_id=held.episode_id)
        services.record_recapture(prison.command, episode_id=held.episode_id)
    prison.put(held.episode_id, "REM A-1/1")
    placement = Placement.objects.get()
    assert placement.ends_at is None
    assert placement.clock_disputed


@pytest.mark.parametrize("fact", ["place", "leaving a place", "escort", "escape"])
def test_two_officers_within_a_moment_of_each_other_put_no_clock_in_doubt(
    prison: Prison, fact: str
) -> None:
    held = prison.held()
    at = clock.now()
    with clock.at(at):
        prison.put(held.episode_id, "REM A-2/1")
        prison.out(held.person_id, kind="hospital")
    with clock.at(at - timedelta(milliseconds=5)):
        NOW[fact](prison, held)
    assert "custody.clock_went_back" not in told(held.person_id)
    assert not Placement.objects.filter(clock_disputed=True).exists()
    assert not Escort.objects.filter(clock_disputed=True).exists()


@pytest.mark.any_server
def test_a_return_within_a_moment_of_the_departure_puts_no_clock_in_doubt(prison: Prison) -> None:
    held = prison.held()
    at = clock.now()
    with clock.at(at):
        (escort_id,) = prison.out(held.person_id)
    with clock.at(at - timedelta(milliseconds=5)):
        prison.back(escort_id=escort_id, outcome="same_warrant")
    escort = Escort.objects.get()
    assert escort.returned_at is not None
    assert escort.returned_at > escort.left_at
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
def test_a_reception_a_little_ahead_of_the_clock_delays_nothing(prison: Prison) -> None:
    held = prison.one(at=clock.now() + timedelta(seconds=90))
    prison.place(held.episode_id, "REM A-1/1")
    assert Placement.objects.get().starts_at > Episode.objects.get().starts_at
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
@pytest.mark.parametrize("end", ["died", "removed", "discharged_at_court"])
@pytest.mark.parametrize("hour", ["the minute of reception", "a clock behind"])
def test_papers_end_with_custody_to_the_instant_and_detain_again_when_it_is_taken_back(
    prison: Prison, end: str, hour: str
) -> None:
    given, at = None, clock.now() + timedelta(hours=1)
    if hour == "the minute of reception":
        at = (clock.now() - timedelta(hours=2)).replace(second=40)
        given = at.replace(second=0)
    with clock.at(max(at, clock.now())):
        held = prison.one(at=at)
        prison.remand(held.person_id, at=at)
    if end == "died":
        services.record_death(prison.command, episode_id=held.episode_id, happened_at=given)
    elif end == "removed":
        services.record_removal(
            prison.command, episode_id=held.episode_id, happened_at=given, country="GT"
        )
    else:
        services.record_court_discharge(
            prison.command, episode_id=held.episode_id, happened_at=given, order_seen="MC 1/26"
        )
    services.take_back_end(prison.command, episode_id=held.episode_id, reason="Another man")
    assert authority.detaining_warrants(
        held.person_id, zone=ZONE, at=max(at, clock.now()) + timedelta(hours=1)
    )


@pytest.mark.any_server
def test_whoever_comes_back_on_a_clock_that_went_back_is_on_the_books(prison: Prison) -> None:
    held = prison.held()
    with hours_ahead(3):
        services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    assert again.episode_id != held.episode_id
    assert selectors.current_episode(held.person_id) is not None
    assert "custody.clock_went_back" in told(held.person_id)


@pytest.mark.any_server
def test_a_return_within_the_minute_of_the_discharge_opens_a_new_episode(prison: Prison) -> None:
    held = prison.held()
    ended = services.end_episode(
        prison.command, episode_id=held.episode_id, kind="discharged"
    ).ended_at
    (again,) = prison.receive(
        man("Juan Perez", person_id=held.person_id), at=ended - timedelta(seconds=40)
    )
    old, new = Episode.objects.order_by("starts_at")
    assert (old.pk, new.pk) == (held.episode_id, again.episode_id)
    assert new.starts_at == ended
    assert new.ends_at is None


@pytest.mark.any_server
def test_a_receipt_entered_twice_for_a_stay_that_has_ended_brings_nobody_back(
    prison: Prison,
) -> None:
    held = prison.held(hours=48)
    services.end_episode(
        prison.command,
        episode_id=held.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(hours=5),
    )
    (late,) = prison.receive(
        man("Juan Perez", person_id=held.person_id), at=clock.now() - timedelta(hours=30)
    )
    assert late.episode_id == held.episode_id
    assert selectors.counts(prison.actor, prison.establishment_id).on_books == 0


@pytest.mark.any_server
def test_someone_on_the_books_of_another_prison_is_on_the_books_of_the_one_that_received(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    (received,) = other_prison.receive(man("Juan Perez", person_id=held.person_id))
    assert received.person_id == held.person_id
    old = Episode.objects.get(pk=held.episode_id)
    assert old.end_kind == "transferred"
    with hours_ahead(0.1):
        there = selectors.roll(other_prison.actor, other_prison.establishment_id)
        here = selectors.roll(prison.actor, prison.establishment_id)
    assert [row.person_id for row in there] == [held.person_id]
    assert not here


def joined(prison: Prison) -> tuple[int, int]:
    """One person under two records: held under the first, with a warrant under each."""
    held = prison.held("Juan Perez")
    other = prison.one("Juan Peres", at=clock.now() - timedelta(days=30))
    services.end_episode(
        prison.command,
        episode_id=other.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(days=20),
    )
    prison.remand(other.person_id, kind="committed_for_trial")
    services.merge_people(
        prison.command,
        person_id=other.person_id,
        into_person_id=held.person_id,
        reason="Same marks, same mother",
    )
    return held.person_id, other.person_id


@pytest.mark.any_server
def test_a_warrant_under_the_other_record_of_a_joined_person_detains(prison: Prison) -> None:
    held, _ = joined(prison)
    status = authority.legal_status([held], zone=ZONE, as_of=AsOf(clock.now()))[held]
    assert len(status.detaining) == 2
    assert len(authority.detaining_warrants(held, zone=ZONE, at=clock.now())) == 2


@pytest.mark.any_server
def test_who_said_that_it_is_somebody_else_is_read_under_the_number_joined_to(
    prison: Prison,
) -> None:
    before = prison.one("Juan Peres", at=clock.now() - timedelta(days=30))
    services.record_identity_check(
        prison.command, episode_id=before.episode_id, how="two_officers", matched=False,
        officers=["Officer Tun"], purpose="discharge", happened_at=clock.now() - timedelta(days=21),
    )  # fmt: skip
    services.end_episode(
        prison.command,
        episode_id=before.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(days=20),
    )
    held = prison.held("Juan Perez")
    services.merge_people(
        prison.command, person_id=before.person_id, into_person_id=held.person_id,
        reason="Same marks, same mother",
    )  # fmt: skip
    (check,) = selectors.identity_checks(prison.actor, held.person_id)
    assert (check.matched, check.officers) == (False, ("Officer Tun",))
    earlier = AsOf(clock.now() - timedelta(days=22))
    assert selectors.identity_checks(prison.actor, held.person_id, earlier) == []


@pytest.mark.any_server
def test_the_record_that_is_in_custody_is_the_one_that_others_are_joined_to(
    prison: Prison,
) -> None:
    held = prison.held("Juan Perez")
    other = prison.one("Juan Peres", at=clock.now() - timedelta(days=30))
    services.end_episode(
        prison.command,
        episode_id=other.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(days=20),
    )
    with pytest.raises(Refused) as caught:
        services.merge_people(
            prison.command,
            person_id=held.person_id,
            into_person_id=other.person_id,
            reason="Same marks",
        )
    assert [r.code for r in caught.value.reasons()] == ["custody.join_the_other_way"]


@pytest.mark.any_server
def test_who_is_brought_under_a_joined_number_is_received_under_the_one_that_counts(
    prison: Prison,
) -> None:
    held, other = joined(prison)
    episode = selectors.current_episode(held)
    assert episode is not None
    services.record_escape(prison.command, episode_id=episode.episode_id)
    (back,) = prison.receive(man("Juan Peres", person_id=other))
    assert (back.person_id, back.episode_id) == (held, episode.episode_id)


def test_a_sealed_file_opens_when_its_person_is_received_and_nobody_held_is_uncounted(
    prison: Prison, make_actor: object
) -> None:
    held = prison.held()
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    seal_person(prison.command, person_id=held.person_id, reason="Juvenile, released")
    officer = make_actor("custody.view", establishment_id=prison.establishment_id)  # type: ignore[operator]
    with hours_ahead(1):
        prison.receive(man("Juan Perez", person_id=held.person_id))
        assert not PersonScope.objects.get(pk=held.person_id).sealed
        seal_person(prison.command, person_id=held.person_id, reason="By mistake, while held")
        assert selectors.counts(officer, prison.establishment_id).on_books == 1


def test_what_was_recorded_of_a_joined_record_protects_and_belongs_to_the_person(
    prison: Prison,
) -> None:
    old = prison.one("Jon Perez", at=clock.now() - timedelta(days=9))
    enemy = prison.held("Mateo Choc")
    safety_services.raise_flag(prison.command, person_id=old.person_id, kind="self_harm")
    safety_services.keep_apart(
        prison.command,
        person_id=old.person_id,
        other_person_id=enemy.person_id,
        reason="Stabbing of 2025",
    )
    property_services.record_property(
        prison.command,
        person_id=old.person_id,
        establishment_id=prison.establishment_id,
        items=[property_services.ItemInput(category="valuables", description="Watch")],
        signed=True,
    )
    authority_services.record_police_interest(
        prison.command, person_id=old.person_id, agency="Crime Branch"
    )
    services.record_court_discharge(
        prison.command,
        episode_id=old.episode_id,
        happened_at=clock.now() - timedelta(days=8),
        order_seen="Order",
    )
    new = prison.held()
    services.merge_people(
        prison.command, person_id=old.person_id, into_person_id=new.person_id, reason="Same thumb"
    )
    ids = [new.person_id]
    at = clock.now()
    assert [f.kind for f in safety.flags(prison.actor, ids)[new.person_id]] == ["self_harm"]
    assert safety.keep_aparts(ids, at=at) == {new.person_id: {enemy.person_id: "absolute"}}
    assert safety.keep_aparts([enemy.person_id], at=at) == {
        enemy.person_id: {new.person_id: "absolute"}
    }
    assert len(safety.keep_aparts_of(prison.actor, enemy.person_id)) == 1
    assert [i.agency for i in authority.police_interests(ids)[new.person_id]] == ["Crime Branch"]
    (item,) = property_room.held_items(ids)[new.person_id]
    property_services.return_property(
        prison.command,
        person_id=new.person_id,
        establishment_id=prison.establishment_id,
        item_ids=[item.item_id],
    )
    assert property_room.held_items(ids)[new.person_id] == []
