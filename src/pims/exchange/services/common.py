"""What the writes of agencies and agreements share."""

from pims.exchange.models import Agency
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
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


def alarms_at(establishment_id: int | None = None) -> int | None:
    """Where an alarm about messages is raised: where they come from, else at the first
    establishment. One of none could be opened by nobody whose grant is of one."""
    if establishment_id is not None:
        return establishment_id
    known = sorted(one.establishment_id for one in facilities.establishments(system_actor()))
    return known[0] if known else None
