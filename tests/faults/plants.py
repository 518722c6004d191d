"""What planters have in common: a history with a fault in it, and changes to one as it was."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pims.assurance.proof.history import History, Order
from tests.faults.lawful import DAY, TODAY, at, first_instant


@dataclass(frozen=True)
class Planted:
    """`since` is when the fault begins, None where that is not told here. `also` are kinds that
    come with it: who is held past a court date has a hearing without an outcome as well."""

    history: History
    since: datetime | None = None
    also: frozenset[str] = frozenset()


Planter = Callable[[History, random.Random], Planted | None]
LET_GO = timedelta(hours=6)


def with_orders(history: History, change: Callable[[Order], Order], kind: str) -> History:
    return replace(
        history,
        orders=tuple(change(one) if one.kind == kind else one for one in history.orders),
    )


def the_order(history: History, kind: str) -> Order:
    return next(one for one in history.orders if one.kind == kind)


def with_last(history: History, **fields: object) -> History:
    """The last sentence with other dates."""
    *earlier, last = history.sentences
    return replace(history, sentences=(*earlier, replace(last, **fields)))  # type: ignore[arg-type]


def sentenced_on(history: History) -> datetime:
    dated = the_order(history, "commitment_sentence").dated
    assert dated is not None
    return first_instant(dated)


def waiting_for(days: int) -> Planter:
    def planter(history: History, chance: random.Random) -> Planted:
        begins = TODAY - DAY * days
        sent = replace(the_order(history, "committed_for_trial"), dated=begins, reading=None)
        inside = replace(history.custody[0], begins=at(begins))
        return Planted(
            replace(
                history,
                orders=(sent,),
                custody=(inside,),
                hearings=tuple(h for h in history.hearings if h.on >= TODAY),
            )
        )

    return planter
