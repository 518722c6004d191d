"""Recording warrants as written, deciding on their defects, moving and ending them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pims.authority import events, rules
from pims.authority.models import Body, ClerkQuery, Warrant, WarrantName
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.vault.files import store_file
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, NotPermitted, Stale
from pims.people import selectors as people

CLOCK_SLACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class WarrantNameInput:
    """One person named on the paper. `starts_at` is when it began to hold this person."""

    person_id: int
    name_as_written: str
    starts_at: datetime
    until: date | None = None
    next_appearance: date | None = None
    charges: str = ""
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class WarrantResult:
    warrant_id: int
    warrant_name_ids: tuple[int, ...]
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WarrantNameResult:
    warrant_name_id: int


@service
def record_warrant(
    tx: Transaction,
    *,
    establishment_id: int,
    kind: str,
    body_id: int,
    names: Sequence[WarrantNameInput],
    received_at: datetime,
    reference: str = "",
    dated: date | None = None,
    as_written: str = "",
    defects: Sequence[str] = (),
    scan: bytes | None = None,
) -> WarrantResult:
    """Record the paper as written, with its defects: those marked and those its dates show.

    A defect never stops the record; a query to the clerk of court is drafted for each paper that
    has one. Raises InvalidInput (unknown kind or defect, no one named, end before start, received
    in the future) and NotFound (body); NotPermitted for a person out of reach.
    """
    tx.require("authority.record", establishment_id=establishment_id)
    for name in names:
        tx.require_person("authority.record", people.canonical_id(name.person_id))
    tx.lock_persons(name.person_id for name in names)
    body = Body.objects.filter(pk=body_id).first()
    if body is None:
        raise NotFound("body", body_id)
    _check_warrant(tx, kind=kind, names=names, received_at=received_at, defects=defects)
    zone = _zone(establishment_id)
    received_on = received_at.astimezone(zone).date()
    found = set(defects)
    for name in names:
        found.update(
            rules.defects_read_off(
                kind=warrant_kinds()[kind],
                body_kind=body.kind,
                dated=dated,
                until=name.until,
                next_appearance=name.next_appearance,
                amount_cents=name.amount_cents,
                received_on=received_on,
            )
        )
    ordered = tuple(code for code in rules.DEFECTS if code in found)
    warrant = Warrant.objects.create(
        kind=kind,
        body=body,
        establishment_id=establishment_id,
        reference=reference.strip(),
        dated=dated,
        as_written=as_written,
        defects=list(ordered),
        received_at=received_at,
        state=Warrant.State.AS_RECEIVED if ordered else Warrant.State.ACTED_ON,
        recorded_by_id=tx.actor.user_id,
    )
    if scan is not None:
        # A scan that names several people is sealed with the key of the first of them.
        blob = store_file(
            tx, person_id=names[0].person_id, kind="warrant_scan", data=scan, media_type=None
        )
        warrant.scan_blob_id = blob.blob_id
        warrant.save(update_fields=["scan_blob_id"])
    held = set(
        WarrantName.objects.filter(
            person_id__in=[n.person_id for n in names], ends_at=None
        ).values_list("person_id", flat=True)
    )
    rows = [_add_name(tx, warrant, name, further=name.person_id in held) for name in names]
    if ordered:
        ClerkQuery.objects.create(
            warrant=warrant,
            text=_query_text(body, warrant, ordered),
            drafted_at=tx.now,
            recorded_by_id=tx.actor.user_id,
        )
    return WarrantResult(warrant.pk, tuple(row.pk for row in rows), ordered)


@service
def decide_defective(tx: Transaction, *, warrant_id: int, decision: str, reason: str) -> None:
    """The officer in charge acts on a defective warrant or returns it, with a reason.

    A returned warrant no longer detains from this instant; whoever it alone held is then on the
    books with no valid warrant, which is an alarm. Raises Refused (decided already), NotFound.
    """
    warrant = Warrant.objects.select_for_update().filter(pk=warrant_id).first()
    if warrant is None:
        raise NotFound("warrant", warrant_id)
    names = list(warrant.names.all())
    _require_paper(tx, "authority.decide", warrant, names)
    tx.lock_persons(name.person_id for name in names)
    if decision not in (Warrant.State.ACTED_ON, Warrant.State.RETURNED):
        raise InvalidInput({"decision": Reason("authority.unknown_decision")})
    if not reason.strip():
        raise InvalidInput({"reason": Reason("authority.reason_missing")})
    if warrant.state != Warrant.State.AS_RECEIVED:
        refuse(Reason("authority.decided_already", {"state": warrant.state})).require()
    warrant.state = decision
    warrant.decided_by_id, warrant.decided_at = tx.actor.user_id, tx.now
    warrant.decision_reason = reason.strip()
    warrant.save(update_fields=["state", "decided_by_id", "decided_at", "decision_reason"])
    for name in names:
        tx.record(
            events.WarrantDecided(
                person_id=name.person_id,
                establishment_id=warrant.establishment_id,
                warrant_id=warrant.pk,
                decision=decision,
            ),
            details={"reason": reason.strip()},
        )
        if decision == Warrant.State.RETURNED and name.ends_at is None:
            close_name(
                tx, name, end_kind="returned", ended_at=max(tx.now, name.starts_at), basis=reason
            )


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

    Where the paper had lapsed by then, the new date starts a new period under the same paper's
    kind, so that the gap stays to be seen; the id returned is then the new one.
    """
    name = _locked_name(tx, warrant_name_id)
    kind = warrant_kinds()[name.warrant.kind]
    zone = _zone(name.warrant.establishment_id)
    if happened_at > tx.now + CLOCK_SLACK:
        raise InvalidInput({"happened_at": Reason("authority.in_the_future")})
    if next_appearance is not None and next_appearance < happened_at.astimezone(zone).date():
        raise InvalidInput({"next_appearance": Reason("authority.appearance_before_hearing")})
    end = rules.end_as_written(_facts(name), kind, zone.key)
    lapsed = name.ends_at is None and end is not None and end <= happened_at
    if lapsed and end is not None:
        close_name(tx, name, end_kind="replaced", ended_at=max(end, name.starts_at), basis=basis)
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
        name = _add_name(
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
        name.next_appearance = next_appearance
        name.version += 1
        name.save(update_fields=["next_appearance", "version"])
    _mark_endless(name)
    tx.record(
        events.NextAppearanceSet(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_name_id=name.pk,
            next_appearance=None if next_appearance is None else next_appearance.isoformat(),
            after_lapse=lapsed,
        ),
        details={"basis": basis},
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

    Raises Stale where somebody changed it after the form was opened, InvalidInput on dates.
    """
    name = _locked_name(tx, warrant_name_id)
    if name.version != version:
        raise Stale
    wrong: dict[str, Reason] = {}
    if not reason.strip():
        wrong["reason"] = Reason("authority.reason_missing")
    if (
        until is not None
        and until < starts_at.astimezone(_zone(name.warrant.establishment_id)).date()
    ):
        wrong["until"] = Reason("authority.ends_before_start")
    if wrong:
        raise InvalidInput(wrong)
    new = {
        "name_as_written": name_as_written,
        "charges": charges,
        "starts_at": starts_at,
        "until": until,
        "next_appearance": next_appearance,
        "amount_cents": amount_cents,
    }
    changed = tuple(field for field, value in new.items() if getattr(name, field) != value)
    before = {field: getattr(name, field) for field in changed}
    for field in changed:
        setattr(name, field, new[field])
    name.version += 1
    name.save()
    _mark_endless(name)
    tx.record(
        events.WarrantAmended(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_id=name.warrant_id,
            warrant_name_id=name.pk,
            fields=changed,
        ),
        details={"reason": reason, "before": before, "after": {f: new[f] for f in changed}},
    )
    return WarrantNameResult(name.pk)


@service
def end_warrant(
    tx: Transaction, *, warrant_name_id: int, end_kind: str, ended_at: datetime, basis: str
) -> WarrantNameResult:
    """It ceased to detain at `ended_at`. A repeat with the same end changes nothing.

    Raises InvalidInput (unknown kind, before it began, in the future), NotFound.
    """
    name = _locked_name(tx, warrant_name_id)
    if end_kind not in WarrantName.EndKind.values or not end_kind:
        raise InvalidInput({"end_kind": Reason("authority.unknown_end")})
    if ended_at < name.starts_at:
        raise InvalidInput({"ended_at": Reason("authority.ends_before_start")})
    if ended_at > tx.now + CLOCK_SLACK:
        raise InvalidInput({"ended_at": Reason("authority.in_the_future")})
    if name.ends_at is None:
        close_name(tx, name, end_kind=end_kind, ended_at=ended_at, basis=basis)
    return WarrantNameResult(name.pk)


@service
def send_clerk_query(tx: Transaction, *, query_id: int, text: str) -> None:
    """The drafted query, as a person worded it, was sent. Raises NotFound."""
    query = ClerkQuery.objects.select_related("warrant").filter(pk=query_id).first()
    if query is None:
        raise NotFound("query", query_id)
    tx.require("authority.record", establishment_id=query.warrant.establishment_id)
    query.text, query.sent_at = text.strip() or query.text, tx.now
    query.save(update_fields=["text", "sent_at"])


def _require_paper(
    tx: Transaction, permission: str, warrant: Warrant, names: Sequence[WarrantName]
) -> None:
    """Raise unless the actor may do this where the paper came in or where whom it names is now."""
    try:
        tx.require(permission, establishment_id=warrant.establishment_id)
    except NotPermitted:
        for name in names:
            tx.require_person(permission, people.canonical_id(name.person_id))


def _check_warrant(
    tx: Transaction,
    *,
    kind: str,
    names: Sequence[WarrantNameInput],
    received_at: datetime,
    defects: Sequence[str],
) -> None:
    wrong: dict[str, Reason] = {}
    if kind not in warrant_kinds():
        wrong["kind"] = Reason("authority.unknown_kind", {"kind": kind})
    if not names:
        wrong["names"] = Reason("authority.nobody_named")
    if len({name.person_id for name in names}) != len(names):
        wrong["names"] = Reason("authority.named_twice")
    if unknown := set(defects) - set(rules.DEFECTS):
        wrong["defects"] = Reason("authority.unknown_defect", {"code": min(unknown)})
    if received_at > tx.now + CLOCK_SLACK:
        wrong["received_at"] = Reason("authority.in_the_future")
    for name in names:
        if name.until is not None and name.until < name.starts_at.date() - timedelta(days=1):
            wrong["until"] = Reason("authority.ends_before_start")
        if len(name.name_as_written) > 200:
            wrong["name_as_written"] = Reason("authority.name_too_long", {"limit": 200})
    if wrong:
        raise InvalidInput(wrong)


def _add_name(
    tx: Transaction, warrant: Warrant, name: WarrantNameInput, *, further: bool
) -> WarrantName:
    row = WarrantName.objects.create(
        warrant=warrant,
        person_id=name.person_id,
        name_as_written=name.name_as_written,
        charges=name.charges,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        amount_cents=name.amount_cents,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.WarrantRecorded(
            person_id=name.person_id,
            establishment_id=warrant.establishment_id,
            warrant_id=warrant.pk,
            warrant_name_id=row.pk,
            warrant_kind=warrant.kind,
            further=further,
            defects=tuple(warrant.defects),
        ),
        details={
            "name_as_written": name.name_as_written,
            "reference": warrant.reference,
            "charges": name.charges,
            "until": name.until,
            "next_appearance": name.next_appearance,
        },
    )
    return row


def _mark_endless(name: WarrantName) -> None:
    """A paper left without the end that its kind needs is defective: it must not hold unseen."""
    paper = name.warrant
    kind = warrant_kinds()[paper.kind]
    if name.ends_at is not None or paper.state in (Warrant.State.RETURNED, Warrant.State.VOID):
        return
    wanted = {"until": "no_end", "next_appearance": "no_next_appearance"}
    lacking = {wanted[need] for need in kind.needs if need in wanted}
    if not lacking or rules.end_as_written(_facts(name), kind, "UTC") is not None:
        return
    if lacking <= set(paper.defects):
        return
    paper.defects = [code for code in rules.DEFECTS if code in lacking | set(paper.defects)]
    paper.state = Warrant.State.AS_RECEIVED
    paper.save(update_fields=["defects", "state"])


def close_name(
    tx: Transaction, name: WarrantName, *, end_kind: str, ended_at: datetime, basis: str
) -> None:
    """Close one name on a warrant inside a change whose permission is already settled."""
    name.ends_at, name.end_kind, name.end_basis = ended_at, end_kind, basis[:300]
    name.version += 1
    name.save(update_fields=["ends_at", "end_kind", "end_basis", "version"])
    tx.record(
        events.WarrantEnded(
            person_id=name.person_id,
            establishment_id=name.warrant.establishment_id,
            warrant_name_id=name.pk,
            end_kind=end_kind,
            ended_at=ended_at.isoformat(),
        ),
        details={"basis": basis},
    )


def _locked_name(tx: Transaction, warrant_name_id: int) -> WarrantName:
    found = WarrantName.objects.filter(pk=warrant_name_id).values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound("warrant", warrant_name_id)
    tx.lock_persons([person_id])
    # Who may is settled by where the person is now: warrants go along with a transfer.
    tx.require_person("authority.record", people.canonical_id(person_id))
    return WarrantName.objects.select_related("warrant__body").get(pk=warrant_name_id)


def _facts(name: WarrantName) -> rules.WarrantFacts:
    return rules.WarrantFacts(
        warrant_name_id=name.pk,
        warrant_id=name.warrant_id,
        person_id=name.person_id,
        kind=name.warrant.kind,
        state=name.warrant.state,
        starts_at=name.starts_at,
        until=name.until,
        next_appearance=name.next_appearance,
        ends_at=name.ends_at,
        defects=tuple(name.warrant.defects),
    )


def _zone(establishment_id: int) -> ZoneInfo:
    return ZoneInfo(facilities.time_zone(establishment_id))


def _query_text(body: Body, warrant: Warrant, defects: Sequence[str]) -> str:
    return (
        f"To the clerk, {body.name}. Reference: {warrant.reference or '(none on the paper)'}."
        f" The paper was received with these defects: {', '.join(defects)}."
        " Please confirm or correct it."
    )
