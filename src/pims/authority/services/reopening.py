"""A warrant that had ended detains again, because what ended it never was."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pims.authority import events
from pims.authority.models import ReleaseOrder, WarrantName
from pims.foundation.commands.transaction import Transaction, service
from pims.people import selectors as people


@service
def reopen_warrants_by_fact(
    tx: Transaction, *, person_id: int, end_kind: str, since: datetime, basis: str
) -> tuple[int, ...]:
    """What ended these warrants never was: those that ended so since then detain again.

    Gives the ids of the names that were opened again.
    """
    tx.lock_persons([person_id])
    own = people.persons_of(person_id)
    names = WarrantName.objects.select_related("warrant").filter(
        person_id__in=own, end_kind=end_kind, ends_at__gte=since
    )
    return reopen(tx, names.order_by("pk"), basis)


@service
def reopen_warrants(
    tx: Transaction, *, person_id: int, warrant_name_ids: Sequence[int], at: datetime, basis: str
) -> tuple[int, ...]:
    """The order that ended these warrants at `at` never was: they detain again.

    One that has ended otherwise since stays as it ended. Gives the ids that were opened again.
    """
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    names = WarrantName.objects.select_related("warrant").filter(
        pk__in=list(warrant_name_ids), person_id__in=own, ends_at__isnull=False
    )
    ended = [name for name in names.order_by("pk") if name.ends_at == max(at, name.starts_at)]
    return reopen(tx, ended, basis)


@service
def let_orders_stand_again(
    tx: Transaction,
    *,
    person_id: int,
    release_order_ids: Sequence[int],
    acted_at: datetime,
    reason: str,
) -> tuple[int, ...]:
    """Nobody was let go on these orders at `acted_at`: they wait again, their warrants detain.

    Gives the ids of the warrant names that were opened again. An order that fell since stays
    fallen; what had ended before, or by another fact, stays ended.
    """
    tx.require_person("custody.correct", people.canonical_id(person_id))
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    opened: list[int] = []
    for order in _orders(release_order_ids, own):
        opened += reopen(tx, _closed_by(order, own, acted_at), reason)
        if order.state == ReleaseOrder.State.ACTED_ON:
            order.state = _stands_as(order)
            order.save(update_fields=["state"])
            if order.withdrawn_how:
                continue
            tx.record(
                events.ReleaseOrderStandsAgain(
                    person_id=order.person_id,
                    establishment_id=order.establishment_id,
                    release_order_id=order.pk,
                ),
                details={"reason": reason},
            )
    return tuple(opened)


@service
def let_warrants_hold_again(
    tx: Transaction,
    *,
    person_id: int,
    release_order_ids: Sequence[int],
    acted_at: datetime,
    reason: str,
) -> tuple[int, ...]:
    """Whoever was let go on these orders in error is back: what they ended wrongly detains again.

    The orders stay acted on, for somebody did leave on them, and free nobody a second time. Gives
    the ids of the warrant names that were opened again.
    """
    tx.require_person("custody.receive", people.canonical_id(person_id))
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    opened: list[int] = []
    for order in _orders(release_order_ids, own):
        opened += reopen(tx, _closed_by(order, own, acted_at), reason)
    return tuple(opened)


def _orders(release_order_ids: Sequence[int], own: Collection[int]) -> list[ReleaseOrder]:
    found = ReleaseOrder.objects.filter(pk__in=release_order_ids, person_id__in=own)
    return list(found.select_related("body").order_by("pk"))


def _closed_by(order: ReleaseOrder, own: Collection[int], acted_at: datetime) -> list[WarrantName]:
    """What an order ended when somebody was let go on it at `acted_at`."""
    basis = f"{order.body.name} {order.reference}".strip()[:300]
    names = order.warrant_names.filter(person_id__in=own, end_basis=basis)
    return [
        name
        for name in names.select_related("warrant").order_by("pk")
        if name.ends_at == max(acted_at, name.starts_at)
    ]


def _stands_as(order: ReleaseOrder) -> ReleaseOrder.State:
    """How an order stands on which nobody was let go: as before, or fallen where it fell since."""
    if order.withdrawn_how:
        return ReleaseOrder.State.WITHDRAWN
    verified = order.verified_at is not None
    return ReleaseOrder.State.VERIFIED if verified else ReleaseOrder.State.RECEIVED


def reopen(tx: Transaction, names: Iterable[WarrantName], basis: str) -> tuple[int, ...]:
    """Open these names again, inside a service that knows that what ended them never was."""
    opened = []
    for name in names:
        before = {"ends_at": name.ends_at, "end_kind": name.end_kind, "end_basis": name.end_basis}
        name.ends_at, name.end_kind, name.end_basis = None, WarrantName.EndKind.OPEN, ""
        name.version += 1
        name.save(update_fields=["ends_at", "end_kind", "end_basis", "version"])
        tx.record(
            events.WarrantAmended(
                person_id=name.person_id,
                establishment_id=name.warrant.establishment_id,
                warrant_id=name.warrant_id,
                warrant_name_id=name.pk,
                fields=tuple(before),
            ),
            details={"reason": basis, "before": before, "after": {"ends_at": None}},
        )
        opened.append(name.pk)
    return tuple(opened)
