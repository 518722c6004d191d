"""Somebody held is taken off the books: a second officer ends the alarm, or taking it back does."""

from uuid import uuid4

import pytest
from django.urls import reverse

from pims.assurance import services
from pims.assurance.models import Alarm
from pims.assurance.subscribers import RAISED_BY, SETTLES, raise_what_it_says
from pims.custody import services as custody
from pims.custody.models import EndOfCustody
from pims.custody.tests.prison import Prison
from pims.foundation.access.selectors import actor_for
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.kernel.errors import Refused
from tests.access.staff import signed_in, staff

KIND = "taken_off_the_books"


def follow() -> None:
    """The feed reaches the alarms, from its beginning: what was handled before changes nothing."""
    rows = OutboxEvent.objects.filter(kind__in=[*RAISED_BY, *SETTLES]).order_by("serial")
    for row in rows:
        raise_what_it_says(
            EventRecord(
                position=row.serial, event_id=row.id, entry_id=row.entry_id, kind=row.kind,
                schema_version=row.schema_version, person_id=row.person_id,
                event_seq=row.event_seq, establishment_id=row.establishment_id,
                payload=row.payload, recorded_at=row.recorded_at,
            )
        )  # fmt: skip


@pytest.fixture
def enters(prison: Prison):
    return staff("officer_in_charge", establishment_id=prison.establishment_id)


@pytest.fixture
def second(prison: Prison):
    return staff("duty_senior_officer", establishment_id=prison.establishment_id)


@pytest.fixture
def end(prison: Prison, enters) -> EndOfCustody:
    held = prison.held("Dan Banner")
    prison.place(held.episode_id, "REM A-1/1")
    custody.record_never_held(
        Command(actor_for(enters)), episode_id=held.episode_id, version=1, reason="Typed wrong"
    )
    follow()
    return EndOfCustody.objects.get()


def command(**more: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **more}


def test_a_countersignature_ends_the_alarm_and_says_so(prison, end, enters, second) -> None:
    alarm = Alarm.objects.get(kind=KIND, ended_at=None)
    client = signed_in(second)
    told = client.get(reverse("assurance:alarm", args=[alarm.pk])).content.decode()
    assert "Has not signed yet" in told
    assert "Typed wrong" in told
    assert enters.name in told
    assert "A second officer countersigns the entry, or it is taken back" in told
    page = reverse("custody:end", args=[end.pk])
    assert page in told
    shown = client.get(page).content.decode()
    assert "No second officer has signed yet" in shown
    sign = reverse("custody:end_countersign", args=[end.pk])
    assert sign in shown
    assert client.post(sign, command()).status_code == 302
    follow()
    alarm.refresh_from_db()
    assert (alarm.ended_at is not None, alarm.end_kind) == (True, "fact")
    over = client.get(reverse("assurance:alarm", args=[alarm.pk])).content.decode()
    assert "a second officer countersigned it" in over
    signed = client.get(page).content.decode()
    assert second.name in signed
    assert sign not in signed


def test_who_entered_it_cannot_countersign(prison, end, enters) -> None:
    client = signed_in(enters)
    sign = reverse("custody:end_countersign", args=[end.pk])
    page = client.get(reverse("custody:end", args=[end.pk])).content.decode()
    assert sign not in page
    assert "Another officer than who entered it" in page
    assert client.post(sign, command()).status_code == 409
    with pytest.raises(Refused):
        custody.countersign_end(Command(actor_for(enters)), end_id=end.pk)
    follow()
    assert Alarm.objects.filter(kind=KIND, ended_at=None).exists()


def test_a_written_reason_does_not_end_it(prison, end, enters) -> None:
    alarm = Alarm.objects.get(kind=KIND)
    with pytest.raises(Refused):
        services.end_alarm(prison.command, alarm_id=alarm.pk, reason="He was never here")


def test_taking_the_entry_back_ends_it_too(prison, end) -> None:
    custody.take_back_end(prison.command, episode_id=end.episode_id, reason="He is in his cell")
    follow()
    alarm = Alarm.objects.get(kind=KIND)
    assert (alarm.end_kind, alarm.end_reason) == ("fact", "taken_back")


def test_taken_off_a_second_time_wants_a_second_signature(prison, end, enters, second) -> None:
    custody.countersign_end(Command(actor_for(second)), end_id=end.pk)
    custody.take_back_end(prison.command, episode_id=end.episode_id, reason="He is in his cell")
    follow()
    assert not Alarm.objects.filter(kind=KIND, ended_at=None).exists()
    episode = end.episode
    episode.refresh_from_db()
    custody.record_never_held(
        Command(actor_for(enters)), episode_id=episode.pk, version=episode.version, reason="Again"
    )
    follow()
    assert Alarm.objects.filter(kind=KIND, ended_at=None).exists()
    end.refresh_from_db()
    assert end.countersigned_at is None
