"""The orders that free."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from pims.authority.models import ReleaseOrder
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.kernel.errors import NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class ReleaseOrderInfo:
    release_order_id: int
    person_id: int
    kind: str
    body_name: str
    registry_phone: str
    reference: str
    dated: date | None
    received_at: datetime
    state: str
    ends_all: bool
    warrant_name_ids: tuple[int, ...]
    conditions: str
    verified_at: datetime | None
    verified_spoke_to: str
    scan_blob_id: str | None
    recorded_by_id: int
    withdrawn_how: str
    withdrawn_at: datetime | None
    withdrawn_reason: str

    @property
    def is_open(self) -> bool:
        return self.state in (ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED)


def release_order(viewer: Actor, release_order_id: int) -> ReleaseOrderInfo:
    """One release order. Raises NotFound."""
    order = ReleaseOrder.objects.select_related("body").filter(pk=release_order_id).first()
    if order is None:
        raise NotFound("release_order", release_order_id)
    require_visible(viewer, "authority.view", order.person_id)
    return _order_info(order)


def release_orders(person_ids: Iterable[int]) -> dict[int, list[ReleaseOrderInfo]]:
    """All release orders of the persons, newest first, with those of records joined to them.

    Two queries; two more where there is one.
    """
    ids = set(person_ids)
    joined = people.joined_records(ids)
    found: dict[int, list[ReleaseOrderInfo]] = defaultdict(list)
    order_ids = _order_ids(ids | joined.keys())
    if not order_ids:
        return {}
    orders = (
        ReleaseOrder.objects.filter(any_of("id", order_ids))
        .select_related("body")
        .prefetch_related("warrant_names")
        .order_by("-received_at")
    )
    for order in orders:
        found[joined.get(order.person_id, order.person_id)].append(_order_info(order))
    return dict(found)


@compiled
def _order_ids(ids: Any) -> QuerySet[Any, Any]:
    return ReleaseOrder.objects.filter(any_of("person_id", ids)).values_list("id", flat=True)


def open_release_orders(viewer: Actor, establishment_id: int) -> list[ReleaseOrderInfo]:
    """Orders received or verified and not yet acted on, oldest first."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    orders = (
        ReleaseOrder.objects.filter(
            establishment_id=establishment_id,
            state__in=[ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED],
        )
        .select_related("body")
        .prefetch_related("warrant_names")
        .order_by("received_at")
    )
    return [_order_info(order) for order in orders]


def _order_info(order: ReleaseOrder) -> ReleaseOrderInfo:
    return ReleaseOrderInfo(
        release_order_id=order.pk,
        person_id=order.person_id,
        kind=order.kind,
        body_name=order.body.name,
        registry_phone=order.body.registry_phone,
        reference=order.reference,
        dated=order.dated,
        received_at=order.received_at,
        state=order.state,
        ends_all=order.ends_all,
        warrant_name_ids=tuple(name.pk for name in order.warrant_names.all()),
        conditions=order.conditions,
        verified_at=order.verified_at,
        verified_spoke_to=order.verified_spoke_to,
        scan_blob_id=None if order.scan_blob_id is None else str(order.scan_blob_id),
        recorded_by_id=order.recorded_by_id,
        withdrawn_how=order.withdrawn_how,
        withdrawn_at=order.withdrawn_at,
        withdrawn_reason=order.withdrawn_reason,
    )
