"""What is left of each default on a day, and the least that frees from it that day."""

from dataclasses import dataclass
from datetime import date

from pims.jurisdictions.sentence_law import Law, Rule
from pims.sentences.engine.calculation import laid_out
from pims.sentences.engine.case import DEFAULTS, Case
from pims.sentences.engine.defaults import Clock, days_off
from pims.sentences.engine.governing import paid_in_parts
from pims.sentences.engine.working import Served


@dataclass(frozen=True, slots=True)
class AmountDue:
    """What is left of one default on a day, in cents.

    `outstanding_cents` ends it whatever the law is; `frees_cents` is the least that ends it that
    day, 0 where it has been served or paid. `rule` is what the difference rests on, None where the
    two are the same. Other sentences and warrants may still hold the person.
    """

    sentence: int
    outstanding_cents: int
    frees_cents: int
    rule: Rule | None


def amounts_due(case: Case, law: Law, on: date) -> list[AmountDue]:
    """What each default needs on a day to end that day, the day itself counted as served.

    Where the case can't be worked out, or the law has no rule for part payment, the whole that is
    outstanding: paying it always frees.
    """
    found = {served.sentence.number: (served, clock) for served, clock in laid_out(case, law)}
    due = []
    for sentence in case.sentences:
        if sentence.kind not in DEFAULTS or sentence.amount_cents is None:
            continue
        whole_paid = any(
            a.kind == "fine_paid" and a.sentence == sentence.number for a in case.adjustments
        )
        paid = paid_in_parts(case, sentence)
        left = 0 if whole_paid else max(sentence.amount_cents - paid, 0)
        one = AmountDue(sentence.number, left, left, None)
        if left and sentence.number in found:
            one = _least(one, paid, on, *found[sentence.number])
        due.append(one)
    return due


def _least(due: AmountDue, paid: int, on: date, served: Served, clock: Clock) -> AmountDue:
    rounding, amount = served.version.part_payment, paid + due.outstanding_cents
    today = clock.place(on, served)
    if today >= served.last:
        return AmountDue(due.sentence, due.outstanding_cents, 0, None)
    if rounding is None:
        return due
    must_go = served.whole - max((today - served.first).days + 1, 0)
    low, high = paid, amount
    while low < high:
        middle = (low + high) // 2
        if days_off(middle, amount, served.whole, rounding) >= must_go:
            high = middle
        else:
            low = middle + 1
    rule = served.version.rules["part_payment"]
    return AmountDue(due.sentence, due.outstanding_cents, low - paid, rule)
