"""Other agencies: who they are, the keys and certificates that we know them by, their tokens."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from pims.foundation.history import recorded


@recorded
class Agency(models.Model):
    """An office that is told, or tells us, things about prisoners.

    `user_id` is the user in whose name its own acts stand in the ledger. `phone` is the number
    that answers give to whoever must ring the prison. A `sandbox` agency reaches test prisoners
    alone; it may send what agencies of its own kind and of those in `tries_as` may, in the name of
    any authority, about test prisoners. `signs_reads` says that its questions must be signed too,
    not only what it sends.
    """

    class Kind(models.TextChoices):
        POLICE = "police"
        COURT = "court"
        PROSECUTION = "prosecution"
        OBSERVATORY = "observatory"
        FORENSIC = "forensic"
        IMMIGRATION = "immigration"
        PAROLE = "parole"
        SOCIAL = "social"
        CONTROLLER = "controller"
        OTHER = "other"

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        ENDED = "ended"

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True, default="")
    state_at = models.DateTimeField()
    phone = models.CharField(max_length=40, blank=True, default="")
    contacts = models.JSONField(default=list)
    user_id = models.BigIntegerField(unique=True)
    sandbox = models.BooleanField(default=False)
    tries_as = ArrayField(models.CharField(max_length=12, choices=Kind.choices), default=list)
    signs_reads = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agency"


@recorded
class AgencyBody(models.Model):
    """An authority (a court, the immigration office) for which the agency speaks."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="bodies")
    body = models.ForeignKey("authority.Body", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agency_body"
        constraints = [
            models.UniqueConstraint(
                fields=["body"], condition=Q(ended_at=None), name="one_voice_a_body"
            )
        ]


@recorded
class AgencyKey(models.Model):
    """A public key of the agency: what it signs with, and from when to when we believe it.

    Several may hold at a time, so that one can be changed without a gap. `jwk` holds public
    members alone.
    """

    class Use(models.TextChoices):
        ASSERTION = "assertion"
        MESSAGE = "message"
        AGREEMENT = "agreement"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="keys")
    kid = models.CharField(max_length=80)
    use = models.CharField(max_length=10, choices=Use.choices)
    jwk = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=300, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agency_key"
        constraints = [
            models.UniqueConstraint(fields=["agency", "kid"], name="one_key_a_kid"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="agency_key_ends_after_it_starts",
            ),
        ]


@recorded
class AgencyCertificate(models.Model):
    """A certificate by which the agency's machines are known: no other is let in.

    `thumbprint` is ``x5t#S256`` (RFC 8705): the SHA-256 of the DER, base64url without padding.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="certificates")
    thumbprint = models.CharField(max_length=43, unique=True)
    subject = models.CharField(max_length=300)
    serial = models.CharField(max_length=60)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=300, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_agency_certificate"


class AccessToken(models.Model):
    """A token that was given out, by its hash; it works with one certificate alone."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kid = models.CharField(max_length=80)
    thumbprint = models.CharField(max_length=43)
    hash = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_access_token"
        indexes = [models.Index(fields=["agency", "expires_at"])]


class AssertionSeen(models.Model):
    """A client assertion that was used: it is good once."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    jti = models.CharField(max_length=128)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_assertion_seen"
        constraints = [models.UniqueConstraint(fields=["agency", "jti"], name="assertion_once")]
