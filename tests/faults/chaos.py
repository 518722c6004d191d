"""Histories in no order at all: papers that contradict each other, lack what they must say, or
come too late. Days are few and names are few, so that everything meets everything."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from pims.assurance.proof.history import (
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
COURTS = ("MC-BZ", "HC", "CA", "IMM", "MIN", "PB", "nowhere")

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
            payments=self.some(self.payment),
            hearings=self.some(self.hearing),
            interests=self.some(self.interest)[:1],
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
        worded = sentence_id == "s1" and self.chance.random() < 0.4
        return Sentence(
            sentence_id=sentence_id,
            order_id=self.pick(("o1", "o2", "o3", "o4")),
            full_term_end=self.perhaps(self.day, 0.6),
            expiry=self.perhaps(self.day, 0.4),
            release_date=self.perhaps(self.day, 0.5),
            final=self.chance.random() < 0.5,
            endless=self.chance.random() < 0.2,
            follows="" if worded else self.pick(("", "", "", "s1", "another's")),
            pronounced_on=self.day() if worded else None,
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
        )

    def hearing(self) -> Hearing:
        return Hearing(
            hearing_id="h", on=self.day(), case=self.pick(("", "A")),
            outcome=self.pick(("", "adjourned")),
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
