"""A prisoner's property: what was taken in, where it is, what was given back."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class PropertyReceipt(models.Model):
    """One signed list: in at admission or later, out at return."""

    class Kind(models.TextChoices):
        IN = "in"
        OUT = "out"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=3, choices=Kind.choices)
    issued_at = models.DateTimeField()
    signed = models.BooleanField(default=False)
    refused_to_sign = models.BooleanField(default=False)
    witness = models.CharField(max_length=120, blank=True)
    given_to = models.CharField(max_length=200, blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "property_receipt"
        indexes = [models.Index(fields=["person"])]


@recorded
class PropertyItem(models.Model):
    """One line of the list. Cash is an amount in cents of a currency."""

    class Category(models.TextChoices):
        VALUABLES = "valuables"
        CLOTHING = "clothing"
        DOCUMENTS = "documents"
        ELECTRONICS = "electronics"
        MEDICINE = "medicine"
        CASH = "cash"
        OTHER = "other"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    receipt_in = models.ForeignKey(
        PropertyReceipt, on_delete=models.PROTECT, related_name="items_in"
    )
    receipt_out = models.ForeignKey(
        PropertyReceipt, null=True, on_delete=models.PROTECT, related_name="items_out"
    )
    category = models.CharField(max_length=12, choices=Category.choices)
    description = models.CharField(max_length=300)
    quantity = models.PositiveIntegerField(default=1)
    amount_cents = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    condition = models.CharField(max_length=120, blank=True)
    store = models.CharField(max_length=60, blank=True)
    missing_since = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "property_item"
        indexes = [models.Index(fields=["person"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(category="cash") | (Q(amount_cents__gte=0) & ~Q(currency="")),
                name="cash_has_an_amount",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="at_least_one_item"),
            models.CheckConstraint(
                condition=Q(receipt_out__isnull=True) | ~Q(receipt_out=F("receipt_in")),
                name="out_is_another_receipt",
            ),
        ]
