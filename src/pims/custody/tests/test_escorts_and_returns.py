"""Out with officers and back: the day at court as the 17:00 desk records it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pims.assurance import selectors as assurance_selectors
from pims.assurance import services as assurance
from pims.authority import selectors as authority
from pims.custody import selectors, services
from pims.custody.models import Escort
from pims.custody.services import EscortInput, ReceiptRecorded, ReturnRow
from pims.custody.tests.prison import Prison, told
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Refused, Stale

ZONE = "America/Belize"


def today() -> date:
    return clock.today(ZONE)


def at_court(prison: Prison, name: str = "Juan Perez") -> tuple[ReceiptRecorded, int]:
    held = prison.held(name, hours=72)
    (escort_id,) = prison.out(held.person_id, left_at=clock.now() - timedelta(hours=4))
    return held, escort_id


def status(prison: Prison, held: ReceiptRecorded) -> str:
    found = authority.legal_status([held.person_id], zone=ZONE, as_of=AsOf(clock.now()))
    return found[held.person_id].code


def test_who_is_out_stays_on_the_books_and_keeps_the_place(prison: Prison) -> None:
    held = prison.held()
    prison.put(held.episode_id, "REM A-1/1", happened_at=clock.now() - timedelta(hours=9))
    prison.out(held.person_id, officers=["Sgt Tun", "PC Cal"], handed_to="Court sergeant")
    counted = selectors.counts(prison.actor, prison.establishment_id)
    assert (counted.on_books, counted.in_prison, counted.out_with) == (1, 0, 1)
    (row,) = counted.out
    assert (row.unit, row.out_kind, row.out_to) == ("Remand", "court", "Belize City")


def test_an_escort_is_overdue_after_it_was_expected_back(prison: Prison) -> None:
    held = prison.held()
    now = clock.now()
    prison.out(held.person_id, left_at=now - timedelta(hours=2), expected_back_at=now)
    with clock.at(now + timedelta(minutes=1)):
        (row,) = selectors.escorts_overdue(prison.actor, prison.establishment_id)
    assert row.person_id == held.person_id


def test_the_hand_over_going_out_and_coming_in_is_kept(prison: Prison) -> None:
    held = prison.held()
    (out,) = services.send_out(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="hospital",
        destination="KHMH",
        officers=["Sgt Tun", "PC Cal"],
        handed_to="Nurse Lopez",
        left_at=clock.now() - timedelta(hours=3),
        prisoners=[
            EscortInput(
                held.person_id, "chest pain", "aspirin", "escape risk", "handcuffs", "two_officers"
            )
        ],
    ).escorts
    prison.back(
        escort_id=out.escort_id,
        outcome="returned",
        condition_back="stable",
        returned_from="Sgt Tun",
        received_back_by="PC Ramos",
    )
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    (escort,) = episode.escorts
    assert (escort.condition_out, escort.medication, escort.risk_notes) == (
        "chest pain", "aspirin", "escape risk",
    )  # fmt: skip
    assert (escort.condition_back, escort.received_back_by) == ("stable", "PC Ramos")
    assert selectors.identity_checks(prison.actor, held.person_id)[0].how == "two_officers"


def test_the_same_journey_entered_twice_is_one_escort(prison: Prison) -> None:
    held = prison.held()
    left = clock.now() - timedelta(hours=1)
    first = prison.out(held.person_id, left_at=left)
    assert prison.out(held.person_id, left_at=left + timedelta(minutes=3)) == first
    assert Escort.objects.count() == 1


def test_from_court_straight_to_hospital_ends_one_escort_and_begins_the_next(
    prison: Prison,
) -> None:
    held, court = at_court(prison)
    (hospital,) = prison.out(
        held.person_id, kind="hospital", left_at=clock.now() - timedelta(hours=1)
    )
    rows = {e.pk: e for e in Escort.objects.all()}
    assert rows[court].outcome == "went_on"
    assert rows[court].returned_at == rows[hospital].left_at
    assert rows[hospital].returned_at is None


def test_who_is_not_held_or_at_large_cannot_have_left(prison: Prison) -> None:
    held = prison.held()
    services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=clock.now() - timedelta(hours=1)
    )
    with pytest.raises(InvalidInput) as caught:
        prison.out(held.person_id)
    assert caught.value.fields["prisoners.0"].code == "custody.at_large"
    with pytest.raises(InvalidInput) as caught:
        prison.out(held.person_id, left_at=clock.now() - timedelta(days=30))
    assert caught.value.fields["prisoners.0"].code == "custody.not_held"
    with pytest.raises(InvalidInput) as caught:
        prison.out(999_999)
    assert caught.value.fields["prisoners.0"].code == "custody.not_held"


def test_a_departure_entered_late_before_another_splits_the_day(prison: Prison) -> None:
    held = prison.held()
    now = clock.now()
    (second,) = prison.out(held.person_id, left_at=now - timedelta(hours=2))
    (first,) = prison.out(held.person_id, kind="hospital", left_at=now - timedelta(hours=6))
    rows = {e.pk: e for e in Escort.objects.all()}
    assert rows[first].returned_at == rows[second].left_at
    assert rows[first].outcome == "not_recorded"
    assert rows[second].returned_at is None
    assert "custody.return_was_not_recorded" in told(held.person_id)


def test_a_return_before_the_departure_is_told_and_changes_nothing(prison: Prison) -> None:
    held, escort_id = at_court(prison)
    before = told(held.person_id)
    with pytest.raises(InvalidInput) as caught:
        prison.back(
            escort_id=escort_id,
            outcome="same_warrant",
            happened_at=clock.now() - timedelta(hours=9),
        )
    assert caught.value.fields["happened_at"].code == "custody.return_before_departure"
    assert told(held.person_id) == before


def test_a_new_date_moves_the_next_appearance_of_the_warrant(prison: Prison) -> None:
    _held, escort_id = at_court(prison)
    new = today() + timedelta(days=28)
    prison.back(escort_id=escort_id, outcome="new_date", next_appearance=new)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert (row.next_appearance, row.whereabouts) == (new, "in")


def test_a_sentence_replaces_the_remand_by_a_commitment_warrant(prison: Prison) -> None:
    held, escort_id = at_court(prison)
    back = prison.back(
        escort_id=escort_id,
        outcome="sentenced",
        warrant_kind="committal_sentence",
        body_id=prison.court,
        reference="88/2026",
        dated=today(),
        until=today() + timedelta(days=365),
    )
    assert back.warrant_id is not None
    assert status(prison, held) == "convicted"


def open_alarms(prison: Prison) -> set[str]:
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    found = assurance_selectors.open_alarms(prison.actor, prison.establishment_id)
    return {alarm.kind.code for alarm in found}


@pytest.mark.any_server
@pytest.mark.parametrize("outcome", ["sentenced", "fined"])
def test_a_sentence_without_its_paper_is_the_status_and_the_paper_is_waited_for(
    prison: Prison, outcome: str
) -> None:
    held, escort_id = at_court(prison)
    back = prison.back(escort_id=escort_id, outcome=outcome, body_id=prison.court)
    assert back.warrant_id is not None
    assert status(prison, held) == "convicted"
    assert "warrant_to_come" in open_alarms(prison)
    assert "defect_undecided" not in open_alarms(prison)
    prison.remand(
        held.person_id, at=clock.now(), kind="committal_sentence",
        until=today() + timedelta(days=200),
    )  # fmt: skip
    assert "warrant_to_come" not in open_alarms(prison)
    (paper,) = authority.detaining_warrants(
        held.person_id, zone="America/Belize", at=clock.now() + timedelta(seconds=1)
    )
    assert paper.until == today() + timedelta(days=200)


def test_the_court_of_the_escort_is_the_one_that_sentenced(prison: Prison) -> None:
    held = prison.held()
    (escort_id,) = prison.out(held.person_id, destination="", destination_body_id=prison.court)
    assert prison.back(escort_id=escort_id, outcome="sentenced").warrant_id is not None
    assert status(prison, held) == "convicted"


def test_a_sentence_of_nobody_knows_which_court_leaves_the_remand_and_is_told(
    prison: Prison,
) -> None:
    held = prison.held()
    (escort_id,) = prison.out(held.person_id, destination="Some court")
    back = prison.back(escort_id=escort_id, outcome="sentenced")
    assert back.warrant_id is None
    assert "custody.no_warrant_seen" in told(held.person_id)
    assert status(prison, held) == "unsentenced"


def test_a_fine_in_default_commits_and_a_fine_paid_frees(prison: Prison) -> None:
    unpaid, one = at_court(prison, "Juan Perez")
    paid, two = at_court(prison, "Pedro Ack")
    prison.back(
        escort_id=one,
        outcome="fined",
        warrant_kind="fine_default",
        body_id=prison.court,
        amount_cents=50_000,
        dated=today(),
        until=today() + timedelta(days=60),
    )
    back = prison.back(escort_id=two, outcome="fined", frees=True, amount_cents=50_000)
    assert status(prison, unpaid) == "convicted"
    assert back.release_waits
    assert status(prison, paid) == "none"
    assert "custody.release_waits" in told(paid.person_id)


def test_bail_on_the_only_warrant_waits_for_release_and_bail_on_one_of_two_frees_nobody(
    prison: Prison,
) -> None:
    _alone, one = at_court(prison, "Juan Perez")
    double, two = at_court(prison, "Pedro Ack")
    prison.remand(double.person_id, at=clock.now() - timedelta(hours=60))
    bailed = prison.back(escort_id=one, outcome="bailed", body_id=prison.court, dated=today())
    assert bailed.release_waits
    assert bailed.release_order_id is not None
    first = authority.detaining_warrants(double.person_id, zone=ZONE, at=clock.now())[0]
    kept = prison.back(
        escort_id=two,
        outcome="bailed",
        body_id=prison.court,
        dated=today(),
        warrant_name_ids=(first.warrant_name_id,),
    )
    assert kept.release_order_id is not None
    assert not kept.release_waits
    assert "custody.release_waits" not in told(double.person_id)


def test_a_discharge_at_court_ends_custody_at_its_hour(prison: Prison) -> None:
    held, escort_id = at_court(prison)
    hour = clock.now() - timedelta(hours=1)
    back = prison.back(
        escort_id=escort_id,
        outcome="discharged_at_court",
        happened_at=hour,
        order_seen="Order of Magistrate 4/26",
    )
    assert back.custody_ended
    assert selectors.counts(prison.actor, prison.establishment_id).on_books == 0
    (episode,) = selectors.episodes(prison.actor, held.person_id)
    assert (episode.episode.ends_at, episode.episode.end_kind) == (hour, "discharged_at_court")
    assert status(prison, held) == "none"
    assert "custody.freed_against_paper" not in told(held.person_id)


def test_a_discharge_at_court_against_another_warrant_or_unseen_order_is_a_fact_with_an_alarm(
    prison: Prison,
) -> None:
    held, escort_id = at_court(prison)
    prison.remand(held.person_id, at=clock.now() - timedelta(hours=60))
    prison.back(escort_id=escort_id, outcome="discharged_at_court")
    assert selectors.current_episode(held.person_id) is None
    assert "custody.freed_against_paper" in told(held.person_id)


@pytest.mark.any_server
def test_not_returned_leaves_the_escort_open_and_escaped_opens_an_absence(prison: Prison) -> None:
    kept, one = at_court(prison, "Juan Perez")
    fled, two = at_court(prison, "Pedro Ack")
    prison.back(escort_id=one, outcome="not_returned", not_returned_because="court")
    prison.back(escort_id=two, outcome="not_returned", not_returned_because="escaped")
    rows = {r.person_id: r for r in selectors.roll(prison.actor, prison.establishment_id)}
    assert (rows[kept.person_id].whereabouts, rows[kept.person_id].out_kind) == ("out", "court")
    assert rows[fled.person_id].out_kind == "at_large"
    assert rows[fled.person_id].unit_id is None
    counted = selectors.counts(prison.actor, prison.establishment_id)
    assert (counted.on_books, counted.out_with, counted.at_large) == (2, 2, 1)


@pytest.mark.any_server
def test_the_wrong_person_in_court_is_back_and_told(prison: Prison) -> None:
    held, escort_id = at_court(prison)
    prison.back(escort_id=escort_id, outcome="wrong_person_produced")
    assert "custody.wrong_person_produced" in told(held.person_id)
    (row,) = selectors.roll(prison.actor, prison.establishment_id)
    assert row.whereabouts == "in"


@pytest.mark.any_server
def test_those_who_never_left_have_their_line_too(prison: Prison) -> None:
    held = prison.held()
    prison.back(episode_id=held.episode_id, outcome="refused_to_go", note="Said he was ill")
    (line,) = selectors.desk_1700(prison.actor, prison.establishment_id, today())
    assert line.outcome is not None
    assert (line.outcome.outcome, line.escort, line.done) == ("refused_to_go", None, True)
    with pytest.raises(InvalidInput) as caught:
        prison.back(episode_id=held.episode_id, outcome="same_warrant")
    assert caught.value.fields["escort_id"].code == "custody.not_out"


@pytest.mark.any_server
def test_one_bad_row_of_a_van_loses_no_other(prison: Prison) -> None:
    good, one = at_court(prison, "Juan Perez")
    bad, two = at_court(prison, "Pedro Ack")
    also, three = at_court(prison, "Luis Pop")
    result = services.record_returns(
        prison.command,
        establishment_id=prison.establishment_id,
        rows=[
            ReturnRow("same_warrant", escort_id=one),
            ReturnRow("new_date", escort_id=two, next_appearance=date(2020, 1, 1)),
            ReturnRow("sentenced", escort_id=three),
            ReturnRow("same_warrant", escort_id=999_999),
        ],
    )
    assert [row.returned is not None for row in result.rows] == [True, False, True, False]
    (problem,) = result.rows[1].problems
    assert (problem.field, problem.code) == (
        "next_appearance", "custody.next_appearance_in_the_past",
    )  # fmt: skip
    inside = {r.person_id: r.inside for r in selectors.roll(prison.actor, prison.establishment_id)}
    assert inside == {good.person_id: True, bad.person_id: False, also.person_id: True}
    assert "custody.court_outcome" not in told(bad.person_id)
    assert told().count("custody.return_row_refused") == 2


def test_events_of_a_person_stay_numbered_without_gaps_when_a_row_fails(prison: Prison) -> None:
    from pims.foundation.outbox.models import OutboxEvent

    held, escort_id = at_court(prison)
    services.record_returns(
        prison.command,
        establishment_id=prison.establishment_id,
        rows=[
            # Fails after its first rows were written: the court is unknown to the books.
            ReturnRow(
                "sentenced", escort_id=escort_id, warrant_kind="committal_sentence", body_id=999
            ),
            ReturnRow("same_warrant", escort_id=escort_id),
        ],
    )
    numbers = list(
        OutboxEvent.objects.filter(person_id=held.person_id)
        .order_by("event_seq")
        .values_list("event_seq", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.any_server
def test_a_van_recorded_twice_with_one_command_is_recorded_once(prison: Prison) -> None:
    held, escort_id = at_court(prison)
    command = Command(prison.actor)
    rows = [ReturnRow("same_warrant", escort_id=escort_id)]
    where = prison.establishment_id
    once = services.record_returns(command, establishment_id=where, rows=rows)
    assert services.record_returns(command, establishment_id=where, rows=rows) == once
    again = services.record_returns(prison.command, establishment_id=where, rows=rows)
    assert again.rows[0].problems[0].code == "custody.returned_already"
    assert told(held.person_id).count("custody.escort_returned") == 1


@pytest.mark.any_server
def test_a_gate_officer_may_take_a_van_back_with_new_dates_and_no_right_to_edit_warrants(
    prison: Prison, make_actor: object
) -> None:
    _held, escort_id = at_court(prison)
    gate = make_actor("custody.escort", establishment_id=prison.establishment_id)  # type: ignore[operator]
    result = services.record_returns(
        Command(gate),
        establishment_id=prison.establishment_id,
        rows=[
            ReturnRow("new_date", escort_id=escort_id, next_appearance=today() + timedelta(days=7))
        ],
    )
    assert result.all_recorded


@pytest.mark.any_server
def test_the_desk_lists_who_went_who_is_out_and_who_was_due_and_never_left(
    prison: Prison,
) -> None:
    at = clock.now() - timedelta(hours=72)
    due = prison.one("Due Today", at=at)
    prison.remand(due.person_id, at=at, next_appearance=today())
    back, one = at_court(prison, "Came Back")
    out, _ = at_court(prison, "Still Out")
    prison.held("Not Concerned")
    prison.back(escort_id=one, outcome="same_warrant")
    rows = selectors.desk_1700(prison.actor, prison.establishment_id, today())
    found = {row.person_id: row for row in rows}
    assert set(found) == {due.person_id, back.person_id, out.person_id}
    assert found[due.person_id].escort is None
    assert found[due.person_id].due_in_court
    assert found[back.person_id].done
    assert not found[out.person_id].done
    assert rows[-1].person_id == back.person_id


def test_a_stale_form_does_not_change_an_escort(prison: Prison) -> None:
    _held, escort_id = at_court(prison)
    later = clock.now() + timedelta(hours=3)
    services.change_escort(prison.command, escort_id=escort_id, version=1, expected_back_at=later)
    with pytest.raises(Stale):
        services.change_escort(
            prison.command, escort_id=escort_id, version=1, expected_back_at=None
        )
    with pytest.raises(NotFound):
        services.change_escort(prison.command, escort_id=999_999, version=1, expected_back_at=None)


@pytest.mark.any_server
def test_two_officers_who_vouch_for_a_person_are_two(prison: Prison) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput) as caught:
        services.record_identity_check(
            prison.command,
            episode_id=held.episode_id,
            how="two_officers",
            officers=["Sgt Tun", "Sgt Tun"],
            purpose="discharge",
        )
    assert "officers" in caught.value.fields


@pytest.mark.any_server
def test_a_recapture_needs_an_escape(prison: Prison) -> None:
    held = prison.held()
    with pytest.raises(Refused):
        services.record_recapture(prison.command, episode_id=held.episode_id)


def test_a_court_that_is_on_no_list_is_told_before_anything_is_written(prison: Prison) -> None:
    held = prison.held()
    with pytest.raises(InvalidInput) as caught:
        prison.out(held.person_id, destination_body_id=999_999)
    assert caught.value.fields["destination_body_id"].code == "custody.court_unknown"
    assert not Escort.objects.exists()


@pytest.mark.any_server
def test_whoever_may_only_look_cannot_vouch_for_anyone(prison: Prison, make_actor: object) -> None:
    held = prison.held()
    where = {"establishment_id": prison.establishment_id}
    check = {
        "episode_id": held.episode_id,
        "how": "photograph",
        "officers": ["Sgt Tun"],
        "purpose": "escort",
    }
    visitor = make_actor("custody.view", "people.view", **where)  # type: ignore[operator]
    with pytest.raises(NotPermitted):
        services.record_identity_check(Command(visitor), **check)
    gate = make_actor("custody.escort", **where)  # type: ignore[operator]
    assert services.record_identity_check(Command(gate), **check).matched


@pytest.mark.any_server
def test_who_discharges_here_vouches_here_whatever_they_may_do_at_another_prison(
    prison: Prison, other_prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held()
    here = make_actor("release.discharge", establishment_id=prison.establishment_id)
    far = Reach("tester", frozenset({"custody.record_event"}), other_prison.establishment_id, None,
                frozenset(LABELS))  # fmt: skip
    check = {
        "episode_id": held.episode_id,
        "how": "photograph",
        "officers": ["Sgt Tun"],
        "purpose": "discharge",
    }
    both = replace(here, reaches=(far, *here.reaches))
    assert services.record_identity_check(Command(both), **check).matched
    with pytest.raises(NotPermitted):
        services.record_identity_check(Command(replace(here, reaches=(far,))), **check)
