"""What makes today lawful: warrants and who is named on them, release orders, police interest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class Body(models.Model):
    """A court or other body that can order detention or release.

    `registry_phone` is the number that verification calls go to: never one read off the paper.
    """

    class Kind(models.TextChoices):
        MAGISTRATES = "magistrates"
        FAMILY = "family_court"
        HIGH = "high_court"
        APPEAL = "court_of_appeal"
        CCJ = "ccj"
        IMMIGRATION = "immigration"
        MINISTER = "minister"
        PAROLE = "parole_board"
        POLICE = "police"
        OTHER = "other"

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    district = models.CharField(max_length=40, blank=True)
    registry_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "authority_body"

    def __str__(self) -> str:
        return self.name


@recorded
class Warrant(models.Model):
    """The paper, as written: it may name several people, and it may be wrong.

    `kind` is a code of `jurisdictions/<law>/warrant_kinds.toml`. `state` says what was decided
    about it: a defective warrant is *acted on* or *returned* by the officer in charge.
    """

    class State(models.TextChoices):
        AS_RECEIVED = "as_received"
        ACTED_ON = "acted_on"
        RETURNED = "returned"
        VOID = "void"

    kind = models.CharField(max_length=32)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    reference = models.CharField(max_length=80, blank=True)
    dated = models.DateField(null=True)
    as_written = models.TextField(blank=True)
    defects = ArrayField(models.CharField(max_length=40), default=list)
    scan_blob_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.AS_RECEIVED)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_warrant"
        indexes = [models.Index(fields=["body", "reference"])]


@recorded
class WarrantName(models.Model):
    """One person named on a warrant, and from when until when it detains them.

    `until` and `next_appearance` are dates as written (inclusive); `ends_at` is the instant at
    which it ceased to detain in fact, with `end_kind` saying why, and `ended_by_order` which order
    it was that was acted on, where it was one.
    """

    class EndKind(models.TextChoices):
        OPEN = ""
        REPLACED = "replaced"
        RELEASED = "released"
        BAILED = "bailed"
        SENTENCED = "sentenced"
        RETURNED = "returned"
        VOID = "void"
        FINE_PAID = "fine_paid"
        WITHDRAWN = "withdrawn"
        DIED = "died"
        REMOVED = "removed"
        EXPIRED = "expired"

    warrant = models.ForeignKey(Warrant, on_delete=models.PROTECT, related_name="names")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    name_as_written = models.CharField(max_length=200)
    charges = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    until = models.DateField(null=True)
    next_appearance = models.DateField(null=True)
    amount_cents = models.BigIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    end_kind = models.CharField(max_length=12, choices=EndKind.choices, blank=True, default="")
    end_basis = models.CharField(max_length=300, blank=True)
    ended_by_order = models.ForeignKey(
        "authority.ReleaseOrder", null=True, on_delete=models.PROTECT, related_name="ended_names"
    )
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_warrant_name"
        constraints = [
            models.UniqueConstraint(fields=["warrant", "person"], name="named_once_a_warrant"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="warrant_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True, end_kind="")
                | (Q(ends_at__isnull=False) & ~Q(end_kind="")),
                name="ended_warrant_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "starts_at"]),
            models.Index(fields=["until"], condition=Q(ends_at=None), name="warrant_name_until"),
            models.Index(
                fields=["next_appearance"], condition=Q(ends_at=None), name="warrant_name_next"
            ),
        ]


@recorded
class CourtDate(models.Model):
    """A next appearance that was named for a warrant, and the instant from which it stood.

    `WarrantName.next_appearance` is the one named last; these say which stood at any time before.
    One that was `taken_back_at` was never named: what was recorded of that hearing was a mistake.
    """

    warrant_name = models.ForeignKey(WarrantName, on_delete=models.PROTECT, related_name="dates")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    appears_on = models.DateField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_court_date"
        indexes = [models.Index(fields=["warrant_name", "given_at"])]


@recorded
class ReleaseOrder(models.Model):
    """An order that frees a person from named warrants, or from all (`ends_all`).

    Bail and release orders are verified by calling the registry's stored number. An order ceases
    to stand in one of three ways (`withdrawn_how`): the body took it back, it was found not to be
    genuine, or it was entered by mistake and struck out. `withdrawn_at` is when it ceased to stand
    in fact, `withdrawn_told_by` who at the body said so.
    """

    class Kind(models.TextChoices):
        BAIL = "bail"
        ACQUITTAL = "acquittal"
        DISCHARGE = "discharge"
        CHARGE_WITHDRAWN = "charge_withdrawn"
        TIME_SERVED = "time_served"
        SENTENCE_SERVED = "sentence_served"
        FINE_PAID = "fine_paid"
        APPEAL_ALLOWED = "appeal_allowed"
        PARDON = "pardon"
        PAROLE = "parole"
        IMMIGRATION_RELEASE = "immigration_release"
        HABEAS_CORPUS = "habeas_corpus"
        OTHER = "other"

    class State(models.TextChoices):
        RECEIVED = "received"
        VERIFIED = "verified"
        ACTED_ON = "acted_on"
        WITHDRAWN = "withdrawn"
        STRUCK_OUT = "struck_out"

    class WithdrawnHow(models.TextChoices):
        NOT = ""
        BY_BODY = "by_body"
        NOT_GENUINE = "not_genuine"
        ENTERED_WRONGLY = "mistake"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    warrant_names = models.ManyToManyField(
        WarrantName, related_name="release_orders", db_table="authority_release_order_warrants"
    )
    ends_all = models.BooleanField(default=False)
    reference = models.CharField(max_length=80, blank=True)
    dated = models.DateField(null=True)
    as_written = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    scan_blob_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    verified_at = models.DateTimeField(null=True)
    verified_by_id = models.BigIntegerField(null=True)
    verified_phone = models.CharField(max_length=40, blank=True)
    verified_spoke_to = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    withdrawn_how = models.CharField(
        max_length=12, choices=WithdrawnHow.choices, blank=True, default=""
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    withdrawn_told_by = models.CharField(max_length=120, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_release_order"
        indexes = [models.Index(fields=["person", "state"])]


@recorded
class PoliceInterest(models.Model):
    """The police wish to know when this person leaves. It informs; it never detains."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=120)
    reference = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    raised_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    informed_at = models.DateTimeField(null=True)
    informed_by_id = models.BigIntegerField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_police_interest"
        indexes = [models.Index(fields=["person"])]


@recorded
class ClerkQuery(models.Model):
    """A question to the clerk of court about a defect, drafted by the system, sent by a person."""

    warrant = models.ForeignKey(Warrant, on_delete=models.PROTECT, related_name="queries")
    text = models.TextField()
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "authority_clerk_query"
