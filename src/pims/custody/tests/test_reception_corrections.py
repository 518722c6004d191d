"""What was keyed at the gate can be put right, with a reason, and nothing is lost by it."""

from datetime import timedelta

import pytest

from pims.custody import selectors, services
from pims.custody.models import BodyReceipt, Episode, Escort, Injury, Placement
from pims.custody.tests.prison import Prison, man, told
from pims.foundation.commands.transaction import Command
from pims.foundation.ledger.models import LedgerDetail, LedgerEntry
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


def van_of(receipt) -> int:
    return BodyReceipt.objects.get(pk=receipt.receipt_id).van_id


def test_another_vehicle_alone_is_a_correction_on_the_record_with_its_reason(
    prison: Prison,
) -> None:
    held = prison.one()
    van_id = BodyReceipt.objects.get(pk=held.receipt_id).van_id
    assert van_id is not None
    services.correct_van(
        prison.command, van_id=van_id, reason="It was the other van", vehicle="D-4411"
    )
    entry = LedgerEntry.objects.get(kind="custody.van_corrected")
    detail = LedgerDetail.objects.get(entry_id=entry.id)
    assert "It was the other van" in str(detail.details)


def test_whoever_cannot_have_come_at_the_new_hour_holds_nobody_else_of_the_van_up(
    prison: Prison,
) -> None:
    hour = clock.now() - timedelta(hours=5)
    later = hour + timedelta(hours=2)
    placed, *others = prison.receive(man("Ana Cho"), *[man(f"Man {n}") for n in range(11)], at=hour)
    prison.put(placed.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    done = services.correct_van(
        prison.command, van_id=van_of(placed), received_at=later, reason="Later"
    )
    (stuck,) = done.not_moved
    assert (stuck.receipt_id, stuck.reason.code) == (
        placed.receipt_id,
        "custody.start_after_placed",
    )
    starts = dict(Episode.objects.values_list("pk", "starts_at"))
    assert starts == {placed.episode_id: hour} | {o.episode_id: later for o in others}


@pytest.mark.any_server
def test_an_hour_that_nobody_of_the_van_can_have_come_at_moves_nothing(prison: Prison) -> None:
    hour = clock.now() - timedelta(hours=5)
    first, second = prison.receive(man("Ana Cho"), man("Luis Pop"), at=hour)
    for held, place in ((first, "REM A-1/1"), (second, "REM A-1/2")):
        prison.put(held.episode_id, place, happened_at=hour + timedelta(hours=1))
    with pytest.raises(InvalidInput) as caught:
        services.correct_van(
            prison.command,
            van_id=van_of(first),
            received_at=hour + timedelta(hours=2),
            from_where="Elsewhere",
            reason="Later",
        )
    assert first.number in str(caught.value.fields["received_at"].params)
    found = selectors.van(prison.actor, van_of(first))
    assert (found.arrived_at, found.from_where) == (hour, "")


def wrong_year_with_one_inside(prison: Prison):
    """A van of a mistyped year; one of its two people was inside already: "the same"."""
    hour = clock.now() - timedelta(hours=2)
    inside = prison.held("Dan Banner", hours=2000)
    receipts = prison.receive(
        man("Dan Banner", person_id=inside.person_id, attach="same", injuries="Cut"),
        man("Luis Pop"),
        at=hour - WRONG_YEAR,
    )
    return hour, inside, receipts


@pytest.mark.any_server
def test_a_mistyped_year_is_mended_for_the_whole_van_though_one_was_inside_already(
    prison: Prison,
) -> None:
    hour, inside, (again, other) = wrong_year_with_one_inside(prison)
    assert on_roll(prison, 1000) == {inside.person_id, other.person_id}
    done = services.correct_van(
        prison.command, van_id=van_of(again), received_at=hour, reason="Year"
    )
    assert done.not_moved == ()
    assert on_roll(prison, 1000) == set()
    assert on_roll(prison, 80) == {inside.person_id}
    assert on_roll(prison) == {inside.person_id, other.person_id}
    receipt = BodyReceipt.objects.get(pk=again.receipt_id)
    assert (receipt.received_at, receipt.episode_id) == (hour, inside.episode_id)
    assert receipt.found == "books_said_inside"
    assert Episode.objects.get(pk=again.episode_id).end_kind == "never_held"
    injury = Injury.objects.get()
    assert (injury.episode_id, injury.seen_at) == (inside.episode_id, hour)
    assert "custody.episode_was_open" in told(inside.person_id)


def test_the_line_of_one_who_was_inside_already_is_mended_alone(prison: Prison) -> None:
    hour, inside, (again, _other) = wrong_year_with_one_inside(prison)
    services.correct_receipt(
        prison.command, receipt_id=again.receipt_id, received_at=hour, reason="Year"
    )
    assert BodyReceipt.objects.get(pk=again.receipt_id).episode_id == inside.episode_id
    assert on_roll(prison, 1000) & {inside.person_id} == set()


def test_the_line_of_a_stay_that_was_never_held_is_mended_and_leaves_the_day_it_was_put_on(
    prison: Prison,
) -> None:
    hour, inside, (again, _other) = wrong_year_with_one_inside(prison)
    services.record_never_held(
        prison.command, episode_id=again.episode_id, version=1, reason="Typed wrong"
    )
    done = services.correct_van(
        prison.command, van_id=van_of(again), received_at=hour, reason="Year"
    )
    assert done.not_moved == ()
    assert BodyReceipt.objects.get(pk=again.receipt_id).received_at == hour
    since = hour - WRONG_YEAR - timedelta(days=1)
    assert (
        selectors.reception_book(
            prison.actor, prison.establishment_id, since=since, until=since + timedelta(days=2)
        )
        == []
    )
    assert on_roll(prison) >= {inside.person_id}


def test_a_stay_that_a_wrong_year_put_before_an_ended_one_is_open_at_the_right_hour(
    prison: Prison,
) -> None:
    hour = clock.now() - timedelta(hours=2)
    before = prison.held("Dan Banner", hours=2000)
    services.end_episode(
        prison.command,
        episode_id=before.episode_id,
        kind="discharged",
        ended_at=clock.now() - timedelta(days=20),
    )
    (again,) = prison.receive(man("Dan Banner", person_id=before.person_id), at=hour - WRONG_YEAR)
    assert on_roll(prison) == set()
    services.correct_van(prison.command, van_id=van_of(again), received_at=hour, reason="Year")
    assert on_roll(prison) == {before.person_id}
    assert on_roll(prison, 10) == set()


def test_a_place_taken_before_the_right_hour_is_held_from_then_on_where_that_is_so(
    prison: Prison,
) -> None:
    hour = clock.now() - timedelta(hours=5)
    right = hour + timedelta(hours=3)
    (held,) = prison.receive(man("Ana Cho"), at=hour)
    prison.put(held.episode_id, "REM A-1/1", happened_at=hour + timedelta(hours=1))
    prison.put(held.episode_id, "REM A-1/2", happened_at=hour + timedelta(hours=2))
    given = {"receipt_id": held.receipt_id, "received_at": right, "reason": "Misread"}
    with pytest.raises(InvalidInput):
        services.correct_receipt(prison.command, **given)
    services.correct_receipt(prison.command, **given, carry_places=True)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.received_at, row.place) == (right, "Remand A-1/2")
    assert on_roll(prison) == {held.person_id}


@pytest.mark.any_server
def test_who_was_never_held_can_be_received_at_any_hour_of_that_day(prison: Prison) -> None:
    held = prison.one("Dan Banner", at=clock.now() - timedelta(hours=3))
    services.record_never_held(
        prison.command, episode_id=held.episode_id, version=1, reason="Wrong number"
    )
    (again,) = prison.receive(
        man("Dan Banner", person_id=held.person_id), at=clock.now() - timedelta(hours=6)
    )
    assert on_roll(prison) == {held.person_id}
    assert Episode.objects.get(pk=again.episode_id).ends_at is None


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


@pytest.mark.any_server
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


@pytest.mark.any_server
def test_whoever_was_discharged_was_held(prison: Prison) -> None:
    held = prison.held()
    services.end_episode(prison.command, episode_id=held.episode_id, kind="discharged")
    with pytest.raises(Refused):
        services.record_never_held(
            prison.command, episode_id=held.episode_id, version=2, reason="Not so"
        )


@pytest.mark.any_server
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


@pytest.mark.any_server
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


@pytest.mark.any_server
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


@pytest.mark.any_server
def test_taking_off_the_books_somebody_whom_a_paper_detains_tells_an_alarm_and_is_taken_back(
    prison: Prison,
) -> None:
    held = prison.held()
    prison.place(held.episode_id, "REM A-1/1")
    services.record_never_held(
        prison.command, episode_id=held.episode_id, version=1, reason="Typed wrong"
    )
    assert "custody.taken_off_the_books" in told(held.person_id)
    assert on_roll(prison) == set()
    services.take_back_end(prison.command, episode_id=held.episode_id, reason="He is in his cell")
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.person_id, row.place) == (held.person_id, "Remand A-1/1")


def test_taking_back_leaves_whoever_was_out_at_court_out(prison: Prison) -> None:
    held = prison.held()
    (escort_id,) = prison.out(held.person_id)
    services.record_never_held(
        prison.command, episode_id=held.episode_id, version=1, reason="Typed wrong"
    )
    assert Escort.objects.get(pk=escort_id).version == 2, "whoever has it open is told"
    services.take_back_end(prison.command, episode_id=held.episode_id, reason="He is at court")
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.person_id, row.whereabouts) == (held.person_id, "out")


@pytest.mark.any_server
def test_a_slip_that_nothing_speaks_for_tells_no_alarm(prison: Prison) -> None:
    slip = prison.one("Dan Testd")
    services.record_never_held(
        prison.command, episode_id=slip.episode_id, version=1, reason="Typed twice"
    )
    assert "custody.taken_off_the_books" not in told(slip.person_id)


def correct(prison: Prison, **given: object) -> Episode:
    episode = Episode.objects.get()
    services.correct_episode(
        prison.command,
        episode_id=episode.pk,
        version=episode.version,
        reason="Keyed wrongly",
        **given,  # type: ignore[arg-type]
    )
    return Episode.objects.get()


def test_correcting_where_somebody_came_from_leaves_the_seconds_of_the_reception(
    prison: Prison,
) -> None:
    at = (clock.now() - timedelta(hours=5)).replace(second=37)
    held = prison.one(at=at)
    minute = at.replace(second=0, microsecond=0)
    assert correct(prison, starts_at=minute, reception_kind="police").starts_at == at
    right = at - timedelta(hours=2)
    services.correct_receipt(
        prison.command, receipt_id=held.receipt_id, reason="Page 4", received_at=right
    )
    assert Episode.objects.get().starts_at == right


def test_the_receipt_that_began_a_stay_goes_with_its_hour_and_can_still_be_somebody_elses(
    prison: Prison,
) -> None:
    held = prison.one(at=clock.now() - timedelta(hours=5))
    right = clock.now() - timedelta(hours=7)
    assert correct(prison, starts_at=right).admission_due_at == right + timedelta(hours=24)
    assert BodyReceipt.objects.get().received_at == right
    given = services.give_receipt_to_another(
        prison.command, receipt_id=held.receipt_id, reason="The cousin"
    )
    assert given.was_episode_id == held.episode_id
    assert Episode.objects.get(pk=held.episode_id).end_kind == "never_held"
