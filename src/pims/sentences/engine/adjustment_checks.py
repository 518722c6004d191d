"""What contradicts what among the days and payments of a case."""

from collections.abc import Iterator
from datetime import date, timedelta

from pims.kernel.terms import LONGEST_YEARS
from pims.sentences.engine.case import CREDITS, DEFAULTS, PAYMENTS, Adjustment, Case, Finding

_LONGEST_DAYS = LONGEST_YEARS * 366
_AT_LARGE = "unlawfully_at_large"


def of_adjustments(case: Case) -> Iterator[Finding]:
    for adjustment in case.adjustments:
        if adjustment.kind in PAYMENTS:
            yield from _of_payment(adjustment, case)
        else:
            yield from _of_days(adjustment, case.as_of)
    yield from _more_paid_than_due(case)
    yield from _days_twice(case)
    forfeited, restored = (_total(case, kind) for kind in ("additional_days", "restored_days"))
    if restored > forfeited:
        yield _invalid("restored_more_than_forfeited", forfeited=forfeited, restored=restored)


def _of_days(adjustment: Adjustment, as_of: date | None) -> Iterator[Finding]:
    kind, days = adjustment.kind, adjustment.days
    starts, ends = adjustment.starts, adjustment.ends
    if days is not None and not 0 <= days <= _LONGEST_DAYS:
        yield _invalid("days_out_of_range", kind=kind, days=days)
    elif days is None and (starts is None or (ends is None and as_of is None)):
        yield _invalid("days_missing", kind=kind)
    if starts is not None and ends is not None and ends < starts:
        yield _invalid("ends_before_it_starts", kind=kind, start=starts, end=ends)
    elif days is None and starts is not None and ends is None and as_of and as_of < starts:
        yield _invalid("starts_after_as_of", kind=kind, start=starts, as_of=as_of)
    elif days is not None and starts is not None and ends is not None:
        yield from _of_certified(adjustment, days, starts, ends)
    if kind in CREDITS and adjustment.applies_from is None:
        yield _invalid("credit_for_nothing", kind=kind, days=days)
    elif kind == _AT_LARGE and starts is None and adjustment.applies_from is None:
        yield _invalid("at_large_undated", days=days)


def _of_certified(a: Adjustment, days: int, starts: date, ends: date) -> Iterator[Finding]:
    """Certified days beside the dates that they are of. Of forfeited days the dates say when the
    award was made, and no more."""
    if a.kind not in CREDITS and a.kind != _AT_LARGE:
        return
    between = (ends - starts).days + 1
    params: dict[str, object] = {
        "kind": a.kind, "days": days, "between": between, "start": starts, "end": ends,
    }  # fmt: skip
    if days > between:
        yield Finding("invalid", "sentences.more_days_than_dates", params)
    elif days < between:
        yield Finding("remark", "sentences.fewer_days_than_dates", params)


def _days_twice(case: Case) -> Iterator[Finding]:
    """A day that is said to be held twice, at large twice, or both at once."""
    spans = sorted(span for a in case.adjustments if (span := _span(a)) is not None)
    reach: tuple[date, date, str] | None = None
    for span in spans:
        if reach is not None and span[0] <= reach[1]:
            away = (reach[2] == _AT_LARGE, span[2] == _AT_LARGE)
            what = "at_large_twice" if all(away) else "at_large_and_held" if any(away) else ""
            yield _invalid(
                what or "credit_twice",
                start=span[0],
                end=min(reach[1], span[1]),
                first=reach[2],
                second=span[2],
            )
        if reach is None or span[1] > reach[1]:
            reach = span


def _span(a: Adjustment) -> tuple[date, date, str] | None:
    """The days of a credit or an absence; of an absence also where only its length is known."""
    starts, ends = a.starts, a.ends
    if a.kind == _AT_LARGE and ends is None and a.days and abs(a.days) <= _LONGEST_DAYS:
        starts = starts or a.applies_from
        if starts is not None:
            ends = starts + timedelta(days=a.days - 1)
    elif a.kind not in CREDITS and a.kind != _AT_LARGE:
        return None
    return None if starts is None or ends is None or ends < starts else (starts, ends, a.kind)


def _of_payment(payment: Adjustment, case: Case) -> Iterator[Finding]:
    number, paid = payment.sentence, payment.paid_cents
    found = next((s for s in case.sentences if s.number == number), None)
    if found is None or number is None:
        yield _invalid("payment_for_unknown", sentence=number)
        return
    if found.kind not in DEFAULTS:
        yield _invalid("payment_for_no_fine", number, sentence=number)
    elif payment.kind == "fine_paid":
        if payment.starts is None:
            yield _invalid("payment_undated", number, sentence=number)
    elif found.amount_cents is None or found.amount_cents <= 0:
        yield _invalid("amount_missing", number, sentence=number)
    elif paid is None or paid <= 0:
        yield _invalid("paid_out_of_range", number, sentence=number)


def _more_paid_than_due(case: Case) -> Iterator[Finding]:
    for sentence in case.sentences:
        amount = sentence.amount_cents
        if sentence.kind not in DEFAULTS or amount is None or amount <= 0:
            continue
        parts = [
            a
            for a in case.adjustments
            if a.kind == "fine_part_paid" and a.sentence == sentence.number
        ]
        paid = sum(a.paid_cents or 0 for a in parts)
        if paid > amount:
            yield _invalid("paid_out_of_range", sentence.number, sentence=sentence.number)
        elif paid == amount and any(a.starts is None for a in parts):
            yield _invalid("payment_undated", sentence.number, sentence=sentence.number)


def _total(case: Case, kind: str) -> int:
    """Days of a kind, as certified or by their dates; what is wrong with them is said elsewhere."""
    days = 0
    for a in case.adjustments:
        if a.kind == kind:
            ends = a.ends or case.as_of
            if a.days is not None:
                days += a.days
            elif a.starts is not None and ends is not None:
                days += max((ends - a.starts).days + 1, 0)
    return days


def _invalid(what: str, *sentences: int, **params: object) -> Finding:
    return Finding("invalid", f"sentences.{what}", params, sentences)
