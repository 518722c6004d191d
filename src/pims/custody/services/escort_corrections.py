"""Putting right when an escort left. What stood there before stays in the history."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from pims.custody import events
from pims.custody.models import Absence, Episode, Escort
from pims.custody.services.about import about
from pims.custody.services.common import moment
from pims.custody.services.escorts import locked_escort
from pims.custody.services.words import given_reason
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, Stale


@dataclass(frozen=True, slots=True)
class DepartureCorrected:
    escort_id: int
    version: int


@service
def correct_departure(
    tx: Transaction,
    *,
    escort_id: int,
    version: int,
    left_at: datetime,
    reason: str,
    expected_back_at: datetime | None = None,
) -> DepartureCorrected:
    """The hour at which an escort left was keyed wrongly: open or returned, it left at `left_at`.

    An open one keeps the hour at which it is expected back, or is given another (None leaves it).
    The same hours again change nothing. Raises Stale where it was changed since; InvalidInput
    without a reason, for an hour to come, before this stay began, after the return, within
    another escort or an absence of the stay, and where it is expected before it left.
    """
    escort, episode = locked_escort(tx, escort_id)
    tx.require_person("custody.correct", escort.person_id)
    if escort.version != version:
        raise Stale
    reason = given_reason(reason)
    at, wrong = _departure(episode, escort, moment(tx, left_at, "left_at").at, tx.now)
    expected = escort.expected_back_at
    if expected_back_at is not None and not (expected and minutes.same(expected_back_at, expected)):
        expected = expected_back_at
    if escort.returned_at is None and expected is not None and expected <= at:
        wrong["expected_back_at"] = Reason("custody.expected_before_departure")
    if wrong:
        raise InvalidInput(wrong)
    was = escort.left_at
    before = {"left_at": was, "expected_back_at": escort.expected_back_at}
    after = {"left_at": at, "expected_back_at": expected}
    if before == after:
        return DepartureCorrected(escort.pk, escort.version)
    escort.left_at, escort.expected_back_at = at, expected
    escort.version += 1
    escort.save(update_fields=["left_at", "expected_back_at", "version"])
    tx.record(
        events.EscortDepartureCorrected(
            **about(episode, at),
            escort_id=escort.pk,
            was=was.isoformat(),
            expected_back_at=None if expected is None else expected.isoformat(),
        ),
        details={"reason": reason, "before": before, "after": after},
    )
    return DepartureCorrected(escort.pk, escort.version)


def _departure(
    episode: Episode, escort: Escort, given: datetime, now: datetime
) -> tuple[datetime, dict[str, Reason]]:
    """The hour at which it left, as it is recorded, and what speaks against it.

    A form gives the minute: what ended within it, a stay elsewhere or another escort, was before.
    """
    if minutes.same(given, escort.left_at):
        return escort.left_at, {}
    others = Escort.objects.filter(episode_id=episode.pk).exclude(pk=escort.pk)
    absences = Absence.objects.filter(episode_id=episode.pk)
    absences = absences.exclude(end_kind=Absence.EndKind.NEVER_WAS)
    ended = [
        episode.starts_at,
        *others.filter(returned_at__gt=given).values_list("returned_at", flat=True),
        *absences.filter(ends_at__gt=given).values_list("ends_at", flat=True),
    ]
    at = max(minutes.not_before(given, end) for end in ended if end is not None)
    until = escort.returned_at or now
    if at < episode.starts_at:
        earliest = {"earliest": episode.starts_at.isoformat()}
        return at, {"left_at": Reason("custody.before_reception", earliest)}
    if escort.returned_at is not None and at >= escort.returned_at:
        return at, {"left_at": Reason("custody.departure_after_return")}
    if others.filter(left_at__lt=until, returned_at__gt=at).exists():
        return at, {"left_at": Reason("custody.departure_in_another")}
    if absences.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lt=until).exists():
        return at, {"left_at": Reason("custody.departure_while_at_large")}
    return at, {}
