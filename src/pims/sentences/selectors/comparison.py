"""Whose dates move if another law, or another version of it, were in force."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from pims.courts.selectors import PaperDay, papers_that_move, unread_by
from pims.custody.selectors import standing
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.jurisdictions.sentence_law import Law
from pims.sentences.assembling import assemble
from pims.sentences.engine import Calculation as Found
from pims.sentences.engine import calculate
from pims.sentences.models import Calculation
from pims.sentences.selectors.dates import VIEW
from pims.sentences.selectors.signatures import VIEW_LAW

FIELDS = (
    "edr", "ldr", "sentence_expiry", "full_term_end", "ped", "next_review", "release_day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """One date of one person under both laws; `days` is how much later it comes under the new."""

    name: str
    before: date | None
    after: date | None

    @property
    def days(self) -> int | None:
        if self.before is None or self.after is None:
            return None
        return (self.after - self.before).days


@dataclass(frozen=True, slots=True)
class MovedPerson:
    """A person whose answer is another one: dates that move, or a status that changes."""

    person_id: int
    status_before: str
    status_after: str
    dates: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`looked_at` people have a sentence that stands; those who move are in `moved`, the earliest
    release first. `papers` state a time in months, and their day would be another one; the day on
    record stays as it is. Those that the viewer may still read again blind are only counted:
    `papers_hidden`."""

    old: str
    new: str
    looked_at: int
    moved: tuple[MovedPerson, ...]
    papers: tuple[PaperDay, ...] = ()
    papers_hidden: int = 0


def compare_laws(
    viewer: Actor,
    old: Law,
    new: Law,
    *,
    person_ids: Collection[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Each prisoner whose dates differ between two laws, and each paper; nothing is stored.

    Of everybody in custody or with a calculation, unless `person_ids` says whom. A constant number
    of queries. Raises NotPermitted.
    """
    require_held(viewer, VIEW_LAW)
    require_held(viewer, VIEW)
    asked = everybody() if person_ids is None else set(person_ids)
    seen = asked if viewer.system else visible_ids(viewer, VIEW, asked)
    cases = assemble(seen)
    moved = []
    for done, (person_id, facts) in enumerate(sorted(cases.items()), 1):
        before, after = calculate(facts.case, old), calculate(facts.case, new)
        if found := _moved(person_id, before, after):
            moved.append(found)
        if progress is not None:
            progress(done, len(cases))
    moved.sort(key=_earliest)
    papers = papers_that_move(seen, old, new)
    unread = unread_by(viewer, {one.person_id for one in papers}).order_ids
    shown = tuple(one for one in papers if one.order_id not in unread)
    hidden = len(papers) - len(shown)
    return Comparison(old.code, new.code, len(cases), tuple(moved), shown, hidden)


def everybody() -> set[int]:
    """Whoever is in custody, or has dates that stand."""
    held = {one.person_id for one in standing()}
    kept = Calculation.objects.filter(superseded_at=None).values_list("person_id", flat=True)
    return held | set(kept)


def _moved(person_id: int, before: Found, after: Found) -> MovedPerson | None:
    dates = tuple(
        Moved(name, first, second)
        for name in FIELDS
        if (first := getattr(before.dates, name)) != (second := getattr(after.dates, name))
    )
    if not dates and before.status == after.status:
        return None
    return MovedPerson(person_id, before.status, after.status, dates)


def _earliest(one: MovedPerson) -> tuple[date, int]:
    days = [day for moved in one.dates for day in (moved.before, moved.after) if day is not None]
    return min(days, default=date.min), one.person_id
