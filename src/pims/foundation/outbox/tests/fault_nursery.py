"""Workers and sequencers to be killed: quick to start, each a process of its own.

For every line on standard input (``worker`` or ``sequencer``) one is forked and its process id
printed. Everything is imported before the fork and nothing connected.
"""

import logging
import os
import random
import sys
import threading

import django

django.setup()

from django.db import connection  # noqa: E402

from pims.foundation.database.urls import dsn  # noqa: E402
from pims.foundation.ledger import copies, keys  # noqa: E402
from pims.foundation.ledger.sequencer import run_sequencer  # noqa: E402
from pims.foundation.outbox.records import EventRecord  # noqa: E402
from pims.foundation.outbox.subscribers import registry  # noqa: E402
from pims.foundation.outbox.worker import run_worker  # noqa: E402


def record_effect(event: EventRecord) -> None:
    """Write what was handled; a table without any key would show what is handled twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fault_effect (position, person_id, event_seq) VALUES (%s, %s, %s)",
            [event.position, event.person_id, event.event_seq],
        )
    if random.random() < 0.005:
        raise RuntimeError("a failure now and then")


def main() -> None:
    logging.disable()
    registry.known.clear()
    registry.subscriber("faults", kinds=["test.*"])(record_effect)
    for wanted in sys.stdin:
        child = os.fork()
        if child == 0:
            random.seed()
            (work if wanted.strip() == "worker" else sequence)()
            os._exit(0)
        print(child, flush=True)
        reap()


def work() -> None:
    run_worker(threading.Event(), with_jobs=False)


def sequence() -> None:
    run_sequencer(
        threading.Event(), conninfo=dsn("sequencer"), signer=keys.signer(), folders=copies.folders()
    )


def reap() -> None:
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
