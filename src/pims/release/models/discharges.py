"""Discharge cases, the items of their check, and releases in error."""

from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class DischargeCase(models.Model):
    """One planned discharge, from the order (or the final date) to the gate.

    `clock_started_at` is when the order was received, or the hour of the final date at which the
    prisoner should walk: order to freedom is counted from it. `no_authority` is the decision of
    the officer in charge about someone whom no warrant detains, with its `ground`.
    """

    class Basis(models.TextChoices):
        ORDER = "order"
        FINAL_DATE = "final_date"
        NO_AUTHORITY = "no_authority"

    class State(models.TextChoices):
        OPEN = "open"
        DISCHARGED = "discharged"
        CLOSED = "closed"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField(max_length=12, choices=Basis.choices)
    release_order = models.ForeignKey(
        "authority.ReleaseOrder", null=True, on_delete=models.PROTECT, related_name="+"
    )
    final_date = models.DateField(null=True)
    ground = models.CharField(max_length=500, blank=True)
    clock_started_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    identity_how = models.CharField(max_length=12, blank=True)
    identity_at = models.DateTimeField(null=True)
    second_officer_id = models.BigIntegerField(null=True)
    second_officer_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_case"
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(state="open"), name="one_open_case_an_episode"
            ),
            models.CheckConstraint(
                condition=Q(basis="order", release_order__isnull=False)
                | Q(basis="final_date", final_date__isnull=False)
                | (Q(basis="no_authority") & ~Q(ground="")),
                name="case_has_its_basis",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "state"])]


@recorded
class DischargeItem(models.Model):
    """One thing to do or to explain before the gate. None of these stops a discharge."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        EXPLAINED = "explained"

    case = models.ForeignKey(DischargeCase, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_item"
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="one_item_of_a_code")]


@recorded
class Vouching(models.Model):
    """An officer who says that the prisoner of a case is who the record says.

    `signed_at` is when the officer gave badge and PIN; while it is empty the officer was only
    named by another, and an alarm waits for the answer. `denied_at` says the officer does not
    know the person, or that it is somebody else.
    """

    case = models.ForeignKey(DischargeCase, on_delete=models.PROTECT, related_name="vouchings")
    user_id = models.BigIntegerField()
    named_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_vouching"
        constraints = [
            models.UniqueConstraint(fields=["case", "user_id"], name="an_officer_vouches_once")
        ]


@recorded
class IdentityDecision(models.Model):
    """That it is this person, though somebody said no: one row a decision, never written again.

    `answers` are the ids of the identity checks that had said no and stood until then.
    """

    case = models.ForeignKey(
        DischargeCase, on_delete=models.PROTECT, related_name="identity_decisions"
    )
    answers = models.JSONField(default=list)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_identity_decision"
        constraints = [
            models.CheckConstraint(condition=~Q(answers=[]), name="decision_answers_somebody")
        ]


@recorded
class Discharge(models.Model):
    """The discharge itself. `entered_from_paper` marks one made without the system.

    Of such a one `first_name` and `second_name` are the officers whom the paper names and
    `order_seen` what it says of the order; `first_officer_id` is empty and `recorded_by_id` who
    typed it. `orders_acted_on` are the orders whose warrants it ended. `reached_officer_id` is
    the user whom the words about a second officer by telephone mean, where anybody here.

    What was put right of it stands in `DischargeCorrection`. One that never was is taken back:
    custody goes on, the row stays, and another discharge may follow.
    """

    class SecondHow(models.TextChoices):
        PRESENT = "present"
        TELEPHONE = "telephone"
        PAPER = "paper"
        NONE = "none"

    case = models.OneToOneField(
        DischargeCase, null=True, on_delete=models.PROTECT, related_name="discharge"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    first_officer_id = models.BigIntegerField(null=True)
    first_name = models.CharField(max_length=120, blank=True, default="")
    order_seen = models.CharField(max_length=300, blank=True, default="")
    second_officer_id = models.BigIntegerField(null=True)
    second_how = models.CharField(max_length=10, choices=SecondHow.choices)
    second_name = models.CharField(max_length=120, blank=True)
    reached_officer_id = models.BigIntegerField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    destination = models.CharField(max_length=300, blank=True)
    minutes_from_order = models.IntegerField()
    entered_from_paper = models.BooleanField(default=False)
    left_open = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    orders_acted_on = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by_id = models.BigIntegerField(null=True)
    taken_back_reason = models.CharField(max_length=500, blank=True, default="")
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_discharge"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_officer_id__isnull=True)
                | ~Q(second_officer_id=F("first_officer_id")),
                name="second_officer_is_another",
            ),
            models.UniqueConstraint(
                fields=["episode"],
                condition=Q(taken_back_at__isnull=True),
                name="one_discharge_an_episode",
            ),
        ]
        indexes = [models.Index(fields=["establishment", "at"])]


@recorded
class DischargeCorrection(models.Model):
    """One time that a discharge was put right, never written again.

    `moved_from` and `moved_to` are the hours before and after it; both are empty where only what
    is said of the discharge changed.
    """

    discharge = models.ForeignKey(Discharge, on_delete=models.PROTECT, related_name="corrections")
    moved_from = models.DateTimeField(null=True)
    moved_to = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500)
    corrected_at = models.DateTimeField()
    corrected_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_discharge_correction"
        constraints = [
            models.CheckConstraint(
                condition=Q(moved_from__isnull=True, moved_to__isnull=True)
                | (
                    Q(moved_from__isnull=False, moved_to__isnull=False)
                    & ~Q(moved_from=F("moved_to"))
                ),
                name="correction_moves_from_one_hour_to_another",
            )
        ]
        indexes = [models.Index(fields=["moved_from"])]


@recorded
class ReleaseInError(models.Model):
    """A person left who should not have. The episode ended in fact; the search is on.

    `withdrawn_at` is when it turned out that nobody had left: the discharge was taken back.
    """

    discharge = models.OneToOneField(
        Discharge, null=True, on_delete=models.PROTECT, related_name="error"
    )
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    episode = models.ForeignKey("custody.Episode", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(
        "facilities.Establishment", on_delete=models.PROTECT, related_name="+"
    )
    left_at = models.DateTimeField()
    discovered_at = models.DateTimeField()
    how = models.TextField()
    police_told_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by_id = models.BigIntegerField()

    class Meta:
        db_table = "release_in_error"
        constraints = [
            models.CheckConstraint(
                condition=Q(discovered_at__gte=F("left_at")), name="error_found_after_leaving"
            ),
            models.CheckConstraint(
                condition=Q(police_told_at__isnull=True) | Q(police_told_at__gte=F("left_at")),
                name="police_told_after_leaving",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("left_at")),
                name="back_after_leaving",
            ),
        ]
