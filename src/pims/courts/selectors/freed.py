"""Of whom a court is said to have let them go, and no order says so: they are held all the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pims.authority import selectors as authority
from pims.courts.models import CourtOrder, Hearing
from pims.foundation.bulk import any_of
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel import clock
from pims.people import selectors as people

# What may have come of a hearing, after which nothing of that matter holds.
FREED = ("acquitted", "discharged", "withdrawn")
# So far back such an outcome is looked for.
LOOK_BACK = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FreedWithoutOrder:
    hearing_id: int
    person_id: int
    on: date
    since: datetime
    body_id: int
    body_name: str
    case_id: int | None
    outcome: str


def freed_without_order(person_ids: Iterable[int]) -> dict[int, list[FreedWithoutOrder]]:
    """Hearings after which the person was free of that matter, by what was recorded of them, while
    a warrant of it holds and no order that frees has come; for rooms above, without scope.

    An order of the same case or court, of that day or later, or a release order that names the
    warrant, ends it; so does another outcome. One query where there is none, a few otherwise.
    """
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    now = clock.now()
    rows = list(
        Hearing.objects.filter(
            any_of("person_id", whose.keys()), outcome__in=FREED, cancelled_at=None,
            outcome_at__gt=now - LOOK_BACK,
        ).select_related("body").order_by("on", "pk")
    )  # fmt: skip
    if not rows:
        return {}
    concerned = {whose[row.person_id] for row in rows}
    held = authority.warrants_of(concerned, zone="UTC")
    releases = authority.release_orders(concerned)
    orders = list(
        CourtOrder.objects.filter(any_of("person_id", whose.keys()), state="stands").order_by("pk")
    )
    found: dict[int, list[FreedWithoutOrder]] = {}
    for row in rows:
        root = whose[row.person_id]
        mine = [one for one in orders if whose[one.person_id] == root]
        about = _warrants(row, mine)
        freed = {
            pk
            for one in releases.get(root, ())
            if one.is_open or one.state == "acted_on"
            for pk in one.warrant_name_ids
        }
        holds = [
            brief
            for brief in held.get(root, ())
            if brief.warrant_name_id in about - freed and brief.detains_at(now)
        ]
        if holds and not any(_frees(one, row) for one in mine):
            found.setdefault(root, []).append(
                FreedWithoutOrder(
                    hearing_id=row.pk,
                    person_id=root,
                    on=row.on,
                    since=row.outcome_at or now,
                    body_id=row.body_id,
                    body_name=row.body.name,
                    case_id=row.case_id,
                    outcome=row.outcome,
                )
            )
    return found


def _warrants(hearing: Hearing, orders: Iterable[CourtOrder]) -> set[int]:
    """The warrants of the matter: the hearing's own, and those of the orders of its case."""
    own = {hearing.warrant_name_id} if hearing.warrant_name_id is not None else set()
    if hearing.case_id is not None:
        own |= {
            one.warrant_name_id
            for one in orders
            if one.case_id == hearing.case_id and one.warrant_name_id is not None
        }
    return own


def _frees(order: CourtOrder, hearing: Hearing) -> bool:
    if order_kinds()[order.kind].effect is not Effect.FREES:
        return False
    same = (
        order.case_id == hearing.case_id
        if order.case_id is not None and hearing.case_id is not None
        else order.body_id == hearing.body_id
    )
    return same and (order.dated or order.holds_from.date()) >= hearing.on
