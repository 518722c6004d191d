"""A reception entered late: the books gain what happened, and nobody else's stay is touched."""

from datetime import timedelta

import pytest

from pims.custody import selectors, services
from pims.custody.models import Episode
from pims.custody.tests.prison import Prison, man, told
from pims.kernel import clock


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


@pytest.mark.any_server
@pytest.mark.parametrize("attach", ["auto", "same"])
def test_a_late_receipt_of_somebody_now_at_another_prison_leaves_that_stay_as_it_is(
    prison: Prison, other_prison: Prison, attach: str
) -> None:
    (held,) = other_prison.receive(man("Juan Perez"), at=clock.now() - hours(10))
    began = Episode.objects.get().starts_at
    (late,) = prison.receive(
        man("Juan Perez", person_id=held.person_id, attach=attach), at=clock.now() - hours(30)
    )
    here, there = Episode.objects.order_by("starts_at")
    assert (here.pk, here.ends_at, here.end_kind) == (late.episode_id, began, "not_recorded")
    assert (there.pk, there.starts_at, there.ends_at) == (held.episode_id, began, None)
    roll = selectors.roll(other_prison.actor, other_prison.establishment_id)
    assert [row.person_id for row in roll] == [held.person_id]
    assert "custody.stay_put_before" in told(held.person_id)


@pytest.mark.any_server
def test_a_late_receipt_of_a_new_person_leaves_the_stay_of_the_one_in_the_cell(
    prison: Prison,
) -> None:
    held = prison.one(at=clock.now() - hours(10))
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - hours(9))
    before = Episode.objects.get()
    (late,) = prison.receive(
        man("Somebody Else", person_id=held.person_id), at=clock.now() - hours(30)
    )
    assert late.person_id != held.person_id
    after = Episode.objects.get(pk=held.episode_id)
    assert (after.starts_at, after.version) == (before.starts_at, before.version)


@pytest.mark.any_server
def test_admission_is_due_a_day_after_the_first_hour_however_late_that_was_entered(
    prison: Prison,
) -> None:
    held = prison.one(at=clock.now() - hours(10))
    prison.receive(man("Juan Perez", person_id=held.person_id), at=clock.now() - hours(30))
    episode = Episode.objects.get()
    assert episode.admission_due_at - episode.starts_at == hours(24)


@pytest.mark.any_server
def test_received_here_in_the_minute_of_the_reception_at_another_prison(
    prison: Prison, other_prison: Prison
) -> None:
    at = (clock.now() - hours(3)).replace(second=0, microsecond=0)
    (held,) = other_prison.receive(man("Juan Perez"), at=at)
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id), at=at)
    there, here = Episode.objects.order_by("starts_at")
    assert (there.pk, there.end_kind) == (held.episode_id, "transferred")
    assert (here.pk, here.ends_at) == (again.episode_id, None)


@pytest.mark.any_server
def test_received_from_another_prison_whose_clock_was_hours_ahead(
    prison: Prison, other_prison: Prison
) -> None:
    with clock.at(clock.now() + hours(3)):
        (held,) = other_prison.receive(man("Juan Perez"))
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id))
    there, here = Episode.objects.order_by("starts_at")
    assert there.end_kind == "transferred"
    assert (here.pk, here.ends_at) == (again.episode_id, None)
    assert "custody.clock_went_back" in told(held.person_id)
    services.record_death(prison.command, episode_id=here.pk)


@pytest.mark.any_server
@pytest.mark.parametrize("fact", ["place", "escort", "escape"])
def test_what_an_end_entered_late_cut_off_is_in_the_way_of_no_later_stay(
    prison: Prison, fact: str
) -> None:
    now = clock.now()
    recorded = {
        "place": lambda episode_id, at: prison.put(episode_id, "REM A-1/1", happened_at=at),
        "escort": lambda _episode_id, at: prison.out(held.person_id, left_at=at),
        "escape": lambda episode_id, at: services.record_escape(
            prison.command, episode_id=episode_id, happened_at=at
        ),
    }[fact]
    held = prison.one(at=now - hours(10))
    recorded(held.episode_id, now - hours(2))
    services.end_episode(
        prison.command, episode_id=held.episode_id, kind="discharged", ended_at=now - hours(5)
    )
    (again,) = prison.receive(man(person_id=held.person_id), at=now - hours(4))
    assert again.episode_id != held.episode_id
    recorded(again.episode_id, now - hours(3))
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    if fact == "place":
        assert (row.place, row.breach) == ("Remand A-1/1", False)
    else:
        assert not row.inside


@pytest.mark.any_server
def test_a_place_that_a_late_end_cut_off_is_free_for_somebody_else(prison: Prison) -> None:
    now = clock.now()
    held, other = prison.one(at=now - hours(10)), prison.one("Beto Cal", at=now - hours(9))
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - hours(2))
    services.end_episode(
        prison.command, episode_id=held.episode_id, kind="discharged", ended_at=now - hours(5)
    )
    placed = prison.put(other.episode_id, "REM A-1/1", happened_at=now - hours(3))
    assert not placed.breach
