"""Every write of the property room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.property import events
from pims.property.models import PropertyItem, PropertyReceipt

# The texts of a line and how long they may be.
TEXTS = {"description": 300, "condition": 120, "store": 60}
MOST_CENTS = 10**15


@dataclass(frozen=True, slots=True)
class ItemInput:
    """One line; `amount_cents` and `currency` (ISO 4217) for cash alone."""

    category: str
    description: str
    quantity: int = 1
    amount_cents: int | None = None
    currency: str = ""
    condition: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    receipt_id: int
    item_ids: tuple[int, ...]


@service
def record_property(
    tx: Transaction,
    *,
    person_id: int,
    establishment_id: int,
    items: Sequence[ItemInput],
    signed: bool,
    refused_to_sign: bool = False,
    witness: str = "",
) -> ReceiptResult:
    """Take property in, with its receipt; an empty list is a receipt that says "nothing".

    Raises InvalidInput by ``<field>_<position>``: a line without a description, cash without
    amount, an amount of what is no cash, a text that is too long or misleads; and for a refusal to
    sign without a witness.
    """
    tx.require_person("property.record", person_id)
    items = _checked(items)
    witness = _witness(witness, needed=refused_to_sign)
    receipt = PropertyReceipt.objects.create(
        person_id=person_id,
        establishment_id=establishment_id,
        kind=PropertyReceipt.Kind.IN,
        issued_at=tx.now,
        signed=signed and not refused_to_sign,
        refused_to_sign=refused_to_sign,
        witness=witness,
        recorded_by_id=tx.actor.user_id,
    )
    rows = PropertyItem.objects.bulk_create(
        PropertyItem(
            person_id=person_id,
            receipt_in=receipt,
            category=item.category,
            description=item.description,
            quantity=item.quantity,
            amount_cents=item.amount_cents,
            currency=item.currency if item.category == "cash" else "",
            condition=item.condition,
            store=item.store,
            recorded_by_id=tx.actor.user_id,
        )
        for item in items
    )
    tx.record(
        events.PropertyTakenIn(
            person_id=person_id,
            establishment_id=establishment_id,
            receipt_id=receipt.pk,
            items=len(rows),
        ),
        details={"items": [row.description for row in rows]},
    )
    return ReceiptResult(receipt.pk, tuple(row.pk for row in rows))


@service
def return_property(
    tx: Transaction,
    *,
    person_id: int,
    establishment_id: int,
    item_ids: Sequence[int],
    given_to: str = "",
    signed: bool = True,
    refused_to_sign: bool = False,
    witness: str = "",
) -> ReceiptResult:
    """Give property back, to the prisoner or whom the prisoner named.

    Raises NotFound for an item that is not this person's, Refused for one given back already,
    InvalidInput as `record_property`.
    """
    tx.require_person("property.record", person_id)
    tx.lock_persons([person_id])
    own = people.persons_of(person_id)
    rows = list(PropertyItem.objects.filter(pk__in=list(item_ids), person_id__in=own))
    if len(rows) != len(set(item_ids)):
        raise NotFound("property_item")
    witness = _witness(witness, needed=refused_to_sign)
    given_to = clean_field("given_to", given_to, limit=200)
    for row in rows:
        if row.receipt_out_id is not None:
            refuse(Reason("property.given_back_already", {"item": row.description})).require()
    receipt = PropertyReceipt.objects.create(
        person_id=person_id,
        establishment_id=establishment_id,
        kind=PropertyReceipt.Kind.OUT,
        issued_at=tx.now,
        signed=signed and not refused_to_sign,
        refused_to_sign=refused_to_sign,
        witness=witness,
        given_to=given_to,
        recorded_by_id=tx.actor.user_id,
    )
    PropertyItem.objects.filter(pk__in=[row.pk for row in rows]).update(receipt_out=receipt)
    tx.record(
        events.PropertyGivenBack(
            person_id=person_id,
            establishment_id=establishment_id,
            receipt_id=receipt.pk,
            items=len(rows),
        )
    )
    return ReceiptResult(receipt.pk, tuple(row.pk for row in rows))


@service
def report_missing(tx: Transaction, *, item_id: int) -> None:
    """The item cannot be found. It never delays a release."""
    row = PropertyItem.objects.filter(pk=item_id).first()
    if row is None:
        raise NotFound("property_item", item_id)
    tx.require_person("property.record", row.person_id)
    row.missing_since = row.missing_since or tx.now
    row.save(update_fields=["missing_since"])
    tx.record(events.PropertyMissing(person_id=row.person_id, item_id=row.pk))


def _checked(items: Sequence[ItemInput]) -> list[ItemInput]:
    """The lines with their texts as they are kept. Raises InvalidInput with all that is wrong."""
    wrong: dict[str, Reason] = {}
    kept: list[ItemInput] = []
    for number, item in enumerate(items):
        texts: dict[str, str] = {}
        for field, limit in TEXTS.items():
            try:
                texts[field] = clean_field(f"{field}_{number}", getattr(item, field), limit=limit)
            except InvalidInput as problem:
                wrong |= problem.fields
        named: dict[str, Any] = dict(texts)
        kept.append(replace(item, **named))
        if item.category not in PropertyItem.Category.values:
            wrong[f"category_{number}"] = Reason("property.unknown_category")
        if not 1 <= item.quantity <= 100_000:
            wrong[f"quantity_{number}"] = Reason("property.quantity_out_of_range")
        if item.category == "cash" and not _is_cash(item):
            wrong[f"amount_{number}"] = Reason("property.cash_needs_amount")
        elif item.category != "cash" and item.amount_cents is not None:
            wrong[f"amount_{number}"] = Reason("property.amount_of_cash_alone")
        elif texts.get("description") == "":
            wrong[f"description_{number}"] = Reason("property.description_missing")
    if wrong:
        raise InvalidInput(wrong)
    return kept


def _is_cash(item: ItemInput) -> bool:
    amount = item.amount_cents
    code = item.currency.isascii() and item.currency.isalpha() and len(item.currency) == 3
    return code and amount is not None and 0 <= amount <= MOST_CENTS


def _witness(name: str, *, needed: bool) -> str:
    missing = "property.witness_missing" if needed else ""
    return clean_field("witness", name, limit=120, missing=missing)
