"""The append-only ledger: entries, their places in the Merkle tree, signed checkpoints."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class LedgerEntry(models.Model):
    """What happened, in ids and commitments. `body` is the exact text that is hashed.

    The columns beside `body` repeat parts of it for queries; `pims check ledger` compares them.
    `serial` is the order of insertion, drawn before the commit: not the order of the ledger.
    """

    id = models.UUIDField(primary_key=True)
    serial = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=60)
    actor_id = models.BigIntegerField()
    command_id = models.UUIDField(null=True)
    person_ids = ArrayField(models.BigIntegerField(), default=list)
    establishment_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        db_table = "ledger_entry"
        # Apart, because one reading of the roll lists every prisoner.
        indexes = [
            GinIndex(
                fields=["person_ids"], name="ledger_change_persons", condition=~Q(kind="read")
            ),
            GinIndex(fields=["person_ids"], name="ledger_read_persons", condition=Q(kind="read")),
            models.Index(fields=["recorded_at"], name="ledger_entry_recorded"),
        ]


class LedgerDetail(models.Model):
    """The personal values that an entry commits to; erased with the person, the entry stays."""

    entry = models.OneToOneField(
        LedgerEntry, primary_key=True, on_delete=models.PROTECT, related_name="detail"
    )
    person_id = models.BigIntegerField(null=True, db_index=True)
    salt = models.BinaryField(max_length=16)
    details = models.TextField()

    class Meta:
        db_table = "ledger_detail"


class LedgerPending(models.Model):
    """Committed entries that the sequencer has not yet given a position."""

    serial = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField()

    class Meta:
        db_table = "ledger_pending"


class LedgerLeaf(models.Model):
    """An entry's position in the tree, from 0, and its leaf hash (RFC 6962, section 2.1)."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="leaf")
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_leaf"


class LedgerCheckpoint(models.Model):
    """A signed statement of the tree: its size and root. Also kept off the database.

    `frontier` lets the sequencer start again without reading the tree from its beginning.
    `handover` is empty but in the last checkpoint of a key: two verifier lines with a space
    between, the key that ends and the one that follows, whose signature is `cosignature`.
    """

    tree_size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    signature = models.BinaryField(max_length=64)
    handover = models.TextField(default="", db_default="")
    cosignature = models.BinaryField(max_length=64, default=b"", db_default=b"")

    class Meta:
        db_table = "ledger_checkpoint"
