"""The rows of this room, as they were known, and what is made of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from pims.authority import selectors as authority
from pims.courts.models import CourtOrder, Sentence
from pims.courts.rules.terms import as_term
from pims.courts.selectors.infos import ChargeInfo, HearingInfo, ReadingInfo, SentenceInfo
from pims.facilities import selectors as facilities
from pims.foundation.bulk import any_of
from pims.foundation.compiled import compiled
from pims.foundation.history.known import as_known
from pims.jurisdictions.offences import offences
from pims.kernel.asof import AsOf
from pims.kernel.terms import Term

UNITS = ("years", "months", "weeks", "days")


@compiled
def of_persons(ids: Any, *, model: Any, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(model, known_at, among=any_of("person_id", ids)).order_by("id")


@compiled
def by_ids(ids: Any, *, model: Any, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(model, known_at, among=any_of("id", ids)).order_by("id")


@compiled
def of_orders(ids: Any, *, model: Any, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(model, known_at, among=any_of("order_id", ids)).order_by("id")


@compiled
def of_cases(ids: Any, *, model: Any, known_at: datetime | None) -> QuerySet[Any, Any]:
    return as_known(model, known_at, among=any_of("case_id", ids)).order_by("id")


@compiled
def charges_of_orders(ids: Any) -> QuerySet[Any, Any]:
    named: Any = CourtOrder.charges.through
    rows: QuerySet[Any, Any] = named.objects.filter(any_of("courtorder_id", ids))
    return rows.order_by("charge_id").values_list("courtorder_id", "charge_id")


@compiled
def changed_by(ids: Any, *, known_at: datetime | None) -> QuerySet[Any, Any]:
    rows = as_known(CourtOrder, known_at, among=any_of("changes_id", ids))
    return rows.order_by("id").values_list("changes_id", "id")


def body_names() -> dict[int, str]:
    return {body.body_id: body.name for body in authority.bodies()}


def body_kinds() -> dict[int, str]:
    return {body.body_id: body.kind for body in authority.bodies()}


def state_at(row: Any, at: datetime | None, *, ended: datetime | None) -> str:
    """How an order or a sentence stood at `at`: what ended it later had not yet."""
    if at is not None and ended is not None and ended > at:
        return "stands"
    return str(row.state)


def charge_info(row: Any) -> ChargeInfo:
    offence = offences().get(row.offence_code)
    return ChargeInfo(
        charge_id=row.id,
        case_id=row.case_id,
        person_id=row.person_id,
        offence_code=row.offence_code,
        offence={} if offence is None else dict(offence.label),
        citation="" if offence is None else offence.citation,
        grade="" if offence is None else offence.grade,
        longest_months=None if offence is None else offence.longest_months,
        life=offence is not None and offence.life,
        as_written=row.as_written,
        offence_from=row.offence_from,
        offence_to=row.offence_to,
        likely_months=row.likely_months,
        defects=tuple(row.defects),
        state=row.state,
        decided_on=row.decided_on,
        version=row.version,
    )


def hearing_info(
    row: Any, whose: Mapping[int, int], bodies: Mapping[int, str], numbers: Mapping[int, str]
) -> HearingInfo:
    return HearingInfo(
        hearing_id=row.id,
        person_id=whose.get(row.person_id, row.person_id),
        case_id=row.case_id,
        case_number=numbers.get(row.case_id, ""),
        body_id=row.body_id,
        body_name=bodies.get(row.body_id, ""),
        establishment_id=row.establishment_id,
        on=row.on,
        at_time=row.at_time,
        mode=row.mode,
        purpose=row.purpose,
        defects=tuple(row.defects),
        warrant_name_id=row.warrant_name_id,
        outcome=row.outcome,
        outcome_note=row.outcome_note,
        outcome_at=row.outcome_at,
        outcome_by_id=row.outcome_by_id,
        cancelled_at=row.cancelled_at,
        cancelled_reason=row.cancelled_reason,
        version=row.version,
    )


def reading_info(row: Any, whose: Mapping[int, int]) -> ReadingInfo:
    return ReadingInfo(
        reading_id=row.id,
        order_id=row.order_id,
        person_id=whose.get(row.person_id, row.person_id),
        due_at=row.due_at,
        read_at=row.read_at,
        read_by_id=row.read_by_id,
        values=row.values,
        differences=tuple(row.differences),
        settled_at=row.settled_at,
        settled_by_id=row.settled_by_id,
        settled_reason=row.settled_reason,
        takes=row.takes,
        own_cause=row.own_cause,
        seen_by_ids=tuple(row.seen_by_ids),
        blind=row.blind,
    )


def came_on(order: Any) -> date:
    """The day on which its paper came, where that is."""
    zone = ZoneInfo(facilities.time_zone(order.establishment_id))
    return cast("datetime", order.received_at).astimezone(zone).date()


def sentences_among(
    orders: Collection[Any], whose: Mapping[int, int], as_of: AsOf | None
) -> dict[int, list[SentenceInfo]]:
    """Order -> its sentences in their order. One query."""
    by_id = {order.id: order for order in orders}
    known_at = None if as_of is None else as_of.known_at
    at = None if as_of is None else as_of.valid_at
    kinds = body_kinds() if by_id else {}
    found: dict[int, list[SentenceInfo]] = defaultdict(list)
    rows = of_orders(by_id.keys(), model=Sentence, known_at=known_at) if by_id else []
    for row in sorted(rows, key=lambda r: (r.order_id, r.position)):
        order = by_id[row.order_id]
        minimum = {unit: getattr(row, f"minimum_{unit}") for unit in UNITS}
        found[row.order_id].append(
            SentenceInfo(
                sentence_id=row.id,
                order_id=row.order_id,
                order_kind=order.kind,
                order_state=state_at(order, at, ended=order.state_at),
                body_kind=kinds.get(order.body_id, ""),
                reference=order.reference,
                person_id=whose.get(row.person_id, row.person_id),
                charge_id=row.charge_id,
                kind=row.kind,
                term=Term(row.years, row.months, row.weeks, row.days),
                minimum=None
                if all(value is None for value in minimum.values())
                else as_term(minimum),
                pronounced_on=row.pronounced_on,
                effective_from=row.effective_from,
                link=row.link,
                consecutive_to_id=row.consecutive_to_id,
                offence_on=row.offence_on,
                offence_class=row.offence_class,
                amount_cents=row.amount_cents,
                review_months=order.review_months,
                next_date=order.next_date,
                position=row.position,
                state=state_at(row, at, ended=row.ended_at),
                ended_at=row.ended_at,
                received_at=order.received_at,
                version=row.version,
                paper_cents=order.amount_cents,
                changes_order_id=order.changes_id,
                undated=order.dated is None and row.pronounced_on == came_on(order),
            )
        )
    return dict(found)
