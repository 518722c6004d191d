"""Orders that fall, reach further or come twice, warrants keyed late: who is free, since when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pims.assurance import services as assurance
from pims.assurance.selectors import open_alarms
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import LABELS, Actor, Reach
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.release import selectors, services
from pims.release.subscribers import follow_orders, follow_papers
from pims.release.tests.test_orders_and_clocks import ZONE, hear, open_case
from pims.release.tests.test_services import codes, known


def order_at(
    prison: Prison, person_id: int, at: datetime, *names: int, actor: Actor | None = None
) -> int:
    """An order received then, for the named warrants or for all; its case opens by itself."""
    made = authority_services.record_release_order(
        Command(actor or prison.actor),
        establishment_id=prison.establishment_id,
        person_id=person_id,
        kind="bail",
        body_id=prison.court,
        received_at=at,
        warrant_name_ids=names,
        ends_all=not names,
        reference="Bail 7/26",
    )
    hear(follow_orders, "authority.release_order_recorded", person_id)
    return made.release_order_id


def papers(person_id: int) -> list[int]:
    found = authority.detaining_warrants(person_id, zone=ZONE, at=clock.now())
    return [w.warrant_name_id for w in found]


def clock_of(prison: Prison, episode_id: int) -> datetime:
    case_id = open_case(prison, episode_id)
    assert case_id is not None
    return selectors.case_detail(prison.actor, case_id).clock_started_at


def stops(prison: Prison, episode_id: int) -> list[str]:
    case_id = open_case(prison, episode_id)
    assert case_id is not None
    check = selectors.case_detail(prison.actor, case_id).check
    assert check is not None
    return [reason.code for reason in check.stops]


@pytest.fixture
def records(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor("authority.view", "authority.record")


# The clock


@pytest.mark.any_server
def test_the_second_order_that_frees_starts_the_clock_and_a_copy_of_it_does_not(
    prison: Prison,
) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=20))
    first, second = papers(receipt.person_id)
    ten = clock.now() - timedelta(hours=2)
    order_at(prison, receipt.person_id, ten, first)
    assert clock_of(prison, receipt.episode_id) == ten
    eleven = ten + timedelta(hours=1)
    order_at(prison, receipt.person_id, eleven, second)
    assert clock_of(prison, receipt.episode_id) == eleven
    order_at(prison, receipt.person_id, clock.now(), first, second)
    assert clock_of(prison, receipt.episode_id) == eleven


@pytest.mark.any_server
def test_an_order_keyed_late_counts_from_the_hour_it_came_and_calls_whoever_is_due_by_then(
    prison: Prison,
) -> None:
    receipt = prison.held()
    order_at(prison, receipt.person_id, clock.now() - timedelta(minutes=40))
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    (alarm,) = [
        a
        for a in open_alarms(prison.actor, prison.establishment_id)
        if a.kind.code == "freedom_overdue"
    ]
    assert alarm.owner_role == "superintendent"


def test_an_order_that_only_now_frees_sounds_at_reception_again(prison: Prison) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=20))
    first, second = papers(receipt.person_id)

    def owners() -> list[str]:
        assurance.sweep(prison.command, establishment_id=prison.establishment_id)
        return [
            a.owner_role
            for a in open_alarms(prison.actor, prison.establishment_id)
            if a.kind.code == "freedom_overdue"
        ]

    order_at(prison, receipt.person_id, clock.now() - timedelta(hours=1), first)
    assert owners() == ["superintendent"]
    order_at(prison, receipt.person_id, clock.now(), second)
    assert owners() == ["reception_officer"]


def test_the_end_of_the_other_warrant_moves_the_clock_to_its_hour(prison: Prison) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=20))
    first, second = papers(receipt.person_id)
    order_at(prison, receipt.person_id, clock.now() - timedelta(hours=3), first)
    fell = clock.now() - timedelta(hours=1)
    authority_services.end_warrant(
        prison.command,
        warrant_name_id=second,
        end_kind="withdrawn",
        ended_at=fell,
        basis="Nolle prosequi",
    )
    hear(follow_papers, "authority.warrant_ended", receipt.person_id)
    assert clock_of(prison, receipt.episode_id) == fell


# A warrant keyed late


@pytest.mark.any_server
def test_a_warrant_keyed_after_the_order_that_ends_all_stops_the_gate_and_says_why(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    came = clock.now() - timedelta(minutes=20)
    order_at(prison, receipt.person_id, came)
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    known(officer, case_id)
    assert stops(prison, receipt.episode_id) == []
    prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=10))
    assert stops(prison, receipt.episode_id) == ["release.further_warrant_keyed_later"]
    with pytest.raises(Refused) as refused:
        services.discharge_person(Command(officer), case_id=case_id)
    assert codes(refused.value) == ["release.further_warrant_keyed_later"]


def test_a_sentence_that_begins_tomorrow_keeps_the_gate_shut_today(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    (own,) = papers(receipt.person_id)
    tomorrow = clock.now() + timedelta(days=1)
    made = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="committal_sentence",
        body_id=prison.court,
        reference="HC 5/26",
        dated=clock.today("America/Belize"),
        received_at=clock.now(),
        names=[
            authority_services.WarrantNameInput(
                person_id=receipt.person_id,
                name_as_written="Juan Perez",
                starts_at=tomorrow,
                until=(tomorrow + timedelta(days=200)).date(),
            )
        ],
    )
    order_at(prison, receipt.person_id, clock.now() - timedelta(minutes=20), own)
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    known(officer, case_id)
    assert stops(prison, receipt.episode_id) == ["release.further_warrant_follows"]
    with pytest.raises(Refused):
        services.discharge_person(Command(officer), case_id=case_id)
    # An order that ends it too opens the gate.
    order_at(prison, receipt.person_id, clock.now(), made.warrant_name_ids[0])
    assert stops(prison, receipt.episode_id) == []


def test_the_same_warrant_keyed_before_the_order_is_ended_by_it(
    prison: Prison, officer: Actor
) -> None:
    receipt = prison.held()
    prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=10))
    order_at(prison, receipt.person_id, clock.now() - timedelta(minutes=20))
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    known(officer, case_id)
    assert stops(prison, receipt.episode_id) == []


@pytest.mark.any_server
def test_an_order_read_again_ends_the_late_warrant_and_its_clock_never_stopped(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    receipt = prison.held()
    came = clock.now() - timedelta(minutes=20)
    order_id = order_at(prison, receipt.person_id, came)
    late = prison.remand(receipt.person_id, at=clock.now() - timedelta(hours=10))
    hear(follow_papers, "authority.warrant_recorded", receipt.person_id)
    with pytest.raises(InvalidInput):
        authority_services.extend_release_order(
            Command(officer), release_order_id=order_id, warrant_name_ids=[late], basis=" "
        )
    authority_services.extend_release_order(
        Command(officer),
        release_order_id=order_id,
        warrant_name_ids=[late],
        basis="The order names every charge",
    )
    hear(follow_papers, "authority.release_order_extended", receipt.person_id)
    assert clock_of(prison, receipt.episode_id) == came
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    assert papers(receipt.person_id) == []


def test_a_verified_order_that_reaches_further_is_to_be_verified_again(prison: Prison) -> None:
    receipt = prison.held()
    (name,) = papers(receipt.person_id)
    order_id = order_at(prison, receipt.person_id, clock.now(), name)
    authority_services.set_registry_phone(
        prison.command, body_id=prison.court, telephone="227 0000"
    )
    authority_services.verify_release_order(
        prison.command, release_order_id=order_id, spoke_to="The clerk"
    )
    late = prison.remand(receipt.person_id)
    authority_services.extend_release_order(
        prison.command, release_order_id=order_id, warrant_name_ids=[late], basis="All charges"
    )
    order = authority.release_order(prison.actor, order_id)
    assert (order.state, set(order.warrant_name_ids)) == ("received", {name, late})


# An order that falls


@pytest.mark.any_server
def test_who_decides_on_orders_at_another_prison_strikes_out_no_entry_of_a_colleague_here(
    prison: Prison, other_prison: Prison, records: Actor
) -> None:
    held = prison.held()
    order_id = order_at(prison, held.person_id, clock.now())
    right, labels = frozenset({"authority.decide"}), frozenset(LABELS)
    far, here = (
        replace(records, reaches=(*records.reaches, Reach("t", right, place, None, labels)))
        for place in (other_prison.establishment_id, prison.establishment_id)
    )
    wrong = {"release_order_id": order_id, "reason": "Keyed twice"}
    with pytest.raises(Refused):
        authority_services.strike_out_release_order(Command(far), **wrong)
    authority_services.strike_out_release_order(Command(here), **wrong)
    assert authority.release_order(prison.actor, order_id).state == "struck_out"


@pytest.mark.any_server
def test_who_keyed_an_order_for_the_wrong_person_strikes_the_entry_out_alone(
    prison: Prison, records: Actor
) -> None:
    wrong, right = prison.held("Juan Perez"), prison.held("Juan Peres")
    order_id = order_at(prison, wrong.person_id, clock.now(), actor=records)
    with pytest.raises(InvalidInput):
        authority_services.strike_out_release_order(
            Command(records), release_order_id=order_id, reason=""
        )
    authority_services.strike_out_release_order(
        Command(records), release_order_id=order_id, reason="Meant Juan Peres"
    )
    hear(follow_orders, "authority.release_order_struck_out", wrong.person_id)
    assert open_case(prison, wrong.episode_id) is None
    entry = authority.release_order(prison.actor, order_id)
    assert (entry.state, entry.withdrawn_how) == ("struck_out", "mistake")
    assert entry.withdrawn_reason == "Meant Juan Peres"
    assert entry.withdrawn_at is not None
    assert papers(wrong.person_id)
    order_at(prison, right.person_id, clock.now(), actor=records)
    assert open_case(prison, right.episode_id) is not None


@pytest.mark.any_server
def test_nobody_but_the_officer_in_charge_strikes_out_the_entry_of_another(
    prison: Prison, records: Actor, make_actor: Callable[..., Actor]
) -> None:
    receipt = prison.held()
    order_id = order_at(prison, receipt.person_id, clock.now())
    with pytest.raises(Refused) as refused:
        authority_services.strike_out_release_order(
            Command(records), release_order_id=order_id, reason="Looks wrong"
        )
    assert codes(refused.value) == ["authority.entry_of_another"]
    charge = make_actor("authority.record", "authority.decide")
    authority_services.strike_out_release_order(
        Command(charge), release_order_id=order_id, reason="Entered twice"
    )
    assert authority.release_order(prison.actor, order_id).state == "struck_out"


@pytest.mark.any_server
def test_a_court_that_takes_its_order_back_is_recorded_with_who_said_so_and_when(
    prison: Prison, records: Actor
) -> None:
    receipt = prison.held()
    order_id = order_at(prison, receipt.person_id, clock.now() - timedelta(minutes=30))
    with pytest.raises(InvalidInput) as wrong:
        authority_services.withdraw_release_order(
            Command(records), release_order_id=order_id, how="by_body", reason="Stay granted"
        )
    assert set(wrong.value.fields) == {"told_by"}
    said = clock.now() - timedelta(minutes=5)
    authority_services.withdraw_release_order(
        Command(records),
        release_order_id=order_id,
        how="by_body",
        reason="Stay granted",
        told_by="Ms Tillett",
        happened_at=said,
    )
    hear(follow_orders, "authority.release_order_withdrawn", receipt.person_id)
    assert open_case(prison, receipt.episode_id) is None
    order = authority.release_order(prison.actor, order_id)
    assert (order.state, order.withdrawn_how, order.withdrawn_at) == ("withdrawn", "by_body", said)


@pytest.mark.any_server
def test_that_an_order_is_not_genuine_is_for_the_officer_in_charge_to_decide(
    prison: Prison, records: Actor, make_actor: Callable[..., Actor]
) -> None:
    receipt = prison.held()
    order_id = order_at(prison, receipt.person_id, clock.now())
    with pytest.raises(NotPermitted):
        authority_services.withdraw_release_order(
            Command(records), release_order_id=order_id, how="not_genuine", reason="No seal"
        )
    assert authority.release_order(prison.actor, order_id).is_open
    authority_services.withdraw_release_order(
        Command(make_actor("authority.decide")),
        release_order_id=order_id,
        how="not_genuine",
        reason="No such order at the registry",
    )
    assert not authority.release_order(prison.actor, order_id).is_open


def test_an_order_that_let_somebody_go_and_is_then_taken_back_is_still_recorded(
    prison: Prison, officer: Actor, second: Actor, records: Actor
) -> None:
    receipt = prison.held()
    order_id = order_at(prison, receipt.person_id, clock.now())
    case_id = open_case(prison, receipt.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    with pytest.raises(Refused) as refused:
        authority_services.strike_out_release_order(
            prison.command, release_order_id=order_id, reason="Wrong man"
        )
    assert codes(refused.value) == ["authority.order_freed_someone"]
    authority_services.withdraw_release_order(
        Command(records),
        release_order_id=order_id,
        how="by_body",
        reason="Set aside on appeal",
        told_by="Ms Tillett",
    )
    order = authority.release_order(prison.actor, order_id)
    assert (order.state, order.withdrawn_how) == ("acted_on", "by_body")
    told = OutboxEvent.objects.get(kind="authority.release_order_withdrawn")
    assert told.payload["after_acting"] is True


@pytest.mark.any_server
def test_striking_out_the_first_of_two_orders_counts_the_clock_from_the_one_that_stands(
    prison: Prison,
) -> None:
    receipt = prison.held()
    mistaken = order_at(prison, receipt.person_id, clock.now() - timedelta(hours=1))
    stands = clock.now() - timedelta(minutes=10)
    order_at(prison, receipt.person_id, stands)
    authority_services.strike_out_release_order(
        prison.command, release_order_id=mistaken, reason="Was about another"
    )
    hear(follow_orders, "authority.release_order_struck_out", receipt.person_id)
    hear(follow_papers, "authority.release_order_struck_out", receipt.person_id)
    assert clock_of(prison, receipt.episode_id) == stands
