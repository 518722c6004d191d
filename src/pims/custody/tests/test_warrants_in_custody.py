"""Warrants of people in custody: who may change them, and none that holds unseen without end."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import selectors as custody
from pims.custody import services
from pims.custody.services import BodyReceiptInput
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput, NotPermitted

ZONE = "America/Belize"


def papers(person_id: int) -> list[authority.WarrantBrief]:
    return authority.detaining_warrants(person_id, zone=ZONE, at=clock.now())


@pytest.mark.any_server
def test_a_discharge_at_court_ends_no_warrant_of_anyone_else(prison: Prison) -> None:
    receipt, other = prison.held(), prison.held("Mateo Choc")
    (foreign,) = papers(other.person_id)
    with pytest.raises(InvalidInput) as wrong:
        services.record_court_discharge(
            prison.command,
            episode_id=receipt.episode_id,
            order_seen="Order 4/26",
            warrant_name_ids=[foreign.warrant_name_id],
        )
    assert "warrant_name_ids" in wrong.value.fields
    assert papers(other.person_id)


@pytest.mark.any_server
def test_after_a_transfer_the_new_prison_keeps_the_warrant_and_the_old_one_no_longer(
    prison: Prison, other_prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    receipt = prison.held()
    services.record_transfer(
        prison.command,
        episode_id=receipt.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    (paper,) = papers(receipt.person_id)
    here, there = (
        make_actor("authority.record", establishment_id=where.establishment_id)
        for where in (prison, other_prison)
    )
    day = clock.today("America/Belize") + timedelta(days=30)

    def set_date(actor: Actor) -> None:
        authority_services.set_next_appearance(
            Command(actor),
            warrant_name_id=paper.warrant_name_id,
            next_appearance=day,
            happened_at=clock.now(),
            basis="Adjourned",
        )

    with pytest.raises(NotPermitted):
        set_date(here)
    set_date(there)
    assert papers(receipt.person_id)[0].next_appearance == day


@pytest.mark.any_server
def test_after_a_transfer_the_new_prison_decides_on_a_defective_warrant(
    prison: Prison, other_prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    receipt = prison.one(at=clock.now() - timedelta(hours=5))
    made = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="remand",
        body_id=prison.court,
        received_at=clock.now(),
        defects=["no_seal"],
        names=[authority_services.WarrantNameInput(receipt.person_id, "As Written", clock.now())],
    )
    services.record_transfer(
        prison.command,
        episode_id=receipt.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    decider = make_actor("authority.decide", establishment_id=other_prison.establishment_id)
    authority_services.decide_defective(
        Command(decider), warrant_id=made.warrant_id, decision="acted_on", reason="Clerk confirmed"
    )


@pytest.mark.any_server
def test_nobody_puts_a_warrant_on_someone_out_of_reach(
    prison: Prison, other_prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    receipt = prison.held()
    stranger = make_actor("authority.record", establishment_id=other_prison.establishment_id)
    with pytest.raises(NotPermitted):
        authority_services.record_warrant(
            Command(stranger),
            establishment_id=other_prison.establishment_id,
            kind="remand",
            body_id=prison.court,
            received_at=clock.now(),
            names=[authority_services.WarrantNameInput(receipt.person_id, "X", clock.now())],
        )
    assert len(papers(receipt.person_id)) == 1


def test_a_remand_left_without_a_date_is_defective_again(prison: Prison) -> None:
    receipt = prison.held()
    (paper,) = papers(receipt.person_id)
    authority_services.set_next_appearance(
        prison.command,
        warrant_name_id=paper.warrant_name_id,
        next_appearance=None,
        happened_at=clock.now(),
        basis="Adjourned without a date",
    )
    (paper,) = papers(receipt.person_id)
    assert (paper.state, paper.defects) == ("as_received", ("no_next_appearance",))


@pytest.mark.any_server
def test_a_new_date_after_an_immigration_hold_ran_out_does_not_hold_without_end_unseen(
    prison: Prison,
) -> None:
    start = clock.now() - timedelta(days=9)
    receipt = prison.one(at=start)
    name = prison.remand(
        receipt.person_id, at=start, kind="immigration", until=start.date() + timedelta(days=2)
    )
    authority_services.set_next_appearance(
        prison.command,
        warrant_name_id=name,
        next_appearance=clock.today("America/Belize") + timedelta(days=5),
        happened_at=clock.now() - timedelta(minutes=1),
        basis="Hearing",
    )
    (paper,) = papers(receipt.person_id)
    assert (paper.state, paper.defects) == ("as_received", ("no_end",))


def test_the_gate_receives_many_under_one_order(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    gate = make_actor("custody.receive", establishment_id=prison.establishment_id)
    lines: list[BodyReceiptInput] = [man("Juan Perez"), man("Mateo Choc")]
    done = services.receive_under_one_order(
        Command(gate),
        establishment_id=prison.establishment_id,
        receipts=lines,
        warrant_kind="emergency",
        body_id=prison.bodies["MIN"],
        until=clock.today("America/Belize") + timedelta(days=30),
    )
    assert all(papers(receipt.person_id) for receipt in done.receipts)


@pytest.mark.any_server
def test_a_look_back_shows_the_court_date_that_stood_then(prison: Prison) -> None:
    now = clock.now()
    receipt = prison.one(at=now - timedelta(days=20))
    first, second, late = (now.date() + timedelta(days=days) for days in (-10, 12, 3))
    made = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="remand",
        body_id=prison.court,
        reference="MC 7/26",
        dated=(now - timedelta(days=20)).date(),
        received_at=now - timedelta(days=20),
        names=[
            authority_services.WarrantNameInput(
                person_id=receipt.person_id,
                name_as_written="Juan Choc",
                starts_at=now - timedelta(days=20),
                next_appearance=first,
            )
        ],
    )
    (name_id,) = made.warrant_name_ids

    def court(day: date, *, days_ago: int) -> None:
        authority_services.set_next_appearance(
            prison.command,
            warrant_name_id=name_id,
            next_appearance=day,
            happened_at=now - timedelta(days=days_ago),
            basis="Adjourned",
        )

    def stood(days_ago: int) -> date | None:
        as_of = AsOf(now - timedelta(days=days_ago))
        row = next(
            r
            for r in custody.roll(prison.actor, prison.establishment_id, as_of)
            if r.person_id == receipt.person_id
        )
        (paper,) = authority.warrants_of([receipt.person_id], zone=ZONE, as_of=as_of)[
            receipt.person_id
        ]
        assert paper.next_appearance == row.next_appearance
        return row.next_appearance

    court(second, days_ago=11)
    assert [stood(days) for days in (15, 11, 5, 0)] == [first, second, second, second]
    # A hearing between the two is entered late: the court's last word stands.
    court(late, days_ago=13)
    assert [stood(days) for days in (15, 12, 5, 0)] == [first, late, second, second]
    (paper,) = papers(receipt.person_id)
    corrected = second + timedelta(days=1)
    authority_services.amend_warrant_name(
        prison.command,
        warrant_name_id=name_id,
        version=paper.version,
        reason="The 13th is what the order says",
        name_as_written=paper.name_as_written,
        charges=paper.charges,
        starts_at=paper.starts_at,
        until=paper.until,
        next_appearance=corrected,
    )
    assert [stood(days) for days in (15, 12, 5, 0)] == [first, late, corrected, corrected]
