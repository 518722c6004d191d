"""Silence is noticed on both sides: a heartbeat that says how far it speaks, and an alarm here."""

from datetime import timedelta

import pytest

from pims.assurance import selectors as alarms
from pims.assurance.models import Alarm
from pims.assurance.web.rows import alarm_rows
from pims.custody.tests.prison import Prison
from pims.exchange.feed import heartbeat
from pims.exchange.models import Agency, Beat, Cursor, EndpointState
from pims.exchange.services import endpoints, listening
from pims.exchange.tests.helpers import agency_with, terms_of
from pims.exchange.tests.pushing import TAKEN, listening_agency, pushed_to, told
from pims.exchange.tests.test_breaker import screened
from pims.exchange.webhooks import loading
from pims.facilities.layout import BUNDLED, read_layout
from pims.facilities.services import load_layout
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.outbox.models import OutboxEvent
from pims.kernel import clock
from pims.kernel.errors import InvalidInput, NotFound
from tests.fixtures.actors import ActorMaker

HOUR = timedelta(hours=1)


def _open(kind: str) -> int:
    return Alarm.objects.filter(kind=kind, ended_at=None).count()


def _subject(kind: str) -> str:
    """Whom the line of the open alarm names."""
    found = alarms.alarm(system_actor(), Alarm.objects.get(kind=kind, ended_at=None).pk)
    assert found is not None
    return str(alarm_rows(system_actor(), [found])[0].subject)


def test_an_agency_that_takes_nothing_for_its_agreed_time_raises_an_alarm_until_it_is_back(
    db: None,
) -> None:
    agency = listening_agency()
    agency_with(terms_of("social", events={}), kind="social")  # told of nothing: never silent
    now = clock.now()
    assert listening.watch().silent == 0
    with clock.at(now + HOUR + timedelta(minutes=1)):
        assert listening.watch().silent == 1
        assert listening.watch().silent == 1
        assert _open("agency_silent") == 1
        assert _subject("agency_silent") == Agency.objects.get(pk=agency.agency_id).name
        Cursor.objects.create(agreement_id=agency.agreement_id, seen_at=clock.now())
        assert listening.watch().silent == 0
        assert _open("agency_silent") == 0
    endpoints.agree_silence(
        Command(agency.officers[0]), agreement_id=agency.agreement_id, minutes=24 * 60,
        reason="They fetch once a day",
    )  # fmt: skip
    with clock.at(now + 20 * HOUR):
        assert listening.watch().silent == 0
    with clock.at(now + 27 * HOUR):
        assert listening.watch().silent == 1


def test_nobody_waits_for_one_who_only_tries_things_out(db: None) -> None:
    agency = listening_agency()
    with clock.at(clock.now() + 2 * HOUR):
        assert listening.watch().silent == 1
        Agency.objects.filter(pk=agency.agency_id).update(sandbox=True)
        assert listening.watch().silent == 0
        assert _open("agency_silent") == 0


def test_an_agency_that_takes_heartbeats_is_heard(db: None) -> None:
    agency = listening_agency()
    goal = pushed_to(agency)
    later = clock.now() + 2 * HOUR
    with clock.at(later):
        assert listening.watch().silent == 1
        loading.note_beat(goal, TAKEN)
        assert listening.watch().silent == 0
    assert EndpointState.objects.get().beat_at == later


def test_a_courier_that_stands_still_raises_an_alarm_until_it_goes_again(db: None) -> None:
    assert listening.watch().stopped is False, "one that never ran is not missed"
    heartbeat.beat()
    now = clock.now()
    with clock.at(now + timedelta(minutes=2)):
        assert listening.watch().stopped is False
    with clock.at(now + timedelta(minutes=4)):
        assert listening.watch().stopped is True
        assert _open("deliveries_stopped") == 1
        heartbeat.beat()
        assert listening.watch().stopped is False
        assert _open("deliveries_stopped") == 0


def test_a_heartbeat_does_not_speak_for_what_nobody_has_looked_at_yet(
    system_actor: Actor,
) -> None:
    """A worker that stands still is heard in the heartbeat itself, and here too."""
    now = clock.now()
    assert heartbeat.beat().upto <= clock.now()
    Prison.build(system_actor).one()
    first = OutboxEvent.objects.order_by("serial").values_list("recorded_at", flat=True).first()
    waiting = heartbeat.beat()
    assert waiting.upto == first
    assert first is not None
    assert first >= now
    with clock.at(first + timedelta(minutes=5)):
        heartbeat.beat()
        assert listening.watch().stopped is True


def test_a_heartbeat_says_how_far_the_feed_is_and_whether_messages_are_held(db: None) -> None:
    told(3)
    beat = heartbeat.beat()
    assert (beat.position, beat.held) == (3, False)
    screened(1, origin="test")
    beat = heartbeat.beat()
    assert beat.held is True
    assert heartbeat.latest() == beat
    assert Beat.objects.count() == 1
    document = heartbeat.document(7, beat)
    assert document["type"] == "pims.heartbeat"
    assert str(document["id"]).startswith("heartbeat-7-")


@pytest.mark.parametrize("minutes", [0, 2, 7 * 24 * 60 + 1])
def test_a_silence_that_nobody_could_agree_to_is_refused(db: None, minutes: int) -> None:
    agency = listening_agency()
    with pytest.raises(InvalidInput):
        endpoints.agree_silence(
            Command(agency.officers[0]), agreement_id=agency.agreement_id, minutes=minutes,
            reason="x",
        )  # fmt: skip
    with pytest.raises(NotFound):
        endpoints.agree_silence(
            Command(agency.officers[0]), agreement_id=10**6, minutes=30, reason="x"
        )


def test_silence_is_an_alarm_at_every_establishment_and_ends_at_all_of_them(
    system_actor: Actor, make_actor: ActorMaker
) -> None:
    places = [
        load_layout(Command(system_actor), layout=read_layout(name)).establishment_id
        for name in BUNDLED[:2]
    ]
    agency = listening_agency()
    with clock.at(clock.now() + HOUR + timedelta(minutes=1)):
        assert listening.watch().silent == 1
        listening.watch()
        open_ones = Alarm.objects.filter(kind="agency_silent", ended_at=None)
        assert sorted(open_ones.values_list("establishment_id", flat=True)) == sorted(places)
        # An officer of the second alone can open the one that is there.
        officer = make_actor("assurance.view", "exchange.view", establishment_id=places[1])
        seen = alarms.open_alarms(officer, places[1])
        assert [one.kind.code for one in seen] == ["agency_silent"]
        Cursor.objects.create(agreement_id=agency.agreement_id, seen_at=clock.now())
        assert listening.watch().silent == 0
        assert not open_ones.exists()
