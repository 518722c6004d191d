"""What day it is where a person is: the same for a page, a worker and the command line.

A day begins at the midnight of the establishment that answers for the person (`PersonScope`),
never at that of the process that asks. Whoever is in none has the day of the service
(`TIME_ZONE` of the settings). A room above facilities that knows the establishment asks
`facilities.selectors.time_zone`.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet

from pims.foundation.access.models import PersonScope
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled


def zones_of(person_ids: Collection[int]) -> dict[int, str]:
    """Person's id -> IANA zone of the establishment, in one query; of all that were asked for."""
    ids = set(person_ids)
    return dict.fromkeys(ids, settings.TIME_ZONE) | dict(_zones(ids))


def zone_at(establishment_id: int | None) -> str:
    """The zone of an establishment; the service's own where there is none."""
    found = () if establishment_id is None else _zone(establishment_id)
    return str(next(iter(found), settings.TIME_ZONE))


def day_in(zone: str | None, at: datetime) -> date:
    """The calendar day of an instant in an IANA zone, or in the service's own."""
    return at.astimezone(ZoneInfo(zone or settings.TIME_ZONE)).date()


def day_of(person_id: int, at: datetime) -> date:
    """The calendar day of an instant where the person is."""
    return day_in(zones_of([person_id])[person_id], at)


@compiled
def _zones(ids: Any) -> QuerySet[Any, Any]:
    return PersonScope.objects.filter(
        any_of("person_id", ids), establishment__isnull=False
    ).values_list("person_id", "establishment__time_zone")


@compiled
def _zone(establishment_id: Any) -> QuerySet[Any, Any]:
    places = apps.get_model("facilities", "Establishment")._base_manager
    return places.filter(pk=establishment_id).values_list("time_zone", flat=True)
