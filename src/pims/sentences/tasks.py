"""What only the calendar changes, worked out anew at night; and everybody's dates by a new law."""

from collections.abc import Callable

from procrastinate.contrib.django import app

from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.sentences import selectors, services
from pims.sentences.services.activating import TASK

# So many are locked at a time that nobody at a desk waits.
AT_ONCE = 200


# Seven in the morning of UTC is one at night in Belize.
@app.periodic(cron="0 7 * * *")
@app.task(queue="clock", queueing_lock="sentences.nightly", pass_context=False)
def work_everything_out(timestamp: int) -> None:
    """An open absence grows by a day; an engine that was mended gives other answers.

    What a worker that was killed left of a new law is done with it.
    """
    unfinished = selectors.unfinished_laws()
    done = _everybody()
    for number in unfinished:
        services.note_progress(
            Command(system_actor()), law_in_force_id=number, done=done, finished=True
        )


@app.task(name=TASK, queue="clock", pass_context=False)
def work_out_by_new_law(law_in_force_id: int) -> None:
    """After a law was put in force; whoever is asked for meanwhile is worked out by it already."""
    actor = system_actor()

    def told(done: int) -> None:
        services.note_progress(Command(actor), law_in_force_id=law_in_force_id, done=done)

    # Where somebody's dates can't be worked out it is not finished: the night tries again.
    done = _everybody(told)
    services.note_progress(
        Command(actor), law_in_force_id=law_in_force_id, done=done, finished=True
    )


def _everybody(told: Callable[[int], None] = lambda _done: None) -> int:
    """How many were worked out; one for whom nothing can be leaves nobody else without dates.

    Raises ExceptionGroup for those of whom it failed, when everybody else is done.
    """
    persons = sorted(selectors.everybody())
    failed: list[Exception] = []
    for start in range(0, len(persons), AT_ONCE):
        together = persons[start : start + AT_ONCE]
        try:
            _work_out(together)
        except Exception:
            # Not for all of them because of one.
            for person_id in together:
                try:
                    _work_out([person_id])
                except Exception as error:
                    failed.append(error)
        told(min(start + AT_ONCE, len(persons)) - len(failed))
    if failed:
        raise ExceptionGroup("not everybody's dates were worked out", failed)
    return len(persons)


def _work_out(person_ids: list[int]) -> None:
    services.recalculate(Command(system_actor()), person_ids=person_ids)
