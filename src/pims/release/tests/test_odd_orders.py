"""A release order that is odd: asked about once, marked until verified, alarmed, never delayed."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from pims.assurance import services as assurance
from pims.assurance.models import Alarm
from pims.assurance.subscribers import raise_released_in_doubt
from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody.tests.prison import Prison
from pims.foundation.access.actor import Actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.people import selectors as people
from pims.release import services
from pims.release.models import Discharge
from pims.release.subscribers import follow_orders
from pims.release.tests.test_orders_and_clocks import ZONE, hear, open_case
from pims.release.tests.test_services import known
from tests.access.staff import signed_in, staff


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("records_officer", establishment_id=prison.establishment_id))


def typed(prison: Prison, **changes: object) -> dict[str, object]:
    """An ordinary order as typed, received just now, with what is said differently."""
    now = clock.now().astimezone(ZoneInfo(ZONE))
    received = changes.pop("received", now)
    assert isinstance(received, datetime)
    form = {
        "command_id": str(uuid.uuid4()), "kind": "bail", "body_id": prison.court,
        "ends_all": "on", "reference": "Bail 8/26", "received_at_day": received.day,
        "received_at_month": received.month, "received_at_year": received.year,
        "received_at_time": f"{received:%H:%M}",
    }  # fmt: skip
    dated = changes.pop("dated", None)
    if dated is not None:
        assert isinstance(dated, datetime)
        form |= {"dated_day": dated.day, "dated_month": dated.month, "dated_year": dated.year}
    return form | changes


def orders(person_id: int) -> list[authority.ReleaseOrderInfo]:
    return authority.release_orders([person_id]).get(person_id, [])


def doubtful(prison: Prison, person_id: int, body: str = "MC-DG") -> int:
    """An order of another court, keyed as it came; its case opens by itself."""
    made = authority_services.record_release_order(
        prison.command,
        establishment_id=prison.establishment_id,
        person_id=person_id,
        kind="bail",
        body_id=prison.bodies[body],
        received_at=clock.now(),
        ends_all=True,
        reference="Bail 9/26",
    )
    hear(follow_orders, "authority.release_order_recorded", person_id)
    return made.release_order_id


def alarms(prison: Prison) -> set[str]:
    assurance.sweep(prison.command, establishment_id=prison.establishment_id)
    return set(Alarm.objects.filter(ended_at=None).values_list("kind", flat=True))


def other_court(prison: Prison) -> str:
    return next(c for c in prison.bodies if c.startswith("MC-") and c != "MC-BZ")


def test_an_ordinary_order_is_recorded_without_a_question(prison: Prison, client: Client) -> None:
    held = prison.held()
    address = reverse("authority:record_order", args=[held.person_id])
    assert client.post(address, typed(prison)).status_code == 302
    (order,) = orders(held.person_id)
    assert order.oddities == ()


@pytest.mark.any_server
def test_no_kind_of_order_is_chosen_beforehand(prison: Prison, client: Client) -> None:
    held = prison.held()
    address = reverse("authority:record_order", args=[held.person_id])
    page = client.get(address).content.decode()
    assert '<option value="" selected>' in page
    assert client.post(address, typed(prison, kind="")).status_code == 422
    assert not orders(held.person_id)


@pytest.mark.any_server
def test_an_order_received_years_ago_and_dated_next_year_by_another_court_is_asked_about_first(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    now = clock.now().astimezone(ZoneInfo(ZONE))
    address = reverse("authority:record_order", args=[held.person_id])
    form = typed(
        prison, received=now.replace(year=2020, month=1, day=1), reference="",
        dated=now.replace(year=now.year + 1, month=1, day=1), conditions="Two sureties",
        body_id=prison.bodies[other_court(prison)],
    )  # fmt: skip
    asked = client.post(address, form)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Not saved yet. Is this right?" in page
    for question in (
        "a day that has not come",
        "before a warrant that it ends began to hold",
        "its clock counts from then",
        "is of another court than",
        "It has no reference",
    ):
        assert question in page
    assert "Two sureties" in page
    assert not orders(held.person_id)
    mark = page.split('name="sure" value="')[1].split('"')[0]
    saved = client.post(address, form | {"sure": mark})
    (order,) = orders(held.person_id)
    assert saved.status_code == 302
    assert saved.headers["Location"] == reverse("authority:order", args=[order.release_order_id])
    shown = client.get(saved.headers["Location"]).content.decode()
    assert "What is odd about the order" in shown
    assert "Dated in the future" in shown
    assert "Of another court than the warrants it ends" in shown


@pytest.mark.any_server
def test_a_date_that_no_calendar_has_is_asked_about_and_kept_as_written(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    address = reverse("authority:record_order", args=[held.person_id])
    form = typed(prison) | {"dated_day": 31, "dated_month": 2, "dated_year": 2026}
    asked = client.post(address, form).content.decode()
    assert "is in no calendar" in asked
    mark = asked.split('name="sure" value="')[1].split('"')[0]
    assert client.post(address, form | {"sure": mark}).status_code == 302
    (order,) = orders(held.person_id)
    assert order.dated is None
    assert "31 2 2026" in order.as_written


def test_an_odd_order_is_marked_on_every_page_and_alarmed_until_the_registry_is_called(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    order_id = doubtful(prison, held.person_id, other_court(prison))
    authority_services.set_registry_phone(
        prison.command, body_id=prison.bodies[other_court(prison)], telephone="555-0101"
    )
    case_id = open_case(prison, held.episode_id)
    case = reverse("release:case", args=[case_id])
    pages = [case, reverse("prisoner", args=[number]), reverse("authority:index")]
    verify = reverse("release:item", args=[case_id, "order_verified"])
    mark = "Of another court than the warrants it ends"
    for page in (*pages, verify):
        assert mark in client.get(page).content.decode()
    assert "order_in_doubt" in alarms(prison)
    alarm = Alarm.objects.get(kind="order_in_doubt", ended_at=None)
    told = client.get(reverse("assurance:alarm", args=[alarm.pk])).content.decode()
    assert mark in told
    assert reverse("authority:order", args=[order_id]) in told
    authority_services.verify_release_order(
        prison.command, release_order_id=order_id, spoke_to="Ms Usher"
    )
    assert "order_in_doubt" not in alarms(prison)
    for page in pages:
        assert mark not in client.get(page).content.decode()
    order = client.get(reverse("authority:order", args=[order_id])).content.decode()
    assert mark in order
    assert "this is settled" in order


@pytest.mark.any_server
def test_an_odd_order_delays_no_lawful_release_and_the_doubt_outlives_it(
    prison: Prison, officer: Actor, second: Actor
) -> None:
    held = prison.held()
    doubtful(prison, held.person_id, other_court(prison))
    case_id = open_case(prison, held.episode_id)
    assert case_id is not None
    known(officer, case_id)
    services.second_officer_agrees(Command(second), case_id=case_id)
    done = services.discharge_person(Command(officer), case_id=case_id)
    assert "order_in_doubt" in Discharge.objects.get(pk=done.discharge_id).marks
    hear(raise_released_in_doubt, "release.released", held.person_id)
    assert "released_in_doubt" in alarms(prison)
    assert "order_in_doubt" not in alarms(prison)


@pytest.mark.any_server
def test_an_order_of_a_higher_court_is_asked_about_and_alarms_nobody(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    address = reverse("authority:record_order", args=[held.person_id])
    asked = client.post(address, typed(prison, body_id=prison.bodies["HC"])).content.decode()
    assert "stands above the court whose warrant it ends" in asked
    doubtful(prison, held.person_id, "HC")
    assert "order_in_doubt" not in alarms(prison)


@pytest.mark.any_server
def test_a_struck_out_order_stays_to_be_read_from_the_prisoner_page(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    number = people.person_headers(prison.actor, [held.person_id])[held.person_id].number
    order_id = doubtful(prison, held.person_id)
    authority_services.strike_out_release_order(
        prison.command, release_order_id=order_id, reason="Meant Juan Peres"
    )
    page = client.get(reverse("prisoner", args=[number])).content.decode()
    address = reverse("authority:order", args=[order_id])
    assert address in page
    assert "Struck out: entered by mistake" in page
    order = client.get(address).content.decode()
    assert "Meant Juan Peres" in order
    assert "Bail 9/26" in order
    told = client.get(reverse("prisoner_timeline", args=[number])).content.decode()
    assert told.count(f'href="{address}"') == 2, "where it came, and where it fell"


@pytest.mark.any_server
def test_what_was_typed_stays_when_an_order_cannot_be_struck_out(
    prison: Prison, client: Client
) -> None:
    held = prison.held()
    order_id = doubtful(prison, held.person_id)
    address = reverse("authority:withdraw_order", args=[order_id])
    page = client.get(address).content.decode()
    assert "Bail 9/26" in page
    sent = {"command_id": str(uuid.uuid4()), "how": "mistake", "reason": "The words I typed"}
    another = client.post(address, sent)
    assert another.status_code == 422
    told = another.content.decode()
    assert "Another officer made this entry" in told
    assert "The words I typed" in told
    authority_services.strike_out_release_order(
        prison.command, release_order_id=order_id, reason="Entered twice"
    )
    again = client.post(address, sent | {"command_id": str(uuid.uuid4())}).content.decode()
    assert "it was struck out as entered by mistake" in again
    assert "struck_out" not in again
    assert "The words I typed" in again


@pytest.mark.any_server
def test_a_warrant_decided_by_another_meanwhile_loses_nothing_that_was_typed(
    prison: Prison,
) -> None:
    held = prison.held()
    made = prison.remand(held.person_id, until=clock.today("America/Belize") - timedelta(days=400))
    warrant_id = authority.warrant_name(prison.actor, made).warrant_id
    charge = signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))
    address = reverse("authority:decide", args=[warrant_id])
    assert "12/2026" in charge.get(address).content.decode()
    authority_services.decide_defective(
        prison.command, warrant_id=warrant_id, decision="returned", reason="First"
    )
    late = charge.post(
        address,
        {"command_id": str(uuid.uuid4()), "decision": "acted_on", "reason": "Typed at length"},
    )
    page = late.content.decode()
    assert late.status_code == 422
    assert "it went back to the court" in page
    assert "Typed at length" in page


@pytest.mark.any_server
def test_a_discharge_on_paper_by_an_odd_order_carries_the_doubt_too(
    prison: Prison, officer: Actor
) -> None:
    held = prison.held()
    doubtful(prison, held.person_id, other_court(prison))
    with clock.at(clock.now() + timedelta(minutes=5)):
        done = services.record_paper_discharge(
            Command(officer), episode_id=held.episode_id, happened_at=clock.now(),
            first_officer="Sgt Coc", second_officer="Sgt Pop", order_seen="Bail 9/26",
            destination="Home",
        )  # fmt: skip
    assert "order_in_doubt" in done.marks


@pytest.mark.any_server
def test_an_odd_order_alarms_until_it_falls(prison: Prison) -> None:
    held = prison.held()
    order_id = doubtful(prison, held.person_id, other_court(prison))
    assert "order_in_doubt" in alarms(prison)
    authority_services.withdraw_release_order(
        prison.command, release_order_id=order_id, how="not_genuine", reason="No such order"
    )
    assert "order_in_doubt" not in alarms(prison)


@pytest.mark.any_server
def test_a_spanish_reader_is_asked_and_told_in_spanish(prison: Prison) -> None:
    held = prison.held()
    client = signed_in(
        staff("records_officer", establishment_id=prison.establishment_id, language="es")
    )
    address = reverse("authority:record_order", args=[held.person_id])
    form = typed(prison, reference="", body_id=prison.bodies[other_court(prison)])
    page = client.post(address, form).content.decode()
    assert "No tiene referencia" in page
    assert "es de otro tribunal que" in page
    order_id = doubtful(prison, held.person_id, other_court(prison))
    order = client.get(reverse("authority:order", args=[order_id])).content.decode()
    assert "De otro tribunal que los mandamientos que termina" in order
    assert "Qué es extraño en la orden" in order
