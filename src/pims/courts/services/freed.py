"""What an order that frees ends, where its paper does not say from which warrant."""

from collections.abc import Collection
from dataclasses import dataclass

from pims.authority.selectors import WarrantBrief
from pims.courts.models import Charge, CourtOrder
from pims.courts.services.order_change import UNDECIDED, charges_of
from pims.courts.services.order_warrants import open_warrants
from pims.jurisdictions.courts import powers
from pims.jurisdictions.order_kinds import Effect, OrderKind, order_kinds
from pims.people import selectors as people


@dataclass(frozen=True, slots=True)
class Freed:
    """The warrants that it ends. `in_doubt`: none is known, and nothing says that it ends none."""

    warrant_name_ids: tuple[int, ...] = ()
    in_doubt: bool = False


def freed_by_default(
    order: CourtOrder, kind: OrderKind, charge_ids: Collection[int], *, names_unknown: bool = False
) -> Freed:
    """Of the open warrants of a kind that such an order can end, those that it is about.

    They are those of its case, if any holds. A warrant for charges that the order is not about
    holds on: one of two charges withdrawn frees nobody. Where no order of the case has a warrant, a
    single one of the same court that is of no other case is meant; a board or a minister, who pass
    no sentence, mean the single one that such an order can end: parole frees from the sentence, and
    a remand beside it goes on holding. Of whoever else is held nobody knows from what the order
    frees: a person says so. So too where `names_unknown`: the paper says which order it is about,
    and that one is not on record, or is the paper itself. It may well be another matter.
    """
    held = open_warrants(order.person_id, order.establishment_id)
    can_end = {pk: one for pk, one in held.items() if one.kind in kind.frees}
    rows = list(
        CourtOrder.objects.filter(
            person_id__in=people.persons_of(order.person_id), warrant_name_id__in=list(held)
        )
        .exclude(state=CourtOrder.State.VOID)
        .order_by("pk")
    )
    of_case = [row for row in rows if row.case_id == order.case_id and order.case_id is not None]
    if of_case:
        left = [row.warrant_name_id for row in of_case if not _left(row, charge_ids)]
        return Freed(tuple(dict.fromkeys(pk for pk in left if pk is not None and pk in can_end)))
    if names_unknown:
        return Freed(in_doubt=bool(held))
    if _others_charged(order, charge_ids):
        return Freed()
    mine = _of_this_body(order, can_end, rows)
    if len(mine) == 1:
        return Freed((mine[0],))
    return Freed(in_doubt=bool(held))


def _left(row: CourtOrder, charge_ids: Collection[int]) -> set[int]:
    """The charges for which a warrant still holds when these are disposed of."""
    return charges_of(row, undecided=True) - set(charge_ids) if charge_ids else set()


def _others_charged(order: CourtOrder, charge_ids: Collection[int]) -> bool:
    """Whether other charges of the same case stay open, by the charges that the order names."""
    if not charge_ids or order.case_id is None:
        return False
    own = people.persons_of(order.person_id)
    rows = Charge.objects.filter(case_id=order.case_id, person_id__in=own, state__in=UNDECIDED)
    return rows.exclude(pk__in=list(charge_ids)).exists()


def _of_this_body(
    order: CourtOrder, can_end: dict[int, WarrantBrief], rows: Collection[CourtOrder]
) -> list[int]:
    elsewhere = {
        row.warrant_name_id
        for row in rows
        if row.case_id is not None and order.case_id is not None and row.case_id != order.case_id
    }
    of_courts = not _passes_sentence(order.body.kind)
    return [
        pk
        for pk, one in can_end.items()
        if (of_courts or one.body_id == order.body_id) and pk not in elsewhere
    ]


def _passes_sentence(body_kind: str) -> bool:
    """Whether it may, or nobody knows what such a body may."""
    power = powers().get(body_kind)
    return power is None or any(order_kinds()[code].effect is Effect.SENTENCE for code in power.may)
