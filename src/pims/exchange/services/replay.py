"""Pushing messages once more: dead letters, or a stretch of the feed."""

from collections.abc import Sequence
from dataclasses import dataclass

from pims.exchange import events_delivering as events
from pims.exchange.models import Delivery, Endpoint, EndpointState, Published
from pims.exchange.services.common import REASON
from pims.exchange.waking import wake_courier
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

REPLAY = "exchange.replay"
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Replayed:
    count: int


@service
def replay_dead(
    tx: Transaction, *, endpoint_id: int, delivery_ids: Sequence[int], reason: str
) -> Replayed:
    """Try these dead letters again from the start, under the agreement as it is now.

    Raises InvalidInput, NotFound, Refused, NotPermitted.
    """
    endpoint, kept = _allowed(tx, endpoint_id, reason)
    rows = list(
        Delivery.objects.select_for_update()
        .filter(endpoint=endpoint, pk__in=list(delivery_ids), state=Delivery.State.DEAD)
        .order_by("position")
    )
    if not rows:
        refuse(Reason("exchange.no_dead_letters")).require()
    for row in rows:
        _again(tx, row)
    Delivery.objects.bulk_update(rows, _FIELDS)
    _told(tx, endpoint, [row.position for row in rows], kept)
    return Replayed(len(rows))


@service
def replay_from(
    tx: Transaction, *, endpoint_id: int, first: int, last: int, reason: str
) -> Replayed:
    """Push what stands at these positions of the feed again, delivered or not.

    For a receiver that lost its store. Each keeps its id, so that one which has it sees that it
    has. Raises InvalidInput, NotFound, Refused, NotPermitted.
    """
    endpoint, kept = _allowed(tx, endpoint_id, reason)
    if not 1 <= first <= last or last - first >= MOST:
        raise InvalidInput({"last": Reason("exchange.stretch", {"most": MOST})})
    queued = EndpointState.objects.get(endpoint=endpoint).queued_upto
    there = set(
        Published.objects.filter(position__gte=first, position__lte=min(last, queued)).values_list(
            "position", flat=True
        )
    )
    rows = list(
        Delivery.objects.select_for_update()
        .filter(endpoint=endpoint, position__in=there)
        .order_by("position")
    )
    for row in rows:
        _again(tx, row)
    Delivery.objects.bulk_update(rows, _FIELDS)
    missing = sorted(there - {row.position for row in rows})
    Delivery.objects.bulk_create(
        Delivery(
            endpoint=endpoint, position=position, next_at=tx.now, replayed_by_id=tx.actor.user_id
        )
        for position in missing
    )
    if not there:
        refuse(Reason("exchange.nothing_there")).require()
    _told(tx, endpoint, sorted(there), kept)
    return Replayed(len(there))


_FIELDS = ["state", "attempts", "first_at", "next_at", "replayed_by_id"]


def _allowed(tx: Transaction, endpoint_id: int, reason: str) -> tuple[Endpoint, str]:
    require_held(tx.actor, REPLAY)
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound("endpoint", endpoint_id)
    kept = clean_field("reason", reason, limit=REASON, required=True)
    if endpoint.state == Endpoint.State.ENDED:
        refuse(Reason("exchange.endpoint_ended")).require()
    return endpoint, kept


def _again(tx: Transaction, row: Delivery) -> None:
    row.state = Delivery.State.PENDING
    row.attempts, row.first_at = 0, None
    row.next_at, row.replayed_by_id = tx.now, tx.actor.user_id


def _told(tx: Transaction, endpoint: Endpoint, positions: list[int], reason: str) -> None:
    tx.record(
        events.DeliveriesReplayed(
            agreement_id=endpoint.agreement_id, endpoint_id=endpoint.pk, count=len(positions),
            first=positions[0], last=positions[-1],
        ),
        details={"reason": reason},
    )  # fmt: skip
    wake_courier()
