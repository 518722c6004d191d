"""What of a calculation is drawn: terms, credit, absences, forfeitures, and the days that count."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.sentences.assembling import today
from pims.sentences.engine import Adjustment, Calculation, Dates, SentenceDates
from pims.sentences.keeping import OneSentence
from pims.sentences.selectors import CalculationInfo
from pims.sentences.web.drawing import Drawing, Mark, Stretch, draw
from pims.sentences.web.words import DATES, KINDS

# Kind for the engine -> its words and its tone.
CERTIFIED: Mapping[str, tuple[Any, str]] = {
    "remand": (_("Credit: held before sentence"), "ok"),
    "tagged_bail": (_("Credit: restrictive bail"), "ok"),
    "unlawfully_at_large": (_("At large"), "gap"),
    "additional_days": (_("Remission forfeited"), "alarm"),
    "restored_days": (_("Remission restored"), "ok"),
}
DAY = timedelta(days=1)
_MARKED = ("ped", "edr", "ldr", "sentence_expiry", "full_term_end", "next_review")


def drawing_of(info: CalculationInfo) -> Drawing | None:
    """A person's stored calculation; dates by hand are marked where they stand."""
    kinds = {info.numbers[s.sentence_id]: KINDS.get(s.kind, s.kind) for s in info.sentences}
    dates = info.dates
    marked: dict[str, date | None] = {
        name: getattr(dates, "expiry" if name == "sentence_expiry" else name) for name in _MARKED
    }
    return _drawing(info.each, kinds, info.counted, marked)


def drawing_of_found(
    found: Calculation,
    kinds: Mapping[int, Any],
    adjustments: Sequence[Adjustment],
    *,
    beside: Calculation,
) -> Drawing | None:
    """A calculation that was only tried, on the scale of it and of the one beside it."""
    marked = {name: getattr(found.dates, name) for name in _MARKED}
    days = [one.first_day for one in beside.sentences]
    days += [d.full_term_end for one in beside.sentences if (d := one.dates).full_term_end]
    days += [day for name in _MARKED if (day := getattr(beside.dates, name)) is not None]
    return _drawing(found.sentences, kinds, adjustments, marked, beside=days)


def _drawing(
    each: Sequence[OneSentence | SentenceDates],
    kinds: Mapping[int, Any],
    adjustments: Sequence[Adjustment],
    marked: Mapping[str, date | None],
    *,
    beside: Sequence[date] = (),
) -> Drawing | None:
    if not each:
        return None
    stretches = [_term(one, kinds) for one in each]
    first = min(one.first_day for one in each)
    certified = (_certified(a, first, marked.get("edr")) for a in adjustments)
    stretches += [one for one in certified if one is not None]
    marks = [Mark(gettext("Today"), today()), *_marks(marked)]
    return draw(stretches, marks, today(), beside=beside)


def _term(one: OneSentence | SentenceDates, kinds: Mapping[int, Any]) -> Stretch:
    dates: Dates = one.dates
    label = gettext("Sentence %(number)s") % {"number": one.number}
    return Stretch(label, one.first_day, dates.full_term_end, note=kinds.get(one.number, ""))


def _certified(a: Adjustment, first: date, edr: date | None) -> Stretch | None:
    if a.kind not in CERTIFIED:
        return None
    label, tone = CERTIFIED[a.kind]
    days = a.days
    if a.kind in ("additional_days", "restored_days"):
        # An award has a day, and as many days: they are drawn where they put off release.
        if edr is None or not days:
            return None
        begins = edr - timedelta(days=days - 1)
        return Stretch(label, begins, edr, tone, days)
    if a.starts is None:
        if not days:
            return None
        before = a.applies_from or first
        begins, ends = before - timedelta(days=days), before - DAY
    else:
        begins = a.starts
        open_end = begins + timedelta(days=days - 1) if days else max(today(), begins)
        ends = a.ends or open_end
    if ends < begins:
        return None
    return Stretch(label, begins, ends, tone, days or (ends - begins).days + 1)


def _marks(marked: Mapping[str, date | None]) -> Iterable[Mark]:
    by_day: dict[date, list[str]] = {}
    for name in _MARKED:
        if (day := marked.get(name)) is not None:
            by_day.setdefault(day, []).append(name)
    for day, names in by_day.items():
        tone = "alarm" if "sentence_expiry" in names else "ok" if "edr" in names else "ink"
        yield Mark(", ".join(str(DATES[name]) for name in names), day, tone)
