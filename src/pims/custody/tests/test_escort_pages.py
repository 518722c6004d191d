"""An escort that is out: expected later, relieved, and its hour of departure put right."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from pims.custody import selectors, services
from pims.custody.models import Escort
from pims.custody.services import EscortInput
from pims.custody.tests.prison import Prison
from pims.custody.tests.test_pages import command, instant
from pims.foundation.ledger.models import LedgerDetail
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import InvalidInput
from tests.access.staff import signed_in, staff

pytestmark = pytest.mark.any_server


@pytest.fixture
def client(prison: Prison) -> Client:
    return signed_in(staff("officer_in_charge", establishment_id=prison.establishment_id))


def out(prison: Prison, *, hours: int) -> Escort:
    receipt = prison.held(hours=24 * 500)
    sent = services.send_out(
        prison.command,
        establishment_id=prison.establishment_id,
        prisoners=[EscortInput(person_id=receipt.person_id)],
        kind="hospital",
        destination="Karl Heusner Memorial Hospital",
        left_at=clock.now() - timedelta(hours=hours),
        expected_back_at=clock.now() + timedelta(hours=2),
        officers=["Officer Sho"],
    )
    return Escort.objects.get(pk=sent.escorts[0].escort_id)


def test_a_night_in_hospital_moves_the_return_and_the_officers(prison, client) -> None:
    escort = out(prison, hours=3)
    address = reverse("custody:escort", args=[escort.pk])
    assert "Officer Sho" in client.get(address).content.decode()
    tomorrow = clock.now() + timedelta(hours=20)
    sent = command(
        version=escort.version, officers="Officer Ical, Officer Tun", restraints="", risk_notes="",
        **instant("expected_back_at", tomorrow),
    )  # fmt: skip
    assert client.post(address, sent).status_code == 302
    escort.refresh_from_db()
    assert escort.officers == ["Officer Ical", "Officer Tun"]
    assert abs(escort.expected_back_at - tomorrow) < timedelta(minutes=1)
    stale = client.post(address, command(**{**sent, "command_id": command()["command_id"]}))
    assert stale.status_code == 409


def test_an_escort_due_back_next_year_is_asked_about(prison, client) -> None:
    escort = out(prison, hours=3)
    late = command(
        version=escort.version, officers="Officer Sho",
        **instant("expected_back_at", clock.now() + timedelta(days=365)),
    )  # fmt: skip
    page = client.post(reverse("custody:escort", args=[escort.pk]), late)
    assert page.status_code == 422
    assert "days ahead. Is the year right?" in page.content.decode()
    escort.refresh_from_db()
    assert escort.version == 1


def test_a_departure_keyed_a_year_early_is_put_right_and_the_rolls_with_it(prison, client) -> None:
    escort = out(prison, hours=24 * 365)
    then = AsOf(clock.now() - timedelta(days=100))

    def whereabouts() -> str:
        (row,) = selectors.roll(prison.actor, prison.establishment_id, then)
        return row.whereabouts

    assert whereabouts() == "out"
    address = reverse("custody:escort_departure", args=[escort.pk])
    right = clock.now() - timedelta(hours=2)
    without = command(version=escort.version, reason="", **instant("left_at", right))
    assert client.post(address, without).status_code == 422
    sent = command(version=escort.version, reason="Keyed a year early", **instant("left_at", right))
    assert client.post(address, sent).status_code == 302
    assert whereabouts() == "in"
    before = command(
        version=escort.version + 1, reason="x",
        **instant("left_at", clock.now() - timedelta(days=600)),
    )  # fmt: skip
    page = client.post(address, before).content.decode()
    assert "before the reception" in page or "Is the" in page
    escort.refresh_from_db()
    assert abs(escort.left_at - right) < timedelta(minutes=1)


def test_an_escort_that_left_later_than_expected_back_is_asked_when_it_is_due_and_stays_due(
    prison, client
) -> None:
    escort = out(prison, hours=30)
    Escort.objects.update(expected_back_at=clock.now() - timedelta(hours=20))
    right = clock.now() - timedelta(hours=3)
    address = reverse("custody:escort_departure", args=[escort.pk])
    assert "expected_back_at" in client.get(address).content.decode()
    sent = {"version": 1, "reason": "The day was wrong", **instant("left_at", right)}
    refused = client.post(address, command(**sent))
    assert refused.status_code == 422
    assert "The return is expected before the departure." in refused.content.decode()
    due = clock.now() - timedelta(hours=1)
    done = client.post(address, command(**sent, **instant("expected_back_at", due)))
    assert done.status_code == 302
    escort.refresh_from_db()
    assert abs(escort.expected_back_at - due) < timedelta(minutes=1)
    (row,) = selectors.roll(prison.actor, prison.establishment_id, AsOf(clock.now()))
    assert row.overdue
    said = json.loads(
        LedgerDetail.objects.get(entry__kind="custody.escort_departure_corrected").details
    )
    assert set(said["before"]) == set(said["after"]) == {"left_at", "expected_back_at"}


def test_the_minute_of_a_reception_or_of_another_return_is_no_contradiction(prison) -> None:
    day = (clock.now() - timedelta(days=2)).replace(second=27, microsecond=0)
    held = prison.one(at=day)
    services.send_out(
        prison.command, establishment_id=prison.establishment_id, kind="hospital",
        prisoners=[EscortInput(person_id=held.person_id)], left_at=day + timedelta(hours=1),
    )  # fmt: skip
    first = Escort.objects.get()
    services.correct_departure(
        prison.command, escort_id=first.pk, version=1, reason="At once",
        left_at=day.replace(second=0),
    )  # fmt: skip
    first.refresh_from_db()
    assert first.left_at == day
    again = services.correct_departure(
        prison.command, escort_id=first.pk, version=2, reason="At once",
        left_at=day.replace(second=0),
    )  # fmt: skip
    assert again.version == 2
    with pytest.raises(InvalidInput) as said:
        services.correct_departure(
            prison.command, escort_id=first.pk, version=2, reason="Slip",
            left_at=day - timedelta(hours=1),
        )  # fmt: skip
    assert isinstance(said.value.fields["left_at"].params["earliest"], str)


def test_nobody_left_with_officers_while_at_large(prison) -> None:
    now = clock.now()
    held = prison.one(at=now - timedelta(days=4))
    services.record_escape(
        prison.command, episode_id=held.episode_id, happened_at=now - timedelta(days=3)
    )
    services.record_recapture(
        prison.command, episode_id=held.episode_id, happened_at=now - timedelta(days=2)
    )
    services.send_out(
        prison.command, establishment_id=prison.establishment_id, kind="hospital",
        prisoners=[EscortInput(person_id=held.person_id)], left_at=now - timedelta(days=1),
    )  # fmt: skip
    escort = Escort.objects.get()
    with pytest.raises(InvalidInput) as said:
        services.correct_departure(
            prison.command, escort_id=escort.pk, version=1, reason="Slip",
            left_at=now - timedelta(days=2, hours=5),
        )  # fmt: skip
    assert said.value.fields["left_at"].code == "custody.departure_while_at_large"
