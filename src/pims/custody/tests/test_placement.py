"""A request may be refused; what happened may not."""

import time
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from pims.custody import selectors, services
from pims.custody.models import Escort, Placement
from pims.custody.services import BodyReceiptInput, restoring
from pims.custody.tests.prison import Prison, man, told
from pims.facilities.services import take_out_of_use
from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotPermitted, PimsError, Refused
from pims.safety.services import keep_apart


def reasons(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in error.value.reasons()}


@pytest.mark.any_server
def test_someone_who_is_placed_is_found_there_and_falls_under_that_unit(prison: Prison) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.unit, row.place, row.breach) == ("Remand", "Remand A-1/1", False)
    assert PersonScope.objects.get(pk=held.person_id).unit_id == prison.units["REM"]


def test_a_refused_request_changes_nothing_and_says_who_may_decide(prison: Prison) -> None:
    held = prison.held()
    before = told()
    with pytest.raises(Refused) as caught:
        prison.place(held.episode_id, "WOM W-1/1")
    assert reasons(caught) == {"custody.place_for_female"}
    assert {r.decided_by for r in caught.value.reasons()} == {"custody.override_placement"}
    assert not Placement.objects.exists()
    assert told() == before


@pytest.mark.any_server
def test_whoever_may_override_does_so_with_a_reason_and_it_is_kept_as_a_breach(
    prison: Prison, make_actor: object
) -> None:
    held = prison.held()
    where = {"establishment_id": prison.establishment_id}
    officer = make_actor("custody.place", **where)  # type: ignore[operator]
    senior = make_actor("custody.place", "custody.override_placement", **where)  # type: ignore[operator]
    request = {
        "episode_id": held.episode_id,
        "place_id": prison.places["GPA B-1/1"],
        "override_reason": "Remand is flooded",
    }
    with pytest.raises(NotPermitted):
        services.place_person(Command(officer), **request)
    result = services.place_person(Command(senior), **request)
    assert result.breach
    placement = Placement.objects.get()
    assert placement.overridden_by_id == senior.user_id
    assert placement.breach_reasons == ["custody.place_for_status"]
    assert told(held.person_id)[-2:] != []
    assert "custody.placement_breached" in told(held.person_id)


@pytest.mark.any_server
def test_a_fact_against_every_rule_is_recorded_as_a_breach(prison: Prison) -> None:
    first, second = prison.held("Juan Perez"), prison.held("Pedro Ack")
    prison.place(first.episode_id, "REM A-1/1")
    result = prison.put(second.episode_id, "REM A-1/1", reason="Hurricane")
    assert result.breach
    assert set(result.reasons) & {"custody.place_occupied", "custody.place_just_taken"}
    rows = selectors.roll(prison.actor, prison.establishment_id)
    assert {row.place for row in rows} == {"Remand A-1/1"}
    assert [row.breach for row in rows].count(True) == 1


def test_a_breach_ends_by_the_move_that_ends_it(prison: Prison) -> None:
    first, second = prison.held("Juan Perez"), prison.held("Pedro Ack")
    prison.place(first.episode_id, "REM A-1/1")
    prison.put(second.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(minutes=5))
    assert len(selectors.placement_breaches(prison.actor, prison.establishment_id)) == 1
    prison.place(second.episode_id, "REM A-1/2")
    assert not selectors.placement_breaches(prison.actor, prison.establishment_id)
    assert "custody.breach_ended" in told(second.person_id)


@pytest.mark.any_server
def test_a_juvenile_is_not_placed_with_adults(prison: Prison) -> None:
    (young,) = prison.receive(man("Young Person", age_disputed=True))
    prison.remand(young.person_id)
    with pytest.raises(Refused) as caught:
        prison.place(young.episode_id, "REM A-1/1")
    assert "custody.place_for_adults" in reasons(caught)
    prison.place(young.episode_id, "WAG Y-1/1")


@pytest.mark.any_server
def test_those_who_are_kept_apart_do_not_share_and_no_one_is_told_who(prison: Prison) -> None:
    first, second = prison.held("Juan Perez"), prison.held("Pedro Ack")
    keep_apart(
        prison.command,
        person_id=first.person_id,
        other_person_id=second.person_id,
        reason="Witness against him",
        level="where_possible",
        protected=True,
    )
    prison.place(first.episode_id, "REM A-1/1")
    with pytest.raises(Refused) as caught:
        prison.place(second.episode_id, "REM A-1/2")
    assert reasons(caught) == {"custody.kept_apart_in_cell"}
    shown = str([r.params for r in caught.value.reasons()])
    assert "Perez" not in shown
    assert str(first.person_id) not in shown
    prison.place(second.episode_id, "REM A-2/1")


def test_a_closed_cell_is_refused_with_the_reason_for_closing(prison: Prison) -> None:
    held = prison.held()
    info = next(
        c.place for c in selectors.candidate_places(prison.actor, held.episode_id)
        if c.place.label == "Remand A-1/1"
    )  # fmt: skip
    take_out_of_use(
        prison.command, cell_id=info.cell_id, starts_at=clock.now(), reason="Broken lock"
    )
    with clock.at(clock.now() + timedelta(seconds=5)), pytest.raises(Refused) as caught:
        prison.place(held.episode_id, "REM A-1/1")
    (reason,) = caught.value.reasons()
    assert (reason.code, reason.params["why"]) == ("custody.place_out_of_use", "Broken lock")


@pytest.mark.any_server
def test_candidate_places_come_best_first_with_reasons_in_a_constant_number_of_queries(
    prison: Prison, django_assert_max_num_queries: object
) -> None:
    held = prison.held()
    for n in range(4):
        other = prison.held(f"Other Number{n}")
        prison.place(other.episode_id, f"REM A-{n // 2 + 1}/{n % 2 + 1}")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        candidates = selectors.candidate_places(prison.actor, held.episode_id)
    assert candidates[0].allowed
    assert candidates[0].place.unit.code == "REM"
    assert candidates[0].place.cell_code == "A-3"
    scores = [c.score for c in candidates if c.allowed]
    assert scores
    refused = [c for c in candidates if not c.allowed]
    assert refused
    assert all(c.decision.reasons for c in refused)


def test_a_late_entry_splits_the_placement_that_covered_its_hour(prison: Prison) -> None:
    now = clock.now()
    held = prison.held(hours=24)
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - timedelta(hours=20))
    prison.put(held.episode_id, "REM A-2/1", happened_at=now - timedelta(hours=10))
    prison.put(held.episode_id, "REM A-3/1", happened_at=now - timedelta(hours=15))
    rows = Placement.objects.order_by("starts_at").values_list("place_id", "starts_at", "ends_at")
    at = [now - timedelta(hours=h) for h in (20, 15, 10)]
    places = [prison.places[f"REM A-{n}/1"] for n in (1, 3, 2)]
    assert list(rows) == [
        (places[0], at[0], at[1]),
        (places[1], at[1], at[2]),
        (places[2], at[2], None),
    ]
    assert PersonScope.objects.get(pk=held.person_id).unit_id == prison.units["REM"]


def test_two_moves_within_the_same_minute_are_kept_in_the_order_of_entry(prison: Prison) -> None:
    held = prison.held()
    minute = clock.now() - timedelta(hours=1)
    prison.put(held.episode_id, "REM A-1/1", happened_at=minute)
    prison.put(held.episode_id, "REM A-2/1", happened_at=minute)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.place == "Remand A-2/1"
    assert Placement.objects.filter(clock_disputed=True).count() == 0


def test_a_clock_that_jumps_back_loses_nothing_and_is_told(prison: Prison) -> None:
    held = prison.held()
    ahead = clock.now() + timedelta(hours=3)
    with clock.at(ahead):
        prison.place(held.episode_id, "REM A-1/1")
    prison.place(held.episode_id, "REM A-2/1")
    second = Placement.objects.order_by("starts_at").last()
    assert second is not None
    assert second.place_id == prison.places["REM A-2/1"]
    assert second.clock_disputed
    assert second.ends_at is None
    assert "custody.clock_went_back" in told(held.person_id)


@pytest.mark.any_server
def test_wrong_hours_are_told_by_field(prison: Prison) -> None:
    held = prison.held(hours=2)
    for when, code in (
        (clock.now() - timedelta(hours=3), "custody.before_reception"),
        (clock.now() + timedelta(hours=3), "custody.in_the_future"),
    ):
        with pytest.raises(InvalidInput) as caught:
            prison.put(held.episode_id, "REM A-1/1", happened_at=when)
        assert caught.value.fields["happened_at"].code == code
    assert not Placement.objects.exists()


@pytest.mark.any_server
def test_nobody_is_placed_in_another_establishment_whoever_asks(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.held()
    place_id = other_prison.places["REM A-1/1"]
    with pytest.raises(Refused) as caught:
        services.place_person(
            prison.command,
            episode_id=held.episode_id,
            place_id=place_id,
            override_reason="because",
        )
    assert reasons(caught) == {"custody.other_establishment"}
    with pytest.raises(InvalidInput):
        services.record_placement(prison.command, episode_id=held.episode_id, place_id=place_id)


@pytest.mark.any_server
def test_nobody_is_placed_after_custody_ended_or_while_at_large(prison: Prison) -> None:
    held = prison.held()
    services.record_escape(prison.command, episode_id=held.episode_id)
    with pytest.raises(Refused) as caught:
        prison.place(held.episode_id, "REM A-1/1")
    assert reasons(caught) == {"custody.at_large"}
    gone = prison.held("Pedro Ack")
    services.end_episode(prison.command, episode_id=gone.episode_id, kind="discharged")
    with pytest.raises(Refused) as caught:
        prison.place(gone.episode_id, "REM A-1/1")
    assert reasons(caught) == {"custody.episode_ended"}


@pytest.mark.any_server
def test_an_escape_frees_the_place_and_an_escort_keeps_it(prison: Prison) -> None:
    away, gone = prison.held("Juan Perez"), prison.held("Pedro Ack")
    prison.put(away.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=3))
    prison.put(gone.episode_id, "REM A-1/2", happened_at=clock.now() - timedelta(hours=3))
    prison.out(away.person_id)
    services.record_escape(prison.command, episode_id=gone.episode_id)
    held = selectors.unit_occupancy(prison.actor, prison.units["REM"])
    assert set(held) == {prison.places["REM A-1/1"]}


def test_the_database_itself_refuses_one_place_for_two_unless_it_is_a_breach(
    prison: Prison,
) -> None:
    first, second = prison.held("Juan Perez"), prison.held("Pedro Ack")
    prison.place(first.episode_id, "REM A-1/1")
    row = Placement.objects.get()
    row.pk, row.person_id, row.episode_id = None, second.person_id, second.episode_id
    with pytest.raises(IntegrityError, match="one_person_a_place"), transaction.atomic():
        row.save(force_insert=True)
    row.pk, row.doubled = None, True
    with pytest.raises(IntegrityError, match="doubled_is_a_breach"), transaction.atomic():
        row.save(force_insert=True)


def test_an_officer_of_another_unit_does_not_learn_who_is_in_a_place(
    prison: Prison, make_actor: object
) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    officer: Actor = make_actor(  # type: ignore[operator]
        "custody.view",
        establishment_id=prison.establishment_id,
        unit_ids=[prison.units["GPA"]],
    )
    (occupant,) = selectors.unit_occupancy(officer, prison.units["REM"])[prison.places["REM A-1/1"]]
    assert (occupant.person_id, occupant.name) == (None, "")
    assert not selectors.roll(officer, prison.establishment_id)


def test_of_two_officers_at_the_last_place_one_wins_and_the_other_is_told(
    fresh_database: object,
) -> None:
    prison = Prison.build(system_actor())
    asking = [prison.held(f"Given{n} Family{n}") for n in range(2)]
    gate = Barrier(2)
    outcomes: list[str] = []

    def ask(episode_id: int) -> None:
        try:
            gate.wait(timeout=20)
            prison.place(episode_id, "REM A-1/1")
            outcomes.append("placed")
        except PimsError as error:
            outcomes.extend(reason.code for reason in error.reasons())
        finally:
            connections.close_all()

    threads = [Thread(target=ask, args=(r.episode_id,)) for r in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["custody.place_just_taken", "placed"]
    assert Placement.objects.count() == 1
    connection.close()


def test_a_place_given_back_while_somebody_asks_for_it_is_held_by_one_of_the_two(
    fresh_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    prison = Prison.build(system_actor())
    was_here, asking = prison.held("Ana Aa"), prison.held("Beto Bb")
    prison.place(was_here.episode_id, "REM A-1/1")
    services.record_escape(prison.command, episode_id=was_here.episode_id)
    looked, outcomes = Event(), list[str]()
    whole = restoring._until_next

    def slowly(*given: object) -> object:
        looked.set()
        time.sleep(0.5)
        return whole(*given)

    monkeypatch.setattr(restoring, "_until_next", slowly)

    def ask() -> None:
        looked.wait(timeout=20)
        try:
            prison.place(asking.episode_id, "REM A-1/1")
            outcomes.append("placed")
        except PimsError as error:
            outcomes.extend(reason.code for reason in error.reasons())
        finally:
            connections.close_all()

    thread = Thread(target=ask)
    thread.start()
    services.take_back_escape(prison.command, episode_id=was_here.episode_id, reason="A miscount")
    thread.join(timeout=30)
    assert outcomes == ["custody.place_just_taken"]
    assert Placement.objects.get(ends_at=None).person_id == was_here.person_id
    connection.close()


@pytest.mark.any_server
def test_a_womans_baby_is_counted_for_fire_and_never_as_a_prisoner(prison: Prison) -> None:
    from pims.people.services import record_infant

    (mother,) = prison.receive(BodyReceiptInput(name_as_given="Maria Choc", sex="female"))
    record_infant(
        prison.command, person_id=mother.person_id, name="Baby Choc", entered_at=clock.now()
    )
    with clock.at(clock.now() + timedelta(minutes=1)):
        counted = selectors.counts(prison.actor, prison.establishment_id)
    assert (counted.on_books, counted.infants) == (1, 1)


def test_a_placement_entered_after_the_escape_that_ended_it_ends_with_the_escape(
    prison: Prison,
) -> None:
    held = prison.held()
    now = clock.now()
    escaped = now - timedelta(hours=5)
    services.record_escape(prison.command, episode_id=held.episode_id, happened_at=escaped)
    prison.put(held.episode_id, "REM A-1/1", happened_at=now - timedelta(hours=10))
    assert Placement.objects.get().ends_at == escaped
    with pytest.raises(InvalidInput) as caught:
        prison.put(held.episode_id, "REM A-1/2", happened_at=now - timedelta(hours=1))
    assert caught.value.fields["happened_at"].code == "custody.at_large"
    services.record_recapture(prison.command, episode_id=held.episode_id)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.unit == "Reception"


def test_an_escape_entered_after_the_moves_that_followed_it_leaves_no_place_to_who_is_at_large(
    prison: Prison,
) -> None:
    held = prison.held()
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(minutes=30))
    prison.put(held.episode_id, "REM A-2/1", happened_at=clock.now() - timedelta(minutes=10))
    gone = clock.now() - timedelta(hours=5)
    services.record_escape(prison.command, episode_id=held.episode_id, happened_at=gone)
    first, second = Placement.objects.filter(episode_id=held.episode_id).order_by("starts_at")
    for placement in (first, second):
        assert placement.clock_disputed
        assert placement.ends_at - placement.starts_at < timedelta(seconds=1)
    (row,) = selectors.roll(
        prison.actor, prison.establishment_id, AsOf(clock.now() - timedelta(minutes=20))
    )
    assert row.out_kind == "at_large"
    assert row.place == ""
    assert "custody.clock_went_back" in told(held.person_id)


@pytest.mark.any_server
def test_an_escape_entered_after_an_escort_that_followed_it_ends_that_escort_in_dispute(
    prison: Prison,
) -> None:
    held = prison.held()
    (escort_id,) = prison.out(held.person_id, left_at=clock.now() - timedelta(hours=3))
    prison.back(
        escort_id=escort_id,
        outcome="same_warrant",
        happened_at=clock.now() - timedelta(hours=2),
    )
    services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=5)
    )
    escort = Escort.objects.get(pk=escort_id)
    assert escort.clock_disputed
    assert escort.outcome == "same_warrant"
    counted = selectors.counts(prison.actor, prison.establishment_id)
    assert (counted.at_large, counted.out_with) == (1, 1)
