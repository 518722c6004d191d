"""What officers of the simulated prison have done about its alarms by the last minute."""

from datetime import datetime, timedelta

from pims.assurance import judging
from pims.assurance import selectors as assurance
from pims.assurance import services as alarms
from pims.demo.inmates import moment
from pims.demo.simulation import Simulation
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command

AT_ONCE = 200
# Births that nobody knows are asked about anew after so long.
ASKED_AGAIN = timedelta(days=90)


def judge_everyone(now: datetime) -> None:
    """What the hourly judge would find: whoever opens the prison finds every alarm there."""
    persons = judging.to_judge()
    with moment(now):
        for start in range(0, len(persons), AT_ONCE):
            judging.judge_custody(
                Command(system_actor()), person_ids=persons[start : start + AT_ONCE]
            )


def answer_for_births(simulation: Simulation, now: datetime) -> None:
    """Of whom nobody knows when they were born, the registry of births has been asked."""
    until = now.astimezone(simulation.zone).date() + ASKED_AGAIN
    with moment(now):
        for alarm in assurance.open_alarms(simulation.officers.system, simulation.establishment_id):
            if alarm.kind.code == "birth_unknown":
                alarms.end_alarm(
                    simulation.officers.command("records_officer"),
                    alarm_id=alarm.alarm_id,
                    reason="Does not know; the registry of births has been written to",
                    until=until,
                )
