"""Closing an escort, by whatever fact ends it."""

from collections.abc import Mapping

from pims.custody import events
from pims.custody.models import Episode, Escort
from pims.custody.rules.timelines import cut
from pims.custody.services.about import about
from pims.custody.services.common import Moment, told_clock_back
from pims.foundation.commands.transaction import Transaction

# Ends of an escort that nobody saw as a return to the prison.
UNRECORDED = "not_recorded"


def close_escort(
    tx: Transaction,
    episode: Episode,
    escort: Escort,
    *,
    when: Moment,
    outcome: str,
    hand_over: Mapping[str, str] | None = None,
    tell: bool = True,
) -> None:
    """End the escort at `when` with its outcome and what was said at the hand-over.

    `hand_over` may hold ``returned_from``, ``received_back_by`` and ``condition_back``; what was
    recorded of one before stays where it says nothing. Where
    the clock stands before the departure, it ends at once after it and the hour is disputed;
    that the clock went back is said where there is something to `tell`.
    """
    escort.returned_at, disputed = cut(escort.left_at, when.at, apart=when.apart)
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
    if disputed and tell:
        told_clock_back(tx, episode, "escort", escort.pk, when.at)
