"""What is prepared before a release, parole, and the register of wrongful days out and inside."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class Preparation(models.Model):
    """The two weeks before one prisoner's day of release.

    `due_on` is the day on which the gate opens by what `source` says; `moved_from` the day of the
    preparation that this one took the place of. `differences` are codes of what two officers'
    calculations disagree about; they are an alarm until a third officer says which day is right
    (`settled_day`). Nothing here stops a discharge.
    """

    class Source(models.TextChoices):
        CALCULATION = "calculation"
        BY_HAND = "by_hand"
        PAPER = "paper"
        PAROLE = "parole"

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CLOSED = "closed"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    source = models.CharField(max_length=12, choices=Source.choices)
    provisional = models.BooleanField(default=False)
    moved_from = models.DateField(null=True)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True, default="")
    differences = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_day = models.DateField(null=True)
    settled_reason = models.CharField(max_length=500, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_preparation"
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(state="open"), name="one_open_preparation"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="preparation_says_when_it_closed",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state", "due_on"])]


@recorded
class DateReading(models.Model):
    """The day of release as one officer worked it out, without seeing anybody else's."""

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="readings")
    release_on = models.DateField()
    expires_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_date_reading"
        constraints = [
            models.UniqueConstraint(fields=["preparation", "by_id"], name="one_reading_an_officer"),
        ]


@recorded
class PreparationItem(models.Model):
    """One thing to see to before the day: done, or explained."""

    class State(models.TextChoices):
        DONE = "done"
        EXPLAINED = "explained"

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_preparation_item"
        constraints = [
            models.UniqueConstraint(fields=["preparation", "code"], name="one_thing_of_a_code"),
        ]


@recorded
class AgencyTold(models.Model):
    """That an agency was told of the coming release: to whom, when, how, and by which officer.

    `kind` is of `preparing.AGENCIES`: the notices are for the police, and others may be told too.
    """

    class Stage(models.TextChoices):
        DAYS_14 = "14d"
        HOURS_24 = "24h"
        HOUR_1 = "1h"

    preparation = models.ForeignKey(Preparation, on_delete=models.PROTECT, related_name="told")
    stage = models.CharField(max_length=3, choices=Stage.choices)
    kind = models.CharField(max_length=16, default="other")
    agency = models.CharField(max_length=200)
    spoke_to = models.CharField(max_length=200, blank=True, default="")
    how = models.CharField(max_length=12)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_agency_told"
        indexes = [models.Index(fields=["preparation", "stage"])]


@recorded
class Parole(models.Model):
    """One consideration for parole: eligibility, what the board decided and why, revocation.

    `ped` is the date from which parole may be asked for, as it was when the case was opened.
    A grant is an order of the courts room (`order_id`), and through it a release order, from the
    day on which parole begins (`from_day`; null: at once); so is a
    revocation, whose warrant holds until `hearing_on` and nobody beyond it without a new order.
    """

    class State(models.TextChoices):
        OPEN = "open"
        GRANTED = "granted"
        REFUSED = "refused"
        DEFERRED = "deferred"
        REVOKED = "revoked"
        CLOSED = "closed"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    ped = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by_id = models.BigIntegerField()
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=120, blank=True, default="")
    reasons = models.TextField(blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    deferred_to = models.DateField(null=True)
    from_day = models.DateField(null=True)
    order_id = models.BigIntegerField(null=True)
    revoked_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.BigIntegerField(null=True)
    revocation_reasons = models.TextField(blank=True, default="")
    hearing_on = models.DateField(null=True)
    revocation_order_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "release_parole"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="open"), name="one_open_parole_a_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed"])
                | (Q(decided_on__isnull=False) & ~Q(reasons="")),
                name="parole_is_decided_with_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | Q(revoked_on__isnull=False),
                name="revocation_says_when",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state"])]


@recorded
class DetentionError(models.Model):
    """A line of the register: somebody freed wrongly, or held beyond their day.

    `began_on` is the day on which a wrongly freed person left, or on which one held too long
    should have left; `ended_on` when that was over (null: it still is so). One about a release in
    error (`error`) takes its days from there.
    """

    class Kind(models.TextChoices):
        WRONGFUL_RELEASE = "wrongful_release"
        OVER_DETENTION = "over_detention"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    error = models.OneToOneField(
        "release.ReleaseInError", null=True, on_delete=models.PROTECT, related_name="lessons"
    )
    discharge = models.OneToOneField(
        "release.Discharge", null=True, on_delete=models.PROTECT, related_name="late"
    )
    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    cause = models.CharField(max_length=24)
    account = models.TextField()
    lessons = models.TextField(blank=True, default="")
    discovered_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "release_detention_error"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="detention_error_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(error__isnull=True) | Q(kind="wrongful_release"),
                name="release_in_error_is_wrongful",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "began_on"])]
