"""What the writes of agencies and agreements share."""

from pims.exchange.models import Agency
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
