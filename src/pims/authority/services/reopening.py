"""A warrant that had ended detains again, because what ended it never was."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pims.authority import events
from pims.authority.models import ReleaseOrder, WarrantName
from pims.authority.selectors.ended_by import names_ended_by, names_ended_by_fact
from pims.authority.services.warrant_rows import ENDED, open_again
from pims.foundation.commands.transaction import Transaction, service
from pims.people import selectors as people


@service
def reopen_warrants_by_fact(
    tx: Transaction, *, person_id: int, end_kind: str, at: datetime, basis: str
) -> tuple[int, ...]:
    """What ended these warrants at `at` never was: what ended so by that fact detains again.

    What ended so at another hour, in a later custody, or on an order stays ended. Gives the ids
    of the names that were opened again.
    """
    tx.require_person("authority.record", people.canonical_id(person_id))
    own = people.persons_of(person_id)
    tx.lock_persons(own)
    return reopen(tx, names_ended_by_fact(own, end_kind=end_kind, at=at), basis)


@service
def reopen_warrants(
    tx: Transaction, *, person_id: int, warrant_name_ids: Sequence[int], at: datetime, basis: str
) -> tuple[int, ...]:
    """The order that ended these warrants at `at` never was: they detain again.

    One that has ended otherwise since stays as it ended. Gives the ids that were opened again.
    """
    tx.require_person("authority.record", people.canonical_id(person_id))
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
    orders = ReleaseOrder.objects.filter(pk__in=release_order_ids, person_id__in=own)
    for order in orders.order_by("pk"):
        opened += reopen(tx, names_ended_by([order.pk], own, acted_at=acted_at), reason)
        if order.state == ReleaseOrder.State.ACTED_ON:
            order.state = stands_as(order)
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
    return reopen(tx, names_ended_by(release_order_ids, own, acted_at=acted_at), reason)


def stands_as(order: ReleaseOrder) -> ReleaseOrder.State:
    """How an order stands on which nobody was let go: as before, or fallen where it fell since."""
    if order.withdrawn_how:
        return ReleaseOrder.State.WITHDRAWN
    verified = order.verified_at is not None
    return ReleaseOrder.State.VERIFIED if verified else ReleaseOrder.State.RECEIVED


def reopen(tx: Transaction, names: Iterable[WarrantName], basis: str) -> tuple[int, ...]:
    """Open these names again, inside a service that knows that what ended them never was."""
    opened = []
    for name in names:
        before = open_again(name)
        name.version += 1
        name.save(update_fields=[*ENDED, "version"])
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
