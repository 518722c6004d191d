"""What the courts said, as written: cases, charges, hearings, orders, sentences, second readings.

A row that points to an earlier one of its own table may point to another person's, for a paper
may be wrong: those two columns have no constraint in the database, so that one person's erasure
takes nothing of another's with it.
"""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class CourtCase(models.Model):
    """One case before a court, by the number that the court gave it, as written."""

    number = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey("authority.Body", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_case"
        indexes = [models.Index(fields=["body", "number"])]

    def __str__(self) -> str:
        return self.number


@recorded
class CaseParty(models.Model):
    """Who is before the court in a case: co-defendants each have a row."""

    case = models.ForeignKey(CourtCase, on_delete=models.PROTECT, related_name="parties")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_case_party"
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="once_in_a_case"),
        ]


@recorded
class Charge(models.Model):
    """One charge against one person.

    `offence_code` is one of `jurisdictions/<law>/offences.toml`, "" where the table has none;
    `as_written` is always what the paper says. The dates are of the offence, as charged.
    `likely_months` is the term that a lawyer or the court spoke of as likely: no table knows it.
    """

    class State(models.TextChoices):
        OPEN = "open"
        WITHDRAWN = "withdrawn"
        ACQUITTED = "acquitted"
        CONVICTED = "convicted"
        DISCHARGED = "discharged"
        QUASHED = "quashed"

    case = models.ForeignKey(CourtCase, on_delete=models.PROTECT, related_name="charges")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    offence_code = models.CharField(max_length=40, blank=True)
    as_written = models.TextField(blank=True)
    offence_from = models.DateField(null=True)
    offence_to = models.DateField(null=True)
    likely_months = models.PositiveSmallIntegerField(null=True)
    defects = ArrayField(models.CharField(max_length=40), default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    decided_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_charge"
        indexes = [models.Index(fields=["person"]), models.Index(fields=["case"])]


@recorded
class CourtOrder(models.Model):
    """One order about one person, as written, with what is wrong with it.

    `kind` is a code of `jurisdictions/<law>/order_kinds.toml`. It was made in court at `holds_from`
    and came to the prison at `received_at`. `paper` is the same for all whom one paper names.
    `changes` is the earlier order that this one is about, `change` how; `changes_as_written` is
    the reference on the paper where no such order is known. The term of a sentence or a default is
    in its `Sentence`.
    """

    class State(models.TextChoices):
        STANDS = "stands"
        SET_ASIDE = "set_aside"
        REPLACED = "replaced"
        VOID = "void"

    class Change(models.TextChoices):
        NONE = ""
        VARIES = "varies"
        REPLACES = "replaces"
        REVOKES = "revokes"
        SETS_ASIDE = "sets_aside"

    kind = models.CharField(max_length=40)
    paper = models.UUIDField(default=uuid4)
    body = models.ForeignKey("authority.Body", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(CourtCase, on_delete=models.PROTECT, related_name="orders", null=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    name_as_written = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    dated = models.DateField(null=True)
    received_at = models.DateTimeField()
    holds_from = models.DateTimeField()
    as_written = models.TextField(blank=True)
    dates_as_written = models.JSONField(default=dict)
    defects = ArrayField(models.CharField(max_length=40), default=list)
    next_date = models.DateField(null=True)
    until = models.DateField(null=True)
    amount_cents = models.BigIntegerField(null=True)
    review_months = models.PositiveIntegerField(null=True)
    conditions = models.TextField(blank=True)
    sureties = models.TextField(blank=True)
    scan_blob_id = models.UUIDField(null=True)
    changes = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, related_name="changed_by",
        null=True,
    )  # fmt: skip
    change = models.CharField(max_length=10, choices=Change.choices, blank=True, default="")
    changes_as_written = models.CharField(max_length=80, blank=True)
    charges = models.ManyToManyField(Charge, related_name="orders", db_table="courts_order_charges")
    warrant_name = models.ForeignKey(
        "authority.WarrantName", on_delete=models.PROTECT, related_name="+", null=True
    )
    release_order = models.ForeignKey(
        "authority.ReleaseOrder", on_delete=models.PROTECT, related_name="+", null=True
    )
    # For whoever reads: the warrants whose place it took. What it did, to be undone: its deeds.
    ended_warrant_name_ids = ArrayField(models.BigIntegerField(), default=list)
    # The registry's word for an order that frees and made no release order of itself.
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_phone = models.CharField(max_length=40, blank=True, default="")
    confirmed_spoke_to = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)
    state_at = models.DateTimeField(null=True)
    state_reason = models.CharField(max_length=300, blank=True)
    # The order by which it fell; null where a person said that it does not stand.
    fell_by_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_order"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stands", state_at__isnull=True)
                | (~Q(state="stands") & Q(state_at__isnull=False)),
                name="fallen_order_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "received_at"]),
            models.Index(fields=["paper"]),
            models.Index(fields=["body", "reference"]),
        ]


@recorded
class OrderDeed(models.Model):
    """One thing that an order did, or says of what another did already.

    `target_id` is the row that it was done to, in the table that `what` names. Of a value that was
    changed `before` and `after` say how it read; of an end, `after` says which. `at` is the instant
    from which it counts. It counts once it is in effect (`effective_at`: an order that frees waits
    for the registry) and until it is undone, because the order never was. Several orders may say
    the same of one row: it reads as long as one of them does so as that one says.
    """

    class What(models.TextChoices):
        MADE_WARRANT = "made_warrant"
        RESTS_ON_WARRANT = "rests_on_warrant"
        MOVED_WARRANT = "moved_warrant"
        ENDED_WARRANT = "ended_warrant"
        MADE_RELEASE = "made_release"
        RESTS_ON_RELEASE = "rests_on_release"
        WITHDREW_RELEASE = "withdrew_release"
        FELLED_ORDER = "felled_order"
        ENDED_SENTENCE = "ended_sentence"
        MADE_HEARING = "made_hearing"
        CANCELLED_HEARING = "cancelled_hearing"
        DECIDED_CHARGE = "decided_charge"

    order = models.ForeignKey(CourtOrder, on_delete=models.PROTECT, related_name="deeds")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20, choices=What.choices)
    target_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_order_deed"
        indexes = [
            models.Index(fields=["what", "target_id"]),
            models.Index(fields=["order"]),
            models.Index(fields=["person"]),
        ]


@recorded
class Hearing(models.Model):
    """When somebody must stand before a court, and what came of it.

    `on` is a day of the establishment's calendar, `at_time` the court's hour where it is known.
    `next_hearing_id` is the hearing that its outcome made, `named` what its outcome did to the
    warrant: an outcome that is given again takes both back. `cancelled_by_order_id` is the order
    that took this day away, or that fell with it; null where a person cancelled it.
    """

    class Mode(models.TextChoices):
        IN_PERSON = "in_person"
        VIDEO = "video"

    class Outcome(models.TextChoices):
        NONE = ""
        ADJOURNED = "adjourned"
        REMANDED = "remanded"
        BAILED = "bailed"
        SENTENCED = "sentenced"
        FINED = "fined"
        CONVICTED = "convicted"
        ACQUITTED = "acquitted"
        DISCHARGED = "discharged"
        WITHDRAWN = "withdrawn"
        NOT_HELD = "not_held"
        NOT_PRODUCED = "not_produced"
        REFUSED = "refused"
        OTHER = "other"

    case = models.ForeignKey(
        CourtCase, on_delete=models.PROTECT, related_name="hearings", null=True
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey("authority.Body", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField()
    at_time = models.TimeField(null=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    purpose = models.CharField(max_length=120, blank=True)
    defects = ArrayField(models.CharField(max_length=40), default=list)
    warrant_name = models.ForeignKey(
        "authority.WarrantName", on_delete=models.PROTECT, related_name="+", null=True
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, default="")
    outcome_note = models.TextField(blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_by_id = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    cancelled_by_order_id = models.BigIntegerField(null=True)
    next_hearing_id = models.BigIntegerField(null=True)
    named = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_hearing"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at__isnull=True)
                | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="hearing_with_outcome_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "on"]),
            models.Index(fields=["establishment", "on"]),
            models.Index(
                fields=["on"], condition=Q(outcome="", cancelled_at=None), name="hearing_open_on"
            ),
        ]


@recorded
class Sentence(models.Model):
    """One term, as written: thirteen months or no day at all are kept, the calculation refuses.

    `minimum_*` is what must be served of it before parole (all null: the paper names none);
    `effective_from` null is the day of pronouncement. `consecutive_to` is the sentence that it
    follows, which on a mistaken paper may be another person's.
    """

    class Kind(models.TextChoices):
        IMPRISONMENT = "imprisonment"
        FINE_DEFAULT = "fine_default"
        COMPENSATION_DEFAULT = "compensation_default"
        LIFE = "life"
        PLEASURE = "pleasure"
        UNFIT = "unfit"

    class Link(models.TextChoices):
        CONCURRENT = "concurrent"
        CONSECUTIVE = "consecutive"

    class State(models.TextChoices):
        STANDS = "stands"
        QUASHED = "quashed"
        REPLACED = "replaced"

    class OffenceClass(models.TextChoices):
        UNKNOWN = ""
        SERIOUS = "serious"
        LESSER = "lesser"

    order = models.ForeignKey(CourtOrder, on_delete=models.PROTECT, related_name="sentences")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, related_name="sentences", null=True
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    years = models.PositiveIntegerField(default=0)
    months = models.PositiveIntegerField(default=0)
    weeks = models.PositiveIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    minimum_years = models.PositiveIntegerField(null=True)
    minimum_months = models.PositiveIntegerField(null=True)
    minimum_weeks = models.PositiveIntegerField(null=True)
    minimum_days = models.PositiveIntegerField(null=True)
    pronounced_on = models.DateField()
    effective_from = models.DateField(null=True)
    link = models.CharField(max_length=11, choices=Link.choices, default=Link.CONCURRENT)
    consecutive_to = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, related_name="followed_by",
        null=True,
    )  # fmt: skip
    offence_on = models.DateField(null=True)
    offence_class = models.CharField(
        max_length=8, choices=OffenceClass.choices, blank=True, default=""
    )
    amount_cents = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_sentence"
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_sentence_a_position"),
            models.CheckConstraint(
                condition=Q(state="stands", ended_at__isnull=True)
                | (~Q(state="stands") & Q(ended_at__isnull=False)),
                name="fallen_sentence_says_when",
            ),
        ]
        indexes = [models.Index(fields=["person"])]


@recorded
class SecondReading(models.Model):
    """An order read again by another officer, blind: dates and terms as that officer keyed them.

    `values` is field -> what was keyed (ISO dates, numbers); `differences` the fields in which
    the two readings are not the same.

    `takes` is what was said of them: with ``neither`` nothing is settled (`settled_at` is null)
    until the order is void. `own_cause`: who settled had read one of the two, for nobody else can.
    `seen_by_ids` are those who had themselves shown what was keyed; a reading by one of them is
    not `blind`.
    """

    order = models.ForeignKey(CourtOrder, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)
    differences = ArrayField(models.CharField(max_length=80), default=list)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True)
    takes = models.CharField(max_length=8, blank=True, default="")
    own_cause = models.BooleanField(default=False)
    seen_by_ids = ArrayField(models.BigIntegerField(), default=list)
    blind = models.BooleanField(default=True)

    class Meta:
        db_table = "courts_second_reading"
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(read_at=None), name="one_open_reading_an_order"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("read_at")),
                name="settled_after_reading",
            ),
        ]
        indexes = [
            models.Index(fields=["person"]),
            models.Index(fields=["due_at"], condition=Q(read_at=None), name="reading_due"),
        ]


@recorded
class OrderQuery(models.Model):
    """A question to the clerk of court about an order, drafted by the system, sent by a person.

    For an order that makes no warrant, or rests on one that was keyed before and takes back what
    nobody granted; of one that makes a warrant, the authority room asks.
    """

    order = models.ForeignKey(CourtOrder, on_delete=models.PROTECT, related_name="queries")
    text = models.TextField()
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "courts_order_query"
