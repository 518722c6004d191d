"""Every read of the property room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible
from pims.foundation.bulk import any_of
from pims.foundation.history.known import as_known
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.property.models import PropertyItem, PropertyReceipt


@dataclass(frozen=True, slots=True)
class ItemInfo:
    item_id: int
    person_id: int
    category: str
    description: str
    quantity: int
    amount_cents: int | None
    currency: str
    condition: str
    store: str
    taken_in_at: datetime
    given_back_at: datetime | None
    missing_since: datetime | None

    @property
    def held(self) -> bool:
        return self.given_back_at is None


@dataclass(frozen=True, slots=True)
class ReceiptInfo:
    receipt_id: int
    person_id: int
    kind: str
    issued_at: datetime
    signed: bool
    refused_to_sign: bool
    witness: str
    given_to: str
    items: tuple[ItemInfo, ...]


def property_of(
    viewer: Actor, person_id: int, *, known_at: datetime | None = None
) -> list[ItemInfo]:
    """Everything ever taken in, newest first. Raises NotFound out of the viewer's reach.

    With `known_at` as it was known then, and of the records that were joined then.
    """
    require_visible(viewer, "property.view", person_id)
    return _items([person_id], known_at=known_at).get(person_id, [])


def person_of_item(viewer: Actor, item_id: int) -> int:
    """Whose item it is. Raises NotFound, also out of the viewer's reach."""
    row = PropertyItem.objects.filter(pk=item_id).first()
    if row is None:
        raise NotFound("property_item", item_id)
    require_visible(viewer, "property.view", row.person_id)
    return row.person_id


def held_items(person_ids: Iterable[int]) -> dict[int, list[ItemInfo]]:
    """What is still in the store, for services and rooms above. Two queries.

    What was taken in under a record that was joined belongs to the person asked for.
    """
    return {
        person_id: [item for item in items if item.held]
        for person_id, items in _items(person_ids).items()
    }


def receipt(viewer: Actor, receipt_id: int) -> ReceiptInfo:
    """One receipt with its lines. Raises NotFound."""
    row = PropertyReceipt.objects.filter(pk=receipt_id).first()
    if row is None:
        raise NotFound("receipt", receipt_id)
    require_visible(viewer, "property.view", row.person_id)
    related = "receipt_in" if row.kind == PropertyReceipt.Kind.IN else "receipt_out"
    items = PropertyItem.objects.filter(**{related: row}).select_related(
        "receipt_in", "receipt_out"
    )
    return ReceiptInfo(
        row.pk, row.person_id, row.kind, row.issued_at, row.signed, row.refused_to_sign,
        row.witness, row.given_to, tuple(_info(item) for item in items.order_by("pk")),
    )  # fmt: skip


def receipt_ids(viewer: Actor, person_id: int, *, since: datetime | None = None) -> list[int]:
    """The receipts of a person, oldest first. Raises NotFound out of the viewer's reach."""
    require_visible(viewer, "property.view", person_id)
    rows = PropertyReceipt.objects.filter(person_id=person_id)
    if since is not None:
        rows = rows.filter(issued_at__gte=since)
    return list(rows.order_by("issued_at", "pk").values_list("pk", flat=True))


def _items(
    person_ids: Iterable[int], *, known_at: datetime | None = None
) -> dict[int, list[ItemInfo]]:
    ids = set(person_ids)
    joined = people.joined_records(ids, known_at=known_at)
    # A receipt never changes: what a line of it says may, and whether it was given back.
    rows = as_known(PropertyItem, known_at, among=any_of("person_id", ids | joined.keys()))
    found: dict[int, list[ItemInfo]] = defaultdict(list)
    for row in rows.select_related("receipt_in", "receipt_out").order_by(
        "-receipt_in__issued_at", "id"
    ):
        found[joined.get(row.person_id, row.person_id)].append(_info(row))
    return dict(found)


def _info(row: Any) -> ItemInfo:
    """A line as it is, or a version of it as it was known."""
    return ItemInfo(
        item_id=row.id,
        person_id=row.person_id,
        category=row.category,
        description=row.description,
        quantity=row.quantity,
        amount_cents=row.amount_cents,
        currency=row.currency,
        condition=row.condition,
        store=row.store,
        taken_in_at=row.receipt_in.issued_at,
        given_back_at=None if row.receipt_out is None else row.receipt_out.issued_at,
        missing_since=row.missing_since,
    )
