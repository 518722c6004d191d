"""How far a bail has come, from the orders about it in their order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# The kind of order -> how the bail stands after it.
STEPS = {
    "bail_granted": "granted",
    "bail_pending_appeal": "granted",
    "bail_awaiting_surety": "awaiting_surety",
    "bail_taken_up": "taken_up",
    "bail_surrendered": "surrendered",
    "bail_revoked": "revoked",
}


@dataclass(frozen=True, slots=True)
class BailOrder:
    order_id: int
    kind: str
    at: datetime
    amount_cents: int | None = None
    sureties: str = ""
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Bail:
    """`state` is one of the values of `STEPS`; amount, sureties and conditions are those named
    last, `order_ids` all orders about it, oldest first."""

    state: str
    since: datetime
    pending_appeal: bool
    amount_cents: int | None
    sureties: str
    conditions: str
    order_ids: tuple[int, ...]


def bail(orders: Sequence[BailOrder]) -> Bail | None:
    """How the bail of one case stands after these orders; None where none is about bail.

    A paper may be lost on the way: bail that is taken up was granted, whether or not we hold the
    grant.
    """
    steps = sorted((one for one in orders if one.kind in STEPS), key=lambda o: (o.at, o.order_id))
    if not steps:
        return None
    amount, sureties, conditions, appeal = None, "", "", False
    for one in steps:
        if STEPS[one.kind] == "granted":
            appeal = one.kind == "bail_pending_appeal"
        amount = one.amount_cents if one.amount_cents is not None else amount
        sureties, conditions = one.sureties or sureties, one.conditions or conditions
    last = steps[-1]
    return Bail(
        STEPS[last.kind], last.at, appeal, amount, sureties, conditions,
        tuple(one.order_id for one in steps),
    )  # fmt: skip
