"""Orders with their sentences and readings; bail; what the clerks of courts are asked."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.courts.models import CourtOrder, OrderQuery, SecondReading
from pims.courts.rules.bail import STEPS, Bail, BailOrder
from pims.courts.rules.bail import bail as bail_of_case
from pims.courts.selectors.cases import VIEW, case_numbers, seen_with_joined
from pims.courts.selectors.infos import (
    OrderInfo,
    OrderQueryInfo,
    ReadingInfo,
    SentenceInfo,
)
from pims.courts.selectors.rows import (
    body_names,
    changed_by,
    charges_of_orders,
    of_orders,
    of_persons,
    reading_info,
    sentences_among,
    state_at,
)
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class BailInfo:
    """How the bail of a person in one case stands; `case_id` None is outside any case."""

    person_id: int
    case_id: int | None
    case_number: str
    bail: Bail


def orders(
    viewer: Actor, person_ids: Iterable[int], as_of: AsOf | None = None
) -> dict[int, list[OrderInfo]]:
    """The orders about the persons whom the viewer may see, the last received first.

    With `as_of` those received by T, as they stood then, as known at K. A constant number of
    queries.
    """
    _seen, whose = seen_with_joined(viewer, person_ids, as_of)
    return _by_person(_rows(whose, as_of), whose, as_of)


def order(viewer: Actor, order_id: int) -> OrderInfo:
    """One order. Raises NotFound."""
    row = CourtOrder.objects.filter(pk=order_id).first()
    if row is None:
        raise NotFound("court_order", order_id)
    root = people.canonical_id(row.person_id)
    if not viewer.system and not visible_ids(viewer, VIEW, [root]):
        raise NotFound("court_order", order_id)
    return _by_person([row], {row.person_id: root}, None)[root][0]


def sentences_of(
    person_ids: Iterable[int], as_of: AsOf | None = None
) -> dict[int, list[SentenceInfo]]:
    """Every sentence of the persons, in the order in which they came, for rooms above: no scope.

    Those that ceased to stand are among them, each with its state at T as known at K; joined
    records count with the person asked for. A constant number of queries.
    """
    ids = set(person_ids)
    joined = people.joined_records(ids, known_at=None if as_of is None else as_of.known_at)
    whose = {**{i: i for i in ids}, **joined}
    rows = _rows(whose, as_of)
    of_order = sentences_among(rows, whose, as_of)
    found: dict[int, list[SentenceInfo]] = defaultdict(list)
    for row in rows:
        for one in of_order.get(row.id, ()):
            found[one.person_id].append(one)
    return dict(found)


def bail(
    viewer: Actor, person_ids: Iterable[int], as_of: AsOf | None = None
) -> dict[int, list[BailInfo]]:
    """How bail stands in each case of the persons in which there is any; constant queries."""
    _seen, whose = seen_with_joined(viewer, person_ids, as_of)
    at = None if as_of is None else as_of.valid_at
    steps: dict[tuple[int, int | None], list[BailOrder]] = defaultdict(list)
    for row in _rows(whose, as_of):
        if row.kind in STEPS and state_at(row, at, ended=row.state_at) != "void":
            steps[(whose[row.person_id], row.case_id)].append(
                BailOrder(
                    row.id,
                    row.kind,
                    row.holds_from,
                    row.amount_cents,
                    row.sureties,
                    row.conditions,
                )
            )
    numbers = case_numbers(case_id for _, case_id in steps)
    found: dict[int, list[BailInfo]] = defaultdict(list)
    for (person_id, case_id), of_case in steps.items():
        stands = bail_of_case(of_case)
        if stands is not None:
            number = "" if case_id is None else numbers.get(case_id, "")
            found[person_id].append(BailInfo(person_id, case_id, number, stands))
    return dict(found)


def readings_of(person_ids: Iterable[int]) -> dict[int, list[ReadingInfo]]:
    """The second readings of the standing orders of the persons, for rooms above: no scope.

    An order that nobody has read again is there with `read_at` None.
    """
    ids = set(person_ids)
    whose = {**{i: i for i in ids}, **people.joined_records(ids)}
    standing = {row.id for row in _rows(whose, None) if row.state == CourtOrder.State.STANDS}
    found: dict[int, list[ReadingInfo]] = defaultdict(list)
    for reading in of_persons(whose.keys(), model=SecondReading, known_at=None) if whose else ():
        if reading.order_id in standing:
            found[whose[reading.person_id]].append(reading_info(reading, whose))
    return dict(found)


def unread_orders(person_ids: Iterable[int]) -> dict[int, list[int]]:
    """Orders that stand and must be read again before anybody is discharged, by person."""
    return {
        person_id: [r.order_id for r in readings if r.read_at is None or r.differs]
        for person_id, readings in readings_of(person_ids).items()
        if any(r.read_at is None or r.differs for r in readings)
    }


def queries_of_order(order_id: int) -> list[OrderQueryInfo]:
    """The queries about one order, for whoever may see it."""
    rows = OrderQuery.objects.filter(order_id=order_id).select_related("order__body")
    return [_query_info(row) for row in rows.order_by("drafted_at")]


def open_order_queries(viewer: Actor, establishment_id: int) -> list[OrderQueryInfo]:
    """Queries about orders that have no answer yet, oldest first."""
    if not viewer.can_at(VIEW, establishment_id):
        return []
    rows = list(
        OrderQuery.objects.filter(order__establishment_id=establishment_id, answered_at=None)
        .select_related("order__body")
        .order_by("drafted_at")
    )
    roots = people.ids_canonical({row.order.person_id for row in rows})
    seen = set(roots.values()) if viewer.system else visible_ids(viewer, VIEW, roots.values())
    return [
        _query_info(row)
        for row in rows
        if roots.get(row.order.person_id, row.order.person_id) in seen
    ]


def _query_info(row: OrderQuery) -> OrderQueryInfo:
    return OrderQueryInfo(
        query_id=row.pk,
        order_id=row.order_id,
        person_id=row.order.person_id,
        body_name=row.order.body.name,
        reference=row.order.reference,
        text=row.text,
        drafted_at=row.drafted_at,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        answer=row.answer,
    )


def _rows(whose: Mapping[int, int], as_of: AsOf | None) -> list[Any]:
    """The orders, oldest first."""
    if not whose:
        return []
    known_at = None if as_of is None else as_of.known_at
    rows = of_persons(whose.keys(), model=CourtOrder, known_at=known_at)
    upto: datetime | None = None if as_of is None else as_of.valid_at
    kept = [row for row in rows if upto is None or row.received_at <= upto]
    return sorted(kept, key=lambda row: (row.received_at, row.id))


def _by_person(
    rows: Sequence[Any], whose: Mapping[int, int], as_of: AsOf | None
) -> dict[int, list[OrderInfo]]:
    if not rows:
        return {}
    known_at = None if as_of is None else as_of.known_at
    ids = {row.id for row in rows}
    sentences = sentences_among(rows, whose, as_of)
    readings = {
        row.order_id: reading_info(row, whose)
        for row in of_orders(ids, model=SecondReading, known_at=known_at)
    }
    later = _grouped(changed_by(ids, known_at=known_at))
    charges = _grouped(charges_of_orders(ids))
    beside = _beside(rows)
    bodies, numbers = body_names(), case_numbers(row.case_id for row in rows)
    at = None if as_of is None else as_of.valid_at
    found: dict[int, list[OrderInfo]] = defaultdict(list)
    for row in reversed(rows):
        kind = order_kinds()[row.kind]
        stands = state_at(row, at, ended=row.state_at)
        info = OrderInfo(
            order_id=row.id,
            paper=row.paper,
            kind=row.kind,
            label=dict(kind.label),
            effect=kind.effect.value,
            body_id=row.body_id,
            body_name=bodies.get(row.body_id, ""),
            case_id=row.case_id,
            case_number=numbers.get(row.case_id, ""),
            person_id=whose.get(row.person_id, row.person_id),
            establishment_id=row.establishment_id,
            name_as_written=row.name_as_written,
            reference=row.reference,
            dated=row.dated,
            received_at=row.received_at,
            holds_from=row.holds_from,
            as_written=row.as_written,
            dates_as_written=row.dates_as_written,
            defects=tuple(row.defects),
            next_date=row.next_date,
            until=row.until,
            amount_cents=row.amount_cents,
            review_months=row.review_months,
            conditions=row.conditions,
            sureties=row.sureties,
            scan_blob_id=None if row.scan_blob_id is None else str(row.scan_blob_id),
            changes_order_id=row.changes_id,
            change=row.change,
            changes_as_written=row.changes_as_written,
            changed_by=tuple(i for i in later.get(row.id, ()) if i != row.id),
            charge_ids=tuple(charges.get(row.id, ())),
            warrant_name_id=row.warrant_name_id,
            release_order_id=row.release_order_id,
            ended_warrant_name_ids=tuple(row.ended_warrant_name_ids),
            state=stands,
            state_at=None if stands == "stands" else row.state_at,
            state_reason="" if stands == "stands" else row.state_reason,
            fell_by_id=None if stands == "stands" else row.fell_by_id,
            confirmed_at=row.confirmed_at,
            sentences=tuple(sentences.get(row.id, ())),
            reading=readings.get(row.id),
            beside=beside[row.paper] - 1,
            version=row.version,
            recorded_at=row.recorded_at,
            recorded_by_id=row.recorded_by_id,
        )
        found[info.person_id].append(info)
    return dict(found)


def _beside(rows: Collection[Any]) -> Counter[Any]:
    """How many each paper names."""
    papers = {row.paper for row in rows}
    named = CourtOrder.objects.filter(paper__in=papers).values_list("paper", "person_id")
    return Counter(paper for paper, _ in named.distinct())


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
