"""What follows an order of erasure by itself, in the worker: the rows, then the files."""

import logging

from procrastinate.contrib.django import app

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.foundation.vault.erasure.orders import (
    TASK,
    carry_out_erasure,
    note_problem,
    scrub_pending,
)
from pims.foundation.vault.erasure.plan import PlanIncomplete
from pims.foundation.vault.erasure.rows import WouldHarmAnother
from pims.kernel.errors import PimsError, Refused

log = logging.getLogger("pims.vault")


@app.task(name=TASK, queue="erasure", pass_context=False)
def carry_out(erasure_id: int) -> None:
    """Destroy the rows and unlink the files; where it can't, the order's page says why."""
    try:
        carry_out_erasure(Command(system_actor()), erasure_id=erasure_id, scrub=False)
    except Refused as refused:
        note_problem(erasure_id, refused.reasons()[0].code)
    except PimsError as error:
        note_problem(erasure_id, error.code)
    except PlanIncomplete as error:
        log.error("erasure %s: %s", erasure_id, error)
        note_problem(erasure_id, "vault.plan_incomplete")
    except WouldHarmAnother as error:
        log.error("erasure %s: %s", erasure_id, error)
        note_problem(erasure_id, "vault.would_harm_another")


# Nine in the morning of UTC is three at night in Belize: the tables are locked while rewritten.
@app.periodic(cron="0 9 * * *")
@app.task(queue="erasure", queueing_lock="vault.scrub", pass_context=False)
def scrub(timestamp: int) -> None:
    """Rewrite the database's files for the erasures of the day."""
    scrub_pending()
