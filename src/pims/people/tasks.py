"""What only the calendar changes about who people are."""

from procrastinate.contrib.django import app

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.people import services


# Each hour, so that it is the first of the day somewhere, whatever zone the service keeps.
@app.periodic(cron="1 * * * *")
@app.task(queue="clock", queueing_lock="people.come_of_age", pass_context=False)
def come_of_age(timestamp: int) -> None:
    """Take the juvenile mark from those who turned eighteen."""
    services.let_come_of_age(Command(system_actor()))
