"""The pages on which an order falls or reaches further, as officers of each role meet them."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from pims.assurance.models import Alarm
from pims.assurance.subscribers import raise_what_it_says
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.release import services
from pims.release.tests.test_orders_and_clocks import hear, open_case
from pims.release.tests.test_orders_that_change import order_at
from pims.release.tests.test_services import known
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


def command(**fields: object) -> dict[str, object]:
    return {"command_id": str(uuid.uuid4()), **fields}


def test_a_records_officer_strikes_out_the_own_entry_from_the_list_of_orders(
    prison: Prison,
) -> None:
    held, today = prison.held(), clock.today("America/Belize")
    user = staff("records_officer", establishment_id=prison.establishment_id)
    client = signed_in(user)
    asked = client.post(
        reverse("authority:record_order", args=[held.person_id]),
        command(
            kind="bail", body_id=prison.court, ends_all="on", reference="Bail 3/26",
            received_at_day=today.day, received_at_month=today.month,
            received_at_year=today.year, received_at_time="00:01",
        ),
    )  # fmt: skip
    assert asked.status_code == 302, asked.content
    (order,) = authority.release_orders([held.person_id])[held.person_id]
    address = reverse("authority:withdraw_order", args=[order.release_order_id])
    assert address in client.get(reverse("authority:index")).content.decode()
    page = client.get(address).content.decode()
    assert "The entry is a mistake" in page
    assert "It is not genuine" not in page
    empty = client.post(address, command(how="by_body", reason="Stay granted"))
    assert empty.status_code == 422
    assert "whom you spoke to" in empty.content.decode()
    done = client.post(address, command(how="mistake", reason="Meant Juan Peres"))
    assert done.status_code == 302
    assert authority.release_order(prison.actor, order.release_order_id).state == "struck_out"
    assert address not in client.get(reverse("authority:index")).content.decode()


def test_only_the_officer_in_charge_is_offered_to_decide_that_an_order_is_not_genuine(
    prison: Prison,
) -> None:
    held = prison.held()
    order_id = order_at(prison, held.person_id, clock.now())
    address = reverse("authority:withdraw_order", args=[order_id])
    charge = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    assert "It is not genuine" in charge.get(address).content.decode()
    records = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    forced = records.post(address, command(how="not_genuine", reason="No seal"))
    assert forced.status_code == 422
    assert authority.release_order(prison.actor, order_id).is_open
    done = charge.post(address, command(how="not_genuine", reason="No such order"))
    assert done.status_code == 302
    assert not authority.release_order(prison.actor, order_id).is_open


def test_the_check_tells_of_a_warrant_keyed_after_the_order_and_leads_to_saying_so(
    prison: Prison,
) -> None:
    held = prison.held()
    order_id = order_at(prison, held.person_id, clock.now() - timedelta(minutes=5))
    late = prison.remand(held.person_id, at=clock.now() - timedelta(hours=10))
    case_id = open_case(prison, held.episode_id)
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    case = reverse("release:case", args=[case_id])
    address = reverse("authority:extend_order", args=[order_id])
    page = client.get(case).content.decode()
    assert "It was keyed after an order that ends everything" in page
    assert address in page
    assert client.post(address, command(basis="All charges")).status_code == 422
    done = client.post(address, command(warrants=[late], basis="The order names all charges"))
    assert done.status_code == 302
    after = client.get(case).content.decode()
    assert "A further warrant still detains" not in after
    assert address not in after


def test_who_walked_on_an_order_that_was_not_genuine_is_alarmed_as_released_in_error(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    held = prison.held()
    order_id = order_at(prison, held.person_id, clock.now())
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    authority_services.withdraw_release_order(
        prison.command, release_order_id=order_id, how="not_genuine", reason="Forged"
    )
    hear(raise_what_it_says, "authority.release_order_withdrawn", held.person_id)
    (alarm,) = Alarm.objects.filter(kind="released_in_error")
    assert alarm.person_id == held.person_id


def test_an_order_set_aside_after_a_lawful_release_alarms_nobody(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    held = prison.held()
    order_id = order_at(prison, held.person_id, clock.now())
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    services.discharge_person(Command(officer), case_id=case_id)
    with clock.at(clock.now() + timedelta(days=2)):
        authority_services.withdraw_release_order(
            prison.command,
            release_order_id=order_id,
            how="by_body",
            told_by="Ms Tillett",
            reason="Set aside on appeal",
        )
        hear(raise_what_it_says, "authority.release_order_withdrawn", held.person_id)
    assert not Alarm.objects.filter(kind="released_in_error").exists()


def test_withdrawing_an_interest_leads_back_to_a_page_of_ours_alone(prison: Prison) -> None:
    held = prison.held()
    client = signed_in(staff("records_officer", establishment_id=prison.establishment_id))
    for came_from, leads_to in (
        ("http://testserver/prisoners/1/?x=1", "/prisoners/1/?x=1"),
        ("https://elsewhere.example/prisoners/1/", reverse("authority:index")),
    ):
        interest = authority_services.record_police_interest(
            prison.command, person_id=held.person_id, agency="CIB"
        )
        answer = client.post(
            reverse("authority:withdraw_interest", args=[interest.police_interest_id]),
            {"command_id": str(uuid.uuid4())},
            headers={"Referer": came_from},
        )
        assert answer["Location"] == leads_to
