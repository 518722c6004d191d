"""Sharing agreements: signed terms, version by version."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from pims.exchange.models.agencies import Agency
from pims.foundation.history import recorded
from pims.foundation.ranges import TsTzRange


@recorded
class Agreement(models.Model):
    """What one agency is told for one purpose. Two agreements are never read together."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements")
    purpose = models.CharField(max_length=40)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agreement"
        constraints = [
            models.UniqueConstraint(fields=["agency", "purpose"], name="one_agreement_a_purpose")
        ]


@recorded
class AgreementVersion(models.Model):
    """One wording of an agreement. `terms` is what both sides sign, and what is enforced.

    `digest` is the SHA-256, in hex, of the canonical text of `terms`. It is in force from
    `starts_at` to `ends_at`; before it was activated both are null. Nothing of it changes once a
    signature stands under it: a change is a new version.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        SUPERSEDED = "superseded"
        ENDED = "ended"
        WITHDRAWN = "withdrawn"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField()
    activated_by_id = models.BigIntegerField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "exchange_agreement_version"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_version_a_number"),
            ExclusionConstraint(
                name="one_version_in_force",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, state__in=["draft", "withdrawn"])
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="in_force_from_and_until",
            ),
        ]


@recorded
class AgreementSignature(models.Model):
    """Who stands for a version, on which side. `digest` is of the terms that they signed.

    Ours is an officer's, made here; theirs a signature with a key that they registered, or one on
    paper whose scan is kept.
    """

    class Side(models.TextChoices):
        OURS = "ours"
        THEIRS = "theirs"

    class How(models.TextChoices):
        OFFICER = "officer"
        KEY = "key"
        PAPER = "paper"

    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="signatures"
    )
    side = models.CharField(max_length=6, choices=Side.choices)
    how = models.CharField(max_length=8, choices=How.choices)
    name = models.CharField(max_length=120)
    office = models.CharField(max_length=120)
    kid = models.CharField(max_length=80, blank=True, default="")
    signature = models.TextField(blank=True, default="")
    paper_reference = models.CharField(max_length=120, blank=True, default="")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agreement_signature"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "recorded_by_id"],
                condition=Q(side="ours"),
                name="an_officer_signs_once",
            ),
            models.CheckConstraint(
                condition=Q(side="ours", how="officer")
                | Q(side="theirs", how="key") & ~Q(signature="") & ~Q(kid="")
                | Q(side="theirs", how="paper") & ~Q(paper_reference=""),
                name="signature_shows_itself",
            ),
        ]
