"""What changes a term, what came of each calculation, and who stands for the law and by hand."""

from django.db import models
from django.db.models import F, Q

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


class Calculation(models.Model):
    """What the engine answered about a person, kept for ever: the rows are their own history.

    `person` is the canonical record, whose joined records' sentences are in it. Dates as in
    `engine.result.Dates`. `result` is the explanation without words (`keeping`). `facts_hash` is of
    the case alone, `inputs_hash` also of the law, its signatures and the engine: where it is the
    same, the answer is. The current one has no `superseded_at`.
    """

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    law = models.CharField(max_length=40)
    law_version = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12)
    provisional = models.BooleanField(default=False)
    full_term_end = models.DateField(null=True)
    sentence_expiry = models.DateField(null=True)
    edr = models.DateField(null=True)
    ldr = models.DateField(null=True)
    ped = models.DateField(null=True)
    next_review = models.DateField(null=True)
    release_day = models.DateField(null=True)
    earliest_arguable = models.DateField(null=True)
    remission_days = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    facts_hash = models.CharField(max_length=32)
    inputs_hash = models.CharField(max_length=32)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sentences_calculation"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(superseded_at=None),
                name="one_current_calculation_a_person",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("made_at")),
                name="superseded_after_made",
            ),
        ]
        indexes = [models.Index(fields=["person", "made_at"])]


class RuleText(models.Model):
    """A rule of a law as it stood when a calculation rested on it, kept once for all of them.

    `text` is by language. Nothing here ever changes: a rule that does has another fingerprint.
    """

    code = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=16)
    citation = models.TextField(blank=True)
    confidence = models.CharField(max_length=12)
    text = models.JSONField(default=dict)

    class Meta:
        db_table = "sentences_rule_text"
        constraints = [
            models.UniqueConstraint(fields=["code", "fingerprint"], name="one_text_a_rule"),
        ]


@recorded
class HandCalculation(models.Model):
    """Dates that officers worked out by hand, for the facts of `facts_hash` and no others.

    They stand once the officer in charge has countersigned (`second_at`), until `ended_at`: at
    the latest until the engine gives dates that rest on nothing unsigned.
    """

    class EndKind(models.TextChoices):
        OPEN = ""
        REPLACED = "replaced"
        WITHDRAWN = "withdrawn"
        FACTS_CHANGED = "facts_changed"
        CALCULATED = "calculated"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    full_term_end = models.DateField(null=True)
    sentence_expiry = models.DateField(null=True)
    edr = models.DateField(null=True)
    ldr = models.DateField(null=True)
    ped = models.DateField(null=True)
    next_review = models.DateField(null=True)
    reason = models.TextField()
    facts_hash = models.CharField(max_length=32)
    certified_by_id = models.BigIntegerField()
    certified_at = models.DateTimeField()
    second_by_id = models.BigIntegerField(null=True)
    second_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_kind = models.CharField(
        max_length=13, choices=EndKind.choices, blank=True, default=EndKind.OPEN
    )
    ended_reason = models.CharField(max_length=300, blank=True)
    ended_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sentences_hand_calculation"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at=None),
                name="one_open_hand_calculation_a_person",
            ),
            models.CheckConstraint(
                condition=Q(second_by_id__isnull=True) | ~Q(second_by_id=F("certified_by_id")),
                name="hand_calculation_by_two_officers",
            ),
            models.CheckConstraint(
                condition=Q(second_at__isnull=True) | Q(second_by_id__isnull=False),
                name="countersigned_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["person", "certified_at"])]


@recorded
class RuleSignature(models.Model):
    """Somebody who may say what the law is stands for one rule of one version of it.

    `fingerprint` is of the rule's content: a rule that is changed afterwards is unsigned again.
    `signed_by_name`, `office` and `signed_on` are of who signed the paper; `recorded_by_id`
    entered it.
    """

    law = models.CharField(max_length=40)
    version = models.CharField(max_length=80)
    rule_code = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=16)
    signed_by_name = models.CharField(max_length=200)
    office = models.CharField(max_length=200)
    signed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "sentences_rule_signature"
        constraints = [
            models.UniqueConstraint(
                fields=["law", "rule_code", "fingerprint"],
                condition=Q(withdrawn_at=None),
                name="one_standing_signature_a_rule",
            ),
        ]
