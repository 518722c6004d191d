"""How custody ends, each kind by its own path, and how the record is put right."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import EndOfCustody, Episode, Escort, Placement
from pims.custody.rules.admission import STEPS
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, Refused, Stale
from pims.property import services as property_services


def test_a_death_ends_custody_and_its_duties_are_filled_in_as_they_are_done(
    prison: Prison,
) -> None:
    held = prison.held()
    hour = clock.now() - timedelta(hours=2)
    result = services.record_death(
        prison.command,
        episode_id=held.episode_id,
        happened_at=hour,
        place_of_death="KHMH",
        found_by="Nurse Lopez",
    )
    services.amend_end(
        prison.command,
        end_id=result.end_id,
        version=1,
        given={"coroner_told_at": clock.now(), "coroner_reference": "COR 3/26"},
    )
    services.amend_end(
        prison.command,
        end_id=result.end_id,
        version=2,
        given={"body_released_to": "Sister", "body_released_at": clock.now()},
    )
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.end is not None
    assert (episode.end.kind, episode.end.at) == ("died", hour)
    assert (episode.end.coroner_reference, episode.end.body_released_to) == ("COR 3/26", "Sister")
    status = authority.legal_status(
        [held.person_id], zone="America/Belize", as_of=AsOf(clock.now())
    )
    assert status[held.person_id].code == "none"
    with pytest.raises(Stale):
        services.amend_end(prison.command, end_id=result.end_id, version=1, given={})


@pytest.mark.any_server
def test_a_body_is_not_released_before_the_death(prison: Prison) -> None:
    held = prison.held()
    result = services.record_death(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=1)
    )
    with pytest.raises(InvalidInput) as caught:
        services.amend_end(
            prison.command,
            end_id=result.end_id,
            version=1,
            given={"body_released_at": clock.now() - timedelta(hours=3)},
        )
    assert caught.value.fields["body_released_at"].code == "custody.before_death"


@pytest.mark.any_server
def test_removal_needs_a_country_and_ends_every_warrant(prison: Prison) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput):
        services.record_removal(prison.command, episode_id=held.episode_id, country="")
    services.record_removal(prison.command, episode_id=held.episode_id, country="gt")
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert episode.end is not None
    assert (episode.end.kind, episode.end.country) == ("removed", "GT")


def test_a_discharge_entered_late_closes_what_was_open_at_its_hour(prison: Prison) -> None:
    held = prison.held()
    now = clock.now()
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - timedelta(hours=20))
    prison.put(held.episode_id, "REM A-2/1", happened_at=now - timedelta(hours=2))
    prison.out(held.person_id, left_at=now - timedelta(hours=6))
    ended = services.end_episode(
        prison.command,
        episode_id=held.episode_id,
        kind="discharged",
        ended_at=now - timedelta(hours=5),
        order_seen="Order 9/26",
    )
    assert ended.ended_at == now - timedelta(hours=5)
    first, second = Placement.objects.order_by("starts_at")
    assert first.ends_at == ended.ended_at
    assert second.clock_disputed
    assert second.ends_at is not None
    assert Escort.objects.get().returned_at == ended.ended_at
    assert selectors.counts(prison.actor, prison.establishment_id).on_books == 0
    scope = PersonScope.objects.get(pk=held.person_id)
    assert (scope.establishment_id, scope.unit_id) == (prison.establishment_id, None)


def test_custody_ends_once(prison: Prison) -> None:
    held = prison.held()
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    with pytest.raises(Refused):
        services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    with pytest.raises(Refused):
        services.record_death(prison.command, episode_id=held.episode_id)
    assert EndOfCustody.objects.count() == 1


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("hours", "code"),
    [(30, "custody.end_before_reception"), (-1, "custody.in_the_future")],
)
def test_custody_ends_after_reception_and_not_in_the_future(
    prison: Prison, hours: int, code: str
) -> None:
    held = prison.held(hours=24)
    with pytest.raises(InvalidInput) as caught:
        services.end_episode(
            prison.command,
            episode_id=held.episode_id,
            kind="discharged",
            ended_at=clock.now() - timedelta(hours=hours),
        )
    assert caught.value.fields["ended_at"].code == code
    assert selectors.current_episode(held.person_id) is not None


@pytest.mark.any_server
def test_property_left_behind_is_told_when_custody_ends_away_from_the_store(
    prison: Prison,
) -> None:
    held = prison.held()
    property_services.record_property(
        prison.command,
        person_id=held.person_id,
        establishment_id=prison.establishment_id,
        signed=True,
        items=[property_services.ItemInput(category="clothing", description="Boots")],
    )
    services.record_court_discharge(
        prison.command, episode_id=held.episode_id, order_seen="Order 1/26"
    )
    assert EndOfCustody.objects.get().property_waiting
    assert "custody.property_waits" in told(held.person_id)


@pytest.mark.any_server
def test_a_release_found_to_be_in_error_is_marked_and_the_person_can_come_back(
    prison: Prison,
) -> None:
    held = prison.held()
    ended = services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    services.change_end_kind(
        prison.command,
        episode_id=held.episode_id,
        kind="released_in_error",
        reason="Another warrant was in the tray",
    )
    assert Episode.objects.get(pk=held.episode_id).end_kind == "released_in_error"
    with clock.at(ended.ended_at + timedelta(hours=1)):
        (back,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    assert (back.person_id, back.found) == (held.person_id, "not_held")
    assert back.episode_id != held.episode_id


@pytest.mark.any_server
def test_a_transfer_ends_here_and_begins_there_at_one_instant(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    result = services.record_transfer(
        prison.command,
        episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    old, new = Episode.objects.order_by("starts_at")
    assert (old.ends_at, new.pk, new.continues_id) == (new.starts_at, result.episode_id, old.pk)
    with clock.at(clock.now() + timedelta(minutes=1)):
        here = selectors.counts(prison.actor, prison.establishment_id)
        there = selectors.roll(prison.actor, other_prison.establishment_id)
    assert here.on_books == 0
    assert [(r.person_id, r.legal_status) for r in there] == [(held.person_id, "unsentenced")]


def test_a_wrong_hour_of_reception_is_corrected_with_a_reason_and_stays_in_the_history(
    prison: Prison,
) -> None:
    held = prison.held(hours=5)
    right = clock.now() - timedelta(hours=7)
    services.correct_episode(
        prison.command,
        episode_id=held.episode_id,
        version=1,
        reason="Keyed 19:00 for 17:00",
        starts_at=right,
    )
    episode = Episode.objects.get(pk=held.episode_id)
    assert episode.starts_at == right
    assert episode.history.count() >= 2  # type: ignore[attr-defined]
    with pytest.raises(Stale):
        services.correct_episode(
            prison.command, episode_id=held.episode_id, version=1, reason="x", starts_at=right
        )


@pytest.mark.any_server
def test_a_correction_cannot_make_an_episode_begin_after_what_followed(prison: Prison) -> None:
    held = prison.held(hours=5)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=4))
    with pytest.raises(InvalidInput) as caught:
        services.correct_episode(
            prison.command,
            episode_id=held.episode_id,
            version=1,
            reason="wrong",
            starts_at=clock.now() - timedelta(hours=3),
        )
    assert caught.value.fields["starts_at"].code == "custody.start_after_placed"


@pytest.mark.any_server
def test_two_records_of_one_person_are_joined_unless_they_were_held_at_the_same_time(
    prison: Prison,
) -> None:
    first, second = prison.held("Juan Perez"), prison.held("Juan Peres")
    with pytest.raises(Refused):
        services.merge_people(
            prison.command,
            person_id=second.person_id,
            into_person_id=first.person_id,
            reason="Same marks",
        )
    services.end_episode(
        prison.command,
        episode_id=first.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(hours=20),
    )
    third = prison.one("Juan Perez Lopez")
    services.merge_people(
        prison.command,
        person_id=first.person_id,
        into_person_id=third.person_id,
        reason="Same marks",
    )
    joined = selectors.episodes(prison.actor, third.person_id)
    assert {e.episode.episode_id for e in joined} == {first.episode_id, third.episode_id}


def test_an_admission_is_left_and_resumed_by_any_officer(prison: Prison) -> None:
    held = prison.one()
    assert selectors.admission(prison.actor, held.episode_id).next_step == "person"
    for step in ("person", "warrant", "injuries", "risk"):
        services.complete_step(prison.command, episode_id=held.episode_id, step=step)
    services.record_arrest(
        prison.command, episode_id=held.episode_id, version=1, place="Mile 8", officer="PC 7"
    )
    for step in ("property", "contacts", "photograph"):
        services.complete_step(
            prison.command,
            episode_id=held.episode_id,
            step=step,
            not_needed=True,
            reason="nothing to record",
        )
    assert selectors.admission(prison.actor, held.episode_id).next_step == "place"
    prison.remand(held.person_id)
    prison.place(held.episode_id, "REM A-1/1")
    assert not selectors.admissions_open(prison.actor, prison.establishment_id)
    assert told(held.person_id)[-1] == "custody.admission_completed"


@pytest.mark.any_server
def test_an_arrest_is_not_after_the_reception_it_led_to(prison: Prison) -> None:
    held = prison.held(hours=5)
    with pytest.raises(InvalidInput) as caught:
        services.record_arrest(
            prison.command, episode_id=held.episode_id, version=1, arrested_at=clock.now()
        )
    assert caught.value.fields["arrested_at"].code == "custody.arrest_after_reception"


@pytest.mark.any_server
def test_an_admission_not_complete_after_a_day_is_overdue(prison: Prison) -> None:
    held = prison.one(at=clock.now() - timedelta(hours=25))
    (row,) = selectors.admissions_open(prison.actor, prison.establishment_id)
    assert (row.episode_id, row.overdue) == (held.episode_id, True)


@pytest.mark.any_server
def test_an_admission_is_complete_when_its_last_step_was_done_whichever_is_entered_last(
    prison: Prison,
) -> None:
    held = prison.held(hours=40)
    began = clock.now()
    for step in STEPS:
        if step != "place":
            services.complete_step(prison.command, episode_id=held.episode_id, step=step)
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=39))
    episode = Episode.objects.get()
    assert episode.admission_state == "admitted"
    assert episode.admitted_at is not None
    assert episode.admitted_at >= began


def test_a_discharge_moved_to_its_hour_keeps_who_signed_and_what_waited_in_the_store(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held()
    made = property_services.record_property(
        prison.command,
        person_id=held.person_id,
        establishment_id=prison.establishment_id,
        signed=True,
        items=[property_services.ItemInput(category="clothing", description="Boots")],
    )
    done = services.end_episode(
        prison.command,
        episode_id=held.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(hours=5),
        circumstances="At the front gate",
    )
    second = make_actor("release.second_check", establishment_id=prison.establishment_id)
    services.countersign_end(Command(second), end_id=done.end_id)
    property_services.return_property(
        prison.command,
        person_id=held.person_id,
        establishment_id=prison.establishment_id,
        item_ids=made.item_ids,
    )
    before = EndOfCustody.objects.get()
    right = clock.now() - timedelta(hours=7)
    services.correct_discharge_end(
        Command(make_actor("custody.correct", establishment_id=prison.establishment_id)),
        episode_id=held.episode_id,
        reason="The gate book says so",
        ended_at=right,
        release_order_id=None,
        order_seen="",
        by_whom="",
        destination="Home",
    )
    end = EndOfCustody.objects.get()
    assert (end.at, end.destination, end.version) == (right, "Home", before.version + 1)
    for kept in (
        "countersigned_by_id", "countersigned_at", "recorded_by_id", "property_waiting",
        "circumstances",
    ):  # fmt: skip
        assert getattr(end, kept) == getattr(before, kept), kept
    assert end.property_waiting
    assert end.countersigned_by_id == second.user_id


@pytest.mark.any_server
def test_a_transfer_to_an_establishment_that_is_none_changes_nothing(
    prison: Prison,
) -> None:
    held = prison.held("Juan Cal")
    with pytest.raises(NotFound):
        services.record_transfer(
            prison.command, episode_id=held.episode_id, to_establishment_id=999_999
        )
    assert [r.episode_id for r in selectors.roll(prison.actor, prison.establishment_id)] == [
        held.episode_id
    ]
