"""What one page shows in full: a person's file at the courts, a charge, an order with its paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pims.courts.models import Charge, CourtOrder, Hearing, OrderQuery, SecondReading
from pims.courts.selectors.cases import VIEW, case, case_numbers, cases, hearings
from pims.courts.selectors.first_reading import first_reading
from pims.courts.selectors.infos import (
    CaseInfo,
    ChargeInfo,
    HearingInfo,
    OrderInfo,
    OrderQueryInfo,
    ReadingInfo,
    SentenceInfo,
)
from pims.courts.selectors.orders import order, orders, queries_of_order
from pims.courts.selectors.rows import body_names, charge_info, hearing_info
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.kernel.errors import NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything that courts have said of one person, newest first; charges are of the person."""

    person_id: int
    cases: tuple[CaseInfo, ...]
    charges: tuple[tuple[ChargeInfo, CaseInfo], ...]
    hearings: tuple[HearingInfo, ...]
    orders: tuple[OrderInfo, ...]

    @property
    def sentences(self) -> tuple[SentenceInfo, ...]:
        return tuple(one for of in reversed(self.orders) for one in of.sentences)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with the hearings and the orders of those in it whom the viewer may see."""

    case: CaseInfo
    hearings: tuple[HearingInfo, ...]
    orders: tuple[OrderInfo, ...]


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One order, the earlier one that it is about, those about it, and the orders of the others
    whom its paper names; `hidden` counts those of people whom the viewer may not see."""

    order: OrderInfo
    charges: tuple[ChargeInfo, ...]
    changes: OrderInfo | None
    changed_by: tuple[OrderInfo, ...]
    beside: tuple[OrderInfo, ...]
    hidden: int
    queries: tuple[OrderQueryInfo, ...]


def person_file(viewer: Actor, person_id: int) -> PersonFile:
    """Raises NotFound where the viewer may not see the person's courts."""
    root = people.canonical_id(person_id)
    require_visible(viewer, VIEW, root)
    own = people.persons_of(root)
    found = cases(viewer, [root]).get(root, [])
    return PersonFile(
        person_id=root,
        cases=tuple(found),
        charges=tuple((c, one) for one in found for c in one.charges if c.person_id in own),
        hearings=tuple(hearings(viewer, [root]).get(root, [])),
        orders=tuple(orders(viewer, [root]).get(root, [])),
    )


def case_file(viewer: Actor, case_id: int) -> CaseFile:
    """Raises NotFound: no such case, or nobody in it whom the viewer may see."""
    about = case(viewer, case_id)
    whose = {i: root for root in about.person_ids for i in people.persons_of(root)}
    bodies, numbers = body_names(), case_numbers([case_id])
    rows = Hearing.objects.filter(case_id=case_id, person_id__in=whose).order_by("-on", "-pk")
    made = orders(viewer, about.person_ids)
    return CaseFile(
        case=about,
        hearings=tuple(hearing_info(row, whose, bodies, numbers) for row in rows),
        orders=tuple(one for of in made.values() for one in of if one.case_id == case_id),
    )


def charge(viewer: Actor, charge_id: int) -> tuple[ChargeInfo, CaseInfo]:
    """Raises NotFound."""
    row = Charge.objects.filter(pk=charge_id).first()
    if row is None:
        raise NotFound("charge", charge_id)
    require_visible(viewer, VIEW, people.canonical_id(row.person_id))
    return charge_info(row), case(viewer, row.case_id)


def order_file(viewer: Actor, order_id: int) -> OrderFile:
    """Raises NotFound."""
    about = order(viewer, order_id)
    ids = set(CourtOrder.objects.filter(paper=about.paper).values_list("pk", flat=True))
    beside = _seen(viewer, sorted(ids - {order_id}))
    earlier = about.changes_order_id
    changes = _seen(viewer, [earlier] if earlier is not None and earlier != order_id else [])
    return OrderFile(
        order=about,
        charges=tuple(map(charge_info, Charge.objects.filter(pk__in=about.charge_ids))),
        changes=next(iter(changes), None),
        changed_by=_seen(viewer, about.changed_by),
        beside=beside,
        hidden=len(ids) - 1 - len(beside),
        queries=tuple(queries_of_order(order_id)),
    )


def query(viewer: Actor, query_id: int) -> OrderQueryInfo:
    """Raises NotFound."""
    row = OrderQuery.objects.filter(pk=query_id).values_list("order_id", flat=True).first()
    if row is None:
        raise NotFound("query", query_id)
    order(viewer, row)
    return next(one for one in queries_of_order(row) if one.query_id == query_id)


def reading(viewer: Actor, reading_id: int) -> tuple[ReadingInfo, OrderInfo]:
    """Raises NotFound."""
    row = SecondReading.objects.filter(pk=reading_id).values_list("order_id", flat=True).first()
    about = None if row is None else order(viewer, row)
    if about is None or about.reading is None:
        raise NotFound("second_reading", reading_id)
    return about.reading, about


def first_values(viewer: Actor, order_id: int) -> Mapping[str, Any]:
    """The order as it was keyed first, in the shape of a reading's values. Raises NotFound.

    Never for whoever still has to read it blind.
    """
    order(viewer, order_id)
    first = first_reading(CourtOrder.objects.get(pk=order_id))
    return {"order": dict(first.order), "sentences": [dict(one) for one in first.sentences]}


def orders_like(viewer: Actor, *, body_id: int, reference: str) -> list[OrderInfo]:
    """Orders of that court under that reference which stand, of people the viewer may see."""
    if not reference.strip():
        return []
    rows = CourtOrder.objects.filter(
        body_id=body_id, reference__iexact=reference.strip(), state=CourtOrder.State.STANDS
    )
    return list(_seen(viewer, list(rows.order_by("pk").values_list("pk", flat=True))))


def _seen(viewer: Actor, order_ids: Sequence[int]) -> tuple[OrderInfo, ...]:
    if not order_ids:
        return ()
    rows = CourtOrder.objects.filter(pk__in=order_ids).order_by("pk")
    named = list(rows.values_list("pk", "person_id"))
    roots = people.ids_canonical({person_id for _pk, person_id in named})
    seen = set(roots.values())
    if not viewer.system:
        seen = visible_ids(viewer, VIEW, seen)
    found = orders(viewer, seen & set(roots.values()))
    by_id = {one.order_id: one for of in found.values() for one in of}
    return tuple(by_id[pk] for pk, _person in named if pk in by_id)
