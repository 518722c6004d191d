"""On what ground a discharge was made, in the words of a paper."""

from django.utils.translation import gettext as _

from pims.authority import selectors as authority
from pims.authority.selectors import ReleaseOrderInfo
from pims.authority.web.words import ORDER_KINDS
from pims.release.selectors import DischargeInfo
from pims.release.web.words import BASES
from pims.ui.dates import day_text


def order_of(found: DischargeInfo) -> ReleaseOrderInfo | None:
    """The recorded order on which a discharge was made."""
    orders = authority.release_orders([found.person_id]).get(found.person_id, [])
    return next((o for o in orders if o.release_order_id == found.release_order_id), None)


def ground_text(found: DischargeInfo, order: ReleaseOrderInfo | None) -> str:
    """Basis of the discharge; for an order its kind, for a final date the day."""
    if order is not None:
        return f"{BASES['order']}: {ORDER_KINDS.get(order.kind, order.kind)}"
    if found.final_date is not None:
        return f"{BASES['final_date']}: {day_text(found.final_date)}"
    if found.entered_from_paper and found.basis in ("", "no_authority"):
        return _("Discharged without the system, entered from paper")
    return str(BASES[found.basis])


def order_text(order: ReleaseOrderInfo | None, seen: str = "") -> str:
    """Body, reference and date of the order; `seen` is what a discharge on paper noted of it."""
    if order is None:
        return seen
    dated = "" if order.dated is None else day_text(order.dated)
    known = ", ".join(part for part in (order.body_name, order.reference, dated) if part)
    if not seen:
        return known
    return "\n".join([known, _("As the paper says: %(order)s") % {"order": seen}])
