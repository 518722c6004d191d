"""A person for tests of the vault, as a bare row: the room of people is above this one."""

from itertools import count

from django.apps import apps

from pims.foundation.access.models import PersonScope
from pims.kernel import clock
from pims.kernel.numbers import prisoner_number

_serial = count(9_000_000)


def make_person(**values: object) -> int:
    person = apps.get_model("people", "Person").objects.create(
        number=prisoner_number(next(_serial)),
        created_at=clock.now(),
        recorded_by_id=1,
        **values,
    )
    PersonScope.objects.create(person_id=person.pk)
    return int(person.pk)
