"""Lives in custody in which nothing is amiss, made up from a source of chance.

Each recipe is a way in which people are held: the papers are as a court, a board or a minister
writes them, and all that the service owes is done. Dates are days before `AS_OF`.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pims.assurance.proof.history import (
    Charge,
    Custody,
    Hearing,
    History,
    NewDate,
    Order,
    Owed,
    Payment,
    Placement,
    Preparation,
    Review,
    SecondReading,
    Sentence,
)

ZONE = "America/Belize"
AS_OF = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
_OFFSET = timedelta(hours=6)  # Belize is six hours behind UTC, all the year
MAGISTRATES = ("MC-BZ", "MC-CZ", "MC-OW", "MC-BM", "MC-SI", "MC-DG", "MC-PG")
HIGH = ("HC", "HC-N", "HC-S")


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """That hour of the day in Belize."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) + _OFFSET


def first_instant(day: date) -> datetime:
    return at(day, 0)


class Life:
    """What is gathered of one person while a recipe is followed."""

    def __init__(self, chance: random.Random, person_id: str) -> None:
        self.chance = chance
        self.person_id = person_id
        self.orders: list[Order] = []
        self.sentences: list[Sentence] = []
        self.custody: list[Custody] = []
        self.hearings: list[Hearing] = []
        self.charges: list[Charge] = []
        self.payments: list[Payment] = []
        self.reviews: list[Review] = []
        self.placements: list[Placement] = []
        self.preparations: list[Preparation] = []
        self.born = TODAY.replace(year=TODAY.year - 35) - DAY * chance.randrange(5_000)

    def own(self, name: str) -> str:
        """No two persons have the same order, sentence or custody."""
        return f"{self.person_id}/{name}"

    def order(self, kind: str, court: str, dated: date, **fields: object) -> Order:
        number = self.own(f"{len(self.orders) + 1}")
        read = at(dated, 16) + DAY
        reading = SecondReading(due=at(dated + DAY), read_at=min(read, AS_OF) - DAY / 4)
        made = Order(
            order_id=number,
            kind=kind,
            court=court,
            dated=dated,
            received_at=min(at(dated, 17), AS_OF),
            reading=reading,
            **fields,  # type: ignore[arg-type]
        )
        self.orders.append(made)
        return made

    def sentence(self, order: Order, full: date, release: date | None, **fields: object) -> None:
        self.sentences.append(
            Sentence(
                sentence_id=self.own(f"s{len(self.sentences) + 1}"),
                order_id=order.order_id,
                full_term_end=full,
                expiry=full,
                release_date=release,
                **fields,  # type: ignore[arg-type]
            )
        )

    def charge(self, case: str, **fields: object) -> str:
        code = self.own(f"{case}-{len(self.charges) + 1}")
        self.charges.append(Charge(charge_id=code, case=case, **fields))  # type: ignore[arg-type]
        return code

    def heard(self, case: str, on: date, outcome: str) -> None:
        done = on < TODAY
        self.hearings.append(
            Hearing(
                hearing_id=self.own(f"h{len(self.hearings) + 1}"),
                on=on,
                case=case,
                outcome=outcome if done else "",
                outcome_at=at(on, 15) if done else None,
            )
        )

    def inside(self, begins: datetime, ends: datetime | None = None, end_kind: str = "") -> None:
        number = self.own(f"c{len(self.custody) + 1}")
        self.custody.append(
            Custody(custody_id=number, begins=begins, ends=ends, end_kind=end_kind)  # type: ignore[arg-type]
        )
        self.placements.append(Placement(begins=begins, ends=ends, unit_kind="adults"))

    def remanded(self, case: str, court: str, begins: date, until: date, *charges: str) -> None:
        """From date to date until one that is not before `until`: at each hearing the court makes
        a new order, or writes a new date on the one that holds."""
        day = begins
        order: Order | None = None
        while day < min(until, TODAY) or order is None:
            following = min(day + DAY * self.chance.randrange(5, 29), until)
            following = max(following, day + DAY)
            if order is not None and self.chance.random() < 0.4:
                new = NewDate(said_at=at(day, 14), next_date=following)
                self.orders[self.orders.index(order)] = order = replace(
                    order, new_dates=(*order.new_dates, new)
                )
            else:
                order = self.order(
                    "remand", court, day, case=case, next_date=following, charges=charges
                )
            self.heard(case, following, "remanded")
            day = following

    def history(self) -> History:
        foreign = self.chance.random() < 0.2
        # A consul is told of each custody anew; a transfer begins none.
        ended = {one.ends for one in self.custody}
        begun = max(one.begins for one in self.custody if one.begins not in ended)
        return History(
            person_id=self.person_id,
            zone=ZONE,
            custody=tuple(self.custody),
            orders=tuple(self.orders),
            sentences=tuple(self.sentences),
            payments=tuple(self.payments),
            hearings=tuple(self.hearings),
            charges=tuple(self.charges),
            placements=tuple(self.placements),
            reviews=tuple(self.reviews),
            preparations=tuple(self.preparations),
            born_on=self.born,
            nationalities=("GT",) if foreign else ("BZ",),
            consul_told_at=begun + timedelta(hours=3) if foreign else None,
            lawyer="known",
            last_recorded_at=AS_OF - DAY * self.chance.randrange(1, 9),
        )


Recipe = Callable[[Life], None]


def on_remand(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(2, 150)
    charge = life.charge("A", longest_months=60, likely_months=12)
    court = life.chance.choice(MAGISTRATES)
    life.remanded("A", court, begins, TODAY + DAY * life.chance.randrange(3, 20), charge)
    life.inside(at(begins, 18, 30))


def committed(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(60, 170)
    sent = begins + DAY * life.chance.randrange(10, 50)
    charge = life.charge("A", life=True)
    life.remanded("A", "MC-BZ", begins, sent, charge)
    life.order("committed_for_trial", "MC-BZ", sent, case="A", charges=(charge,))
    life.heard("A", TODAY + DAY * life.chance.randrange(5, 90), "")
    life.inside(at(begins, 18, 30))


def serving(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(200, 900)
    court = life.chance.choice(MAGISTRATES)
    judged = begins + DAY * life.chance.randrange(20, 100)
    charge = life.charge("A", state="convicted", longest_months=120)
    life.remanded("A", court, begins, judged, charge)
    order = life.order("commitment_sentence", court, judged, case="A", charges=(charge,))
    release = TODAY + DAY * life.chance.randrange(20, 900)
    full = release + DAY * life.chance.randrange(0, 400)
    words: dict[str, object] = {}
    if life.chance.random() < 0.7:  # else the dates are all that is known
        words = {"pronounced_on": judged, "days": (full - judged).days + 1}
    life.sentence(order, full, release, **words)
    life.inside(at(begins, 18, 30))


def soon_free(life: Life) -> None:
    serving(life)
    release = TODAY + DAY * life.chance.randrange(0, 12)
    life.sentences[-1] = replace(life.sentences[-1], release_date=release)
    opened = at(release - DAY * 14, 9)
    left = (release - TODAY).days
    if life.chance.random() < 0.3:  # as exports said it that knew of no more
        life.preparations.append(Preparation(opened_at=opened))
    elif left <= 1 or life.chance.random() < 0.3:
        ready = min(at(release - DAY * 2), AS_OF - timedelta(hours=1))
        life.preparations.append(Preparation(opened_at=opened, ready_at=ready))
    else:
        owed: tuple[Owed, ...] = ("rest",) if left <= 7 else ("dates", "rest")
        life.preparations.append(Preparation(opened_at=opened, owed=owed))


def served(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(400, 900)
    judged = begins + DAY * life.chance.randrange(20, 100)
    court = life.chance.choice(MAGISTRATES)
    life.remanded("A", court, begins, judged)
    order = life.order("commitment_sentence", court, judged, case="A")
    release = judged + DAY * life.chance.randrange(30, 250)
    life.sentence(order, release + DAY * 60, release)
    life.inside(at(begins, 18, 30), at(release, life.chance.randrange(6, 20)), "discharged")


def in_default(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(3, 40)
    order = life.order("fine_default", "MC-BM", begins, case="A", amount_cents=50_000)
    full = TODAY + DAY * life.chance.randrange(20, 60)
    life.sentence(order, full, None)
    if life.chance.random() < 0.6:
        paid = at(begins + DAY * life.chance.randrange(1, 3), life.chance.randrange(0, 22))
        life.payments += [
            Payment(order_id=order.order_id, at=paid - timedelta(hours=1), amount_cents=20_000),
            Payment(order_id=order.order_id, at=paid, amount_cents=30_000),
        ]
        life.inside(at(begins, 18, 30), paid + timedelta(minutes=50), "discharged")
    else:
        life.inside(at(begins, 18, 30))


def for_immigration(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(5, 60)
    day = begins
    while day <= TODAY + DAY * 4:
        until = day + DAY * life.chance.randrange(7, 15)
        life.order("immigration_detention", "IMM", day, until=until)
        day = until
    life.inside(at(begins, 11))


def in_an_emergency(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(2, 20)
    life.order("emergency_detention", "MIN", begins, until=begins + DAY * 30)
    life.inside(at(begins, 4))


def unfit(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(200, 1_500)
    order = life.order("unfit_to_plead", "HC", begins, case="A", review_months=6)
    day = begins
    while day + DAY * 180 < TODAY:
        day += DAY * life.chance.randrange(100, 178)
        life.reviews.append(Review(on=day, order_id=order.order_id))
    life.inside(at(begins, 18, 30))


def juvenile(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(5, 100)
    life.order("juvenile_behaviour", "FC-BZ", begins, until=TODAY + DAY * 60, case="J")
    life.inside(at(begins, 10))
    life.born = TODAY.replace(year=TODAY.year - 15) - DAY * life.chance.randrange(600)
    life.placements = [replace(one, unit_kind="juveniles") for one in life.placements]


def recalled(life: Life) -> None:
    serving(life)
    out = TODAY - DAY * life.chance.randrange(60, 90)
    back = out + DAY * life.chance.randrange(10, 40)
    began = life.custody[0].begins
    life.order("parole_granted", "PB", out)
    life.custody, life.placements = [], []
    life.inside(began, at(out, 19), "discharged")
    life.order("parole_revoked", "PB", back, next_date=back + DAY * 10)
    again = life.order("commitment_sentence", "MC-BZ", back + DAY * 10, case="A")
    life.sentence(again, TODAY + DAY * 200, TODAY + DAY * 100)
    life.inside(at(back, 9))


def bailed_and_back(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(60, 100)
    out = begins + DAY * life.chance.randrange(5, 20)
    charge = life.charge("A", longest_months=60)
    life.remanded("A", "MC-SI", begins, out, charge)
    life.order("bail_taken_up", "MC-SI", out, case="A", charges=(charge,))
    life.inside(at(begins, 18, 30), at(out, 17, 40), "discharged")
    back = out + DAY * life.chance.randrange(5, 20)
    life.order("bail_revoked", "MC-SI", back, case="A", next_date=TODAY + DAY * 5)
    life.heard("A", TODAY + DAY * 5, "")
    life.inside(at(back, 18))


def two_cases(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(60, 150)
    first, second = life.charge("A", longest_months=60), life.charge("B", longest_months=36)
    until = TODAY + DAY * life.chance.randrange(3, 20)
    life.remanded("B", "MC-BZ", begins, until, second)
    acquitted = begins + DAY * life.chance.randrange(20, 40)
    life.remanded("A", "MC-CZ", begins, acquitted, first)
    life.order("acquittal", "MC-CZ", acquitted, case="A", charges=(first,))
    life.charges = [
        replace(one, state="acquitted" if one.case == "A" else "open") for one in life.charges
    ]
    life.inside(at(begins, 18, 30))


def for_life(life: Life) -> None:
    begins = TODAY - DAY * life.chance.randrange(800, 4_000)
    order = life.order("life_minimum", life.chance.choice(HIGH), begins, case="A")
    life.sentences.append(
        Sentence(sentence_id=life.own("s1"), order_id=order.order_id, endless=True)
    )
    life.inside(at(begins, 16))


def varied_on_appeal(life: Life) -> None:
    serving(life)
    first = life.orders[-1]
    judged = first.dated
    assert judged is not None
    heard = judged + DAY * life.chance.randrange(20, 60)
    life.orders[-1] = replace(first, state="replaced", state_from=first_instant(heard))
    order = life.order(
        "appeal_varied", "CA", heard, case="A", charges=first.charges, changes=first.order_id
    )
    release = TODAY + DAY * life.chance.randrange(20, 300)
    life.sentences[-1] = replace(life.sentences[-1], ended_at=first_instant(heard))
    life.sentence(order, release + DAY * 100, release, follows=life.own("s1"))


def transferred(life: Life) -> None:
    serving(life)
    whole = life.custody[0]
    moved = at(TODAY - DAY * life.chance.randrange(5, 100), 10)
    life.custody, life.placements = [], []
    life.inside(whole.begins, moved, "transferred")
    life.inside(moved)


RECIPES: tuple[Recipe, ...] = (
    on_remand, committed, serving, soon_free, served, in_default, for_immigration,
    in_an_emergency, unfit, juvenile, recalled, bailed_and_back, two_cases, for_life,
    varied_on_appeal, transferred,
)  # fmt: skip


def lawful_history(
    chance: random.Random, person_id: str = "P", recipe: Recipe | None = None
) -> History:
    """One person in whose custody nothing is amiss at `AS_OF`."""
    life = Life(chance, person_id)
    (recipe or chance.choice(RECIPES))(life)
    return life.history()
