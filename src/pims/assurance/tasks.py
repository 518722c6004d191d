"""What only the clock changes: looked at once a minute."""

from procrastinate.contrib.django import app

from pims.assurance import services
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.release import services as release


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="assurance.watch", pass_context=False)
def watch(timestamp: int) -> None:
    """Open the discharges that are due today, then raise, end and climb alarms, everywhere."""
    actor = system_actor()
    failed: list[Exception] = []
    for establishment in facilities.establishments(actor):
        where = establishment.establishment_id
        for look in (release.start_due_discharges, services.sweep):
            try:
                look(Command(actor), establishment_id=where)
            except Exception as error:
                # What fails at one establishment keeps nobody from being watched at another.
                failed.append(error)
    if failed:
        raise ExceptionGroup("the watch failed in part", failed)
