"""What becomes of a release order after it was written down: it falls, or it reaches further."""

from collections.abc import Sequence
from datetime import datetime

from pims.authority import events
from pims.authority.models import ReleaseOrder, WarrantName
from pims.authority.services.release_orders import (
    ReleaseOrderResult,
    locked_order,
    not_open,
)
from pims.authority.services.words import NAME, PROSE, line, why
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people

How = ReleaseOrder.WithdrawnHow
State = ReleaseOrder.State


@service
def withdraw_release_order(
    tx: Transaction,
    *,
    release_order_id: int,
    how: str,
    reason: str,
    happened_at: datetime | None = None,
    told_by: str = "",
) -> ReleaseOrderResult:
    """The order no longer stands.

    `how` is ``by_body`` (the court took it back: a fact that anyone who records orders records,
    with who at the registry said so) or ``not_genuine`` (a decision of the officer in charge).
    Where it had already let the person go it stays acted on, and what was found is kept with it.
    Raises InvalidInput by field; Refused where it fell before.
    """
    order = locked_order(tx, release_order_id)
    person_id = people.canonical_id(order.person_id)
    genuine = how != How.NOT_GENUINE
    tx.require_person("authority.record" if genuine else "authority.decide", person_id)
    when = happened_at or tx.now
    wrong: dict[str, Reason] = {}
    if how not in (How.BY_BODY, How.NOT_GENUINE):
        wrong["how"] = Reason("authority.unknown_withdrawal")
    try:
        reason = why("reason", reason)
    except InvalidInput as problem:
        wrong |= problem.fields
    try:
        needed = "authority.spoke_to_missing" if how == How.BY_BODY else ""
        told_by = line("told_by", told_by, NAME, missing=needed)
    except InvalidInput as problem:
        wrong |= problem.fields
    if minutes.is_to_come(when, tx.now):
        wrong["happened_at"] = Reason("authority.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    acted = order.state == State.ACTED_ON
    if order.withdrawn_how or order.state == State.WITHDRAWN:
        refuse(not_open(order)).require()
    _fell(tx, order, how=how, reason=reason, at=when, told_by=told_by)
    if not acted:
        order.state = State.WITHDRAWN
    order.save()
    tx.record(
        events.ReleaseOrderWithdrawn(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
            how=how,
            happened_at=when.isoformat(),
            after_acting=acted,
            freed_wrongly=acted
            and (not genuine or order.warrant_names.filter(ends_at__gt=when).exists()),
        ),
        details={"reason": order.withdrawn_reason, "told_by": order.withdrawn_told_by},
    )
    return ReleaseOrderResult(order.pk)


@service
def strike_out_release_order(
    tx: Transaction, *, release_order_id: int, reason: str
) -> ReleaseOrderResult:
    """The entry was a mistake: keyed for the wrong person, or twice. It stays to be read.

    Whoever made the entry may strike it out; another's, only who holds ``authority.decide``.
    Raises Refused for those, and once it has let somebody go, which is a release in error.
    """
    order = locked_order(tx, release_order_id)
    person_id = people.canonical_id(order.person_id)
    tx.require_person("authority.record", person_id)
    reason = why("reason", reason)
    if order.state == State.ACTED_ON:
        refuse(Reason("authority.order_freed_someone", decided_by="release.discharge")).require()
    if order.state in (State.WITHDRAWN, State.STRUCK_OUT):
        refuse(not_open(order)).require()
    own = order.recorded_by_id == tx.actor.user_id
    if not own and not tx.may_person("authority.decide", person_id):
        refuse(Reason("authority.entry_of_another", decided_by="authority.decide")).require()
    _fell(tx, order, how=How.ENTERED_WRONGLY, reason=reason, at=tx.now, told_by="")
    order.state = State.STRUCK_OUT
    order.save()
    tx.record(
        events.ReleaseOrderStruckOut(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
        ),
        details={"reason": order.withdrawn_reason},
    )
    return ReleaseOrderResult(order.pk)


@service
def extend_release_order(
    tx: Transaction, *, release_order_id: int, warrant_name_ids: Sequence[int], basis: str
) -> ReleaseOrderResult:
    """Read again, the order ends these warrants too: they were keyed after it, or overlooked.

    It counts from the hour at which the order was received. A verified order is to be verified
    again, for the registry was asked about less. Warrants that it ends already change nothing.
    Raises InvalidInput (nothing chosen, another person's, no basis), Refused where it is not open.
    """
    order = locked_order(tx, release_order_id)
    person_id = people.canonical_id(order.person_id)
    tx.require_person("authority.record", person_id)
    if order.state not in (State.RECEIVED, State.VERIFIED):
        refuse(not_open(order)).require()
    wanted = set(warrant_name_ids)
    own = people.persons_of(order.person_id)
    found = set(
        WarrantName.objects.filter(pk__in=wanted, person_id__in=own).values_list("pk", flat=True)
    )
    wrong: dict[str, Reason] = {}
    if not wanted:
        wrong["warrants"] = Reason("authority.order_names_nothing")
    elif found != wanted:
        wrong["warrants"] = Reason("authority.warrant_of_another")
    try:
        basis = why("basis", basis, PROSE)
    except InvalidInput as problem:
        wrong |= problem.fields
    if wrong:
        raise InvalidInput(wrong)
    new = wanted - set(order.warrant_names.values_list("pk", flat=True))
    if not new:
        return ReleaseOrderResult(order.pk)
    order.warrant_names.add(*new)
    if order.state == State.VERIFIED:
        order.state = State.RECEIVED
        order.save(update_fields=["state"])
    tx.record(
        events.ReleaseOrderExtended(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
            warrant_name_ids=tuple(sorted(new)),
        ),
        details={"basis": basis},
    )
    return ReleaseOrderResult(order.pk)


def _fell(
    tx: Transaction, order: ReleaseOrder, *, how: str, reason: str, at: datetime, told_by: str
) -> None:
    order.withdrawn_how, order.withdrawn_at, order.withdrawn_by_id = how, at, tx.actor.user_id
    order.withdrawn_reason, order.withdrawn_told_by = reason, told_by
