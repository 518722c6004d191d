"""What only the clock changes: looked at once a minute."""

from collections.abc import Sequence

from procrastinate.contrib.django import app

from pims.assurance import judging, services
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
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


# So many are judged at a time that nobody at a desk waits for it.
AT_ONCE = 200


@app.periodic(cron="10 * * * *")
@app.task(queue="clock", queueing_lock="assurance.judge", pass_context=False)
def judge_everyone(timestamp: int) -> None:
    """Judge everybody's custody anew, soon after every hour: midnight ends an order, noon a second
    reading, wherever the prison is."""
    actor = system_actor()
    persons = judging.to_judge()
    failed: list[Exception] = []
    for start in range(0, len(persons), AT_ONCE):
        together = persons[start : start + AT_ONCE]
        try:
            judging.judge_custody(Command(actor), person_ids=together)
        except Exception:
            # Papers of one person that nobody can judge leave nobody else unjudged.
            failed += _one_by_one(actor, together)
    if failed:
        raise ExceptionGroup("not everybody's custody was judged", failed)


def _one_by_one(actor: Actor, persons: Sequence[int]) -> list[Exception]:
    failed: list[Exception] = []
    for one in persons:
        try:
            judging.judge_custody(Command(actor), person_ids=[one])
        except Exception as error:
            failed.append(error)
    return failed
