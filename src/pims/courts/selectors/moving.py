"""Papers of which the last day, or that of the review, is another one under another law."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pims.authority import selectors as authority
from pims.authority.selectors import WarrantPaper
from pims.courts.models import CourtOrder
from pims.courts.rules.last_days import LastDays
from pims.courts.rules.terms import review_day
from pims.courts.selectors.first_reading import spoken_on
from pims.courts.selectors.infos import SentenceInfo
from pims.courts.selectors.orders import sentences_of
from pims.courts.selectors.rows import body_names, of_persons
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.jurisdictions.sentence_law import Law
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.people import selectors as people

LAST_DAY, REVIEW = "last_day", "review"


@dataclass(frozen=True, slots=True)
class PaperDay:
    """A paper that states a time in months and not its day, which two laws count differently.

    `what` is LAST_DAY or REVIEW; `recorded` is the day that stands on record for it today.
    """

    order_id: int
    person_id: int
    kind: str
    body: str
    reference: str
    what: str
    recorded: date | None
    before: date | None
    after: date | None

    @property
    def days(self) -> int | None:
        """How much later it comes under the new law."""
        if self.before is None or self.after is None:
            return None
        return (self.after - self.before).days


def papers_that_move(person_ids: Collection[int], old: Law, new: Law) -> list[PaperDay]:
    """Of the papers of these persons that stand and hold somebody, those whose day differs between
    two laws, by person. No scope; a constant number of queries."""
    ids = set(person_ids)
    if not ids or _counts_alike(old, new):
        return []
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    names, bodies = _open_papers(ids), body_names()
    sentences = sentences_of(ids)
    days: dict[int, tuple[LastDays, LastDays]] = {}
    found = []
    for row in of_persons(whose.keys(), model=CourtOrder, known_at=None):
        paper = names.get(row.warrant_name_id)
        if row.state != "stands" or paper is None:
            continue
        root = whose[row.person_id]
        if root not in days:
            days[root] = _both(sentences.get(root, ()), old, new)
        for what, recorded, before, after in _days_of(row, paper, days[root], old, new):
            if before != after:
                found.append(
                    PaperDay(
                        order_id=row.id, person_id=root, kind=row.kind,
                        body=bodies.get(row.body_id, ""), reference=row.reference, what=what,
                        recorded=recorded, before=before, after=after,
                    )
                )  # fmt: skip
    return sorted(found, key=lambda one: (one.person_id, one.order_id))


def _counts_alike(old: Law, new: Law) -> bool:
    """Whether both laws have one and the same way of counting months, for whatever day."""
    return len({version.month_rule for law in (old, new) for version in law.versions}) == 1


def _open_papers(person_ids: Collection[int]) -> dict[int, WarrantPaper]:
    return {
        one.warrant_name_id: one
        for papers in authority.papers_of(person_ids).values()
        for one in papers.warrants
        if one.ends_at is None
    }


def _both(sentences: Collection[SentenceInfo], old: Law, new: Law) -> tuple[LastDays, LastDays]:
    return LastDays(sentences, old), LastDays(sentences, new)


def _days_of(
    row: Any, paper: WarrantPaper, days: tuple[LastDays, LastDays], old: Law, new: Law
) -> Iterator[tuple[str, date | None, date | None, date | None]]:
    kind = order_kinds()[row.kind]
    if kind.effect is Effect.SENTENCE and row.until is None:
        before, after = days
        yield LAST_DAY, paper.until, before.of_order(row.id), after.of_order(row.id)
    warrant = warrant_kinds().get(kind.warrant)
    asks = warrant is not None and "review" in warrant.needs
    # A day that the court named, on the paper or since, is the court's own.
    if asks and row.next_date is None and len(paper.dates) <= 1:
        spoken = spoken_on(row)
        first, second = (
            review_day(spoken, row.review_months, law.month_rule(passed_on=spoken))
            for law in (old, new)
        )
        yield REVIEW, paper.next_appearance, first, second
