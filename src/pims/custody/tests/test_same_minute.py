"""Papers give hours and minutes: what followed within one minute is recorded, never refused."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, Episode, Escort
from pims.custody.tests.prison import Prison, told
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.release import services as release

# What the clock of the server says, and what the officer writes down of the same minute.
CLOCK = timedelta(seconds=41)


def written() -> datetime:
    """An hour of this morning as it stands on a paper."""
    return (clock.now() - timedelta(hours=3)).replace(second=0, microsecond=0)


@pytest.mark.any_server
@pytest.mark.parametrize("outcome", ["not_produced", "same_warrant", "bailed"])
def test_who_is_turned_back_at_the_gate_is_back_in_the_minute_of_leaving(
    prison: Prison, outcome: str
) -> None:
    held = prison.held(hours=72)
    hour = written()
    (escort_id,) = prison.out(held.person_id, left_at=hour)
    prison.back(outcome=outcome, escort_id=escort_id, happened_at=hour)
    escort = Escort.objects.get(pk=escort_id)
    assert escort.outcome == outcome
    assert escort.returned_at is not None
    assert timedelta(0) < escort.returned_at - hour < timedelta(seconds=1)
    assert not escort.clock_disputed
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
def test_a_return_typed_without_seconds_follows_a_departure_that_the_clock_took(
    prison: Prison,
) -> None:
    held = prison.held(hours=72)
    hour = written()
    with clock.at(hour + CLOCK):
        (escort_id,) = prison.out(held.person_id)
        prison.back(outcome="not_produced", escort_id=escort_id, happened_at=hour)
    assert Escort.objects.get(pk=escort_id).returned_at is not None


@pytest.mark.any_server
def test_a_return_in_an_earlier_minute_than_the_departure_is_still_told(prison: Prison) -> None:
    held = prison.held(hours=72)
    hour = written()
    (escort_id,) = prison.out(held.person_id, left_at=hour)
    with pytest.raises(InvalidInput) as wrong:
        prison.back(
            outcome="same_warrant", escort_id=escort_id, happened_at=hour - timedelta(minutes=1)
        )
    assert set(wrong.value.fields) == {"happened_at"}


@pytest.mark.any_server
def test_freed_in_the_courtroom_in_the_minute_of_leaving(prison: Prison) -> None:
    held = prison.held(hours=72)
    hour = written()
    (escort_id,) = prison.out(held.person_id, left_at=hour)
    done = prison.back(
        outcome="discharged_at_court", escort_id=escort_id, happened_at=hour, order_seen="4/26"
    )
    assert done.custody_ended
    assert "custody.clock_went_back" not in told(held.person_id)


@pytest.mark.any_server
@pytest.mark.parametrize(
    "fact",
    [
        lambda p, e, at: services.record_death(p.command, episode_id=e, happened_at=at),
        lambda p, e, at: services.record_escape(p.command, episode_id=e, happened_at=at),
        lambda p, e, at: services.record_removal(
            p.command, episode_id=e, country="GT", happened_at=at
        ),
        lambda p, e, at: services.record_placement(
            p.command, episode_id=e, place_id=p.places["REM A-1/1"], happened_at=at
        ),
        lambda p, e, at: release.record_paper_discharge(
            p.command, episode_id=e, happened_at=at, order_seen="4/26", first_officer="Gate"
        ),
        lambda p, e, at: services.record_injury(
            p.command, episode_id=e, description="Cut", seen_at=at
        ),
    ],
    ids=["death", "escape", "removal", "placement", "paper discharge", "injury"],
)
def test_whatever_happens_in_the_minute_of_reception_is_recorded(
    prison: Prison, fact: Callable[[Prison, int, datetime], object]
) -> None:
    hour = written()
    with clock.at(hour + CLOCK):
        receipt = prison.one()
    fact(prison, receipt.episode_id, hour)


def test_who_leaves_in_the_minute_of_reception_is_sent_out(prison: Prison) -> None:
    hour = written()
    with clock.at(hour + CLOCK):
        receipt = prison.one()
    (escort_id,) = prison.out(receipt.person_id, kind="hospital", left_at=hour)
    found = selectors.escort(prison.actor, escort_id)
    assert found is not None


@pytest.mark.any_server
def test_who_is_caught_at_the_fence_is_caught_in_the_minute_of_the_escape(prison: Prison) -> None:
    held = prison.held()
    hour = written()
    services.record_escape(prison.command, episode_id=held.episode_id, happened_at=hour)
    services.record_recapture(prison.command, episode_id=held.episode_id, happened_at=hour)
    assert "custody.recaptured" in told(held.person_id)


@pytest.mark.any_server
def test_a_warrant_that_by_its_own_words_begins_later_does_not_refuse_a_death(
    prison: Prison,
) -> None:
    held = prison.held()
    prison.remand(held.person_id, at=clock.now() - timedelta(minutes=10))
    services.record_death(
        prison.command,
        episode_id=held.episode_id,
        happened_at=clock.now() - timedelta(hours=2),
    )
    assert authority.detaining_warrants(held.person_id, zone="America/Belize", at=clock.now()) == []


@pytest.mark.any_server
def test_a_return_from_error_in_the_minute_of_leaving_is_recorded(prison: Prison) -> None:
    held = prison.held()
    hour = written()
    done = release.record_paper_discharge(
        prison.command,
        episode_id=held.episode_id,
        happened_at=hour,
        order_seen="Wrong man",
        first_officer="Gate",
    )
    error = release.record_release_in_error(
        prison.command, discharge_id=done.discharge_id, discovered_at=hour, how="Same name"
    )
    release.record_return_from_error(
        Command(prison.actor), error_id=error.error_id, returned_at=hour
    )
    assert selectors.current_episode(held.person_id) is not None


def test_the_receipt_of_the_same_minute_goes_with_the_hour_at_which_its_stay_began(
    prison: Prison,
) -> None:
    hour = written()
    held = prison.one(at=hour)
    Episode.objects.filter(pk=held.episode_id).update(starts_at=hour + CLOCK)
    right = hour - timedelta(hours=2)
    services.correct_episode(
        prison.command, episode_id=held.episode_id, version=1, starts_at=right, reason="Misread"
    )
    assert BodyReceipt.objects.get(pk=held.receipt_id).received_at == right
