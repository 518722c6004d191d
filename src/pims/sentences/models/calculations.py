"""What came of each calculation, and the dates that officers worked out by hand."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


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
