"""Parole: what the board decided and why, the order that comes of it, and its revocation."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.courts import services as courts
from pims.courts.services import OrderName
from pims.custody.selectors.standing import standing
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.text import clean_field
from pims.people import selectors as people
from pims.release import preparing_events as events
from pims.release.models import Parole
from pims.release.rules import parole as rules
from pims.sentences import selectors as sentences

PAROLE = "release.parole"
PROSE = 5000
BOARD = "parole_board"


@dataclass(frozen=True, slots=True)
class ParoleResult:
    """`order_id` is the order of the courts room that a grant or a revocation made."""

    parole_id: int
    order_id: int | None = None


@service
def open_parole(tx: Transaction, *, person_id: int) -> ParoleResult:
    """Open a case for somebody in custody of whom a date for parole is known.

    Raises Refused (one is open, no such date, not in custody), NotFound.
    """
    root = people.canonical_id(person_id)
    tx.lock_persons([root])
    tx.require_person(PAROLE, root)
    row = next(iter(standing(person_ids=[root])), None)
    if row is None:
        refuse(Reason("release.not_in_custody")).require()
        raise AssertionError
    if Parole.objects.filter(person_id=root, state=Parole.State.OPEN).exists():
        refuse(Reason("release.parole_open_already")).require()
    dates = sentences.release_dates(tx.actor, [root]).get(root)
    if dates is None or dates.ped is None:
        refuse(Reason("release.parole_no_date")).require()
        raise AssertionError
    made = Parole.objects.create(
        person_id=root,
        episode_id=row.episode_id,
        establishment_id=row.establishment_id,
        ped=dates.ped,
        opened_at=tx.now,
        opened_by_id=tx.actor.user_id,
    )
    tx.record(
        events.ParoleOpened(
            person_id=root, establishment_id=row.establishment_id, parole_id=made.pk
        )
    )
    return ParoleResult(made.pk)


@service
def decide_parole(
    tx: Transaction,
    *,
    parole_id: int,
    decision: str,
    decided_on: date,
    reasons: str,
    conditions: str = "",
    reference: str = "",
    deferred_to: date | None = None,
    from_day: date | None = None,
) -> ParoleResult:
    """What the board decided, with its reasons. A grant is recorded as its order, and frees as any
    order to release does: through the discharge check. One that begins on a later day (`from_day`)
    becomes an order on that day, and frees nobody before it; of somebody who has left it is kept,
    and is no order.

    Raises InvalidInput by field, Refused (decided already), NotFound, NotPermitted.
    """
    row = _locked(tx, parole_id)
    if row.state != Parole.State.OPEN:
        refuse(Reason("release.parole_decided_already")).require()
    given, wrong = _texts(
        reasons=(reasons, PROSE, "release.reason_missing"),
        conditions=(conditions, PROSE, ""),
        reference=(reference, 120, ""),
    )
    if decision not in rules.DECISIONS:
        wrong["decision"] = Reason("release.unknown_decision")
    if decided_on > _today(tx, row):
        wrong["decided_on"] = Reason("release.in_the_future")
    if decision == "deferred" and deferred_to is None:
        wrong["deferred_to"] = Reason("release.deferred_to_missing")
    if decision == "granted" and from_day is not None and from_day < decided_on:
        wrong["from_day"] = Reason("release.before_the_decision")
    if wrong:
        raise InvalidInput(wrong)
    row.state, row.decided_on = Parole.State(decision), decided_on
    row.decided_at, row.decided_by_id = tx.now, tx.actor.user_id
    row.reasons, row.reference = given["reasons"], given["reference"]
    row.deferred_to = deferred_to if decision == "deferred" else None
    if decision == "granted":
        row.conditions, row.from_day = given["conditions"], from_day
        _order_of_grant(tx, row)
    row.save()
    tx.record(
        events.ParoleDecided(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            parole_id=row.pk,
            decision=decision,
        ),
        details={"reasons": row.reasons, "conditions": row.conditions},
    )
    return ParoleResult(row.pk, row.order_id)


@service
def revoke_parole(
    tx: Transaction,
    *,
    parole_id: int,
    revoked_on: date,
    hearing_on: date | None,
    reasons: str,
    reference: str = "",
) -> ParoleResult:
    """Parole was revoked until a hearing: the warrant that comes of it holds nobody beyond it.

    Raises InvalidInput by field (a hearing must be named), Refused (never granted), NotFound.
    """
    row = _locked(tx, parole_id)
    if row.state != Parole.State.GRANTED:
        refuse(Reason("release.parole_not_granted")).require()
    given, wrong = _texts(
        reasons=(reasons, PROSE, "release.reason_missing"), reference=(reference, 120, "")
    )
    if revoked_on > _today(tx, row):
        wrong["revoked_on"] = Reason("release.in_the_future")
    elif row.decided_on is not None and revoked_on < row.decided_on:
        wrong["revoked_on"] = Reason("release.before_the_grant")
    if hearing_on is None:
        wrong["hearing_on"] = Reason("release.hearing_missing")
    elif hearing_on < revoked_on:
        wrong["hearing_on"] = Reason("release.hearing_before_revocation")
    if wrong:
        raise InvalidInput(wrong)
    row.state, row.revoked_on, row.hearing_on = Parole.State.REVOKED, revoked_on, hearing_on
    row.revoked_at, row.revoked_by_id = tx.now, tx.actor.user_id
    row.revocation_reasons = given["reasons"]
    row.revocation_order_id = _order(
        tx,
        row,
        kind="parole_revoked",
        dated=revoked_on,
        names=OrderName(row.person_id, granted=True),
        next_date=hearing_on,
        as_written=row.revocation_reasons,
        reference=given["reference"],
    )
    row.save()
    tx.record(
        events.ParoleRevoked(
            person_id=row.person_id,
            establishment_id=row.establishment_id,
            parole_id=row.pk,
            hearing_on="" if hearing_on is None else hearing_on.isoformat(),
        ),
        details={"reasons": row.revocation_reasons},
    )
    return ParoleResult(row.pk, row.revocation_order_id)


@service
def start_due_paroles(tx: Transaction, *, establishment_id: int) -> tuple[int, ...]:
    """Make the orders of grants whose day has come; gives the paroles. A repeat makes none."""
    tx.require(PAROLE, establishment_id=establishment_id)
    waiting = Parole.objects.filter(
        establishment_id=establishment_id, state=Parole.State.GRANTED, order_id=None,
        from_day__isnull=False,
    )  # fmt: skip
    tx.lock_persons(waiting.values_list("person_id", flat=True))
    begun = []
    for row in waiting.order_by("pk"):
        _order_of_grant(tx, row)
        if row.order_id is not None:
            row.save(update_fields=["order_id"])
            begun.append(row.pk)
    return tuple(begun)


@service
def close_paroles(tx: Transaction, *, person_id: int) -> tuple[int, ...]:
    """Custody has ended: nothing is before the board any more. Gives those that were closed."""
    tx.lock_persons([person_id])
    held = {row.episode_id for row in standing(person_ids=[person_id])}
    closed = []
    for row in Parole.objects.filter(person_id=person_id, state=Parole.State.OPEN):
        if row.episode_id not in held:
            tx.require_person(PAROLE, person_id)
            row.state = Parole.State.CLOSED
            row.save(update_fields=["state"])
            tx.record(
                events.ParoleClosed(
                    person_id=person_id, establishment_id=row.establishment_id, parole_id=row.pk
                )
            )
            closed.append(row.pk)
    return tuple(closed)


def _order_of_grant(tx: Transaction, row: Parole) -> None:
    """The order by which a grant frees, if its day has come and the person is in this custody."""
    held = {one.episode_id for one in standing(person_ids=[row.person_id])}
    if row.episode_id not in held or (row.from_day or date.min) > _today(tx, row):
        return
    assert row.decided_on is not None
    row.order_id = _order(
        tx,
        row,
        kind="parole_granted",
        dated=row.decided_on,
        names=OrderName(row.person_id, warrant_name_ids=tuple(_served_on(row, tx.now))),
        conditions=row.conditions,
        as_written=row.reasons,
    )


def _order(
    tx: Transaction,
    row: Parole,
    *,
    kind: str,
    dated: date,
    names: OrderName,
    as_written: str,
    conditions: str = "",
    next_date: date | None = None,
    reference: str = "",
) -> int:
    board = next((body for body in authority.bodies() if body.kind == BOARD), None)
    if board is None:
        refuse(Reason("release.board_unknown")).require()
        raise AssertionError
    made = courts.record_court_order(
        tx,
        establishment_id=row.establishment_id,
        kind=kind,
        body_id=board.body_id,
        names=[names],
        received_at=tx.now,
        reference=reference or row.reference,
        dated=dated,
        as_written=as_written,
        conditions=conditions,
        next_date=next_date,
    )
    return made.order_ids[0]


def _served_on(row: Parole, at: datetime) -> list[int]:
    """The papers of the sentences that are being served: nothing else ends by parole."""
    zone = facilities.time_zone(row.establishment_id)
    papers = authority.detaining_warrants(row.person_id, zone=zone, at=at)
    return [paper.warrant_name_id for paper in papers if paper.legal_status == "convicted"]


def _texts(
    **fields: tuple[str, int, str],
) -> tuple[dict[str, str], dict[str, Reason]]:
    """Each text as it is kept, and what is wrong with any of them, by field."""
    kept: dict[str, str] = {}
    wrong: dict[str, Reason] = {}
    for field, (text, limit, missing) in fields.items():
        try:
            kept[field] = clean_field(
                field, text, limit=limit, multiline=limit == PROSE, missing=missing
            )
        except InvalidInput as problem:
            wrong |= problem.fields
    return kept, wrong


def _locked(tx: Transaction, parole_id: int) -> Parole:
    found = Parole.objects.filter(pk=parole_id).values_list("person_id", flat=True).first()
    if found is None:
        raise NotFound("parole", parole_id)
    tx.lock_persons([found])
    tx.require_person(PAROLE, people.canonical_id(found))
    return Parole.objects.get(pk=parole_id)


def _today(tx: Transaction, row: Parole) -> date:
    zone = ZoneInfo(facilities.time_zone(row.establishment_id))
    return tx.now.astimezone(zone).date()
