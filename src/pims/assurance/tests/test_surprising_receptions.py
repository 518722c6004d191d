"""What is surprising about a reception is recorded, and somebody is told of it."""

from datetime import UTC, date, datetime, timedelta

from pims.assurance import services
from pims.assurance.models import Alarm
from pims.assurance.subscribers import raise_what_it_says
from pims.custody.tests.prison import Prison, man
from pims.foundation.outbox.models import OutboxEvent
from pims.foundation.outbox.records import EventRecord
from pims.kernel import clock
from pims.people import services as people


def deliver(kind: str) -> None:
    """The events of a kind reach the alarms, as the worker hands them on."""
    for position, row in enumerate(OutboxEvent.objects.filter(kind=kind), start=1):
        raise_what_it_says(
            EventRecord(
                position, row.pk, row.entry_id, row.kind, row.schema_version, row.person_id,
                row.event_seq, row.establishment_id, row.payload, row.recorded_at,
            )
        )  # fmt: skip


def test_a_van_of_the_wrong_year_is_one_alarm_that_leads_to_the_van(prison: Prison) -> None:
    prison.receive(man("A B"), man("C D"), at=clock.now() - timedelta(days=2557))
    deliver("custody.received_long_ago")
    alarm = Alarm.objects.get(kind="received_long_ago")
    assert (alarm.person_id, alarm.params["people"]) == (None, 2)
    assert alarm.params["van_id"]


def test_an_episode_put_before_the_open_one_is_alarmed_for_that_person(prison: Prison) -> None:
    held = prison.held()
    prison.receive(
        man(person_id=held.person_id, attach="same"), at=datetime(2019, 11, 22, tzinfo=UTC)
    )
    deliver("custody.stay_put_before")
    assert Alarm.objects.get(kind="stay_put_before").person_id == held.person_id


def test_a_birth_after_reception_is_alarmed_until_it_is_corrected(prison: Prison) -> None:
    held = prison.held()
    prison.receive(man(person_id=held.person_id, age_as_given=41))

    def born(day: date, version: int) -> None:
        people.amend_person(
            prison.command, person_id=held.person_id, version=version,
            birth_date=day, birth_precision="day",
        )  # fmt: skip
        services.sweep(prison.command, establishment_id=prison.establishment_id)

    born(clock.today("America/Belize"), 1)
    alarm = Alarm.objects.get(kind="birth_in_doubt")
    assert alarm.params["why"] == "born_after_reception"
    born(date(2010, 1, 1), 2)
    alarm.refresh_from_db()
    assert alarm.ended_at is None  # forty-one was said
    born(date(1985, 1, 1), 3)
    alarm.refresh_from_db()
    assert alarm.end_kind == "fact"
