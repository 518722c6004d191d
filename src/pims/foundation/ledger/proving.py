"""Making receipts, and proofs that the tree only ever grew, from the tree in the database."""

import json
from uuid import UUID

from pims.foundation.ledger.merkle import consistency_proof, inclusion_proof
from pims.foundation.ledger.models import LedgerCheckpoint, LedgerDetail, LedgerEntry, LedgerLeaf
from pims.foundation.ledger.notes import Checkpoint, HandOver
from pims.foundation.ledger.receipts import Receipt
from pims.kernel.errors import NotFound


def receipt_of(entry_id: UUID, *, with_details: bool = True) -> Receipt:
    """The receipt of an entry, under the newest checkpoint.

    Raises NotFound where there is no such entry, or the sequencer has not signed for it yet: it
    does so within a second or two. Reads the hash of every leaf of the tree: 32 bytes each.
    """
    entry = LedgerEntry.objects.filter(pk=entry_id).select_related("leaf").first()
    if entry is None or not hasattr(entry, "leaf"):
        raise NotFound("ledger_entry", entry_id)
    checkpoint = newest_checkpoint()
    if checkpoint is None or checkpoint.size <= entry.leaf.position:
        raise NotFound("checkpoint", entry_id)
    hashes = _hashes(checkpoint.size)
    detail = LedgerDetail.objects.filter(entry=entry).first() if with_details else None
    return Receipt(
        body=entry.body,
        position=entry.leaf.position,
        proof=tuple(inclusion_proof(hashes, entry.leaf.position, checkpoint.size)),
        checkpoint=checkpoint,
        salt=None if detail is None else bytes(detail.salt),
        details=None if detail is None else _read(detail.details),
    )


def history_between(size: int) -> tuple[Checkpoint, Checkpoint, tuple[bytes, ...]]:
    """The checkpoint of a size, the newest, and the proof that the one grew into the other.

    Raises NotFound where no checkpoint of that size was signed.
    """
    row = LedgerCheckpoint.objects.filter(pk=size).first()
    newest = newest_checkpoint()
    if row is None or newest is None:
        raise NotFound("checkpoint", size)
    proof = consistency_proof(_hashes(newest.size), size, newest.size)
    return _checkpoint(row), newest, tuple(proof)


def newest_checkpoint() -> Checkpoint | None:
    """The last one that was signed; None in a ledger that is empty yet."""
    row = LedgerCheckpoint.objects.order_by("-tree_size").first()
    return None if row is None else _checkpoint(row)


def _checkpoint(row: LedgerCheckpoint) -> Checkpoint:
    handover = None
    if row.handover:
        old, new = row.handover.split(" ")
        handover = HandOver(old, new, bytes(row.cosignature))
    return Checkpoint(
        row.tree_size, bytes(row.root), row.signed_at, row.key_id, bytes(row.signature), handover
    )


def _hashes(size: int) -> list[bytes]:
    rows = LedgerLeaf.objects.filter(position__lt=size).order_by("position")
    return [bytes(one) for one in rows.values_list("leaf_hash", flat=True).iterator(10_000)]


def _read(details: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(details)
    return found
