"""An order that frees and that nobody has called the registry about waits in the open."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pims.assurance import services
from pims.assurance.models import Alarm
from pims.authority import services as authority
from pims.courts import services as courts
from pims.courts.services import SentenceInput
from pims.courts.tests.court import Court
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from tests.access.staff import signed_in, staff

KIND = "order_unconfirmed"


@pytest.fixture
def court(prison, make_actor) -> Court:
    return Court.build(prison, make_actor)


@pytest.fixture
def allowed(court: Court) -> int:
    """An appeal allowed on one of two counts: it made no release order."""
    case = court.case()
    one, other = court.charge(case), court.charge(case, as_written="Murder")
    held = court.order(
        "commitment_sentence", body="HC", case_id=case, charge_ids=[one, other],
        sentences=[SentenceInput(years=1, charge_id=one),
                   SentenceInput(years=10, charge_id=other)],
    )  # fmt: skip
    made = court.order(
        "appeal_allowed", body="CA", case_id=case, charge_ids=[other], reference="CA 7/26",
        change="sets_aside", changes_order_id=held.order_ids[0],
    )  # fmt: skip
    authority.set_registry_phone(
        court.prison.command, body_id=court.body("CA"), telephone="227-1111"
    )
    return made.order_ids[0]


def sweep(court: Court) -> None:
    services.sweep(court.prison.command, establishment_id=court.prison.establishment_id)


def test_it_has_an_owner_a_deadline_and_the_page_where_the_registry_confirms(
    court: Court, allowed: int
) -> None:
    sweep(court)
    alarm = Alarm.objects.get(kind=KIND, ended_at=None)
    assert (alarm.owner_role, alarm.person_id) == ("records_officer", court.ana)
    assert alarm.deadline_at == alarm.raised_at + timedelta(minutes=60)
    client = signed_in(staff("records_officer", establishment_id=court.prison.establishment_id))
    page = client.get(reverse("assurance:alarm", args=[alarm.pk])).text
    assert "CA 7/26" in page
    assert "called on its stored number, confirms the order" in page
    confirm = reverse("courts:confirm", args=[allowed])
    assert confirm in page
    assert "227-1111" in client.get(confirm).text
    courts.confirm_order(Command(court.reader), order_id=allowed, spoke_to="Ms Coc")
    sweep(court)
    alarm.refresh_from_db()
    assert alarm.end_kind == "fact"


def test_left_alone_it_climbs_and_void_it_is_over(court: Court, allowed: int) -> None:
    sweep(court)
    with clock.at(clock.now() + timedelta(minutes=61)):
        sweep(court)
        assert Alarm.objects.get(kind=KIND).owner_role == "officer_in_charge"
    courts.set_aside_order(
        court.prison.command, order_id=allowed, how="void", reason="The wrong man"
    )
    sweep(court)
    assert Alarm.objects.get(kind=KIND).ended_at is not None
