"""Histories in no order at all: papers that contradict each other, lack what they must say, or
come too late. Days are few and names are few, so that everything meets everything."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from pims.assurance.proof.history import (
    Charge,
    ChargeState,
    Custody,
    Hearing,
    History,
    Interest,
    NewDate,
    Order,
    Payment,
    Sentence,
)
from pims.jurisdictions.order_kinds import order_kinds

T = TypeVar("T")

ZONES = ("America/Belize", "America/Havana", "Pacific/Auckland", "UTC")
BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
SPAN = 30
NOW = BEGIN + timedelta(days=SPAN)
COURTS = ("MC-BZ", "MC-BZ", "HC", "HC", "HC", "HC", "CA", "IMM", "MIN", "PB", "BPD", "nowhere")

# Each effect as often as the others, whatever its kinds are in number; those that hold, twice.
_BY_EFFECT: dict[str, list[str]] = {}
for _code, _kind in order_kinds("belize").items():
    _BY_EFFECT.setdefault(_kind.effect.value, []).append(_code)
_EFFECTS = (*_BY_EFFECT, "detains", "sentence")


def history(seed: int) -> History:
    return _Chaos(random.Random(seed)).history()


class _Chaos:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.pick = chance.choice

    def history(self) -> History:
        return History(
            person_id="P",
            zone=self.pick(ZONES),
            custody=self.custody(),
            orders=tuple(self.order(f"o{n}") for n in range(1, self.chance.randint(0, 5) + 1)),
            sentences=tuple(self.sentence(f"s{n}") for n in range(1, self.pick((0, 1, 3)) + 1)),
            charges=self.charges(),
            payments=self.some(self.payment),
            hearings=self.some(self.hearing),
            interests=self.some(self.interest)[:1],
            # Of age, or not, on any day on which there can be an order.
            born_on=self.pick((None, None, date(1990, 1, 1), date(2010, 1, 1), date(2008, 4, 2))),
            juvenile_until_decided=self.chance.random() < 0.1,
        )

    def custody(self) -> tuple[Custody, ...]:
        marks = sorted({self.hour() for _ in range(self.pick((1, 1, 2, 3, 4, 5)))})
        found = []
        for place in range(0, len(marks), 2):
            ends = marks[place + 1] if place + 1 < len(marks) else None
            number = f"c{place}"
            found.append(
                Custody(
                    custody_id=number,
                    begins=marks[place],
                    ends=ends,
                    end_kind=self.pick(("discharged", "escaped", "")) if ends else "",
                )
            )
        return tuple(found)

    def order(self, order_id: str) -> Order:
        chance = self.chance
        kind = self.pick(_BY_EFFECT[self.pick(_EFFECTS)])
        return Order(
            order_id=order_id,
            kind=kind if chance.random() < 0.98 else "no such kind",
            court=self.pick(COURTS),
            court_kind=self.pick(("", "", "high_court", "guesswork")),
            case=self.pick(("", "A", "B")),
            charges=self.pick(((), ("x",), ("y",), ("x", "y"))),
            dated=self.perhaps(self.day, 0.9),
            received_at=self.perhaps(self.hour, 0.5),
            begins=self.perhaps(self.hour, 0.2),
            until=self.perhaps(self.day, 0.6),
            next_date=self.perhaps(self.day, 0.6),
            new_dates=self.some(self.new_date) if chance.random() < 0.3 else (),
            amount_cents=self.pick((None, 0, 1, 2, 3)),
            changes=self.pick(("", "", "", "o1", "o2", "o3", "o9")),
            state=self.pick(("stands",) * 8 + ("set_aside", "replaced", "void")),
            state_from=self.perhaps(self.hour, 0.8),
        )

    def sentence(self, sentence_id: str) -> Sentence:
        # Of days alone, or the other proof would need a calendar of terms as well.
        worded = self.chance.random() < 0.4
        return Sentence(
            sentence_id=sentence_id,
            order_id=self.pick(("o1", "o2", "o3", "o4")),
            full_term_end=self.perhaps(self.day, 0.6),
            expiry=self.perhaps(self.day, 0.4),
            release_date=self.perhaps(self.day, 0.5),
            final=self.chance.random() < 0.5,
            endless=self.chance.random() < 0.2,
            by_hand=self.chance.random() < 0.1,
            follows=self.pick(("", "", "", "", "s1", "s2", "s3", "another's")),
            pronounced_on=self.day() if worded else None,
            effective_from=self.perhaps(self.day, 0.2),
            days=self.chance.randint(0, 20) if worded else 0,
            ended_at=self.perhaps(self.hour, 0.2),
        )

    def new_date(self) -> NewDate:
        return NewDate(said_at=self.hour(), next_date=self.day())

    def payment(self) -> Payment:
        return Payment(
            order_id=self.pick(("o1", "o2", "o3")),
            at=self.hour(),
            amount_cents=self.chance.randint(0, 3),
            in_full=self.chance.random() < 0.1,
        )

    def hearing(self) -> Hearing:
        return Hearing(
            hearing_id=f"h{self.chance.getrandbits(32)}", on=self.day(),
            case=self.pick(("", "A", "A", "B")),
            outcome=self.pick(("", "adjourned", "acquitted", "withdrawn", "discharged", "bailed")),
            cancelled=self.chance.random() < 0.1,
        )  # fmt: skip

    def charges(self) -> tuple[Charge, ...]:
        found = self.pick(((), ("x",), ("x", "y"), ("x", "y", "z")))
        return tuple(self.charge(code) for code in found)

    def charge(self, code: str) -> Charge:
        state: ChargeState = self.pick(("open", "open", "convicted", "acquitted", "quashed"))
        return Charge(
            charge_id=code, case=self.pick(("A", "A", "B")), state=state,
            decided_on=None if state == "open" else self.perhaps(self.day, 0.7),
            offence_on=self.perhaps(self.day, 0.3),
        )  # fmt: skip

    def interest(self) -> Interest:
        return Interest(interest_id="i", begins=self.hour(), ends=self.pick((None, NOW)))

    def some(self, make: Callable[[], T]) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.chance.randint(0, 2)))

    def perhaps(self, make: Callable[[], T], share: float) -> T | None:
        return make() if self.chance.random() < share else None

    def hour(self) -> datetime:
        """An hour, now and then the one at which a day begins."""
        at = BEGIN + timedelta(hours=self.chance.randint(-24, SPAN * 24))
        return at + timedelta(minutes=self.pick((0, 0, 59)))

    def day(self) -> date:
        return (BEGIN + timedelta(days=self.chance.randint(-3, SPAN + 5))).date()
