"""Moving a warrant to a new date, correcting what was keyed, and ending it."""

from datetime import date, datetime

from pims.authority import events, rules
from pims.authority.models import Warrant, WarrantName
from pims.authority.services.warrant_rows import (
    WarrantNameInput,
    WarrantNameResult,
    add_name,
    begins_wrongly,
    close_name,
    correct_court_date,
    facts_of,
    locked_name,
    mark_endless,
    name_court_date,
    read_again,
    stand_if_not_run_out,
    zone_of,
)
from pims.authority.services.words import BASIS, PROSE, line, prose, why
from pims.foundation.commands.transaction import Transaction, service
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Stale

DATES = frozenset({"starts_at", "until", "next_appearance", "amount_cents"})


@service
def set_next_appearance(
    tx: Transaction,
    *,
    warrant_name_id: int,
    next_appearance: date | None,
    happened_at: datetime,
    basis: str,
) -> WarrantNameResult:
    """The court named a new date at `happened_at`.

    Entered late, it stands until the date that the court named after it.

    Where the paper had lapsed by then, the new date starts a new period under the same paper's
    kind, so that the gap stays to be seen; the id returned is then the new one. So it does where
    the paper's own dates contradict each other: what the court says now takes their place.
    """
    name = locked_name(tx, warrant_name_id)
    kind = warrant_kinds()[name.warrant.kind]
    zone = zone_of(name.warrant.establishment_id)
    basis = prose("basis", basis)
    opened: dict[str, object] = {}
    if minutes.is_to_come(happened_at, tx.now):
        raise InvalidInput({"happened_at": Reason("authority.in_the_future")})
    if next_appearance is not None and next_appearance < happened_at.astimezone(zone).date():
        raise InvalidInput({"next_appearance": Reason("authority.appearance_before_hearing")})
    end = rules.end_as_written(facts_of(name), kind, zone.key)
    ran_out = name.end_kind == WarrantName.EndKind.EXPIRED
    lapsed = (name.ends_at is None or ran_out) and end is not None and end <= happened_at
    contradicts = name.ends_at is None and rules.CONTRADICTS in name.warrant.defects
    if end is not None and (lapsed or contradicts):
        if not ran_out:
            ended_at = max(min(end, happened_at), name.starts_at)
            close_name(tx, name, end_kind="replaced", ended_at=ended_at, basis=basis)
        old, paper = name, name.warrant
        warrant = Warrant.objects.create(
            kind=paper.kind,
            body=paper.body,
            establishment=paper.establishment,
            reference=paper.reference,
            dated=happened_at.astimezone(zone).date(),
            as_written=basis,
            received_at=tx.now,
            state=Warrant.State.ACTED_ON,
            recorded_by_id=tx.actor.user_id,
        )
        name = add_name(
            tx,
            warrant,
            WarrantNameInput(
                person_id=old.person_id,
                name_as_written=old.name_as_written,
                starts_at=happened_at,
                next_appearance=next_appearance,
                charges=old.charges,
            ),
            further=False,
        )
    else:
        named = name_court_date(tx, name, next_appearance, given_at=happened_at)
        if named:
            name.next_appearance = next_appearance
        opened = stand_if_not_run_out(name, zone.key)
        name.version += 1
        name.save()
    mark_endless(name)
    tx.record(
        events.NextAppearanceSet(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_name_id=name.pk,
            next_appearance=None if next_appearance is None else next_appearance.isoformat(),
            after_lapse=lapsed,
        ),
        details={"basis": basis, **({"opened_again": opened} if opened else {})},
    )
    return WarrantNameResult(name.pk)


@service
def amend_warrant_name(
    tx: Transaction,
    *,
    warrant_name_id: int,
    version: int,
    reason: str,
    name_as_written: str,
    charges: str,
    starts_at: datetime,
    until: date | None,
    next_appearance: date | None,
    amount_cents: int | None = None,
) -> WarrantNameResult:
    """Correct what was keyed wrongly; what stood there before stays in the history.

    The defects that the dates show are read off anew. Raises Stale where somebody changed it after
    the form was opened, InvalidInput without a reason, and for a beginning after its end or in no
    such year.
    """
    name = locked_name(tx, warrant_name_id)
    if name.version != version:
        raise Stale
    reason = why("reason", reason, PROSE)
    if (wrongly := begins_wrongly(starts_at)) is not None:
        raise InvalidInput({"starts_at": wrongly})
    new = {
        "name_as_written": line("name_as_written", name_as_written, 200),
        "charges": prose("charges", charges),
        "starts_at": starts_at,
        "until": until,
        "next_appearance": next_appearance,
        "amount_cents": amount_cents,
    }
    changed = tuple(field for field, value in new.items() if getattr(name, field) != value)
    before = {field: getattr(name, field) for field in changed}
    began_at = name.starts_at
    for field in changed:
        setattr(name, field, new[field])
    opened = stand_if_not_run_out(name, zone_of(name.warrant.establishment_id).key)
    if name.ends_at is not None and name.starts_at > name.ends_at:
        raise InvalidInput({"starts_at": Reason("authority.ends_before_start")})
    name.version += 1
    name.save()
    if {"next_appearance", "starts_at"} & set(changed):
        correct_court_date(tx, name, began_at=began_at)
    if DATES & set(changed):
        read_again(name)
    mark_endless(name)
    tx.record(
        events.WarrantAmended(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_id=name.warrant_id,
            warrant_name_id=name.pk,
            fields=(*changed, *opened),
        ),
        details={
            "reason": reason,
            "before": before | opened,
            "after": {f: getattr(name, f) for f in (*changed, *opened)},
        },
    )
    return WarrantNameResult(name.pk)


@service
def end_warrant(
    tx: Transaction, *, warrant_name_id: int, end_kind: str, ended_at: datetime, basis: str
) -> WarrantNameResult:
    """It ceased to detain at `ended_at`. A repeat with the same end changes nothing.

    Raises InvalidInput (unknown kind, before it began, in the future), NotFound.
    """
    name = locked_name(tx, warrant_name_id)
    basis = line("basis", basis, BASIS)
    if end_kind not in WarrantName.EndKind.values or not end_kind:
        raise InvalidInput({"end_kind": Reason("authority.unknown_end")})
    ended_at = minutes.not_before(ended_at, name.starts_at)
    if ended_at < name.starts_at:
        raise InvalidInput({"ended_at": Reason("authority.ends_before_start")})
    if minutes.is_to_come(ended_at, tx.now):
        raise InvalidInput({"ended_at": Reason("authority.in_the_future")})
    if name.ends_at is None:
        close_name(tx, name, end_kind=end_kind, ended_at=ended_at, basis=basis)
    return WarrantNameResult(name.pk)


@service
def end_warrant_by_fact(
    tx: Transaction, *, warrant_name_id: int, end_kind: str, at: datetime, basis: str
) -> WarrantNameResult:
    """What happened at `at` (a death, a discharge at court) ended it, whatever is written on it.

    A paper that by its own words began only later ends as it begins: no date on a paper refuses
    a fact. One that has ended already stays as it ended. Raises NotFound.
    """
    name = locked_name(tx, warrant_name_id)
    if name.ends_at is None:
        close_name(tx, name, end_kind=end_kind, ended_at=max(at, name.starts_at), basis=basis)
    return WarrantNameResult(name.pk)
