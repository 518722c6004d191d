"""What a discharge through the check would have come before, were it at another hour.

A wrong hour is a fact told by the book: it is asked about and marked, and not refused.
"""

from datetime import datetime

from pims.authority import selectors as authority
from pims.kernel import minutes
from pims.release.models import Discharge

# Marks of a discharge, with the reasons by which they are asked about.
BEFORE_ORDER, BEFORE_IDENTITY = "before_order", "before_identity"
MARKS = (BEFORE_ORDER, BEFORE_IDENTITY)


def too_early(discharge_id: int, at: datetime) -> dict[str, datetime]:
    """By mark, the hour of what came only after `at`: the order's coming, identity established.

    Of a discharge on paper nothing: its ground and marks are found anew for its hour.
    """
    discharge = Discharge.objects.select_related("case").get(pk=discharge_id)
    case = discharge.case
    if case is None or discharge.entered_from_paper:
        return {}
    orders = authority.release_orders([discharge.person_id]).get(discharge.person_id, [])
    own = (o.received_at for o in orders if o.release_order_id == case.release_order_id)
    hours = {BEFORE_ORDER: next(own, None), BEFORE_IDENTITY: case.identity_at}
    return {
        mark: hour
        for mark, hour in hours.items()
        if hour is not None and minutes.not_before(at, hour) < hour
    }
