"""A reception entered late: the books gain what happened, and nobody else's stay is touched."""

from datetime import timedelta

import pytest

from pims.custody import selectors, services
from pims.custody.models import Episode
from pims.custody.tests.prison import Prison, man, told
from pims.kernel import clock


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


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


def test_admission_is_due_a_day_after_the_first_hour_however_late_that_was_entered(
    prison: Prison,
) -> None:
    held = prison.one(at=clock.now() - hours(10))
    prison.receive(man("Juan Perez", person_id=held.person_id), at=clock.now() - hours(30))
    episode = Episode.objects.get()
    assert episode.admission_due_at - episode.starts_at == hours(24)


def test_received_here_in_the_minute_of_the_reception_at_another_prison(
    prison: Prison, other_prison: Prison
) -> None:
    at = (clock.now() - hours(3)).replace(second=0, microsecond=0)
    (held,) = other_prison.receive(man("Juan Perez"), at=at)
    (again,) = prison.receive(man("Juan Perez", person_id=held.person_id), at=at)
    there, here = Episode.objects.order_by("starts_at")
    assert (there.pk, there.end_kind) == (held.episode_id, "transferred")
    assert (here.pk, here.ends_at) == (again.episode_id, None)


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
