"""Histories made of what the rooms recorded, and the alarms that a proof of them raises."""

import pytest

from pims.assurance.models import Alarm
from pims.assurance.tests.planting import PLANTS


def test_a_lawful_prison_has_no_alarm(lawful) -> None:
    assert lawful.judge().raised == 0
    assert lawful.sweep().raised == 0
    assert lawful.alarms() == {}


@pytest.mark.any_server
@pytest.mark.parametrize("fault", PLANTS)
def test_what_is_planted_in_the_rows_is_alarmed_as_what_it_is_and_nothing_else(
    lawful, fault: str
) -> None:
    lawful.judge()
    expected = PLANTS[fault](lawful)
    lawful.judge()
    names = {person_id: name for name, person_id in lawful.persons.items()}
    found: dict[str, list[tuple[str, object]]] = {}
    for alarm in Alarm.objects.filter(ended_at=None).order_by("kind"):
        found.setdefault(names[alarm.person_id], []).append((alarm.kind, alarm.params["fault"]))
    assert found == expected
