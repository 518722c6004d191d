"""Telling the worker to compare all with all now."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from pims.kernel import clock

TASK = "biometrics.sweep"


def defer_sweep() -> bool:
    """Whether it was put in the queue now; False where it waits there already."""
    try:
        app.configure_task(TASK, queueing_lock=TASK).defer(timestamp=int(clock.now().timestamp()))
    except AlreadyEnqueued:
        return False
    return True
