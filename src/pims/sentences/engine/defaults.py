"""Terms served for not paying: what a payment takes off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pims.jurisdictions.sentence_law import Rounding, Share
from pims.sentences.engine.case import PAYMENTS, Adjustment, Case
from pims.sentences.engine.days import Account
from pims.sentences.engine.working import Served, Working


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a calendar day falls in a chain that began on `begins`, credit and absences counted."""

    begins: date
    account: Account

    def place(self, day: date, served: Served) -> date:
        """The day of the term, as laid out without credit, that is served on a calendar day.

        Of a day after the term it lies past its last day.
        """
        away = sum(
            min(one.days, (day - one.began).days + 1)
            for one in self.account.absences
            if self.begins <= one.began <= day
        )
        return day + timedelta(days=served.credit - away)

    def is_at_large(self, day: date) -> bool:
        return any(one.began <= day <= one.ends for one in self.account.absences)


def pay(served: Served, clock: Clock, working: Working) -> bool:
    """Bring the last day of a default forward by what was paid, in the order of payment; whether
    anything came of it.

    Nobody is freed before the day of the payment that frees: a part paid late in the term takes off
    days that have been served already, and those stay served.
    """
    sentence, version = served.sentence, served.version
    amount, paid, whole_term = max(sentence.amount_cents or 0, 0), 0, served.last
    for payment in _payments(working.case, sentence.number):
        paid = amount if payment.kind == "fine_paid" else paid + max(payment.paid_cents or 0, 0)
        whole = paid >= amount
        off = served.whole if whole else days_off(paid, amount, served.whole, version.part_payment)
        last = served.first + timedelta(days=served.whole - off - 1)
        if payment.starts is not None and payment.starts >= clock.begins:
            if clock.is_at_large(payment.starts):
                working.find(
                    "needs_person", "paid_while_at_large", sentence.number,
                    sentence=sentence.number, paid_on=payment.starts,
                )  # fmt: skip
            last = max(last, clock.place(payment.starts, served))
        if last >= served.last:
            continue
        served.last = last
        if whole:
            working.tell("fine_paid", sentence=sentence.number, paid_on=payment.starts)
        else:
            working.say(
                "part_paid", version, ("part_payment",), sentence=sentence.number,
                paid_cents=paid, amount_cents=amount, days=off, left=served.days,
            )  # fmt: skip
    return served.last < whole_term


def _payments(case: Case, number: int) -> Iterator[Adjustment]:
    """In order of payment: first what was paid before anybody noted a day."""
    found = (a for a in case.adjustments if a.kind in PAYMENTS and a.sentence == number)
    return iter(sorted(found, key=lambda a: a.starts or date.min))


def days_off(paid: int, amount: int, whole: int, rounding: Rounding | None) -> int:
    """The days that a part of the amount takes off, in a law that has a rule for it."""
    return 0 if rounding is None else Share(Fraction(paid, amount), rounding).of(whole)
