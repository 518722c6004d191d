"""What the writes of agencies and agreements share."""

from collections.abc import Mapping
from datetime import datetime

from pims.assurance import services as alarms
from pims.exchange.models import Agency
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Transaction
from pims.kernel.errors import NotFound, Stale

MANAGE = "exchange.manage"
LINE, REASON = 120, 300


def locked_agency(agency_id: int, *, version: int | None = None) -> Agency:
    """Raises NotFound, Stale."""
    agency = Agency.objects.select_for_update().filter(pk=agency_id).first()
    if agency is None:
        raise NotFound("agency", agency_id)
    if version is not None and agency.version != version:
        raise Stale
    return agency


def raise_at(
    tx: Transaction,
    *,
    kind: str,
    key: str,
    since: datetime,
    establishment_id: int | None,
    params: Mapping[str, object],
) -> None:
    """Raise an alarm about messages where they come from; what comes from nowhere in particular,
    such as an agency that is silent, at every establishment: one of none could be opened by nobody
    whose grant is of one. What is raised already is not raised again. Raises NotPermitted."""
    places = _places()
    if establishment_id is not None:
        places = {establishment_id: places.get(establishment_id, f"@{establishment_id}")}
    for place, end in places.items():
        alarms.raise_about(
            tx, kind=kind, key=key + end, since=since, establishment_id=place, params=params
        )


def end_everywhere(tx: Transaction, *, kind: str, key: str) -> None:
    """End it wherever it was raised. Raises NotPermitted."""
    for end in _places().values():
        alarms.end_alarm_by_fact(tx, kind=kind, key=key + end)


def _places() -> dict[int | None, str]:
    """Every establishment, and how the key of an alarm there ends: at the first, not at all."""
    known = sorted(one.establishment_id for one in facilities.establishments(system_actor()))
    return {place: f"@{place}" if n else "" for n, place in enumerate([*known] or [None])}
