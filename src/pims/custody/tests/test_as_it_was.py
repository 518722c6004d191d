"""How somebody stood at T, as known at K: nothing of it is from later."""

from datetime import timedelta

import pytest
from django.db.models import Q

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt
from pims.custody.rules.admission import STEPS
from pims.custody.selectors.ends import last_end
from pims.custody.selectors.standing import stood
from pims.custody.tests.prison import Prison, man
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import services as people

HOUR = timedelta(hours=1)


def test_a_receipt_given_to_another_person_is_found_under_one_of_the_two_at_any_time(
    fresh_database: object, prison: Prison
) -> None:
    now = clock.now()
    held = prison.one(at=now - 3 * HOUR)
    other = prison.one("Pedro Chan", at=now - 30 * 24 * HOUR)
    services.end_episode(
        prison.command, episode_id=other.episode_id, kind="discharged", ended_at=now - 480 * HOUR
    )
    before = clock.now()
    services.give_receipt_to_another(
        prison.command, receipt_id=held.receipt_id, reason="Misread", person_id=other.person_id
    )

    def found(person_id: int, known_at: object) -> bool:
        rows = as_known(BodyReceipt, known_at, among=Q(person_id=person_id))  # type: ignore[arg-type]
        return held.receipt_id in set(rows.values_list("id", flat=True))

    assert (found(held.person_id, before), found(other.person_id, before)) == (True, False)
    after = clock.now()
    assert (found(held.person_id, after), found(other.person_id, after)) == (False, True)


def test_an_escort_is_not_said_to_have_been_missed_before_it_was(prison: Prison) -> None:
    held, now = prison.held(), clock.now()
    (escort_id,) = prison.out(held.person_id, left_at=now - 8 * HOUR)
    prison.back(
        escort_id=escort_id,
        outcome="not_returned",
        happened_at=now - HOUR,
        not_returned_because="police",
    )
    for hours, missed in ((6, False), (0, True)):
        when = AsOf(now - hours * HOUR)
        (row,) = stood([held.person_id], when)
        (info,) = selectors.episodes(prison.actor, held.person_id, when)
        escort = info.escorts[-1]
        assert (row.escort_not_returned_at is not None) is missed
        assert (escort.not_returned_at is not None) is missed
        assert bool(row.escort_not_returned_because) is bool(escort.not_returned_because) is missed


def test_nobody_was_admitted_before_the_steps_were_done(
    fresh_database: object, prison: Prison
) -> None:
    held, now = prison.held(hours=40), clock.now()
    before = clock.now()
    for step in STEPS:
        services.complete_step(prison.command, episode_id=held.episode_id, step=step)
    earlier = (AsOf(now - 6 * HOUR), AsOf(clock.now() + HOUR, before))
    for when in earlier:
        (row,) = stood([held.person_id], when)
        (info,) = selectors.episodes(prison.actor, held.person_id, when)
        assert not row.admitted
        assert info.admitted_at is None
        assert {step.state for step in info.steps} == {"todo"}
    (row,) = stood([held.person_id], AsOf(clock.now() + HOUR))
    (info,) = selectors.episodes(prison.actor, held.person_id)
    assert row.admitted
    assert {step.state for step in info.steps} == {"done"}


def test_an_end_taken_back_since_is_still_what_was_known_then(
    fresh_database: object, prison: Prison
) -> None:
    held = prison.held()
    services.record_death(prison.command, episode_id=held.episode_id, found_by="Night officer")
    known_at = clock.now()
    services.take_back_end(prison.command, episode_id=held.episode_id, reason="Somebody else")
    found = last_end(held.person_id, AsOf(clock.now(), known_at))
    assert found is not None
    _, line = found
    assert line is not None
    assert line.end.found_by == "Night officer"
    assert last_end(held.person_id, AsOf(clock.now())) is None


@pytest.mark.any_server
def test_the_taking_back_of_an_end_is_told_from_when_it_was_taken_back(prison: Prison) -> None:
    held = prison.held()
    died = clock.now() - HOUR
    services.record_death(prison.command, episode_id=held.episode_id, happened_at=died)
    services.take_back_end(prison.command, episode_id=held.episode_id, reason="Somebody else")

    def told(when: AsOf) -> bool:
        facts = selectors.timeline(prison.actor, held.person_id, when)
        return "custody.timeline_end_taken_back" in {fact.code for fact in facts}

    assert not told(AsOf(died + HOUR / 2))
    assert told(AsOf(clock.now()))


def test_a_baby_counts_where_its_mother_is_on_the_roll_once_it_was_known_of(
    fresh_database: object, prison: Prison
) -> None:
    now = clock.now()
    (mother,) = prison.receive(man("Ana Chan", sex="female"), at=now - 30 * HOUR)
    earlier = people.create_person(
        prison.command,
        names=[people.NameInput("Ana", "Chan")],
        sex="female",
        establishment_id=prison.establishment_id,
    )
    before = clock.now()
    people.record_infant(
        prison.command,
        person_id=earlier.person_id,
        name="Baby Chan",
        entered_at=now - 24 * HOUR,
    )
    services.merge_people(
        prison.command,
        person_id=earlier.person_id,
        into_person_id=mother.person_id,
        reason="The same woman",
    )

    def babies(known_at: object = None) -> int:
        when = AsOf(clock.now(), known_at)  # type: ignore[arg-type]
        return selectors.counts(prison.actor, prison.establishment_id, when).infants

    assert babies() == 1
    assert babies(clock.now()) == 1
    assert babies(before) == 0
