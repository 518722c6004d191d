"""Orders that free together, clocks that follow a person, dates that are no final date."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import services as custody
from pims.custody.selectors.standing import standing
from pims.custody.services import ReturnRow
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused
from pims.release import selectors, services
from pims.release.subscribers import follow_custody, follow_orders, follow_taken_back
from pims.release.tests.test_services import case_for, codes, known, order_for
from pims.ui import wording

ZONE = "America/Belize"


def today() -> datetime:
    return clock.now().astimezone(ZoneInfo(ZONE))


def hear(handler: Callable[[EventRecord], None], kind: str, person_id: int) -> None:
    """The newest event of this kind reaches the handler, twice, as a feed may deliver it."""
    row = OutboxEvent.objects.filter(kind=kind, person_id=person_id).order_by("-serial")[0]
    record = EventRecord(
        position=row.serial, event_id=row.id, entry_id=row.entry_id, kind=row.kind,
        schema_version=row.schema_version, person_id=row.person_id, event_seq=row.event_seq,
        establishment_id=row.establishment_id, payload=row.payload, recorded_at=row.recorded_at,
    )  # fmt: skip
    handler(record)
    handler(record)


def open_case(prison: Prison, episode_id: int) -> int | None:
    return selectors.open_case_of(prison.actor, episode_id)


@pytest.mark.any_server
def test_a_remand_whose_court_date_was_moved_is_not_over_on_its_old_last_day(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3))
    day = today().date()
    name = prison.remand(
        receipt.person_id, at=clock.now() - timedelta(days=3), until=day, next_appearance=day
    )
    authority_services.set_next_appearance(
        prison.command,
        warrant_name_id=name,
        next_appearance=day + timedelta(days=14),
        happened_at=clock.now(),
        basis="Adjourned",
    )
    opened = services.start_due_discharges(prison.command, establishment_id=prison.establishment_id)
    assert opened == 0
    case = services.start_discharge(
        Command(officer), episode_id=receipt.episode_id, basis="final_date", final_date=day
    )
    detail = selectors.case_detail(prison.actor, case.case_id)
    assert detail.check is not None
    assert "release.further_warrant" in [r.code for r in detail.check.stops]


@pytest.mark.any_server
def test_two_orders_that_end_one_warrant_each_free_together(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id)
    names = [
        w.warrant_name_id
        for w in authority.detaining_warrants(receipt.person_id, zone=ZONE, at=clock.now())
    ]
    case_for(prison, officer, receipt, order_for(prison, receipt.person_id, names[:1]))
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id, names[1:]))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    orders = authority.release_orders([receipt.person_id])[receipt.person_id]
    assert {order.state for order in orders} == {"acted_on"}
    assert not authority.detaining_warrants(receipt.person_id, zone=ZONE, at=clock.now())


@pytest.mark.any_server
def test_a_second_order_that_was_withdrawn_frees_nobody(prison: Prison, officer: Actor) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id)
    names = [
        w.warrant_name_id
        for w in authority.detaining_warrants(receipt.person_id, zone=ZONE, at=clock.now())
    ]
    withdrawn = order_for(prison, receipt.person_id, names[:1])
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id, names[1:]))
    authority_services.withdraw_release_order(
        prison.command, release_order_id=withdrawn, how="not_genuine", reason="Forged"
    )
    known(officer, case_id)
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.further_warrant"]


@pytest.mark.any_server
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "its release order no longer stands"), ("es", "ya no está vigente")],
)
def test_a_check_that_an_order_withdrawn_closed_says_so_in_the_language_of_whoever_reads(
    prison: Prison, officer: Actor, language: str, said: str
) -> None:
    receipt = prison.held()
    order_id = order_for(prison, receipt.person_id)
    case_id = case_for(prison, officer, receipt, order_id)
    authority_services.withdraw_release_order(
        prison.command, release_order_id=order_id, how="not_genuine", reason="Forged"
    )
    hear(follow_orders, "authority.release_order_withdrawn", receipt.person_id)
    with pytest.raises(Refused) as refused:
        services.second_officer_agrees(prison.command, case_id=case_id)
    assert said in wording.explain(refused.value.reasons(), language)[0]


@pytest.mark.any_server
def test_an_officer_alone_who_pressed_agree_by_mistake_holds_nobody_beyond_fifteen_minutes(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    alone = make_actor(
        "release.view", "release.prepare", "release.discharge", "release.second_check",
        "authority.record", "custody.view",
    )  # fmt: skip
    receipt = prison.held()
    case_id = case_for(prison, alone, receipt, order_for(prison, receipt.person_id))
    known(alone, case_id)
    services.second_officer_agrees(Command(alone), case_id=case_id)
    with clock.at(clock.now() + timedelta(minutes=16)):
        done = services.discharge_person(Command(alone), case_id=case_id)
    assert "not_countersigned" in done.marks
    line = selectors.discharge(prison.actor, done.discharge_id)
    assert (line.second_officer_id, line.second_how) == (None, "none")


@pytest.mark.any_server
def test_an_order_for_a_warrant_of_a_joined_record_is_recorded_and_frees(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    other = prison.one("Jon Perez", at=clock.now() - timedelta(days=9))
    old = prison.remand(other.person_id, at=clock.now() - timedelta(days=9))
    custody.record_court_discharge(
        prison.command,
        episode_id=other.episode_id,
        happened_at=clock.now() - timedelta(days=8),
        order_seen="",
        warrant_name_ids=(),
    )
    bench = prison.remand(other.person_id, at=clock.now() - timedelta(days=7))
    receipt = prison.held()
    custody.merge_people(
        prison.command,
        person_id=other.person_id,
        into_person_id=receipt.person_id,
        reason="Same thumb",
    )
    names = [
        w.warrant_name_id
        for w in authority.detaining_warrants(receipt.person_id, zone=ZONE, at=clock.now())
    ]
    assert bench in names
    assert old not in names
    case_id = case_for(prison, officer, receipt, order_for(prison, receipt.person_id, names))
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    assert not authority.detaining_warrants(receipt.person_id, zone=ZONE, at=clock.now())


@pytest.mark.any_server
def test_an_order_that_came_before_the_person_starts_its_clock_at_reception(
    prison: Prison,
) -> None:
    receipt = prison.held()
    custody.record_court_discharge(
        prison.command,
        episode_id=receipt.episode_id,
        happened_at=clock.now() - timedelta(hours=2),
        order_seen="Order 4/26",
    )
    with clock.at(clock.now() - timedelta(minutes=30)):
        order_for(prison, receipt.person_id)
    back = prison.receive(
        custody.BodyReceiptInput(person_id=receipt.person_id, warrant_state="no")
    )[0]
    hear(follow_custody, "custody.received", receipt.person_id)
    assert open_case(prison, back.episode_id) is not None


@pytest.mark.any_server
def test_an_order_of_an_earlier_stay_starts_no_clock(prison: Prison) -> None:
    receipt = prison.held()
    with clock.at(clock.now() - timedelta(hours=3)):
        order_for(prison, receipt.person_id)
    custody.record_court_discharge(
        prison.command,
        episode_id=receipt.episode_id,
        happened_at=clock.now() - timedelta(hours=2),
        order_seen="Order 4/26",
    )
    back = prison.receive(
        custody.BodyReceiptInput(person_id=receipt.person_id, warrant_state="yes")
    )[0]
    hear(follow_custody, "custody.received", receipt.person_id)
    assert open_case(prison, back.episode_id) is None


@pytest.mark.any_server
def test_whom_the_court_frees_while_a_case_runs_leaves_no_clock_behind(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    case_for(prison, officer, receipt, order_for(prison, receipt.person_id))
    custody.record_court_discharge(
        prison.command, episode_id=receipt.episode_id, order_seen="Order 4/26"
    )
    hear(follow_custody, "custody.ended", receipt.person_id)
    assert selectors.clocks(person_ids=[receipt.person_id]) == []


@pytest.mark.any_server
def test_the_clock_of_an_order_goes_along_with_a_transfer(
    prison: Prison, other_prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    order_id = order_for(prison, receipt.person_id)
    case_for(prison, officer, receipt, order_id)
    moved = custody.record_transfer(
        prison.command,
        episode_id=receipt.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    hear(follow_custody, "custody.ended", receipt.person_id)
    (row,) = selectors.clocks(person_ids=[receipt.person_id])
    assert (row.episode_id, row.establishment_id) == (
        moved.episode_id,
        other_prison.establishment_id,
    )


@pytest.mark.any_server
def test_the_clock_of_an_order_comes_back_with_a_transfer_that_is_taken_back(
    prison: Prison, other_prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    order_id = order_for(prison, receipt.person_id)
    case_for(prison, officer, receipt, order_id)
    custody.record_transfer(
        prison.command,
        episode_id=receipt.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    hear(follow_custody, "custody.ended", receipt.person_id)
    custody.take_back_end(
        prison.command, episode_id=receipt.episode_id, reason="It was somebody else"
    )
    hear(follow_custody, "custody.ended", receipt.person_id)
    hear(follow_taken_back, "custody.end_taken_back", receipt.person_id)
    (row,) = selectors.clocks(person_ids=[receipt.person_id])
    assert (row.episode_id, row.establishment_id) == (receipt.episode_id, prison.establishment_id)


def test_where_one_of_two_orders_is_withdrawn_the_other_keeps_its_clock(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    with clock.at(clock.now() - timedelta(minutes=10)):
        first = order_for(prison, receipt.person_id)
    second_order = order_for(prison, receipt.person_id)
    case_for(prison, officer, receipt, second_order)
    authority_services.withdraw_release_order(
        prison.command, release_order_id=second_order, how="not_genuine", reason="Forged"
    )
    hear(follow_orders, "authority.release_order_withdrawn", receipt.person_id)
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    assert selectors.case_detail(prison.actor, case_id).release_order_id == first


@pytest.mark.any_server
def test_a_fine_paid_at_court_starts_the_clock_of_whom_it_frees(prison: Prison) -> None:
    receipt = prison.held()
    (escort,) = prison.out(receipt.person_id, left_at=clock.now() - timedelta(hours=5))
    prison.back(escort_id=escort, outcome="fined", frees=True)
    hear(follow_custody, "custody.release_waits", receipt.person_id)
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    check = selectors.case_detail(prison.actor, case_id).check
    assert check is not None
    assert [r.code for r in check.stops] == ["release.identity_not_established"]


@pytest.mark.any_server
def test_the_gate_records_what_the_court_did_with_the_papers_that_came(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    gate = make_actor("custody.escort", "custody.receive", "custody.view")
    receipt = prison.held()
    (escort,) = prison.out(receipt.person_id, left_at=clock.now() - timedelta(hours=5))
    done = custody.record_return(
        Command(gate),
        row=ReturnRow(
            escort_id=escort, outcome="bailed", body_id=prison.court, reference="Bail 9/26"
        ),
    )
    assert done.release_order_id is not None


@pytest.mark.any_server
def test_a_discharge_on_paper_is_recorded_though_its_order_was_withdrawn(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    order_id = order_for(prison, receipt.person_id)
    case_for(prison, officer, receipt, order_id)
    authority_services.withdraw_release_order(
        prison.command, release_order_id=order_id, how="not_genuine", reason="Forged"
    )
    done = services.record_paper_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        happened_at=clock.now(),
        order_seen="The order",
        first_officer="Gate",
    )
    assert "release.no_order_or_final_date" in done.marks


@pytest.mark.any_server
def test_whoever_came_back_by_the_van_is_not_received_a_second_time(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    left = clock.now() - timedelta(hours=5)
    done = services.record_paper_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        happened_at=left,
        order_seen="Wrong man",
        first_officer="Gate",
    )
    error = services.record_release_in_error(
        Command(officer), discharge_id=done.discharge_id, discovered_at=left, how="Same name"
    )
    (back,) = prison.receive(
        custody.BodyReceiptInput(person_id=receipt.person_id), at=left + timedelta(hours=2)
    )
    prison.put(back.episode_id, "REM A-1/1", happened_at=left + timedelta(hours=3))
    services.record_return_from_error(
        Command(officer), error_id=error.error_id, returned_at=left + timedelta(hours=4)
    )
    (row,) = standing(establishment_id=prison.establishment_id)
    assert row.episode_id == back.episode_id
    assert row.place_id is not None
    assert selectors.errors_open(prison.actor, prison.establishment_id) == []


@pytest.mark.any_server
def test_a_day_that_no_paper_names_starts_no_clock_and_says_which_days_are_named(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=3))
    last_day = today().date() + timedelta(days=200)
    prison.remand(receipt.person_id, kind="committal_sentence", until=last_day)
    with pytest.raises(InvalidInput) as wrong:
        services.start_discharge(
            Command(officer),
            episode_id=receipt.episode_id,
            basis="final_date",
            final_date=today().date(),
        )
    reason = wrong.value.fields["final_date"]
    assert reason.code == "release.final_date_on_no_paper"
    assert str(last_day.year) in str(reason.params["days"])
    assert selectors.clocks(person_ids=[receipt.person_id]) == []


@pytest.mark.any_server
def test_a_sentence_that_ended_yesterday_by_its_own_words_holds_nobody(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.one(at=clock.now() - timedelta(days=40))
    yesterday = today().date() - timedelta(days=1)
    prison.remand(
        receipt.person_id,
        at=clock.now() - timedelta(days=40),
        kind="committal_sentence",
        until=yesterday,
    )
    case = services.start_discharge(
        Command(officer),
        episode_id=receipt.episode_id,
        basis="final_date",
        final_date=yesterday,
    )
    known(officer, case.case_id)
    check = selectors.case_detail(prison.actor, case.case_id).check
    assert check is not None
    assert check.may_go
