"""What day it is where a person is: the same in a page, in a worker, and for whoever looks."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from pims.facilities.models import Establishment
from pims.foundation.access.days import day_of, zone_at, zones_of
from pims.foundation.access.models import PersonScope
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.people import selectors, services
from pims.people.services import NameInput

pytestmark = pytest.mark.django_db

# The second of June at Line, still the first in Belize and everywhere west of it.
NOON = datetime(2026, 6, 1, 18, tzinfo=UTC)
BIRTHDAY = date(2008, 6, 2)


def place(code: str, zone: str) -> int:
    made: int = Establishment.objects.create(code=code, name=code, time_zone=zone).pk
    return made


def person(establishment_id: int | None, born: date = BIRTHDAY) -> int:
    made = services.create_person(
        Command(system_actor()),
        names=[NameInput("Ana", "Cal")],
        birth_date=born,
        birth_precision="day",
        establishment_id=establishment_id,
    )
    return made.person_id


def test_a_person_comes_of_age_at_the_midnight_of_the_own_establishment() -> None:
    with clock.at(NOON):
        east, west = person(place("E", "Pacific/Kiritimati")), person(place("W", "America/Belize"))
        nowhere = person(None)
        for zone in ("America/Belize", "Pacific/Kiritimati", "UTC"):
            # Whatever the zone of the page, of the worker, of the command line.
            with timezone.override(zone):
                heads = selectors.person_headers(system_actor(), [east, west, nowhere])
                found = {i: (heads[i].age, heads[i].is_juvenile) for i in heads}
                assert found == {east: (18, False), west: (17, True), nowhere: (17, True)}


def test_the_daily_task_takes_the_mark_by_the_day_of_each_establishment() -> None:
    with clock.at(NOON.replace(day=1, hour=3)):
        east, west = person(place("E", "Pacific/Kiritimati")), person(place("W", "America/Belize"))
    marked = PersonScope.objects.filter(labels__contains=["juvenile"])
    assert {row.person_id for row in marked.all()} == {east, west}
    with clock.at(NOON), timezone.override("America/Belize"):
        assert services.let_come_of_age(Command(system_actor())) == 1
    assert {row.person_id for row in marked.all()} == {west}
    with clock.at(NOON.replace(day=2)), timezone.override("Pacific/Kiritimati"):
        assert services.let_come_of_age(Command(system_actor())) == 1


def test_a_birth_of_today_is_of_today_where_the_person_is() -> None:
    born = date(2026, 6, 2)
    with clock.at(NOON), timezone.override("America/Belize"):
        assert person(place("E", "Pacific/Kiritimati"), born)
    with clock.at(NOON), timezone.override("Pacific/Kiritimati"), pytest.raises(InvalidInput):
        person(place("W", "America/Belize"), born)


def test_zones_are_told_of_all_who_are_asked_for() -> None:
    there = place("E", "Pacific/Kiritimati")
    one, other = person(there), person(None)
    assert zones_of([one, other, 0]) == {
        one: "Pacific/Kiritimati", other: "America/Belize", 0: "America/Belize",
    }  # fmt: skip
    assert (zone_at(there), zone_at(None)) == ("Pacific/Kiritimati", "America/Belize")
    assert (day_of(one, NOON), day_of(other, NOON)) == (date(2026, 6, 2), date(2026, 6, 1))
