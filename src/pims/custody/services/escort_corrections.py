"""Putting right when an escort left. What stood there before stays in the history."""

from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.models import Escort
from pims.custody.services.about import about
from pims.custody.services.common import moment
from pims.custody.services.escorts import locked_escort
from pims.custody.services.words import prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Stale


@dataclass(frozen=True, slots=True)
class DepartureCorrected:
    escort_id: int
    version: int


@service
def correct_departure(
    tx: Transaction, *, escort_id: int, version: int, left_at: datetime, reason: str
) -> DepartureCorrected:
    """The hour at which an escort left was keyed wrongly: open or returned, it left at `left_at`.

    Raises Stale where it was changed since; InvalidInput without a reason, for an hour to come,
    before this stay began, after the return, or within another escort of the stay.
    """
    escort, episode = locked_escort(tx, escort_id)
    tx.require_person("custody.correct", escort.person_id)
    if escort.version != version:
        raise Stale
    wrong: dict[str, Reason] = {}
    if not reason.strip():
        wrong["reason"] = Reason("custody.reason_missing")
    at = moment(tx, left_at, "left_at").at
    others = Escort.objects.filter(episode_id=episode.pk).exclude(pk=escort.pk)
    until = escort.returned_at or tx.now
    if at < episode.starts_at:
        wrong["left_at"] = Reason("custody.before_reception", {"earliest": episode.starts_at})
    elif escort.returned_at is not None and at >= escort.returned_at:
        wrong["left_at"] = Reason("custody.departure_after_return")
    elif others.filter(left_at__lt=until, returned_at__gt=at).exists():
        wrong["left_at"] = Reason("custody.departure_in_another")
    if wrong:
        raise InvalidInput(wrong)
    was, escort.left_at = escort.left_at, at
    if escort.expected_back_at is not None and escort.expected_back_at <= at:
        escort.expected_back_at = None
    escort.version += 1
    escort.save(update_fields=["left_at", "expected_back_at", "version"])
    tx.record(
        events.EscortDepartureCorrected(
            **about(episode, at), escort_id=escort.pk, was=was.isoformat()
        ),
        details={"reason": prose("reason", reason)},
    )
    return DepartureCorrected(escort.pk, escort.version)
