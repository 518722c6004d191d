"""What only the calendar brings: preparations that open two weeks before a release."""

from procrastinate.contrib.django import app

from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.release import services


# Half past seven in the morning of UTC is half past one at night in Belize, after every date was
# worked out anew.
@app.periodic(cron="30 7 * * *")
@app.task(queue="clock", queueing_lock="release.preparing", pass_context=False)
def open_preparations(timestamp: int) -> None:
    """Let paroles begin whose day has come; open what is due and anew what moved, everywhere."""
    actor = system_actor()
    failed: list[Exception] = []
    for establishment in facilities.establishments(actor):
        for due in (services.start_due_paroles, services.open_due_preparations):
            try:
                due(Command(actor), establishment_id=establishment.establishment_id)
            except Exception as error:
                # What fails at one establishment leaves nobody at another unprepared.
                failed.append(error)
    if failed:
        raise ExceptionGroup("not everything that was due was opened", failed)
