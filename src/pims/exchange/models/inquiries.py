"""Who asked, for what purpose, and what about whom was given in answer."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from pims.exchange.models.agencies import AccessToken, Agency
from pims.exchange.models.agreements import Agreement, AgreementVersion


class Inquiry(models.Model):
    """One question of an agency, or one reading of ours on its behalf (a delivery, a preview).

    It is there before anything is read, and stays whatever becomes of the answer. `opened_xid`
    is the transaction in which it was opened: nothing can be read in the same one. `end_user` is
    the human being at the other end.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    token = models.ForeignKey(AccessToken, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    end_user = models.CharField(max_length=200)
    outcome = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    opened_xid = models.CharField(max_length=24)
    closed_at = models.DateTimeField(null=True)
    found = models.IntegerField(null=True)
    entry_id = models.UUIDField(null=True)

    class Meta:
        db_table = "exchange_inquiry"
        indexes = [models.Index(fields=["agency", "opened_at"])]


class InquiryCount(models.Model):
    """How many inquiries were let in under an agreement in a short stretch of time, for its quota.

    `span` is the window that the stretch is a part of. Kept by `agency_open_inquiry` alone
    (`sql/20_inquiry.sql`), which drops what no window reaches any more.
    """

    class Span(models.TextChoices):
        MINUTE = "minute"
        DAY = "day"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    span = models.CharField(max_length=6, choices=Span.choices)
    begins_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "exchange_inquiry_count"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "span", "begins_at"], name="one_count_a_stretch"
            )
        ]


class Asked(models.Model):
    """What an inquiry asked for, in its own words; of a person whom it found, erased with them."""

    inquiry = models.OneToOneField(
        Inquiry, primary_key=True, on_delete=models.PROTECT, related_name="asked"
    )
    person_id = models.BigIntegerField(null=True, db_index=True)
    asked = models.JSONField()

    class Meta:
        db_table = "exchange_asked"


class Disclosure(models.Model):
    """What about one person was given in answer: ``custody.held custody.since``."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="disclosures")
    person_id = models.BigIntegerField()
    fields = ArrayField(models.CharField(max_length=60))
    disclosed_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        db_table = "exchange_disclosure"
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "person_id"], name="disclosed_once")
        ]
        indexes = [models.Index(fields=["person_id", "disclosed_at"])]
