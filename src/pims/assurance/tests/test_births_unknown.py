"""Nobody can tell whether somebody is a child whose birth nobody has recorded: that is an alarm."""

from datetime import date, timedelta

import pytest

from pims.assurance import selectors, services
from pims.assurance.models import Alarm
from pims.assurance.rules import CustodyFacts, custody_alarms
from pims.foundation.outbox.subscribers import discover
from pims.kernel import clock
from pims.people import services as people
from pims.people.models import Person

KIND = "birth_unknown"


def sweep(prison) -> None:
    services.sweep(prison.command, establishment_id=prison.establishment_id)


@pytest.fixture
def unknown(prison):
    """Received the day before yesterday, admitted, and nobody knows when he was born."""
    with clock.at(clock.now() - timedelta(days=2)):
        receipt = prison.held()
    Person.objects.filter(pk=receipt.person_id).update(
        birth_date=None, birth_precision="unknown", born_earliest=None, born_latest=None
    )
    sweep(prison)
    return prison, receipt


def open_kinds(prison, person_id: int) -> set[str]:
    return {one.kind.code for one in selectors.alarms_of(prison.actor, person_id)}


def test_a_year_alone_ends_it(unknown) -> None:
    prison, receipt = unknown
    alarm = Alarm.objects.get(kind=KIND)
    assert (alarm.owner_role, alarm.episode_id) == ("records_officer", receipt.episode_id)
    person = Person.objects.get(pk=receipt.person_id)
    people.amend_person(
        prison.command, person_id=person.pk, version=person.version,
        birth_date=date(1990, 1, 1), birth_precision="year",
    )  # fmt: skip
    sweep(prison)
    assert KIND not in open_kinds(prison, receipt.person_id)


def test_nothing_sounds_before_the_admission_is_due() -> None:
    now = clock.now()
    facts = CustodyFacts(
        1, 2, 3, now - timedelta(hours=20), True, now + timedelta(hours=4), "remand", (),
        birth_unknown=True,
    )  # fmt: skip
    assert [one.kind for one in custody_alarms(facts, as_of=now)] == []
    later = now + timedelta(hours=4)
    (due,) = custody_alarms(facts, as_of=later)
    assert (due.kind, due.since) == (KIND, facts.admission_due_at)


def test_a_birth_on_a_record_that_was_joined_counts(unknown) -> None:
    prison, receipt = unknown
    other = people.create_person(
        prison.command, names=[people.NameInput("Marlon", "Cayetano")], sex="male",
        birth_date=date(1988, 3, 2), birth_precision="day",
        establishment_id=prison.establishment_id,
    )  # fmt: skip
    people.merge_persons(
        prison.command, person_id=other.person_id, into_person_id=receipt.person_id,
        reason="Same", overlapping=False,
    )  # fmt: skip
    sweep(prison)
    assert KIND not in open_kinds(prison, receipt.person_id)


def test_a_correction_is_looked_at_within_the_second() -> None:
    (wanted,) = (one for one in discover() if one.name == "assurance.facts")
    assert wanted.wants("people.amended")
