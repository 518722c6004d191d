"""The last day of each sentence from its words alone, whatever dates were stored with it.

What the court pronounced is counted again, sentence by sentence: the term from its first day, one
after the other where they are consecutive, plus the days at large. No credit and no remission:
nobody is held longer. What cannot be counted leaves the others as they are. Months are counted as
the law of the sentence counts them.
"""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from pims.assurance.proof.counting import Counting
from pims.assurance.proof.days import DAY, day_of, later
from pims.assurance.proof.history import History, Sentence
from pims.kernel.terms import Term, last_day


def last_days(history: History, counting: Counting) -> Mapping[str, date]:
    """By sentence, days at large included; of none of whose words or whose place in time nothing
    is known."""
    if not history.sentences:
        return {}
    away, count = days_at_large(history), _Count(history, counting)
    found = ((one, count.last(one)) for one in history.sentences if count.is_worded(one))
    return {one.sentence_id: later(last, away) for one, last in found if last is not None}


def full_term(sentence: Sentence, term: date | None, away: int) -> date | None:
    """The last day on which anybody can be held on it: the earliest of what was stored, with no
    more days at large than there were, and of the words. None where nothing is known."""
    days = [day for day in (sentence.expiry, term) if day is not None]
    if sentence.full_term_end is not None:
        days.append(later(sentence.full_term_end, away))
    return min(days, default=None)


def in_loops(history: History) -> frozenset[str]:
    """The sentences that follow one another in a circle, or one that does: none has a first day."""
    after = {one.sentence_id: one.follows for one in history.sentences}
    found: set[str] = set()
    clear: set[str] = set()
    for start in after:
        way: list[str] = []
        at = start
        while at in after and at not in clear and at not in found and at not in way:
            way.append(at)
            at = after[at]
        (found if at in way or at in found else clear).update(way)
    return frozenset(found)


def days_at_large(history: History) -> int:
    """Calendar days from an escape to the return, both counted: no fewer than were lost."""
    periods = sorted(history.custody, key=lambda one: one.begins)
    days = 0
    for custody, following in pairwise(periods):
        if custody.end_kind == "escaped" and custody.ends is not None:
            gone, back = day_of(custody.ends, history.zone), day_of(following.begins, history.zone)
            days += (back - gone).days + 1
    return days


def _term(sentence: Sentence) -> Term:
    return Term(
        years=sentence.years, months=sentence.months, weeks=sentence.weeks, days=sentence.days
    )


class _Count:
    """The last day of each sentence, after whatever it follows; each worked out once."""

    def __init__(self, history: History, counting: Counting) -> None:
        self.zone, self.counting = history.zone, counting
        self.sentences = {one.sentence_id: one for one in history.sentences}
        self.known: dict[str, date | None] = {}
        changes = {order.order_id: order.changes for order in history.orders if order.changes}
        self.heirs: dict[str, list[Sentence]] = {}
        for one in history.sentences:
            if changed := changes.get(one.order_id):
                self.heirs.setdefault(changed, []).append(one)

    def is_worded(self, one: Sentence) -> bool:
        return one.pronounced_on is not None and not _term(one).is_nothing

    def last(self, one: Sentence) -> date | None:
        """None where nobody can tell, as in a circle."""
        waiting, begun = [one], set[str]()
        while waiting:
            at = waiting[-1]
            needed = [] if at.sentence_id in begun else self._after(at)
            begun.add(at.sentence_id)
            if more := [n for n in needed if n.sentence_id not in begun | self.known.keys()]:
                waiting += more
                continue
            waiting.pop()
            if at.sentence_id not in self.known:
                self.known[at.sentence_id] = self._counted(at)
        return self.known[one.sentence_id]

    def _after(self, one: Sentence) -> list[Sentence]:
        """Those whose last days must be known before this one's."""
        before = self.sentences.get(one.follows) if one.follows else None
        return [] if before is None else [before, *self._in_its_place(before, one)]

    def _in_its_place(self, fallen: Sentence, one: Sentence) -> list[Sentence]:
        if fallen.ended_at is None:
            return []
        return [heir for heir in self.heirs.get(fallen.order_id, ()) if heir is not one]

    def _counted(self, one: Sentence) -> date | None:
        if not self.is_worded(one):
            return one.expiry or one.full_term_end
        first = self._first(one)
        if first is None:
            return None
        spoken = one.pronounced_on or first
        rule = self.counting.month_rule(passed_on=spoken, offence_on=one.offence_on)
        try:
            return last_day(first, _term(one), rule)
        except (OverflowError, ValueError):
            return None

    def _first(self, one: Sentence) -> date | None:
        """Its first day: the one after the last of what it follows. Where that fell, after what
        took its place, or else after the day on which it fell; what fell before it began is as
        if it had never been."""
        own = one.effective_from or one.pronounced_on
        if not one.follows:
            return own
        before = self.sentences.get(one.follows)
        if before is None:
            return None
        last = self.known.get(before.sentence_id)
        if before.ended_at is None:
            return None if last is None else last + DAY
        if heirs := self._in_its_place(before, one):
            ends = [self.known.get(heir.sentence_id) for heir in heirs]
            known = [day for day in ends if day is not None]
            return max(known) + DAY if len(known) == len(ends) else None
        fell = day_of(before.ended_at, self.zone)
        began = before.effective_from or before.pronounced_on
        if began is None or fell < began:
            return own
        return min(fell, last or fell) + DAY
