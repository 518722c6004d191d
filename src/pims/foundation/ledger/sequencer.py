"""The sequencer: one process that puts committed entries and events in order and signs the tree.

Run as ``python -m pims.foundation.ledger.sequencer``. A second one waits for the lock of the
first, as a spare. Woken by the application after a commit, and by its own clock at least every
quarter of a second.

A checkpoint is signed in this order: the leaves are committed, the note is on the disk off the
database, the row is in the database. A crash in between leaves a note without a row for a tree
that is all there, which is no sign of tampering; a row without a note, or a note for more than the
tree holds, can't come from a crash.

Where another signing key waits and the tree holds the entry that names it, the next checkpoint is
the hand-over: signed by both keys, kept as any other, and only then is the new key the one.
"""

import logging
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as Flag
from typing import Protocol

import psycopg

from pims.foundation.ledger import copies
from pims.foundation.ledger.entries import PENDING_CHANNEL
from pims.foundation.ledger.keys import KeyFiles
from pims.foundation.ledger.notes import Checkpoint, Signer, Verifier
from pims.foundation.ledger.sequence import (
    Connection,
    State,
    handovers_entered,
    is_handed_over,
    load_state,
    save_checkpoint,
    step,
)
from pims.kernel import clock

LOCK = 0x50494D53_5345_51  # "PIMS" "SEQ"
BATCH = 1000
POLL_SECONDS = 0.25
SIGN_EVERY_SECONDS = 1.0
RECONNECT_SECONDS = 0.5

log = logging.getLogger("pims.sequencer")


class Keys(Protocol):
    """Where the sequencer has its key from, and the one that is to follow it."""

    def current(self) -> Signer: ...
    def successor(self) -> Signer | None: ...
    def take_over(self) -> None: ...


@dataclass(frozen=True, slots=True)
class OneKey:
    """A key that nothing follows."""

    signer: Signer

    def current(self) -> Signer:
        return self.signer

    def successor(self) -> Signer | None:
        return None

    def take_over(self) -> None:
        raise AssertionError("nothing follows this key")


def run_sequencer(
    stop: Flag,
    *,
    conninfo: str,
    signer: Signer | Keys,
    folders: Sequence[Path],
    batch: int = BATCH,
) -> None:
    """Work until `stop` is set; a database that goes away is waited for."""
    keys = OneKey(signer) if isinstance(signer, Signer) else signer
    while not stop.is_set():
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                if _take_lead(connection, stop):
                    _serve(connection, stop, keys, folders, batch)
        except psycopg.OperationalError as error:
            log.warning("the database is away: %s", str(error).strip())
            stop.wait(RECONNECT_SECONDS)


def _take_lead(connection: Connection, stop: Flag) -> bool:
    """Wait until this is the only sequencer; false where it was stopped first."""
    waited = False
    while not stop.is_set():
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row and row[0]:
            log.info("sequencing")
            return True
        if not waited:
            log.info("another sequencer is at work; waiting for it to end")
            waited = True
        stop.wait(0.1)
    return False


def _serve(
    connection: Connection, stop: Flag, keys: Keys, folders: Sequence[Path], batch: int
) -> None:
    # Positions that were seen outside must never be given again after a power cut.
    connection.execute("SET synchronous_commit = on")
    connection.execute(f"LISTEN {PENDING_CHANNEL}")
    _finish_handover(connection, keys)
    state = load_state(connection, Verifier(keys.current().public))
    if state.frontier.size < state.signed:
        log.error("the tree is shorter than its newest checkpoint: run pims check ledger")
    signed_at = time.monotonic() - SIGN_EVERY_SECONDS
    while not stop.is_set():
        state, moved = step(connection, state, limit=batch)
        due = signed_at + SIGN_EVERY_SECONDS - time.monotonic()
        unsigned = state.frontier.size > state.signed
        if unsigned and due <= 0:
            state = _sign(connection, state, keys, folders)
            signed_at = time.monotonic()
        elif not moved:
            wait = min(POLL_SECONDS, due) if unsigned else POLL_SECONDS
            for _ in connection.notifies(timeout=max(wait, 0.001), stop_after=1):
                pass
    if state.frontier.size > state.signed:
        _sign(connection, state, keys, folders)


def _sign(connection: Connection, state: State, keys: Keys, folders: Sequence[Path]) -> State:
    checkpoint = _next_checkpoint(connection, state, keys)
    for number, folder in enumerate(folders):
        try:
            copies.write_copy(folder, checkpoint)
        except OSError as error:
            log.error("the checkpoint of %s could not be kept in %s: %s", checkpoint.size, folder,
                      error.strerror or error)  # fmt: skip
            if number == 0:
                return state
    save_checkpoint(connection, checkpoint, state.frontier)
    if checkpoint.handover is not None:
        keys.take_over()
        log.info("checkpoints are signed by %s from now on", keys.current().key_id)
    return replace(state, signed=checkpoint.size)


def _next_checkpoint(connection: Connection, state: State, keys: Keys) -> Checkpoint:
    """Of the tree as it is; a hand-over where another key waits and an entry names it."""
    size, root = state.frontier.size, state.frontier.root()
    current, successor = keys.current(), keys.successor()
    if successor is not None and successor.public != current.public:
        names = f"{current.line} {successor.line}"
        if names in handovers_entered(connection):
            return current.hand_over(successor, size=size, root=root, at=clock.now())
    return current.sign(size=size, root=root, at=clock.now())


def _finish_handover(connection: Connection, keys: Keys) -> None:
    """Where it was kept, and the end of it cut off: the new key is the one."""
    current, successor = keys.current(), keys.successor()
    if successor is None:
        return
    names = f"{current.line} {successor.line}"
    if successor.public == current.public or is_handed_over(connection, names):
        keys.take_over()


def main() -> int:
    from pims.foundation.database.urls import dsn

    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_sequencer(stop, conninfo=dsn("sequencer"), signer=KeyFiles(), folders=copies.folders())
    return 0


if __name__ == "__main__":
    sys.exit(main())
