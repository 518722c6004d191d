"""Whether what an order takes back, bail or parole, was ever granted to the person."""

from collections.abc import Collection

from pims.authority import selectors as authority
from pims.courts.models import CourtOrder
from pims.jurisdictions.order_kinds import OrderKind, order_kinds
from pims.people import selectors as people


def is_granted(kind: OrderKind, person_id: int, case_ids: Collection[int | None]) -> bool:
    """Whether a grant is on record: an order, or a release order that the gate or the desk keyed
    of a paper that no order is. True of a kind that takes nothing back.

    Where both the order and the grant are of a case, a grant in another case is none of this.
    """
    if not kind.after:
        return True
    own = CourtOrder.objects.filter(person_id__in=people.persons_of(person_id))
    grants = own.filter(kind__in=kind.after).exclude(state=CourtOrder.State.VOID)
    for granted_in in grants.values_list("case_id", flat=True):
        if not case_ids or granted_in is None or granted_in in case_ids:
            return True
    of_orders = set(own.values_list("release_order_id", flat=True))
    releases = {order_kinds()[code].release for code in kind.after} - {""}
    root = people.canonical_id(person_id)
    return any(
        one.kind in releases and one.state != "struck_out" and one.release_order_id not in of_orders
        for one in authority.release_orders([root]).get(root, [])
    )
