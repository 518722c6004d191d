"""Orders that free: received, verified by telephone, acted on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pims.authority import events
from pims.authority.models import Body, ReleaseOrder, WarrantName
from pims.authority.services.warrant_rows import close_name
from pims.authority.services.words import NAME, REFERENCE, line, prose
from pims.authority.wording import ORDER_STANDS
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people

# How a warrant ended, by the kind of order that ended it.
_END_KIND = {"bail": "bailed", "fine_paid": "fine_paid", "charge_withdrawn": "withdrawn"}


@dataclass(frozen=True, slots=True)
class ReleaseOrderResult:
    release_order_id: int


@service
def record_release_order(
    tx: Transaction,
    *,
    establishment_id: int,
    person_id: int,
    kind: str,
    body_id: int,
    received_at: datetime,
    warrant_name_ids: Sequence[int] = (),
    ends_all: bool = False,
    reference: str = "",
    dated: date | None = None,
    as_written: str = "",
    conditions: str = "",
    scan: bytes | None = None,
    names_nothing: bool = False,
) -> ReleaseOrderResult:
    """Record an order to release from the named warrants, or from all.

    `names_nothing`: nobody knows yet from which. It is a fact all the same: its clock runs, it is
    in doubt, and whoever reads it says which warrants it ends (`extend_release_order`).

    Raises InvalidInput (unknown kind, names no warrant, received in the future, another
    person's warrant, a text that is too long), NotFound.
    """
    tx.require_person("authority.record", person_id)
    reference = line("reference", reference, REFERENCE)
    as_written, conditions = prose("as_written", as_written), prose("conditions", conditions)
    tx.lock_persons([person_id])
    body = Body.objects.filter(pk=body_id).first()
    if body is None:
        raise NotFound("body", body_id)
    own = people.persons_of(person_id)
    names = list(WarrantName.objects.filter(pk__in=list(warrant_name_ids), person_id__in=own))
    wrong: dict[str, Reason] = {}
    if kind not in ReleaseOrder.Kind.values:
        wrong["kind"] = Reason("authority.unknown_order_kind", {"kind": kind})
    if len(names) != len(set(warrant_name_ids)):
        wrong["warrants"] = Reason("authority.warrant_of_another")
    if not names and not ends_all and not names_nothing:
        wrong["warrants"] = Reason("authority.order_names_nothing")
    if minutes.is_to_come(received_at, tx.now):
        wrong["received_at"] = Reason("authority.in_the_future")
    if wrong:
        raise InvalidInput(wrong)
    order = ReleaseOrder.objects.create(
        kind=kind,
        body=body,
        establishment_id=establishment_id,
        person_id=person_id,
        ends_all=ends_all,
        reference=reference,
        dated=dated,
        as_written=as_written,
        conditions=conditions,
        received_at=received_at,
        recorded_by_id=tx.actor.user_id,
    )
    if ends_all:  # what stands as this is written, whatever hour is written on the papers
        names = list(WarrantName.objects.filter(person_id__in=own, ends_at=None))
    order.warrant_names.set(names)
    if scan is not None:
        blob = store_file(
            tx, person_id=person_id, kind="release_order_scan", data=scan, media_type=None
        )
        order.scan_blob_id = blob.blob_id
        order.save(update_fields=["scan_blob_id"])
    tx.record(
        events.ReleaseOrderRecorded(
            person_id=person_id,
            establishment_id=establishment_id,
            release_order_id=order.pk,
            order_kind=kind,
            received_at=received_at.isoformat(),
        ),
        details={"reference": order.reference, "conditions": conditions},
    )
    return ReleaseOrderResult(order.pk)


@service
def verify_release_order(
    tx: Transaction, *, release_order_id: int, spoke_to: str
) -> ReleaseOrderResult:
    """The registry confirmed the order on its stored number, never on one read off the paper.

    Raises Refused where the body has no stored number or the order is not open.
    """
    order = locked_order(tx, release_order_id)
    tx.require_person("authority.record", people.canonical_id(order.person_id))
    spoke_to = line("spoke_to", spoke_to, NAME, missing="authority.spoke_to_missing")
    if order.state not in (ReleaseOrder.State.RECEIVED, ReleaseOrder.State.VERIFIED):
        refuse(not_open(order)).require()
    if not order.body.registry_phone:
        refuse(
            Reason(
                "authority.no_registry_phone",
                {"body": order.body.name},
                decided_by="authority.manage_bodies",
            )
        ).require()
    order.state = ReleaseOrder.State.VERIFIED
    order.verified_at, order.verified_by_id = tx.now, tx.actor.user_id
    order.verified_phone, order.verified_spoke_to = order.body.registry_phone, spoke_to
    order.save()
    tx.record(
        events.ReleaseOrderVerified(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
        ),
        details={"spoke_to": order.verified_spoke_to, "telephone": order.verified_phone},
    )
    return ReleaseOrderResult(order.pk)


@service
def act_on_release_order(
    tx: Transaction, *, release_order_id: int, at: datetime
) -> ReleaseOrderResult:
    """End, at `at`, every warrant that the order names. A repeat changes nothing.

    An order that fell only after `at` stood then. Raises Refused for one that did not, NotFound.

    Whoever may discharge may do this: it is the order that ends the warrants, not the officer.
    """
    order = locked_order(tx, release_order_id)
    tx.require_person("release.discharge", people.canonical_id(order.person_id))
    if order.state == ReleaseOrder.State.ACTED_ON:
        return ReleaseOrderResult(order.pk)
    fallen = order.state in (ReleaseOrder.State.WITHDRAWN, ReleaseOrder.State.STRUCK_OUT)
    if fallen and (order.withdrawn_at is None or order.withdrawn_at <= at):
        refuse(not_open(order)).require()
    own = people.persons_of(order.person_id)
    tx.lock_persons(own)
    # All that was known when the order was written down: what was keyed later is another warrant,
    # until somebody reads the order again and says that it ends that one too.
    for name in order.warrant_names.filter(person_id__in=own, ends_at=None).select_related(
        "warrant"
    ):
        close_name(
            tx,
            name,
            end_kind=_END_KIND.get(order.kind, "released"),
            ended_at=max(at, name.starts_at),
            basis=f"{order.body.name} {order.reference}".strip(),
            by_order_id=order.pk,
        )
    order.state = ReleaseOrder.State.ACTED_ON
    order.save(update_fields=["state"])
    tx.record(
        events.ReleaseOrderActedOn(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
        )
    )
    return ReleaseOrderResult(order.pk)


def not_open(order: ReleaseOrder) -> Reason:
    """Why nothing more can be done with an order that has been acted on or has fallen."""
    return Reason("authority.order_not_open", {"state": ORDER_STANDS[order.state]})


def locked_order(tx: Transaction, release_order_id: int) -> ReleaseOrder:
    """The order, its person locked. Raises NotFound."""
    found = ReleaseOrder.objects.filter(pk=release_order_id).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound("release_order", release_order_id)
    tx.lock_persons([person_id])
    return ReleaseOrder.objects.select_related("body").get(pk=release_order_id)
