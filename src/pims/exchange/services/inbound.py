"""The life of a message: judged, put before an officer, decided once."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from pims.assurance import services as assurance
from pims.exchange import events_inbound as events
from pims.exchange.inbound import applying
from pims.exchange.inbound.judging import Judged, judge
from pims.exchange.inbound.rows import (
    ALARM,
    INBOX,
    keep_names,
    locked,
    move,
    require_open,
    require_reach,
    said,
    step,
)
from pims.exchange.models import Agency, Inbound, OrderClock
from pims.exchange.rules import inbound as rules
from pims.exchange.services.common import LINE
from pims.foundation.access.scope import require_held
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

REASON = 500


@dataclass(frozen=True, slots=True)
class InboundResult:
    inbound_id: UUID
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class AppliedResult:
    """`made` are the ids of what was recorded, by what they are of."""

    inbound_id: UUID
    state: str
    made: dict[str, list[int]] = field(default_factory=dict)


@service
def judge_inbound(tx: Transaction, *, inbound_id: UUID) -> InboundResult:
    """Look at a message that was kept: refuse it, put it before an officer, or answer it.

    A release order sounds at reception from here on. A repeat changes nothing. For the system.
    """
    require_held(tx.actor, INBOX)
    row = locked(inbound_id)
    if row.state != rules.RECEIVED:
        return _result(row)
    found = judge(row)
    if found.sounds and found.state in rules.OPEN:
        _sound(tx, row, found)
    for other_id, codes in found.supersedes:
        other = locked(other_id)
        if other.state in rules.OPEN:
            _end(tx, other, rules.SUPERSEDED, codes=codes)
    row.person_id, row.establishment_id = found.person_id, found.establishment_id
    row.matched_how, row.corrects = found.matched_how, found.corrects
    row.kind, row.proposal = found.kind, found.proposal
    row.problems = list(found.codes)
    more: dict[str, Any] = {}
    if found.state == rules.APPLIED:
        more = {"decided_at": tx.now, "result": {"told": {"answered": True}}}
    move(row, found.state, at=tx.now, codes=found.codes, **more)
    keep_names(row)
    tx.record(
        events.MessageJudged(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            agency_id=row.agency_id,
            inbound_id=str(row.pk),
            state=row.state,
            message_kind=row.kind,
            frees=found.sounds,
        )
    )
    return _result(row)


@service
def acknowledge_inbound(tx: Transaction, *, inbound_id: UUID) -> InboundResult:
    """Somebody has it in hand: the sender sees who waits for whom. A repeat changes nothing."""
    row = locked(inbound_id)
    require_reach(tx, row)
    require_open(row)
    clock = OrderClock.objects.select_for_update().filter(inbound=row).first()
    if clock is not None and clock.acknowledged_at is None:
        clock.acknowledged_at, clock.acknowledged_by_id = tx.now, tx.actor.user_id
        clock.save(update_fields=["acknowledged_at", "acknowledged_by_id"])
        step(row, "acknowledged", at=tx.now, user_id=tx.actor.user_id)
        tx.record(
            events.MessageAcknowledged(
                person_id=row.person_id,
                establishment_id=row.establishment_id,
                agency_id=row.agency_id,
                inbound_id=str(row.pk),
            )
        )
    return _result(row)


@service
def ask_sender(tx: Transaction, *, inbound_id: UUID, version: int, question: str) -> InboundResult:
    """Ask the sender; it goes on waiting. Raises InvalidInput, NotFound, Refused, Stale."""
    row = locked(inbound_id, version=version)
    require_reach(tx, row)
    require_open(row)
    row.reason = clean_field("question", question, limit=REASON, multiline=True, required=True)
    row.version += 1
    row.save(update_fields=["reason", "version"])
    step(row, "asked", at=tx.now, user_id=tx.actor.user_id)
    tx.record(
        events.MessageQuestioned(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            agency_id=row.agency_id,
            inbound_id=str(row.pk),
        ),
        details={"question": row.reason},
    )
    return _result(row)


@service
def reject_inbound(
    tx: Transaction, *, inbound_id: UUID, version: int, reason: str
) -> InboundResult:
    """Do not do what it says; the sender is told why. Raises InvalidInput, Refused, Stale."""
    row = locked(inbound_id, version=version)
    require_reach(tx, row)
    require_open(row)
    kept = clean_field("reason", reason, limit=REASON, multiline=True, required=True)
    _end(tx, row, rules.REJECTED, reason=kept)
    return _result(row)


@service
def apply_inbound(
    tx: Transaction,
    *,
    inbound_id: UUID,
    version: int,
    choices: applying.Choices | None = None,
) -> AppliedResult:
    """Do what it says, once, through the services of the rooms that it concerns.

    Whatever they refuse is refused here too, and the message goes on waiting. Raises Refused,
    InvalidInput, NotPermitted, NotFound, Stale.
    """
    row = locked(inbound_id, version=version)
    require_reach(tx, row)
    require_open(row)
    heard = said(row)
    if heard.kind is None or heard.content is None:
        refuse(Reason("exchange.message_unreadable")).require()
        raise AssertionError
    if row.establishment_id is None:
        refuse(Reason("exchange.message_nowhere")).require()
        raise AssertionError
    done = applying.apply(tx, row, heard, choices or applying.Choices())
    made = {name: list(ids) for name, ids in done.made.items() if ids}
    result = {"made": made, "told": dict(done.told), "chosen": (choices or applying.Choices()).said}
    _end(tx, row, rules.APPLIED, codes=done.codes, result=result)
    return AppliedResult(row.pk, row.state, made)


def _end(
    tx: Transaction,
    row: Inbound,
    state: str,
    *,
    codes: tuple[str, ...] = (),
    reason: str = "",
    result: dict[str, Any] | None = None,
) -> None:
    """It came to its end: told to the sender, and no longer sounding."""
    by = None if tx.actor.system else tx.actor.user_id
    move(
        row, state, at=tx.now, codes=codes, user_id=by, reason=reason, decided_at=tx.now,
        decided_by_id=by, result=result or {},
    )  # fmt: skip
    clock = OrderClock.objects.select_for_update().filter(inbound=row).first()
    if clock is not None:
        if clock.acknowledged_at is None and by is not None:
            clock.acknowledged_at, clock.acknowledged_by_id = tx.now, by
        if state != rules.APPLIED:
            clock.stopped_because = clock.stopped_because or state
        ids = (result or {}).get("made", {}).get("release_orders") or [None]
        clock.release_order_id, clock.person_id = ids[0], row.person_id
        clock.save()
        assurance.end_alarm_by_fact(tx.beyond_scope(), kind=ALARM, key=str(row.pk))
    tx.record(
        events.MessageDecided(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            agency_id=row.agency_id,
            inbound_id=str(row.pk),
            state=state,
        ),
        details={"reason": reason} if reason else None,
    )


def _sound(tx: Transaction, row: Inbound, found: Judged) -> None:
    """Heard at reception now; the clock from the order to freedom runs since it came."""
    OrderClock.objects.create(inbound=row, person_id=found.person_id, arrived_at=row.received_at)
    assurance.raise_about(
        tx.beyond_scope(),
        kind=ALARM,
        key=str(row.pk),
        since=row.received_at,
        establishment_id=found.establishment_id,
        person_id=found.person_id,
        params={"inbound": str(row.pk), "agency": row.agency.name[:LINE]},
    )


def _result(row: Inbound) -> InboundResult:
    return InboundResult(row.pk, row.state, row.version)


@service
def keep_paper(
    tx: Transaction,
    *,
    agency_code: str,
    body: str,
    digest: bytes,
    message_id: str,
    sent_kind: str,
    sent_at: datetime | None,
    kid: str,
    signature: str,
) -> InboundResult:
    """Keep a signed paper whose code was read at the gate, as a message over the wire is kept.

    The same paper twice is the message that is here already, whichever way it came first; other
    words under its number are kept beside it, and refused. Raises InvalidInput (no such agency),
    NotPermitted.
    """
    require_held(tx.actor, INBOX)
    agency = Agency.objects.filter(code=agency_code).first()
    if agency is None:
        unknown = Reason("exchange.paper_of_nobody", {"agency": agency_code[:24]})
        raise InvalidInput({"code": unknown})
    agency_id = agency.pk
    problems: list[str] = []
    names = [message_id, f"{message_id}#{digest[:8].hex()}"]
    row = None
    while row is None:
        before = Inbound.objects.filter(agency_id=agency_id, message_id=names[0]).first()
        if before is not None and bytes(before.digest) == digest:
            return _result(before)
        if before is not None:
            problems = ["other_content"]
            names.pop(0)
            continue
        # Read at another gate, or sent over the wire, in this very moment: it is there now.
        with suppress(IntegrityError), transaction.atomic():
            row = Inbound.objects.create(
                id=uuid4(),
                agency_id=agency_id,
                message_id=names[0],
                kind=sent_kind[:40],
                sent_at=sent_at,
                received_at=tx.now,
                body=body,
                digest=digest,
                kid=kid[:80],
                signature=signature,
                channel="paper",
                problems=problems,
            )
    step(row, rules.RECEIVED, at=tx.now, user_id=tx.actor.user_id)
    tx.record(
        events.MessageReceived(agency_id=agency_id, inbound_id=str(row.pk)),
        details={"message": row.message_id},
    )
    return judge_inbound(tx.beyond_scope(), inbound_id=row.pk)
