"""Everybody's custody judged from the record and the alarms kept, beside the judgment alone."""

import time
from statistics import median

from bench.context import Context
from bench.prison import prison
from bench.results import Result
from pims.assurance import judging
from pims.assurance.histories import histories
from pims.assurance.models import Alarm
from pims.assurance.proof import law_of
from pims.assurance.proof.verdict import judge
from pims.custody.selectors import standing
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

# The whole prison of 1,114 within five seconds, every hour.
TARGET = 223
ROUNDS = 3
AT_ONCE = 200


def run(context: Context) -> list[Result]:
    with prison(context):
        people = sorted(one.person_id for one in standing())
        first = _judged(people)
        times = [_judged(people) for _ in range(ROUNDS)]
        alone = [_judged(people[:1]) for _ in range(10)]
        began = time.perf_counter()
        known = [one.history for one in histories(people).values()]
        read = time.perf_counter() - began
        law, now = law_of(), clock.now()
        began = time.perf_counter()
        for history in known:
            judge(history, law, now)
        pure = time.perf_counter() - began
        alarms = Alarm.objects.filter(ended_at=None).count()
    count = len(people)
    return [
        Result(
            name=f"custody of {count:,} judged and alarmed anew",
            value=count / median(times),
            unit="persons/s",
            target=TARGET,
            at_most=False,
            floor=count / pure,
            against="the judgment alone, of histories in memory",
            details={"persons": count, "alarms": alarms, "seconds": median(times)},
        ),
        Result(name="  the first time, alarms raised", value=count / first, unit="persons/s"),
        Result(name="  histories read", value=count / read, unit="persons/s"),
        Result(name="  one person, as after an event", value=median(alone) * 1000, unit="ms"),
    ]


def _judged(people: list[int]) -> float:
    began = time.perf_counter()
    for start in range(0, len(people), AT_ONCE):
        judging.judge_custody(Command(system_actor()), person_ids=people[start : start + AT_ONCE])
    return time.perf_counter() - began
