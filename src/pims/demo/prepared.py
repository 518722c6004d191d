"""Releases of the next two weeks in the simulated prison: prepared as far as their day asks for."""

from datetime import datetime, timedelta

from pims.demo.inmates import moment
from pims.demo.simulation import Simulation
from pims.foundation.commands.transaction import Command
from pims.release import services as release
from pims.release.selectors import preparations
from pims.release.selectors.preparations import ITEMS

SEEN_TO = {
    "other_warrants": "None found; asked at the registry.",
    "property": "Bagged, list agreed with the prisoner.",
    "travel": "Bus fare given.",
    "licence": "No conditions.",
}


def prepare_releases(simulation: Simulation, now: datetime) -> None:
    """Two officers each work the day out, all is seen to, the police are told what is due.

    Of a day that has passed it is too late for that: it is left as it is.
    """
    command, where = simulation.officers.command, simulation.establishment_id
    with moment(now - timedelta(minutes=80)):
        release.open_due_preparations(Command(simulation.officers.system), establishment_id=where)
        today = now.astimezone(simulation.zone).date()
        for row in preparations.open_preparations(simulation.officers.system, where):
            if row.due_on < today:
                continue
            for role in ("records_officer", "duty_senior_officer"):
                release.read_release_date(
                    command(role), preparation_id=row.preparation_id, release_on=row.due_on
                )
            for code in ITEMS:
                release.settle_preparation_item(
                    command("records_officer"), preparation_id=row.preparation_id, code=code,
                    done=True, note=SEEN_TO[code],
                )  # fmt: skip
            for stage in row.late:
                release.tell_agency(
                    command("records_officer"), preparation_id=row.preparation_id, stage=stage,
                    kind="police", agency="Hattieville Police Station", how="telephone",
                    spoke_to="Sgt Flowers",
                )  # fmt: skip
