"""What the exchange does by the clock."""

from datetime import timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from pims.exchange.inbound.following import judge_left_behind
from pims.exchange.services import listening
from pims.exchange.services.forgetting import empty_left_over
from pims.exchange.shelving import forget_seen
from pims.exchange.shelving.sweep import shelve_everybody, sweep_due
from pims.exchange.statistics import make_month
from pims.kernel import clock

# No event waits longer to be told of; what custody was when it was recorded is still known then.
SEEN_KEPT = timedelta(days=30)
COUNTED_FROM = 3


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="exchange.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Follow what time alone changes: an order that ran out at midnight."""
    sweep_due()


# Four in the morning in Belize: what an error or a restored backup left behind is made good.
@app.periodic(cron="0 10 * * *")
@app.task(queue="clock", queueing_lock="exchange.shelve", pass_context=False)
def shelve_all(timestamp: int) -> None:
    shelve_everybody()
    forget_seen(before=clock.now() - SEEN_KEPT)


# From the third of the month, when what was entered late about the last has mostly come; every day,
# for on the third itself there may be no light.
@app.periodic(cron="0 11 * * *")
@app.task(queue="clock", queueing_lock="exchange.statistics", pass_context=False)
def count_month(timestamp: int) -> None:
    """Keep the numbers of the month that is over, once."""
    today = clock.today(settings.TIME_ZONE)
    if today.day >= COUNTED_FROM:
        make_month((today.replace(day=1) - timedelta(days=1)).replace(day=1))


# Half past four in the morning in Belize.
@app.periodic(cron="30 10 * * *")
@app.task(queue="clock", queueing_lock="exchange.emptied", pass_context=False)
def empty_messages(timestamp: int) -> None:
    """Take away the words of old messages and questions about nobody on record
    (`retention.toml`)."""
    empty_left_over()


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="exchange.inbound", pass_context=False)
def judge_messages(timestamp: int) -> None:
    """Look at the messages that nobody looked at when they came: the worker was away."""
    judge_left_behind()


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="exchange.silence", pass_context=False)
def watch_silence(timestamp: int) -> None:
    """Notice an agency, or our own courier, of which nothing is heard."""
    listening.watch()
