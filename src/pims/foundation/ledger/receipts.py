"""A receipt: one entry of the ledger with the proof that it is in a tree that was signed.

It is checked with the public key of the ledger and nothing else: no database, no secret, no
program but this. Free of Django.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pims.foundation.ledger.entries import canonical, commitment
from pims.foundation.ledger.merkle import (
    ProofError,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from pims.foundation.ledger.notes import Checkpoint, Verifier, parse_notes

FORM = "pims-receipt-1"


class NotAReceipt(ValueError):
    """The text is no receipt; `str` says where."""


class NotProven(Exception):
    """The receipt proves nothing; `code` is why: ``key``, ``tree``, ``details`` or ``history``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Receipt:
    """`body` is the exact text of the entry at `position`, `proof` its audit path under the
    checkpoint. `details` are what the entry committed to, with their salt, where they are told.
    """

    body: str
    position: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    salt: bytes | None = None
    details: Mapping[str, Any] | None = None

    @property
    def entry(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.body)
        return found

    def text(self) -> str:
        """The receipt as a file."""
        return json.dumps(
            {
                "form": FORM,
                "body": self.body,
                "position": self.position,
                "proof": [node.hex() for node in self.proof],
                "checkpoint": self.checkpoint.note(),
                "salt": None if self.salt is None else self.salt.hex(),
                "details": self.details,
            },
            ensure_ascii=False,
            indent=2,
        )


def read_receipt(text: str) -> Receipt:
    """Of a receipt, or of an answer that has one in `receipt`. Raises NotAReceipt."""
    try:
        given = json.loads(text)
        if isinstance(given, dict) and isinstance(given.get("receipt"), dict):
            given = given["receipt"]
        if not isinstance(given, dict) or given.get("form") != FORM:
            raise NotAReceipt("form")
        (checkpoint,) = list(parse_notes(given["checkpoint"]))
        if not isinstance(checkpoint, Checkpoint) or not isinstance(
            json.loads(given["body"]), dict
        ):
            raise NotAReceipt("checkpoint")
        return Receipt(
            body=given["body"],
            position=int(given["position"]),
            proof=tuple(bytes.fromhex(node) for node in given["proof"]),
            checkpoint=checkpoint,
            salt=None if given.get("salt") is None else bytes.fromhex(given["salt"]),
            details=given.get("details"),
        )
    except NotAReceipt:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAReceipt(type(error).__name__) from None


def prove(receipt: Receipt, verifier: Verifier) -> None:
    """Raise NotProven unless the entry is in a tree that this key signed, with these details."""
    if not verifier.accepts(receipt.checkpoint):
        raise NotProven("key")
    try:
        verify_inclusion(
            leaf=leaf_hash(receipt.body.encode()),
            index=receipt.position,
            size=receipt.checkpoint.size,
            proof=receipt.proof,
            root=receipt.checkpoint.root,
        )
    except (ProofError, ValueError):
        raise NotProven("tree") from None
    if receipt.details is not None:
        salt = receipt.salt or b""
        committed = receipt.entry.get("commitment")
        if commitment(salt, canonical(receipt.details)) != committed:
            raise NotProven("details")


def prove_history(
    before: Checkpoint, after: Checkpoint, proof: tuple[bytes, ...], verifier: Verifier
) -> None:
    """Raise NotProven unless nothing that was in the earlier tree was changed since."""
    if not (verifier.accepts(before) and verifier.accepts(after)):
        raise NotProven("key")
    try:
        verify_consistency(
            size1=before.size, size2=after.size, root1=before.root, root2=after.root, proof=proof
        )
    except (ProofError, ValueError):
        raise NotProven("history") from None
