"""The dates of many people: as stored, or by hand where two officers stand for them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.bulk import any_of
from pims.kernel.asof import AsOf
from pims.kernel.reasons import Reason
from pims.people import selectors as people
from pims.sentences.assembling import assemble
from pims.sentences.keeping import refusals
from pims.sentences.models import Calculation, HandCalculation

VIEW = "sentences.view"
DateStatus = Literal["calculated", "by_hand", "invalid", "unsupported", "needs_person", "pending"]


@dataclass(frozen=True, slots=True)
class ReleaseDates:
    """What holds of one person's sentences together; None: there is no such date.

    `edr` and `ldr` are the last day in custody, earliest and latest; `release_day` the day on
    which the gate opens for somebody due on `edr`; nobody is held on these sentences after
    `expiry`, nor ever after `full_term_end` and days at large. `status` is ``pending`` where a
    sentence stands that no calculation knows yet; `outdated` says that the facts have changed
    since. `provisional`: a rule that it rests on is not signed. `reasons` are why there is no
    """

    person_id: int
    status: DateStatus
    edr: date | None = None
    ldr: date | None = None
    expiry: date | None = None
    full_term_end: date | None = None
    ped: date | None = None
    next_review: date | None = None
    release_day: date | None = None
    earliest_arguable: date | None = None
    provisional: bool = False
    by_hand: bool = False
    outdated: bool = False
    reasons: tuple[Reason, ...] = ()


def release_dates(
    viewer: Actor,
    person_ids: Collection[int],
    *,
    as_of: AsOf | None = None,
    fresh: bool = True,
) -> dict[int, ReleaseDates]:
    """Person (as asked for) -> their dates, for those who have any; a constant number of queries.

    `fresh` compares with the facts as they are now, so that a date that no longer holds says so;
    without it, and as known at an instant of the past, `outdated` is never set. Raises
    NotPermitted where the viewer may see nobody's.
    """
    require_held(viewer, VIEW)
    asked = set(person_ids)
    seen = asked if viewer.system else visible_ids(viewer, VIEW, asked)
    roots = people.ids_canonical(seen)
    known_at = as_of.known_at if as_of else None
    facts = {}
    if fresh and known_at is None:
        facts = {root: one.facts_hash for root, one in assemble(seen).items()}
    found = dict(_calculations(roots.values(), known_at))
    hands = {row.person_id: row for row in _by_hand(roots.values(), known_at)}
    answers = {}
    for person_id, root in roots.items():
        row, hand = found.get(root), hands.get(root)
        if row is None and root not in facts:
            continue
        answers[person_id] = _answer(
            person_id, row, hand, outdated=root in facts and _differs(row, facts[root])
        )
    return answers


def _differs(row: Calculation | None, facts: str) -> bool:
    return row is None or row.facts_hash != facts


def _answer(
    person_id: int, row: Calculation | None, hand: HandCalculation | None, *, outdated: bool
) -> ReleaseDates:
    if hand is not None and not outdated:
        return ReleaseDates(
            person_id=person_id,
            status="by_hand",
            edr=hand.edr,
            ldr=hand.ldr,
            expiry=hand.sentence_expiry,
            full_term_end=hand.full_term_end,
            ped=hand.ped,
            next_review=hand.next_review,
            release_day=hand.edr,
            earliest_arguable=row.earliest_arguable if row else None,
            by_hand=True,
        )
    if row is None:
        return ReleaseDates(
            person_id, "pending", outdated=True, reasons=(Reason("sentences.pending"),)
        )
    return ReleaseDates(
        person_id=person_id,
        status=row.status,  # type: ignore[arg-type]
        edr=row.edr,
        ldr=row.ldr,
        expiry=row.sentence_expiry,
        full_term_end=row.full_term_end,
        ped=row.ped,
        next_review=row.next_review,
        release_day=row.release_day,
        earliest_arguable=row.earliest_arguable,
        provisional=row.provisional,
        outdated=outdated,
        reasons=refusals(row.result) if row.status != "calculated" else (),
    )


def _calculations(roots: Iterable[int], known_at: object) -> Iterable[tuple[int, Calculation]]:
    rows = Calculation.objects.filter(any_of("person_id", list(roots)))
    if known_at is None:
        rows = rows.filter(superseded_at=None)
    else:
        rows = rows.filter(made_at__lte=known_at).exclude(superseded_at__lte=known_at)
    for row in rows.order_by("made_at", "pk"):
        yield row.person_id, row


def _by_hand(roots: Iterable[int], known_at: object) -> Iterable[HandCalculation]:
    rows = HandCalculation.objects.filter(any_of("person_id", list(roots)), second_at__isnull=False)
    if known_at is None:
        return rows.filter(ended_at=None)
    return rows.filter(second_at__lte=known_at).exclude(ended_at__lte=known_at).order_by("pk")
