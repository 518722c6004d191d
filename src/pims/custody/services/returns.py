"""Taking people back, one or a whole van, with what the court did: the 17:00 desk."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError

from pims.custody import events
from pims.custody.models import CourtReturn, Episode, Escort
from pims.custody.rules import returns as rules
from pims.custody.services.about import about
from pims.custody.services.absences import start_absence
from pims.custody.services.closing import detaining, local_day, open_warrants
from pims.custody.services.common import Moment, locked_episode, moment, open_escort
from pims.custody.services.court_papers import COMMITS, Consequence, carry_out
from pims.custody.services.ends import court_discharge
from pims.custody.services.escorting import UNRECORDED, close_escort
from pims.custody.services.escorts import locked_escort
from pims.custody.services.return_rows import (
    Problem,
    Returned,
    ReturnRow,
    ReturnsRecorded,
    RowResult,
)
from pims.custody.services.words import PROSE, cleaned
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, PimsError
from pims.kernel.minutes import INSTANT

log = logging.getLogger("pims.custody")

# Escorts that ended without a return at the desk: its outcome may still be added.
OUTCOME_OPEN = (UNRECORDED, "brought_back", "went_on")
# The texts of `ReturnRow` and their lengths.
TEXTS = {
    "returned_from": 200,
    "received_back_by": 200,
    "condition_back": PROSE,
    "note": PROSE,
    "reference": 80,
    "charges": PROSE,
    "order_seen": 300,
    "destination": 300,
    "conditions": PROSE,
}
KEPT_BY = ("court", "police", "hospital", "escaped", "unknown")


@service
def record_return(tx: Transaction, *, row: ReturnRow) -> Returned:
    """Record how one escort came back, and everything that follows from its outcome.

    Raises InvalidInput by field (return before departure, a date in the past, which warrant),
    Refused where the return is recorded already, NotFound, NotPermitted.
    """
    row = cleaned(row, TEXTS)
    escort, episode = _subject(tx, row)
    tx.require_person("custody.escort", episode.person_id)
    when = moment(tx, row.happened_at)
    at = when.at
    if escort is not None:
        # Turned back at the gate: the paper gives both hours as the same minute.
        at = minutes.after(at, escort.left_at)
        if not when.given and at <= escort.left_at:
            # The clock went back while they were out; closing the escort puts that on record.
            at = escort.left_at + INSTANT
    if when.given:
        row = replace(row, happened_at=at)
    if escort is not None and row.body_id is None and row.outcome in COMMITS:
        row = replace(row, body_id=escort.destination_body_id)
    facts = _facts(row, escort, episode, at)
    wrong = dict(rules.missing(facts))
    if row.outcome == "not_returned" and row.not_returned_because not in KEPT_BY:
        wrong["not_returned_because"] = Reason("custody.kept_by_unknown")
    if wrong:
        raise InvalidInput(wrong)
    already = escort is not None and escort.returned_at is not None
    if already and escort is not None and escort.outcome not in OUTCOME_OPEN:
        raise InvalidInput({"escort_id": Reason("custody.returned_already")})
    if episode.ends_at is not None:
        raise InvalidInput({"episode_id": Reason("custody.episode_ended")})
    consequence = carry_out(
        tx,
        episode,
        row,
        at=min(at, tx.now),
        concerned=rules.concerned(facts),
        detains=facts.detaining,
    )
    made = CourtReturn.objects.create(
        escort=escort,
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        outcome=row.outcome,
        happened_at=at,
        data=_kept(row, consequence),
        note=row.note,
        recorded_by_id=tx.actor.user_id,
    )
    tx.record(
        events.CourtOutcome(
            **about(episode, at),
            court_return_id=made.pk,
            outcome=row.outcome,
        ),
        details={"note": row.note} if row.note else None,
    )
    ended = _bring_back(tx, episode, escort, row, at if when.given else when.at)
    return Returned(
        made.pk,
        episode.pk,
        episode.person_id,
        row.outcome,
        release_waits=consequence.release_waits and not ended,
        release_order_id=consequence.release_order_id,
        warrant_id=consequence.warrant_id,
        custody_ended=ended,
    )


@service
def record_returns(
    tx: Transaction, *, establishment_id: int, rows: Sequence[ReturnRow]
) -> ReturnsRecorded:
    """Record a whole van in one command; a row that cannot be is told and loses no other."""
    tx.require("custody.escort", establishment_id=establishment_id)
    tx.lock_persons(_persons(rows))
    return ReturnsRecorded(tuple(_one_of_many(tx, n, row) for n, row in enumerate(rows)))


def _one_of_many(tx: Transaction, n: int, row: ReturnRow) -> RowResult:
    try:
        with tx.savepoint():
            return RowResult(n, record_return(tx, row=row))
    except PimsError as error:
        problems = _problems(error)
    except IntegrityError:
        # What the tables themselves rule out is a fault of ours, and the others are at the gate.
        log.exception("a return contradicts the record", extra={"escort_id": row.escort_id})
        problems = (Problem("", "custody.row_contradicts_the_record"),)
    tx.record(
        events.ReturnRowRefused(
            escort_id=row.escort_id,
            outcome=row.outcome,
            codes=" ".join(problem.code for problem in problems),
        )
    )
    return RowResult(n, None, problems)


def _problems(error: PimsError) -> tuple[Problem, ...]:
    named: Mapping[str, Reason] = error.fields if isinstance(error, InvalidInput) else {}
    pairs = list(named.items()) or [("", reason) for reason in error.reasons()]
    return tuple(
        Problem(name, reason.code, {key: str(value) for key, value in reason.params.items()})
        for name, reason in pairs
    )


def _subject(tx: Transaction, row: ReturnRow) -> tuple[Escort | None, Episode]:
    """The escort and episode of a row; of an episode without escort, the open escort if any."""
    if row.escort_id is not None:
        return locked_escort(tx, row.escort_id)
    if row.episode_id is None:
        raise NotFound("escort")
    episode = locked_episode(tx, row.episode_id)
    return open_escort(episode), episode


def _facts(
    row: ReturnRow, escort: Escort | None, episode: Episode, at: datetime
) -> rules.ReturnFacts:
    return rules.ReturnFacts(
        outcome=row.outcome,
        happened_at=at,
        left_at=None if escort is None else escort.left_at,
        court_day=local_day(at, episode.establishment_id),
        next_appearance=row.next_appearance,
        warrant_kind=row.warrant_kind,
        until=row.until,
        amount_cents=row.amount_cents,
        body_known=row.body_id is not None,
        detaining=_open_papers(episode, at),
        chosen=tuple(row.warrant_name_ids),
        escort_kind="court" if escort is None else escort.kind,
    )


def _open_papers(episode: Episode, at: datetime) -> tuple[int, ...]:
    """The warrants an outcome can be about: those in force, else those that lapsed unended."""
    return detaining(episode, at) or open_warrants(episode)


def _bring_back(
    tx: Transaction, episode: Episode, escort: Escort | None, row: ReturnRow, at: datetime
) -> bool:
    """Bring escort, episode and absence into line; give whether custody ended."""
    if row.outcome == "discharged_at_court":
        court_discharge(
            tx,
            episode,
            happened_at=row.happened_at,
            order_seen=row.order_seen,
            by_whom=row.returned_from,
            destination=row.destination,
            warrant_name_ids=row.warrant_name_ids,
        )
        return True
    if escort is None:
        return False
    if row.outcome == "not_returned":
        _not_back(tx, episode, escort, row, at)
        return False
    hand_over = {
        "returned_from": row.returned_from,
        "received_back_by": row.received_back_by or tx.actor.name,
        "condition_back": row.condition_back,
    }
    back_at = at if escort.returned_at is None else min(at, escort.returned_at)
    if row.outcome in rules.NEVER_LEFT:
        # Keyed as out, and never went: out for the instant that tells so, by no clock's fault.
        back_at = escort.left_at + INSTANT
    close_escort(
        tx,
        episode,
        escort,
        when=Moment(back_at, given=row.happened_at is not None),
        outcome=row.outcome,
        hand_over=hand_over,
    )
    if row.outcome == "wrong_person_produced":
        tx.record(
            events.WrongPersonProduced(
                **about(episode, at),
                escort_id=escort.pk,
                produced_person_id=row.produced_person_id,
            )
        )
    return False


def _not_back(
    tx: Transaction, episode: Episode, escort: Escort, row: ReturnRow, at: datetime
) -> None:
    """The van came without the person: the escort stays open, or ends in an escape."""
    tx.record(
        events.NotReturned(
            **about(episode, at),
            escort_id=escort.pk,
        ),
        details={"because": row.not_returned_because},
    )
    if row.not_returned_because == "escaped":
        start_absence(tx, episode, happened_at=row.happened_at, circumstances=row.note)
        return
    escort.not_returned_at, escort.not_returned_because = at, row.not_returned_because
    escort.version += 1
    escort.save(update_fields=["not_returned_at", "not_returned_because", "version"])


def _kept(row: ReturnRow, consequence: Consequence) -> dict[str, object]:
    """Ids, codes and dates of the row for its record: nothing that was said."""
    found: dict[str, object] = {
        "next_appearance": row.next_appearance.isoformat() if row.next_appearance else None,
        "warrant_kind": row.warrant_kind or None,
        "body_id": row.body_id,
        "warrant_id": consequence.warrant_id,
        "release_order_id": consequence.release_order_id,
        "amount_cents": row.amount_cents,
        "because": row.not_returned_because if row.outcome == "not_returned" else None,
        "produced_person_id": row.produced_person_id,
    }
    return {key: value for key, value in found.items() if value is not None}


def _persons(rows: Sequence[ReturnRow]) -> set[int]:
    escorts = [row.escort_id for row in rows if row.escort_id is not None]
    episodes = [row.episode_id for row in rows if row.episode_id is not None]
    return set(Escort.objects.filter(pk__in=escorts).values_list("person_id", flat=True)) | set(
        Episode.objects.filter(pk__in=episodes).values_list("person_id", flat=True)
    )
