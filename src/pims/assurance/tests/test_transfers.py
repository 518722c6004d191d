"""Alarms about somebody who is transferred: seen where the person is now, and back again."""

from datetime import timedelta

import pytest

from pims.assurance import judging, services
from pims.assurance.models import Alarm
from pims.assurance.rules import DueAlarm
from pims.assurance.selectors import open_alarms
from pims.assurance.subscribers import follow_transfers
from pims.custody import services as custody
from pims.custody.tests.prison import Prison
from pims.foundation.access.selectors import actor_for
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.kernel import clock
from tests.access.staff import staff


def follow() -> None:
    kinds = ["custody.ended", "custody.end_taken_back"]
    for row in OutboxEvent.objects.filter(kind__in=kinds).order_by("serial"):
        follow_transfers(
            EventRecord(
                position=row.serial, event_id=row.id, entry_id=row.entry_id, kind=row.kind,
                schema_version=row.schema_version, person_id=row.person_id,
                event_seq=row.event_seq, establishment_id=row.establishment_id,
                payload=row.payload, recorded_at=row.recorded_at,
            )
        )  # fmt: skip


@pytest.fixture
def there(other_prison: Prison):
    return actor_for(staff("officer_in_charge", establishment_id=other_prison.establishment_id))


def test_an_alarm_that_an_event_raised_goes_along_and_comes_back(
    prison: Prison, other_prison: Prison, there
) -> None:
    held = prison.held()
    made = services.raise_alarm(
        prison.command,
        alarm=DueAlarm(
            "ill_treatment_complained", "one", clock.now(), prison.establishment_id,
            held.person_id, held.episode_id, {},
        ),
    )  # fmt: skip
    services.acknowledge_alarm(prison.command, alarm_id=made.alarm_id)
    other = prison.held("Somebody Else")
    stays = services.raise_alarm(
        prison.command,
        alarm=DueAlarm(
            "ill_treatment_complained", "two", clock.now(), prison.establishment_id,
            other.person_id, other.episode_id, {},
        ),
    )  # fmt: skip
    custody.record_transfer(
        prison.command,
        episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    follow()
    seen = open_alarms(there, other_prison.establishment_id)
    assert [alarm.alarm_id for alarm in seen] == [made.alarm_id]
    assert Alarm.objects.get(pk=made.alarm_id).acknowledged_at is None, "to be seen anew there"
    assert [a.alarm_id for a in open_alarms(prison.actor, prison.establishment_id)] == [
        stays.alarm_id
    ]
    custody.take_back_end(prison.command, episode_id=held.episode_id, reason="Another prisoner")
    follow()
    back = {a.alarm_id for a in open_alarms(prison.actor, prison.establishment_id)}
    assert back == {made.alarm_id, stays.alarm_id}


def test_what_holds_by_fact_is_alarmed_there_and_no_longer_here(
    prison: Prison, other_prison: Prison
) -> None:
    held = prison.one("No Paper")
    here, there = prison.establishment_id, other_prison.establishment_id
    services.sweep(prison.command, establishment_id=here)
    assert "no_valid_warrant" in {a.kind.code for a in open_alarms(prison.actor, here)}
    custody.record_transfer(prison.command, episode_id=held.episode_id, to_establishment_id=there)
    follow()
    for where in (there, here):
        services.sweep(prison.command, establishment_id=where)
    assert open_alarms(prison.actor, here) == []
    assert "no_valid_warrant" in {a.kind.code for a in open_alarms(prison.actor, there)}


def test_what_the_proof_raised_goes_along_and_is_told_once(
    prison: Prison, other_prison: Prison, there
) -> None:
    held = prison.one("No Paper", at=clock.now() - timedelta(hours=2))
    here = prison.establishment_id
    judging.judge_custody(prison.command, person_ids=[held.person_id])
    (alarm,) = Alarm.objects.filter(ended_at=None)
    assert alarm.key.startswith("proof-")
    custody.record_transfer(
        prison.command,
        episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    follow()
    for where in (other_prison.establishment_id, here):
        services.sweep(prison.command, establishment_id=where)
    judging.judge_custody(prison.command, person_ids=[held.person_id])
    assert open_alarms(prison.actor, here) == []
    seen = open_alarms(there, other_prison.establishment_id)
    assert [one.kind.code for one in seen] == ["no_valid_warrant"]


def test_where_no_event_brought_it_along_the_next_judgment_does(
    prison: Prison, other_prison: Prison, there
) -> None:
    held = prison.one("No Paper", at=clock.now() - timedelta(hours=2))
    judging.judge_custody(prison.command, person_ids=[held.person_id])
    custody.record_transfer(
        prison.command,
        episode_id=held.episode_id,
        to_establishment_id=other_prison.establishment_id,
    )
    judging.judge_custody(prison.command, person_ids=[held.person_id])
    assert open_alarms(prison.actor, prison.establishment_id) == []
    (seen,) = open_alarms(there, other_prison.establishment_id)
    assert seen.kind.code == "no_valid_warrant"
