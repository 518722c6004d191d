"""Changing the key that signs checkpoints: the old one names the new one in its last checkpoint.

The command makes the key and records the entry; the sequencer, which alone signs, hands over at
its next checkpoint. It can stop at any moment and be run again: it goes on where it was.
"""

import threading
import time
from dataclasses import dataclass

from django.db import connection

from pims.foundation.commands.transaction import Command, Transaction, service
from pims.foundation.database import urls
from pims.foundation.ledger import copies, keys
from pims.foundation.ledger.events import SigningKeyHandedOver
from pims.foundation.ledger.sequencer import run_sequencer
from pims.kernel.decisions import Reason
from pims.kernel.errors import PimsError

MANAGE = "vault.manage"
WITHIN = 60.0


class HandOverUnfinished(PimsError):
    """The sequencer has not handed over yet; it will, or the command can be run again."""

    code = "ledger.handover_unfinished"
    http_status = 503

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code),)


@dataclass(frozen=True, slots=True)
class SigningKeyRotated:
    """The keys as verifier lines, and how many entries the tree held at the hand-over."""

    old: str
    new: str
    size: int


def rotate_signing_key(command: Command, *, within: float = WITHIN) -> SigningKeyRotated:
    """Make a new key and see the old one hand over to it; the old private key is then gone.

    The sequencer of a running installation does it, else one that is run here for it. Raises
    NotPermitted, HandOverUnfinished after `within` seconds.
    """
    old, new = _name_successor(command)
    stop = threading.Event()
    # Where another sequencer is at work this one waits for it, as a spare.
    spare = threading.Thread(
        target=run_sequencer,
        args=(stop,),
        kwargs={
            "conninfo": urls.dsn("sequencer"),
            "signer": keys.KeyFiles(),
            "folders": copies.folders(),
        },
        daemon=True,
    )
    spare.start()
    try:
        return SigningKeyRotated(old, new, _wait_for(old, new, within))
    finally:
        stop.set()
        spare.join(10)


@service
def _name_successor(tx: Transaction) -> tuple[str, str]:
    """Make the key, or take up the one of a rotation that was cut off, and enter it."""
    tx.require(MANAGE)
    old, new = keys.signer().line, keys.make_successor().line
    tx.record(SigningKeyHandedOver(old=old, new=new))
    return old, new


def _wait_for(old: str, new: str, within: float) -> int:
    """The size of the tree at the hand-over. Raises HandOverUnfinished."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(tree_size) FROM ledger_checkpoint WHERE handover = %s",
                [f"{old} {new}"],
            )
            (size,) = cursor.fetchone()
        if size is not None and keys.signer().line == new:
            return int(size)
        time.sleep(0.1)
    raise HandOverUnfinished
