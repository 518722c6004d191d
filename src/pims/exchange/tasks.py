"""What the exchange does by the clock."""

from procrastinate.contrib.django import app

from pims.exchange.shelving.sweep import shelve_everybody, sweep_due


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
