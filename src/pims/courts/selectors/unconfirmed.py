"""Orders that free and of which no release order was made: they wait for the registry's word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pims.courts.models import CourtOrder, OrderDeed
from pims.courts.selectors.rows import body_names
from pims.foundation.bulk import any_of
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.people import selectors as people

What = OrderDeed.What


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """`ends` is how many orders and sentences fall once the registry has confirmed it."""

    order_id: int
    person_id: int
    kind: str
    body_id: int
    body_name: str
    reference: str
    received_at: datetime
    ends: int


def unconfirmed(person_ids: Iterable[int]) -> dict[int, list[Unconfirmed]]:
    """Person -> the orders about them that `confirm_order` is to be said of, the oldest first; for
    rooms above, without scope. Two queries where there is none.

    An appeal allowed in part ends nothing, and frees nobody, until the registry was called.
    """
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    frees = [code for code, kind in order_kinds().items() if kind.effect is Effect.FREES]
    rows = list(
        CourtOrder.objects.filter(
            any_of("person_id", whose.keys()), kind__in=frees,
            state="stands", release_order_id=None, confirmed_at=None,
        ).order_by("received_at", "pk")
    )  # fmt: skip
    if not rows:
        return {}
    waiting = OrderDeed.objects.filter(
        any_of("order_id", [row.pk for row in rows]), effective_at=None, undone_at=None,
        what__in=(What.FELLED_ORDER, What.ENDED_SENTENCE),
    )  # fmt: skip
    ends = Counter(waiting.values_list("order_id", flat=True))
    bodies = body_names()
    found: dict[int, list[Unconfirmed]] = {}
    for row in rows:
        root = whose[row.person_id]
        found.setdefault(root, []).append(
            Unconfirmed(
                order_id=row.pk,
                person_id=root,
                kind=row.kind,
                body_id=row.body_id,
                body_name=bodies.get(row.body_id, ""),
                reference=row.reference,
                received_at=row.received_at,
                ends=ends[row.pk],
            )
        )
    return found
