"""The warrants and release orders that orders made, rest on, moved, ended or had withdrawn."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.authority.selectors import ReleaseOrderInfo, WarrantBrief
from pims.courts.models import CourtOrder, OrderDeed
from pims.courts.services import deeds
from pims.courts.services.deeds import What
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.people import selectors as people

_OWN_WARRANT = (What.MADE_WARRANT, What.RESTS_ON_WARRANT)
_OWN_RELEASE = (What.MADE_RELEASE, What.RESTS_ON_RELEASE)


def warrants_of(person_id: int, zone: str = "UTC") -> dict[int, WarrantBrief]:
    """All of the person's warrants, whatever ended them. The zone says when each detains."""
    root = people.canonical_id(person_id)
    briefs = authority.warrants_of([root], zone=zone).get(root, [])
    return {brief.warrant_name_id: brief for brief in briefs}


def open_warrants(person_id: int, establishment_id: int) -> dict[int, WarrantBrief]:
    """Those of the person's warrants that nothing has ended."""
    found = warrants_of(person_id, facilities.time_zone(establishment_id))
    return {pk: brief for pk, brief in found.items() if brief.ends_at is None}


def release_of(person_id: int, release_order_id: int | None) -> ReleaseOrderInfo | None:
    if release_order_id is None:
        return None
    root = people.canonical_id(person_id)
    found = authority.release_orders([root]).get(root, [])
    return next((one for one in found if one.release_order_id == release_order_id), None)


def acted_on(order: CourtOrder) -> bool:
    """Whether somebody was let go on the release order that it made or rests on."""
    found = release_of(order.person_id, order.release_order_id)
    return found is not None and found.state == "acted_on"


# --- What an order does ---


def end_warrants(
    tx: Transaction,
    order: CourtOrder,
    warrant_name_ids: Sequence[int],
    *,
    at: datetime,
    end_kind: str,
) -> None:
    """End what the order takes the place of. What another order ended already is ended by both."""
    held = warrants_of(order.person_id)
    for warrant_name_id in dict.fromkeys(warrant_name_ids):
        brief = held.get(warrant_name_id)
        if brief is None:
            continue
        if brief.ends_at is None:
            authority_services.end_warrant_by_fact(
                tx.beyond_scope(),
                warrant_name_id=warrant_name_id,
                end_kind=end_kind,
                at=at,
                basis=order.reference or order.body.name,
            )
        elif not deeds.counting(What.ENDED_WARRANT, warrant_name_id):
            continue
        deeds.note(
            tx, order, What.ENDED_WARRANT, warrant_name_id, at=at, after={"end_kind": end_kind}
        )
        order.ended_warrant_name_ids = [*order.ended_warrant_name_ids, warrant_name_id]


def move_warrant(
    tx: Transaction,
    by: CourtOrder,
    brief: WarrantBrief,
    *,
    until: date | None,
    next_appearance: date | None,
    amount_cents: int | None,
    reason: str,
) -> None:
    """The warrant reads so from now on, because the order `by` says so."""
    before, after = _dates(brief), deeds.plain(
        {"until": until, "next_appearance": next_appearance, "amount_cents": amount_cents}
    )  # fmt: skip
    if before == after:
        return
    _amend(tx, brief, after, reason)
    deeds.note(
        tx, by, What.MOVED_WARRANT, brief.warrant_name_id, at=tx.now, before=before, after=after
    )


def withdraw_release(
    tx: Transaction, by: CourtOrder, earlier: CourtOrder, *, at: datetime, reason: str
) -> None:
    """The release order of an earlier order falls, for the later one says so."""
    found = release_of(earlier.person_id, earlier.release_order_id)
    if found is None or found.state == "acted_on":
        return
    pk = found.release_order_id
    if found.is_open:
        authority_services.withdraw_release_order(
            tx.beyond_scope(),
            release_order_id=pk,
            how="by_body",
            reason=reason,
            happened_at=at,
            told_by=by.body.name,
        )
    elif not deeds.counting(What.WITHDREW_RELEASE, pk):
        return
    deeds.note(tx, by, What.WITHDREW_RELEASE, pk, at=at)


# --- What falls with an order that a court took back ---


def take_back(tx: Transaction, order: CourtOrder, *, at: datetime, reason: str, told: str) -> None:
    """The court took the order back: its warrant and its release order no longer stand."""
    pk = order.warrant_name_id
    if pk is not None and not _others_on(order, _OWN_WARRANT, pk, stands=True):
        end_warrants(tx, order, [pk], at=at, end_kind="withdrawn")
        order.save(update_fields=["ended_warrant_name_ids"])
    found = release_of(order.person_id, order.release_order_id)
    if found is None or not found.is_open:
        return
    if not _others_on(order, _OWN_RELEASE, found.release_order_id, stands=True):
        authority_services.withdraw_release_order(
            tx.beyond_scope(),
            release_order_id=found.release_order_id,
            how="by_body",
            reason=reason,
            happened_at=at,
            told_by=told,
        )


# --- What is undone with an order that never was ---


def unmove_warrants(tx: Transaction, undone: Sequence[OrderDeed], reason: str) -> None:
    """Each reads as it does without what these orders made of it, unless somebody moved it."""
    gone = {deed.pk for deed in undone}
    for pk in dict.fromkeys(d.target_id for d in undone if d.what == What.MOVED_WARRANT):
        person_id = next(d.person_id for d in undone if d.target_id == pk)
        brief = warrants_of(person_id).get(pk)
        if brief is None:
            continue
        values = deeds.value_without(
            What.MOVED_WARRANT, pk, lambda deed: deed.pk in gone, _dates(brief)
        )
        if values is not None:
            _amend(tx, brief, values, reason)


def unmake_warrants(tx: Transaction, undone: Sequence[OrderDeed], reason: str) -> None:
    """A warrant that only orders made of which there never was one is void. What the gate recorded
    from a paper in its hand stands."""
    for deed in undone:
        if deed.what not in _OWN_WARRANT or not _made(What.MADE_WARRANT, deed.target_id):
            continue
        if not _others_on(deed.order, _OWN_WARRANT, deed.target_id):
            authority_services.void_warrant(
                tx.beyond_scope(), warrant_name_id=deed.target_id, basis=reason
            )


def reopen_warrants(tx: Transaction, undone: Sequence[OrderDeed], reason: str) -> None:
    """What only these orders ended detains again; what another ended too, ended as that says."""
    for deed in undone:
        if deed.what != What.ENDED_WARRANT:
            continue
        brief = warrants_of(deed.person_id).get(deed.target_id)
        if brief is None or brief.end_kind != deed.after.get("end_kind"):
            continue
        opened = authority_services.reopen_warrants(
            tx.beyond_scope(),
            person_id=people.canonical_id(deed.person_id),
            warrant_name_ids=[deed.target_id],
            at=deed.at,
            basis=reason,
        )
        others = deeds.counting(What.ENDED_WARRANT, deed.target_id)
        if opened and others:
            authority_services.end_warrant_by_fact(
                tx.beyond_scope(),
                warrant_name_id=deed.target_id,
                end_kind=str(others[0].after["end_kind"]),
                at=others[0].at,
                basis=others[0].order.reference or others[0].order.body.name,
            )


def unmake_releases(tx: Transaction, undone: Sequence[OrderDeed], reason: str) -> None:
    """A release order that only orders made of which there never was one is struck out; what the
    desk recorded stands. One that only these had withdrawn stands again."""
    for deed in undone:
        found = release_of(deed.person_id, deed.target_id)
        if found is None:
            continue
        pk = found.release_order_id
        if deed.what in _OWN_RELEASE and found.is_open and _made(What.MADE_RELEASE, pk):
            if not _others_on(deed.order, _OWN_RELEASE, pk):
                authority_services.strike_out_release_order(
                    tx.beyond_scope(), release_order_id=pk, reason=reason
                )
        elif deed.what == What.WITHDREW_RELEASE and not deeds.counting(What.WITHDREW_RELEASE, pk):
            of = CourtOrder.objects.filter(release_order_id=pk)
            if not of.exists() or of.filter(state=CourtOrder.State.STANDS).exists():
                authority_services.let_release_order_stand_again(
                    tx.beyond_scope(), release_order_id=pk, fell_at=deed.at, reason=reason
                )


def _others_on(
    order: CourtOrder, whats: Collection[str], target_id: int, *, stands: bool = False
) -> bool:
    """Whether the same paper is another order's too: a remand put over by the court."""
    rows = OrderDeed.objects.filter(what__in=list(whats), target_id=target_id, undone_at=None)
    if stands:
        rows = rows.filter(order__state=CourtOrder.State.STANDS)
    return rows.exclude(order_id=order.pk).exists()


def _made(what: str, target_id: int) -> bool:
    """Whether an order made it, undone or not: otherwise the gate or the desk did."""
    return OrderDeed.objects.filter(what=what, target_id=target_id).exists()


def _dates(brief: WarrantBrief) -> dict[str, object]:
    return deeds.plain(
        {
            "until": brief.until,
            "next_appearance": brief.next_appearance,
            "amount_cents": brief.amount_cents,
        }
    )


def _amend(tx: Transaction, brief: WarrantBrief, values: deeds.Values, reason: str) -> None:
    amount = values["amount_cents"]
    authority_services.amend_warrant_name(
        tx.beyond_scope(),
        warrant_name_id=brief.warrant_name_id,
        version=brief.version,
        reason=reason,
        name_as_written=brief.name_as_written,
        charges=brief.charges,
        starts_at=brief.starts_at,
        until=deeds.day(values["until"]),
        next_appearance=deeds.day(values["next_appearance"]),
        amount_cents=amount if isinstance(amount, int) else None,
    )
