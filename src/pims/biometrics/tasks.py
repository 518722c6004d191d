"""What the worker does for fingerprints: searches, the sweep of the night, destruction."""

from procrastinate.contrib.django import app

from pims.biometrics.asking import carry_search
from pims.biometrics.services import destroying, searching
from pims.biometrics.sweeping import sweep_everything


@app.task(name=searching.TASK, queue="biometrics", pass_context=False)
def answer_search(search_id: int) -> None:
    carry_search(search_id)


# A search whose gallery was away, or whose worker was killed, waits a minute at most.
@app.periodic(cron="* * * * *")
@app.task(queue="biometrics", queueing_lock="biometrics.waiting", pass_context=False)
def answer_waiting(timestamp: int) -> None:
    """Those that wait, until the gallery is away; one that fails keeps no other waiting."""
    failed: list[Exception] = []
    for search_id in searching.waiting_searches():
        try:
            if not carry_search(search_id):
                break
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("not every search was answered", failed)


# Eight in the morning of UTC is two at night in Belize. One that was stopped goes on.
@app.periodic(cron="0 8 * * *")
@app.task(name="biometrics.sweep", queue="sweep", queueing_lock="biometrics.sweep",
          pass_context=False)  # fmt: skip
def sweep(timestamp: int = 0) -> None:
    sweep_everything()


@app.task(name=destroying.TASK, queue="erasure", pass_context=False)
def destroy(destruction_id: int) -> None:
    destroying.carry_out_destruction(destruction_id)


@app.periodic(cron="* * * * *")
@app.task(queue="erasure", queueing_lock="biometrics.interrupted", pass_context=False)
def destroy_interrupted(timestamp: int) -> None:
    """What a worker that was killed left undone; one that fails keeps no other waiting."""
    failed: list[Exception] = []
    for destruction_id in destroying.interrupted_destructions():
        try:
            destroying.carry_out_destruction(destruction_id)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("not every destruction was carried out", failed)


# After the nightly rewriting of what was erased; three hundred rows are as quick as none.
@app.periodic(cron="20 9 * * *")
@app.task(queue="erasure", queueing_lock="biometrics.scrub", pass_context=False)
def scrub(timestamp: int) -> None:
    destroying.scrub_destroyed()
