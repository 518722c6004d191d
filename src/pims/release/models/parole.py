"""Parole: the case for the board, what it decided, and its end."""

from django.db import models
from django.db.models import Q

from pims.foundation.history import recorded


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
