"""The orders that free."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from pims.authority import order_rules
from pims.authority.models import Body, ReleaseOrder, WarrantName
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class ReleaseOrderInfo:
    """One order. `oddities` are codes of `order_rules.ODDITIES`, whatever became of them."""

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
    withdrawn_told_by: str = ""
    as_written: str = ""
    oddities: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in (ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED)

    @property
    def in_doubt(self) -> bool:
        """Whether it stands, odd enough to free the wrong person, and no registry confirmed it."""
        waits = self.state == ReleaseOrder.State.RECEIVED
        return waits and order_rules.could_free_wrongly(self.oddities)


def release_order(viewer: Actor, release_order_id: int) -> ReleaseOrderInfo:
    """One release order. Raises NotFound."""
    found = _infos(ReleaseOrder.objects.filter(pk=release_order_id))
    if not found:
        raise NotFound("release_order", release_order_id)
    require_visible(viewer, "authority.view", found[0].person_id)
    return found[0]


def release_orders(
    person_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, list[ReleaseOrderInfo]]:
    """All release orders of the persons, newest first, with those of records joined to them.

    With `known_at` those that were on record then, as they were known then; the warrants that
    they name are those that they name now. Two queries; two more where there is one.
    """
    ids = set(person_ids)
    joined = people.joined_records(ids, known_at=known_at)
    found: dict[int, list[ReleaseOrderInfo]] = defaultdict(list)
    order_ids = _order_ids(ids | joined.keys(), known_at=known_at)
    if not order_ids:
        return {}
    orders = as_known(ReleaseOrder, known_at, among=any_of("id", order_ids))
    for order in _infos(orders.order_by("-received_at"), known_at):
        found[joined.get(order.person_id, order.person_id)].append(order)
    return dict(found)


@compiled
def _order_ids(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(ReleaseOrder, known_at, among=any_of("person_id", ids))
    return rows.values_list("id", flat=True)


def open_release_orders(viewer: Actor, establishment_id: int) -> list[ReleaseOrderInfo]:
    """Orders received or verified and not yet acted on, oldest first."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    orders = ReleaseOrder.objects.filter(
        establishment_id=establishment_id,
        state__in=[ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED],
    )
    return _infos(orders.order_by("received_at"))


def orders_in_doubt(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> dict[int, list[ReleaseOrderInfo]]:
    """The orders that could free the wrong person and were not verified, by whom they are about.

    For rooms above, without scope. Two queries, one more where there is one.
    """
    orders = ReleaseOrder.objects.filter(state=ReleaseOrder.State.RECEIVED)
    if establishment_id is not None:
        orders = orders.filter(establishment_id=establishment_id)
    if person_ids is not None:
        ids = set(person_ids)
        orders = orders.filter(person_id__in=ids | people.joined_records(ids).keys())
    doubtful = [info for info in _infos(orders) if info.in_doubt]
    roots = people.ids_canonical([info.person_id for info in doubtful]) if doubtful else {}
    found: dict[int, list[ReleaseOrderInfo]] = defaultdict(list)
    for info in doubtful:
        found[roots.get(info.person_id, info.person_id)].append(info)
    return dict(found)


def odd_about(
    *,
    person_id: int,
    kind: str,
    body_id: int,
    reference: str,
    dated: date | None,
    received_at: datetime,
    warrant_name_ids: Iterable[int],
    ends_all: bool,
    zone: str,
) -> tuple[str, ...]:
    """What would be odd about an order that is about to be recorded: codes, worst first."""
    own = people.persons_of(person_id)
    names = WarrantName.objects.filter(person_id__in=own).select_related("warrant__body")
    chosen = names.filter(ends_at=None) if ends_all else names.filter(pk__in=list(warrant_name_ids))
    body = Body.objects.get(pk=body_id)
    return order_rules.oddities(
        order_rules.OrderFacts(body.pk, body.kind, reference, dated, received_at, kind=kind),
        _ended(chosen),
        zone=zone,
        as_of=clock.now(),
    )


def _infos(orders: QuerySet[Any, Any], known_at: datetime | None = None) -> list[ReleaseOrderInfo]:
    """These orders, or versions of them, whole. Two queries; one where there is none."""
    rows = list(orders.select_related("body", "establishment"))
    names: dict[int, list[WarrantName]] = defaultdict(list)
    if rows:
        named = WarrantName.objects.annotate(order_id=F("release_orders__id"))
        named = named.filter(any_of("order_id", {row.id for row in rows}))
        for name in named.select_related("warrant__body").order_by("id"):
            names[name.order_id].append(name)
    return [_order_info(row, names[row.id], known_at) for row in rows]


def _ended(names: Iterable[WarrantName]) -> list[order_rules.EndedWarrant]:
    return [
        order_rules.EndedWarrant(n.warrant.body_id, n.warrant.body.kind, n.starts_at) for n in names
    ]


def _order_info(
    order: Any, names: list[WarrantName], known_at: datetime | None
) -> ReleaseOrderInfo:
    body = order.body
    # What has been acted on or has fallen is not late any more; its dates stay as odd as they were.
    waits = order.state in (ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED)
    odd = order_rules.oddities(
        order_rules.OrderFacts(
            body.pk,
            body.kind,
            order.reference,
            order.dated,
            order.received_at,
            names_any=order.ends_all or bool(names),
            kind=order.kind,
        ),
        _ended(names),
        zone=order.establishment.time_zone,
        as_of=(known_at or clock.now()) if waits else order.received_at,
    )
    return ReleaseOrderInfo(
        release_order_id=order.id,
        person_id=order.person_id,
        kind=order.kind,
        body_name=order.body.name,
        registry_phone=order.body.registry_phone,
        reference=order.reference,
        dated=order.dated,
        received_at=order.received_at,
        state=order.state,
        ends_all=order.ends_all,
        warrant_name_ids=tuple(name.pk for name in names),
        conditions=order.conditions,
        verified_at=order.verified_at,
        verified_spoke_to=order.verified_spoke_to,
        scan_blob_id=None if order.scan_blob_id is None else str(order.scan_blob_id),
        recorded_by_id=order.recorded_by_id,
        withdrawn_how=order.withdrawn_how,
        withdrawn_at=order.withdrawn_at,
        withdrawn_reason=order.withdrawn_reason,
        withdrawn_told_by=order.withdrawn_told_by,
        as_written=order.as_written,
        oddities=odd,
    )
