"""Keys, encrypted files, sealings and erasures. No table here holds a personal value in clear.

Persons are plain numbers here, not foreign keys: a tombstone outlives everything about a person.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from pims.foundation.history import recorded


@recorded
class MasterKey(models.Model):
    """A version of the master key: its fingerprint, never its material.

    The material is the secret ``master-<version>``. New keys of persons are wrapped under the one
    active version; a retiring one still opens what was not rewrapped yet; of a retired one the
    file is gone.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        RETIRING = "retiring"
        RETIRED = "retired"

    version = models.PositiveIntegerField(primary_key=True)
    fingerprint = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_master_key"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_master_key"
            )
        ]


class PersonKey(models.Model):
    """A person's key, wrapped. It has no history: what is destroyed must be gone."""

    person_id = models.BigIntegerField(primary_key=True)
    master = models.ForeignKey(MasterKey, on_delete=models.PROTECT, related_name="+")
    wrapped = models.BinaryField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "vault_person_key"


class Blob(models.Model):
    """An encrypted file of one person.

    `address` is the SHA-256 of the sealed bytes and the file's name, so that files can be checked
    without any key; `digest` is a keyed hash of the text, by which the same file is kept once a
    person and cannot be linked between persons. `size` is of the text, in bytes. `marks` are
    codes of what a reader should know (``encrypted``, ``active_content``). `kind` is ``photo``,
    ``thumbnail``, ``scan``, or a scan of something (``warrant_scan``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    media_type = models.CharField(max_length=40)
    size = models.BigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    digest = models.BinaryField(max_length=32)
    address = models.CharField(max_length=64, unique=True)
    marks = ArrayField(models.CharField(max_length=20), default=list)
    thumbnail = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField()

    class Meta:
        db_table = "vault_blob"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "kind", "digest"], name="a_file_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(thumbnail__isnull=True) | Q(kind="photo"), name="thumbnail_of_a_photo"
            ),
        ]


@recorded
class Sealing(models.Model):
    """That a person's record was hidden, by what order, and whether it was opened again.

    `order_body` is who ordered it, as written; `reason` what the order says.
    """

    person_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    order_body = models.CharField(max_length=200, blank=True, default="")
    order_reference = models.CharField(max_length=120, blank=True)
    order_dated = models.DateField(null=True)
    sealed_at = models.DateTimeField()
    sealed_by_id = models.BigIntegerField()
    unsealed_at = models.DateTimeField(null=True)
    unsealed_by_id = models.BigIntegerField(null=True)
    unseal_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "vault_sealing"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"],
                condition=Q(unsealed_at__isnull=True),
                name="sealed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(unsealed_at__isnull=True) | Q(unsealed_at__gte=F("sealed_at")),
                name="unsealed_after_sealed",
            ),
        ]


class Erasure(models.Model):
    """An order to erase a person, the two officers, and afterwards the tombstone.

    `person_ids` are all numbers of the one human being (merged records included). `erased_at` is
    when the rows were destroyed, `files_left` the addresses of files still to be unlinked, and
    `scrubbed_at` when the database's own files had been rewritten without the destroyed rows.
    `counts` is table -> rows destroyed; `by_hand` lists papers that also name other persons.
    `order_body`, `order_reference` and `order_dated` outlive the person: none of them may say who.
    `problem` is why carrying it out stopped, as a code, until it goes on.
    """

    class State(models.TextChoices):
        ORDERED = "ordered"
        CONFIRMED = "confirmed"
        ERASED = "erased"
        WITHDRAWN = "withdrawn"

    person_id = models.BigIntegerField()
    person_ids = ArrayField(models.BigIntegerField())
    order_body = models.CharField(max_length=200, blank=True, default="")
    order_reference = models.CharField(max_length=120)
    order_dated = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ORDERED)
    ordered_at = models.DateTimeField()
    ordered_by_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    erased_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    by_hand = ArrayField(models.CharField(max_length=80), default=list)
    files_left = ArrayField(models.CharField(max_length=64), default=list)
    scrubbed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "vault_erasure"
        indexes = [models.Index(fields=["person_id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by_id__isnull=True) | ~Q(confirmed_by_id=F("ordered_by_id")),
                name="erasure_by_two_officers",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(confirmed_by_id__isnull=False),
                name="erasure_was_confirmed",
            ),
            models.UniqueConstraint(
                fields=["person_id"],
                condition=Q(state__in=["ordered", "confirmed", "erased"]),
                name="one_erasure_a_person",
            ),
        ]
