"""What was recorded by mistake never was: a warrant, a withdrawal, a date of the court."""

from datetime import date, datetime

from pims.authority import events
from pims.authority.models import CourtDate, ReleaseOrder, WarrantName
from pims.authority.services.release_orders import ReleaseOrderResult, locked_order
from pims.authority.services.reopening import reopen, stands_as
from pims.authority.services.warrant_rows import (
    WarrantNameResult,
    close_name,
    locked_name,
    mark_endless,
    read_again,
)
from pims.authority.services.words import PROSE, why
from pims.foundation.commands.transaction import Transaction, service
from pims.people import selectors as people


@service
def void_warrant(tx: Transaction, *, warrant_name_id: int, basis: str) -> WarrantNameResult:
    """There never was such a paper about this person: it held nobody, whatever ended it since.

    A repeat changes nothing. Raises NotFound.
    """
    name = locked_name(tx, warrant_name_id)
    void = WarrantName.EndKind.VOID
    if (name.end_kind, name.ends_at) != (void, name.starts_at):
        close_name(tx, name, end_kind=void, ended_at=name.starts_at, basis=basis)
    return WarrantNameResult(name.pk)


@service
def let_release_order_stand_again(
    tx: Transaction, *, release_order_id: int, fell_at: datetime, reason: str
) -> ReleaseOrderResult:
    """The court never took the order back at `fell_at`: it waits as it did before.

    One that fell otherwise stays fallen. Raises NotFound.
    """
    order = locked_order(tx, release_order_id)
    tx.require_person("authority.record", people.canonical_id(order.person_id))
    reason = why("reason", reason)
    taken_back = (
        order.state == ReleaseOrder.State.WITHDRAWN
        and order.withdrawn_how == ReleaseOrder.WithdrawnHow.BY_BODY
        and order.withdrawn_at == fell_at
    )
    if not taken_back:
        return ReleaseOrderResult(order.pk)
    before = {"reason": order.withdrawn_reason, "told_by": order.withdrawn_told_by}
    order.withdrawn_how, order.withdrawn_at, order.withdrawn_by_id = "", None, None
    order.withdrawn_reason = order.withdrawn_told_by = ""
    order.state = stands_as(order)
    order.save()
    tx.record(
        events.ReleaseOrderStandsAgain(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            release_order_id=order.pk,
        ),
        details={"reason": reason, "before": before},
    )
    return ReleaseOrderResult(order.pk)


@service
def take_back_court_date(
    tx: Transaction,
    *,
    warrant_name_id: int,
    appears_on: date | None,
    given_at: datetime,
    reason: str,
    went_on_as: int | None = None,
    ended_at: datetime | None = None,
) -> WarrantNameResult:
    """The court named no such date at `given_at`: the one named before it stands again.

    Where a new period was opened for it (`went_on_as`), that one never was, and the paper that
    gave way to it at `ended_at` is open again. A date that was not named so changes nothing.
    """
    name = locked_name(tx, warrant_name_id)
    reason = why("reason", reason, PROSE)
    if went_on_as is not None and went_on_as != name.pk:
        void_warrant(tx, warrant_name_id=went_on_as, basis=reason)
        if ended_at is not None and name.ends_at == ended_at and name.end_kind == "replaced":
            reopen(tx, [name], reason)
        return WarrantNameResult(name.pk)
    dates = CourtDate.objects.filter(warrant_name=name, taken_back_at=None)
    mistaken = dates.filter(given_at=given_at, appears_on=appears_on).order_by("-pk").first()
    if mistaken is None:
        return WarrantNameResult(name.pk)
    mistaken.taken_back_at = tx.now
    mistaken.save(update_fields=["taken_back_at"])
    last = dates.order_by("-given_at", "-pk").first()
    before = name.next_appearance
    name.next_appearance = None if last is None else last.appears_on
    name.version += 1
    name.save(update_fields=["next_appearance", "version"])
    read_again(name)
    mark_endless(name)
    tx.record(
        events.NextAppearanceSet(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_name_id=name.pk,
            next_appearance=_text(name.next_appearance),
            after_lapse=False,
        ),
        details={"basis": reason, "taken_back": _text(before)},
    )
    return WarrantNameResult(name.pk)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
