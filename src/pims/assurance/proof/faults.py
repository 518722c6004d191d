"""All that is amiss with one person's custody, until now and soon."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import methodcaller

from pims.assurance.proof import checks_care, checks_orders, checks_time
from pims.assurance.proof.history import History
from pims.assurance.proof.kinds import fault_kinds
from pims.assurance.proof.law import Law
from pims.assurance.proof.lawful import Stretch
from pims.assurance.proof.look import Fault, Look
from pims.assurance.proof.reaches import ONLY_ALONE

__all__ = ["AHEAD", "Fault", "Look", "faults", "faults_of"]

AHEAD = timedelta(days=3)


def faults(history: History, law: Law, as_of: datetime, ahead: timedelta = AHEAD) -> list[Fault]:
    """In order of time, the gravest first. Every instant of custody that is not proven is in one.

    What ends custody's lawfulness is told of all time, so that a past day is judged as well; what
    is owed to the person or to the record is told as it stands at `as_of`. `ahead` is how early an
    order that runs out, with nothing after it, is told.
    """
    return faults_of(Look(history, law, as_of, ahead))


def faults_of(look: Look) -> list[Fault]:
    found = [fault for check in _CHECKS for fault in check(look)]
    return sorted(found, key=methodcaller("sort_key"))


def _gaps(look: Look) -> Iterator[Fault]:
    kinds = fault_kinds()
    for stretch in look.stretches:
        if stretch.proven:
            continue
        if kinds[stretch.why].group == "gap" or stretch.why in ONLY_ALONE:
            yield _fault(stretch, look)


def _fault(stretch: Stretch, look: Look) -> Fault:
    goes_on = look.custody_now is not None and stretch.end == look.as_of
    return Fault(
        stretch.why,
        stretch.begin,
        None if goes_on else stretch.end,
        stretch.order_ids,
        {"orders": list(stretch.order_ids)},
        fault_kinds()[stretch.why].reference,
    )


def _held_for_police(look: Look) -> Iterator[Fault]:
    """A gap in which the police have an interest: whoever holds for that alone holds unlawfully."""
    for interest in look.history.interests:
        for stretch in look.stretches:
            if stretch.proven or fault_kinds()[stretch.why].group != "gap":
                continue
            begin = max(stretch.begin, interest.begins)
            ends = interest.ends or stretch.end
            end = min(stretch.end, ends)
            if begin < end:
                goes_on = look.custody_now is not None and end == look.as_of
                yield Fault(
                    "held_for_police",
                    begin,
                    None if goes_on else end,
                    (),
                    {"interests": [interest.interest_id]},
                    fault_kinds()["held_for_police"].reference,
                )


_CHECKS: tuple[Callable[[Look], Iterator[Fault]], ...] = (
    _gaps,
    _held_for_police,
    *checks_orders.CHECKS,
    *checks_time.CHECKS,
    *checks_care.CHECKS,
)
