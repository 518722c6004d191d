"""Closing the books of the records office at this minute: what is still to be read, every date."""

from datetime import datetime, time, timedelta

from pims.demo.inmates import Inmate, moment
from pims.demo.judgments import Judgment, may_be_young
from pims.demo.records import read
from pims.demo.simulation import Simulation
from pims.foundation.commands.transaction import Command
from pims.sentences import selectors as dates
from pims.sentences import services as sentences
from pims.sentences.services import HandDates

BEFORE = timedelta(minutes=100)
# What was keyed the evening before is read by noon.
READ_BY = time(10, 15)
SIGNED_BY, OFFICE = "Simulated legal officer", "Of the simulated prison only: no sign-off"
BY_HAND = "No rule is entered for the young: worked out as for grown people, in their favour."


def close_books(simulation: Simulation, now: datetime) -> None:
    """No order of the days before is unread, and whoever serves a term has dates.

    Those for whom the law has no rule have dates by the hand of two officers. Raises RuntimeError
    where anybody else has none: the plan contradicts itself.
    """
    morning = datetime.combine(now.astimezone(simulation.zone).date(), READ_BY, simulation.zone)
    with moment(min(now - BEFORE, morning)):
        read(simulation, [i for of_day in simulation.unread.values() for i in of_day])
        simulation.unread.clear()
        serving = [i for i in simulation.inside.values() if i.stay.judgment is not None]
        persons = [inmate.person_id for inmate in serving]
        sentences.recalculate(Command(simulation.officers.system), person_ids=persons)
        found = dates.release_dates(simulation.officers.system, persons)
        for inmate in serving:
            one = found.get(inmate.person_id)
            if one is not None and one.status not in ("calculated", "by_hand"):
                _by_hand(simulation, inmate)


def sign_law(simulation: Simulation) -> None:
    """Nobody real has signed any rule: the signature says whose it is."""
    command = simulation.officers.command
    for one in dates.law_rules(simulation.officers.system):
        if one.signature is None and not one.rule.is_arithmetic:
            sentences.sign_rule(
                command("superintendent"),
                rule_code=one.rule.code,
                signed_by_name=SIGNED_BY,
                office=OFFICE,
                signed_on=simulation.plan.start,
            )


def _by_hand(simulation: Simulation, inmate: Inmate) -> None:
    judgment = inmate.stay.judgment
    if judgment is None or not may_be_young(inmate.stay.person, judgment.on):
        raise RuntimeError(f"the dates of {inmate.stay} cannot be worked out")
    certified = sentences.certify_by_hand(
        simulation.officers.command("records_officer"),
        person_id=inmate.person_id,
        dates=_hand(judgment),
        reason=BY_HAND,
    )
    sentences.countersign_hand_calculation(
        simulation.officers.command("officer_in_charge"),
        hand_calculation_id=certified.hand_calculation_id,
    )


def _hand(judgment: Judgment) -> HandDates:
    found = judgment.dates
    if found is None:
        return HandDates()
    return HandDates(
        full_term_end=found.full_term_end,
        sentence_expiry=found.sentence_expiry,
        edr=found.edr,
        ldr=found.ldr,
        ped=found.ped,
    )
