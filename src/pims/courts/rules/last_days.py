"""The last day of one person's recorded sentences by their own words, as a law counts. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from pims.courts.rules.terms import last_day
from pims.jurisdictions.sentence_law import Law
from pims.kernel.terms import Term

# Terms without a last day.
ENDLESS = frozenset({"life", "pleasure", "unfit"})


class Recorded(Protocol):
    """A sentence with what its order is about, as it stands now."""

    @property
    def sentence_id(self) -> int: ...
    @property
    def order_id(self) -> int: ...
    @property
    def order_state(self) -> str: ...
    @property
    def changes_order_id(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def term(self) -> Term: ...
    @property
    def pronounced_on(self) -> date: ...
    @property
    def effective_from(self) -> date | None: ...
    @property
    def offence_on(self) -> date | None: ...
    @property
    def link(self) -> str: ...
    @property
    def consecutive_to_id(self) -> int | None: ...
    @property
    def state(self) -> str: ...


class LastDays:
    """Of all sentences of one person, those of joined records too. A link to a sentence that is
    not among them is another person's: it lengthens nobody's custody."""

    def __init__(self, sentences: Iterable[Recorded], law: Law) -> None:
        self._law = law
        self._by_id = {one.sentence_id: one for one in sentences}
        self._of_order: dict[int, list[Recorded]] = defaultdict(list)
        self._changing: dict[int, list[Recorded]] = defaultdict(list)
        for one in self._by_id.values():
            self._of_order[one.order_id].append(one)
            if one.changes_order_id is not None and one.order_state != "void":
                self._changing[one.changes_order_id].append(one)

    def of_order(self, order_id: int) -> date | None:
        """Of the order's standing sentences; None where one of them has no end, or none stands."""
        ends = [self.of(o.sentence_id) for o in self._of_order[order_id] if o.state == "stands"]
        known = [end for end in ends if end is not None]
        return max(known, default=None) if len(known) == len(ends) else None

    def of(self, sentence_id: int, seen: frozenset[int] = frozenset()) -> date | None:
        """By its own term and those that it follows; None of one without end, or in a circle."""
        one = self._by_id.get(sentence_id)
        if one is None or sentence_id in seen or one.kind in ENDLESS:
            return None
        first = one.effective_from or one.pronounced_on
        follows = one.consecutive_to_id if one.link == "consecutive" else None
        # What followed a sentence that fell begins on its own day, unless others took its place.
        after = [] if follows is None else self.in_its_place(follows)
        if after:
            ends = [self.of(before, seen | {sentence_id}) for before in after]
            known = [end for end in ends if end is not None]
            if len(known) < len(ends):
                return None
            first = max(known) + timedelta(days=1)
        rule = self._law.month_rule(passed_on=one.pronounced_on, offence_on=one.offence_on)
        return last_day(first, one.term, rule)

    def in_its_place(self, sentence_id: int) -> list[int]:
        """The sentence itself while it stands; where another paper changed it, those of that
        paper; of one that came to nothing none."""
        rows = [self._by_id[sentence_id]] if sentence_id in self._by_id else []
        seen: set[int] = set()
        while rows and not any(one.state == "stands" for one in rows):
            changed = {one.order_id for one in rows if one.state == "replaced"} - seen
            seen |= changed
            heirs = (heir for order_id in changed for heir in self._changing[order_id])
            rows = [heir for heir in heirs if heir.order_id not in seen]
        return [one.sentence_id for one in rows if one.state == "stands"]
