"""Closing an escort, by whatever fact ends it."""

from collections.abc import Mapping
from datetime import datetime

from pims.custody import events
from pims.custody.models import Episode, Escort
from pims.custody.rules.timelines import INSTANT
from pims.custody.services.about import about
from pims.custody.services.common import told_clock_back
from pims.foundation.commands.transaction import Transaction

# Ends of an escort that nobody saw as a return to the prison.
UNRECORDED = "not_recorded"


def close_escort(
    tx: Transaction,
    episode: Episode,
    escort: Escort,
    *,
    at: datetime,
    outcome: str,
    hand_over: Mapping[str, str] | None = None,
    late: bool = False,
) -> None:
    """End the escort at `at` with its outcome and what was said at the hand-over.

    `hand_over` may hold ``returned_from``, ``received_back_by`` and ``condition_back``; what was
    recorded of one before stays where it says nothing. Where
    the clock stands before the departure, it ends at once after it and the hour is disputed;
    that the clock went back is not said where `at` was given by whoever entered it `late`.
    """
    disputed = at <= escort.left_at
    escort.returned_at = escort.left_at + INSTANT if disputed else at
    escort.outcome = outcome
    escort.clock_disputed = escort.clock_disputed or disputed
    escort.version += 1
    told = dict(hand_over or {})
    escort.returned_from = told.get("returned_from", escort.returned_from)
    escort.received_back_by = told.get("received_back_by", escort.received_back_by)[:200]
    escort.condition_back = told.get("condition_back", escort.condition_back)
    escort.save()
    common = about(episode, escort.returned_at)
    returned = events.EscortReturned(**common, escort_id=escort.pk, outcome=outcome)
    tx.record(returned, details=told or None)
    if outcome == UNRECORDED:
        tx.record(events.ReturnWasNotRecorded(**common, escort_id=escort.pk))
    if disputed and not late:
        told_clock_back(tx, episode, "escort", escort.pk, at)
