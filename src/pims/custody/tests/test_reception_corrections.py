"""What was keyed at the gate can be put right, with a reason, and nothing is lost by it."""

from datetime import timedelta

import pytest

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, Episode, Injury, Placement
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotPermitted, Refused, Stale

WRONG_YEAR = timedelta(days=2557)


def on_roll(prison: Prison, days_ago: int = 0) -> set[int]:
    at = clock.now() - timedelta(days=days_ago)
    return {r.person_id for r in selectors.roll(prison.actor, prison.establishment_id, AsOf(at))}


def test_a_mistyped_year_is_corrected_for_everyone_on_the_van(prison: Prison) -> None:
    hour = clock.now() - timedelta(hours=2)
    hurt, other = prison.receive(
        man("Ana Cho", injuries="Cut"), man("Luis Pop"), at=hour - WRONG_YEAR
    )
    assert on_roll(prison, 1000)
    van_id = BodyReceipt.objects.get(pk=hurt.receipt_id).van_id
    services.correct_van(
        prison.command, van_id=van_id, received_at=hour, from_where="Orange Walk", reason="Year"
    )
    assert on_roll(prison, 1000) == set()
    assert on_roll(prison) == {hurt.person_id, other.person_id}
    row = selectors.admission(prison.actor, other.episode_id)
    assert (row.received_at, row.overdue) == (hour, False)
    assert Injury.objects.get().seen_at == hour
    found = selectors.van(prison.actor, van_id)
    assert (found.arrived_at, found.from_where) == (hour, "Orange Walk")
    assert {line.received_at for line in found.lines} == {hour}
    assert "custody.episode_corrected" in told(other.person_id)


def test_an_hour_that_what_followed_forbids_is_refused_by_name_and_nothing_moves(
    prison: Prison,
) -> None:
    hour = clock.now() - timedelta(hours=5)
    placed, other = prison.receive(man("Ana Cho"), man("Luis Pop"), at=hour)
    prison.put(placed.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    van_id = BodyReceipt.objects.get(pk=other.receipt_id).van_id
    with pytest.raises(InvalidInput) as caught:
        services.correct_van(
            prison.command, van_id=van_id, received_at=hour + timedelta(hours=2), reason="Later"
        )
    assert placed.number in str(caught.value.fields["received_at"].params)
    assert set(Episode.objects.values_list("starts_at", flat=True)) == {hour}


def test_one_line_is_corrected_without_the_others(prison: Prison) -> None:
    hour = clock.now() - timedelta(hours=5)
    first, second = prison.receive(man("Ana Cho"), man("Luis Pop"), at=hour)
    services.correct_receipt(
        prison.command,
        receipt_id=first.receipt_id,
        received_at=hour - timedelta(hours=1),
        warrant_state="no",
        reason="Came with the van before",
    )
    starts = dict(Episode.objects.values_list("pk", "starts_at"))
    assert starts == {first.episode_id: hour - timedelta(hours=1), second.episode_id: hour}
    assert BodyReceipt.objects.get(pk=first.receipt_id).warrant_state == "no"
    with pytest.raises(InvalidInput):
        services.correct_receipt(prison.command, receipt_id=first.receipt_id, reason=" ")


def test_who_was_never_held_is_on_no_roll_of_any_day(prison: Prison) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    services.record_never_held(
        prison.command, episode_id=held.episode_id, version=1, reason="Typed twice"
    )
    assert on_roll(prison) == set()
    assert Episode.objects.get().end_kind == "never_held"
    assert Placement.objects.filter(ends_at=None).count() == 0
    assert "custody.ended" in told(held.person_id)
    with pytest.raises(Stale):
        services.record_never_held(
            prison.command, episode_id=held.episode_id, version=1, reason="Again"
        )


def test_a_stay_put_before_by_a_wrong_number_is_taken_back_and_the_open_one_stays(
    prison: Prison,
) -> None:
    held = prison.held()
    (early,) = prison.receive(
        man(person_id=held.person_id, attach="same"), at=clock.now() - WRONG_YEAR
    )
    assert on_roll(prison, 1000) == {held.person_id}
    services.record_never_held(
        prison.command, episode_id=early.episode_id, version=1, reason="Wrong number"
    )
    assert on_roll(prison, 1000) == set()
    assert on_roll(prison) == {held.person_id}


def test_whoever_was_discharged_was_held(prison: Prison) -> None:
    held = prison.held()
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    with pytest.raises(Refused):
        services.record_never_held(
            prison.command, episode_id=held.episode_id, version=2, reason="Not so"
        )


def test_a_reception_under_the_wrong_person_becomes_the_right_ones_place_and_all(
    prison: Prison,
) -> None:
    right = prison.held("Pedro Ack", hours=900)
    services.end_episode(
        prison.command,
        episode_id=right.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(days=20),
    )
    hour = clock.now() - timedelta(hours=3)
    (wrong,) = prison.receive(man("Pedro Akc", injuries="Cut"), at=hour)
    prison.put(wrong.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    given = services.give_receipt_to_another(
        prison.command,
        receipt_id=wrong.receipt_id,
        person_id=right.person_id,
        reason="His photograph",
    )
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.person_id, row.place, row.received_at) == (right.person_id, "Remand A-1/1", hour)
    assert given.was_episode_id == wrong.episode_id
    assert Episode.objects.get(pk=wrong.episode_id).end_kind == "never_held"
    assert Injury.objects.get().person_id == right.person_id


def test_a_line_that_joined_the_wrong_open_stay_leaves_it_open_and_asks_where_he_is(
    prison: Prison,
) -> None:
    held = prison.held()
    services.record_escape(prison.command, episode_id=held.episode_id)
    (line,) = prison.receive(man("Dan Testd", person_id=held.person_id))
    given = services.give_receipt_to_another(
        prison.command, receipt_id=line.receipt_id, reason="It was his brother", sex="male"
    )
    assert given.was_episode_id is None
    assert given.person_id != held.person_id
    assert Episode.objects.get(pk=held.episode_id).ends_at is None
    assert "custody.identity_in_doubt" in told(held.person_id)
    assert on_roll(prison) == {held.person_id, given.person_id}


def test_a_gate_officer_mends_the_hour_but_takes_nobody_off_the_books(
    prison: Prison, make_actor
) -> None:
    gate = make_actor("custody.receive", establishment_id=prison.establishment_id)
    held = prison.one()
    hour = clock.now() - timedelta(hours=1)
    services.correct_receipt(
        Command(gate), receipt_id=held.receipt_id, received_at=hour, reason="Late"
    )
    for call in (
        lambda: services.record_never_held(
            Command(gate), episode_id=held.episode_id, version=2, reason="x"
        ),
        lambda: services.give_receipt_to_another(
            Command(gate), receipt_id=held.receipt_id, reason="x"
        ),
    ):
        with pytest.raises(NotPermitted):
            call()
