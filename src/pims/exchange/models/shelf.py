"""What could be told to somebody, kept ready. Derived: it can be made again from the record."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class ShelfRow(models.Model):
    """One record about a person as another agency might be told it.

    `kind` is a table of the catalogue, `record` tells several of one person apart. `fields` are
    the plain values by name, `guarded` those that leave only where the label is named:
    ``{"health": {"out_to": "hospital"}}``. `facets` say what the row is, for the filters of an
    agreement; `labels` what must be named for the row to be shown at all.
    """

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    record = models.CharField(max_length=40)
    fields = models.JSONField()
    guarded = models.JSONField(default=dict)
    facets = ArrayField(models.CharField(max_length=60))
    labels = ArrayField(models.CharField(max_length=12), default=list)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "exchange_shelf"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "kind", "record"], name="shelved_once")
        ]
        indexes = [GinIndex(fields=["facets"], name="exchange_shelf_facets")]


class LookupKey(models.Model):
    """One way in which a person can be asked for: the number, a name with a birth, a document."""

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=240)

    class Meta:
        db_table = "exchange_lookup_key"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "person_id"], name="one_key_a_person")
        ]
        indexes = [models.Index(fields=["person_id"])]


class ShelfDue(models.Model):
    """When time alone changes what is true of a person: a warrant that runs out at midnight."""

    person_id = models.BigIntegerField(primary_key=True)
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "exchange_shelf_due"


class MadeUp(models.Model):
    """Somebody who does not exist, made up so that an agency's programs can be tried out.

    Written before anybody could be told of the person, and for good: a mark that came later would
    make somebody vanish whom agencies know.
    """

    person = models.OneToOneField(
        "people.Person", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    marked_at = models.DateTimeField()
    marked_by_id = models.BigIntegerField()

    class Meta:
        db_table = "exchange_made_up"


class ShelfState(models.Model):
    """One row: how far the shelf follows the feed, and when that was last known to be so.

    What was recorded up to `begun_at` was on the shelf when it was first filled: it is history, of
    which nobody is sent a message.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    position = models.BigIntegerField(default=0)
    shelved_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_shelf_state"


class FacetsSeen(models.Model):
    """What a person's custody was when the shelf was made, kept for a while after it changed.

    A message says what was so before its event. The shelf itself cannot tell: it may have been
    made anew between the event and the message. `seen_at` is after everything was read, so that
    what happened later is surely not in it.
    """

    person_id = models.BigIntegerField()
    seen_at = models.DateTimeField()
    facets = ArrayField(models.CharField(max_length=60))
    labels = ArrayField(models.CharField(max_length=12), default=list)

    class Meta:
        db_table = "exchange_facets_seen"
        indexes = [models.Index(fields=["person_id", "-seen_at"], name="exchange_facets_last")]
