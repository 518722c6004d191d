"""What only the calendar changes: every date worked out anew at night."""

from procrastinate.contrib.django import app

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.sentences import selectors, services

# So many are locked at a time that nobody at a desk waits.
AT_ONCE = 200


# Seven in the morning of UTC is one at night in Belize.
@app.periodic(cron="0 7 * * *")
@app.task(queue="clock", queueing_lock="sentences.nightly", pass_context=False)
def work_everything_out(timestamp: int) -> None:
    """An open absence grows by a day; an engine that was mended gives other answers."""
    actor = system_actor()
    persons = sorted(selectors.everybody())
    failed: list[Exception] = []
    for start in range(0, len(persons), AT_ONCE):
        try:
            services.recalculate(Command(actor), person_ids=persons[start : start + AT_ONCE])
        except Exception as error:
            # One person whom nothing can be worked out for leaves nobody else without dates.
            failed.append(error)
    if failed:
        raise ExceptionGroup("not everybody's dates were worked out", failed)
