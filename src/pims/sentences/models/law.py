"""Which law is in force, who stands for its rules, and what another would change."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


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


class LawText(models.Model):
    """All that a law said when it was proposed or put in force, kept whole: what a later version of
    the program brings changes nothing of it. Nothing here ever changes.

    `rules` and `holidays` (""; it goes by none) are TOML, as the jurisdiction's tables have them.
    """

    law = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=32)
    rules = models.TextField()
    holidays = models.TextField(blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "sentences_law_text"
        constraints = [
            models.UniqueConstraint(fields=["law", "fingerprint"], name="one_row_a_law_text"),
        ]


@recorded
class LawProposal(models.Model):
    """A text of the law that somebody asks to put in force, and what two people decided.

    `replaces` is the law that it was compared with, `compared_at` the last time, `round` the number
    of that comparison, whose moves are its `LawMove` rows of the same round. `looked_at` people had
    a sentence. It is in force once two have agreed; one who declines closes it.
    """

    class State(models.TextChoices):
        OPEN = "open"
        IN_FORCE = "in_force"
        DECLINED = "declined"

    text = models.ForeignKey(LawText, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("sentences.LawInForce", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by_id = models.BigIntegerField()
    round = models.PositiveIntegerField(default=1)
    compared_at = models.DateTimeField()
    looked_at = models.PositiveIntegerField()
    first_at = models.DateTimeField(null=True)
    first_by_id = models.BigIntegerField(null=True)
    second_at = models.DateTimeField(null=True)
    second_by_id = models.BigIntegerField(null=True)
    declined_at = models.DateTimeField(null=True)
    declined_by_id = models.BigIntegerField(null=True)
    declined_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "sentences_law_proposal"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by_id__isnull=True)
                | (Q(first_by_id__isnull=False) & ~Q(second_by_id=F("first_by_id"))),
                name="law_decided_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(second_by_id__isnull=False),
                name="law_in_force_was_decided",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(state="open"), name="one_open_proposal_a_law"
            ),
        ]


class LawMove(models.Model):
    """One person whose answer a proposed law would change, as it was shown to who decided.

    `dates` are {"name", "before", "after"} of each date that moves, ISO days, null for none. The
    states are "" of whom nothing moves but the days of `papers`: {"order_id", "kind", "body",
    "reference", "what", "recorded", "before", "after"} of each.
    """

    proposal = models.ForeignKey(LawProposal, on_delete=models.PROTECT, related_name="moves")
    round = models.PositiveIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    status_before = models.CharField(max_length=12)
    status_after = models.CharField(max_length=12)
    dates = models.JSONField(default=list)
    papers = models.JSONField(default=list)
    position = models.PositiveIntegerField()

    class Meta:
        db_table = "sentences_law_move"
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "round", "person"], name="one_move_a_person_and_round"
            ),
        ]
        indexes = [models.Index(fields=["person"])]


@recorded
class LawInForce(models.Model):
    """The text by which a law's dates are worked out from `since` on, until `ended_at`.

    The first one of a law has no `proposal`: it is what was there at the first calculation. Of any
    other, `to_do` people's dates are worked out anew, `done` so far, all by `finished_at`.
    """

    law = models.CharField(max_length=40)
    text = models.ForeignKey(LawText, on_delete=models.PROTECT, related_name="+")
    proposal = models.OneToOneField(
        LawProposal, on_delete=models.PROTECT, related_name="in_force", null=True
    )
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    to_do = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sentences_law_in_force"
        constraints = [
            models.UniqueConstraint(
                fields=["law"], condition=Q(ended_at=None), name="one_law_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")),
                name="law_in_force_ends_after_it_began",
            ),
        ]
