"""What changes a term: days for and against, and money towards a default."""

from django.db import models
from django.db.models import Q

from pims.foundation.history import recorded


@recorded
class Adjustment(models.Model):
    """Days that count for or against a prisoner, or money paid towards a default.

    `days` are as certified, and null where only the days from `first_day` to `last_day` (both
    counted; null: not over yet) were said. A credit counts for what was passed on
    `for_pronounced_on`. `sentence` is the one that a payment is for, made on `first_day`; without
    `amount_cents` all of it was paid.
    """

    class Kind(models.TextChoices):
        REMAND_CREDIT = "remand_credit"
        BAIL_CREDIT = "bail_credit"
        AT_LARGE = "at_large"
        FORFEITED = "forfeited"
        RESTORED = "restored"
        FINE_PAID = "fine_paid"

    class State(models.TextChoices):
        STANDS = "stands"
        STRUCK_OUT = "struck_out"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    days = models.PositiveIntegerField(null=True)
    amount_cents = models.BigIntegerField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    for_pronounced_on = models.DateField(null=True)
    sentence = models.ForeignKey(
        "courts.Sentence", on_delete=models.PROTECT, related_name="+", null=True
    )
    basis = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)
    struck_out_at = models.DateTimeField(null=True)
    struck_out_by_id = models.BigIntegerField(null=True)
    struck_out_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "sentences_adjustment"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stands", struck_out_at__isnull=True)
                | (~Q(state="stands") & Q(struck_out_at__isnull=False)),
                name="struck_out_says_when",
            ),
        ]
        indexes = [models.Index(fields=["person"])]


@recorded
class Payment(models.Model):
    """Money taken at the prison towards a default, with the number of its receipt.

    The days that it takes off are those of its `adjustment`; struck out with it. Numbers run on in
    each establishment without a gap. `release_order_id` is the order of the authority room that a
    payment in full made.
    """

    class How(models.TextChoices):
        CASH = "cash"
        BANK = "bank"
        COURT = "court"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    sentence = models.ForeignKey("courts.Sentence", on_delete=models.PROTECT, related_name="+")
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, related_name="payment")
    number = models.PositiveIntegerField()
    amount_cents = models.PositiveBigIntegerField()
    how = models.CharField(max_length=5, choices=How.choices)
    paid_by = models.CharField(max_length=200)
    paper = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    release_order_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "sentences_payment"
        constraints = [
            models.UniqueConstraint(
                fields=["establishment", "number"], name="one_payment_a_receipt_number"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="a_payment_is_of_some_money"
            ),
        ]
        indexes = [models.Index(fields=["person"])]
