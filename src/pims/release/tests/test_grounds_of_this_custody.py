"""A ground lets somebody go from the custody that it is about, and once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import services as custody
from pims.custody.services import ReceiptRecorded
from pims.custody.tests.prison import Prison, man
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, Refused
from pims.release import selectors, services
from pims.release.models import Discharge
from pims.release.subscribers import follow_orders
from pims.release.tests.test_orders_and_clocks import ZONE, hear, open_case
from pims.release.tests.test_services import case_for, codes, known, order_for

DAY = timedelta(days=1)


def left_before(prison: Prison, *, days: int = 50) -> tuple[ReceiptRecorded, int]:
    """Somebody who was let go so many days ago, on an order; and that order."""
    with clock.at(clock.now() - days * DAY):
        receipt = prison.held()
        order = order_for(prison, receipt.person_id)
        services.record_paper_discharge(
            prison.command, episode_id=receipt.episode_id, happened_at=clock.now(),
            order_seen="12/26", first_officer="Gate",
        )  # fmt: skip
    return receipt, order


def received_again(prison: Prison, person_id: int, warrant_state: str = "no") -> ReceiptRecorded:
    line = man("Juan Perez", person_id=person_id, warrant_state=warrant_state)
    return prison.receive(line, at=clock.now() - timedelta(hours=2))[0]


@pytest.mark.any_server
def test_an_order_that_let_somebody_go_lets_nobody_go_a_second_time(
    prison: Prison, officer: Actor
) -> None:
    receipt, order = left_before(prison)
    again = received_again(prison, receipt.person_id)
    with pytest.raises(Refused) as refused:
        case_for(prison, officer, again, order)
    assert codes(refused.value) == ["release.order_is_no_ground"]
    assert refused.value.reasons()[0].decided_by == "authority.decide"


@pytest.mark.any_server
def test_whom_nothing_holds_leaves_by_the_decision_of_the_officer_in_charge(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    receipt, _order = left_before(prison)
    again = received_again(prison, receipt.person_id)
    case = services.start_discharge(
        prison.command, episode_id=again.episode_id, basis="no_authority", ground="No paper came"
    )
    known(officer, case.case_id)
    services.second_officer_agrees(Command(second), case_id=case.case_id)
    done = services.discharge_person(Command(officer), case_id=case.case_id)
    assert Discharge.objects.get(pk=done.discharge_id).case.basis == "no_authority"


@pytest.mark.any_server
def test_a_discharge_on_paper_does_not_rest_on_an_order_of_a_former_custody(
    prison: Prison,
) -> None:
    receipt, order = left_before(prison)
    again = received_again(prison, receipt.person_id)
    done = services.record_paper_discharge(
        prison.command, episode_id=again.episode_id, happened_at=clock.now(),
        order_seen="12/26", first_officer="Gate",
    )  # fmt: skip
    found = Discharge.objects.get(pk=done.discharge_id)
    assert (found.case.basis, found.case.release_order_id) == ("no_authority", None)
    assert order not in found.orders_acted_on


@pytest.mark.any_server
def test_an_order_of_a_former_custody_that_names_what_still_holds_is_a_ground(
    prison: Prison, officer: Actor
) -> None:
    """It lay in a drawer; the person left meanwhile on another ground, and is held on it again."""
    receipt, _order = left_before(prison, days=5)
    again = received_again(prison, receipt.person_id, "yes")
    name = prison.remand(receipt.person_id)
    found = authority_services.record_release_order(
        prison.command,
        establishment_id=prison.establishment_id,
        person_id=receipt.person_id,
        kind="bail",
        body_id=prison.court,
        received_at=clock.now() - 6 * DAY,
        warrant_name_ids=[name],
    )
    case_id = case_for(prison, officer, again, found.release_order_id)
    detail = selectors.case_detail(prison.actor, case_id)
    assert detail.check is not None
    assert [r.code for r in detail.check.stops] == ["release.identity_not_established"]


@pytest.mark.any_server
def test_the_last_day_of_a_sentence_served_before_opens_no_gate_in_a_later_custody(
    prison: Prison, officer: Actor
) -> None:
    began = clock.now() - 90 * DAY
    last = (clock.now() - 40 * DAY).astimezone(ZoneInfo(ZONE)).date()
    receipt = prison.one(at=began)
    prison.remand(receipt.person_id, at=began, kind="committal_sentence", until=last)
    left = datetime.combine(last, datetime.min.time(), ZoneInfo(ZONE)) + timedelta(hours=9)
    services.record_paper_discharge(
        prison.command, episode_id=receipt.episode_id, happened_at=left, first_officer="Gate"
    )
    again = received_again(prison, receipt.person_id)
    with pytest.raises(InvalidInput) as refused:
        services.start_discharge(
            Command(officer), episode_id=again.episode_id, basis="final_date", final_date=last
        )
    assert refused.value.fields["final_date"].params == {"days": []}


@pytest.mark.any_server
def test_an_order_recorded_under_the_number_of_a_joined_record_starts_the_clock(
    prison: Prison,
) -> None:
    held = prison.held("Juan Perez")
    old = prison.one("Jon Peres", at=clock.now() - 30 * DAY)
    custody.end_episode(
        prison.command, episode_id=old.episode_id, kind="discharged",
        ended_at=clock.now() - 20 * DAY,
    )  # fmt: skip
    custody.merge_people(
        prison.command, person_id=old.person_id, into_person_id=held.person_id, reason="Same man"
    )
    order_for(prison, old.person_id)
    hear(follow_orders, "authority.release_order_recorded", old.person_id)
    assert open_case(prison, held.episode_id) is not None


@pytest.mark.any_server
def test_an_officer_of_the_unit_where_somebody_is_verifies_an_order_under_a_joined_number(
    prison: Prison, make_actor: Callable[..., Actor]
) -> None:
    held = prison.held("Juan Perez")
    prison.put(held.episode_id, "REM A-1/1")
    old = prison.one("Jon Peres", at=clock.now() - 30 * DAY)
    custody.end_episode(
        prison.command, episode_id=old.episode_id, kind="discharged",
        ended_at=clock.now() - 20 * DAY,
    )  # fmt: skip
    custody.merge_people(
        prison.command, person_id=old.person_id, into_person_id=held.person_id, reason="Same man"
    )
    order_id = order_for(prison, old.person_id)
    authority_services.set_registry_phone(
        prison.command, body_id=prison.court, telephone="227-2222"
    )
    of_the_unit = make_actor(
        "authority.record",
        establishment_id=prison.establishment_id,
        unit_ids=[prison.units["REM"]],
    )
    authority_services.verify_release_order(
        Command(of_the_unit), release_order_id=order_id, spoke_to="The clerk"
    )
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    assert order.state == "verified"


@pytest.mark.any_server
def test_a_sentence_that_another_follows_opens_no_case_and_rings_nobody(prison: Prison) -> None:
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    began = clock.now() - 40 * DAY
    receipt = prison.one(at=began)
    prison.remand(receipt.person_id, at=began, kind="committal_sentence", until=today)
    midnight = datetime.combine(today + DAY, datetime.min.time(), ZoneInfo(ZONE))
    further = authority_services.record_warrant(
        prison.command,
        establishment_id=prison.establishment_id,
        kind="committal_sentence",
        body_id=prison.court,
        reference="HC 6/26",
        dated=today,
        received_at=clock.now(),
        names=[
            authority_services.WarrantNameInput(
                person_id=receipt.person_id,
                name_as_written="Juan Perez",
                starts_at=midnight,
                until=today + 300 * DAY,
            )
        ],
    )

    def opened() -> int:
        return services.start_due_discharges(
            prison.command, establishment_id=prison.establishment_id
        )

    assert opened() == 0
    assert selectors.releases_due(prison.actor, prison.establishment_id) == []
    authority_services.end_warrant_by_fact(
        prison.command, warrant_name_id=further.warrant_name_ids[0], end_kind="void",
        at=midnight, basis="The same sentence, keyed twice",
    )  # fmt: skip
    assert opened() == 1
