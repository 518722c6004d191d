"""A discharge that ended custody is moved to its true hour, or turns out never to have been.

For the release room, whose discharge it is: the warrants are the authority room's.
"""

from datetime import datetime

from pims.custody import events
from pims.custody.beginnings import others_of
from pims.custody.models import EndOfCustody, Episode
from pims.custody.services.about import about
from pims.custody.services.closing import TEXTS, EndResult, close_episode
from pims.custody.services.common import moment, require_episode, scope_from_rows
from pims.custody.services.corrections import EpisodeResult, tell_corrected
from pims.custody.services.end_corrections import CORRECT, end_to_undo, undo_end
from pims.custody.services.ends import DISCHARGES
from pims.custody.services.restoring import restore_rows
from pims.custody.services.words import given_reason, line
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput


@service
def take_back_discharge_end(tx: Transaction, *, episode_id: int, reason: str) -> EpisodeResult:
    """Nobody left: custody goes on, in the place as before where nobody else lies there.

    Raises Refused where custody did not end by a discharge or the person was received since,
    InvalidInput without a reason.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    reason = given_reason(reason)
    undo_end(tx, episode, end_to_undo(episode, DISCHARGES), reason=reason)
    return EpisodeResult(episode.pk, episode.version)


@service
def correct_discharge_end(
    tx: Transaction,
    *,
    episode_id: int,
    reason: str,
    ended_at: datetime,
    release_order_id: int | None,
    order_seen: str,
    by_whom: str,
    destination: str,
) -> EndResult:
    """Move a discharge to the hour at which it was, with what is said of it.

    What the wrong hour had cut off is put back first, then cut at the right one. Raises Refused
    where custody did not end by a discharge, InvalidInput without a reason, for an hour in the
    future, not after reception, or after the person was received again.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    reason = given_reason(reason)
    end = _discharge_end(episode)
    new = moment(tx, ended_at, "ended_at").at
    if others_of(episode).filter(starts_at__gt=episode.starts_at, starts_at__lt=new).exists():
        raise InvalidInput({"ended_at": Reason("custody.episodes_would_overlap")})
    was, kind = end.at, episode.end_kind
    restore_rows(tx, episode, was, kind, goes_on=False)
    result = close_episode(
        tx,
        episode,
        kind=kind,
        ended_at=new,
        release_order_id=release_order_id,
        order_seen=order_seen,
        by_whom=by_whom,
        destination=destination,
    )
    held = Episode.objects.filter(person_id=episode.person_id, ends_at=None).first()
    if held is not None:
        scope_from_rows(held)
    tell_corrected(
        tx, episode, ("ends_at",), reason, {"ends_at": was}, {"ends_at": result.ended_at}
    )
    return result


@service
def say_of_discharge_end(
    tx: Transaction,
    *,
    episode_id: int,
    reason: str,
    order_seen: str,
    by_whom: str,
    destination: str,
) -> EndResult:
    """Put right what is said of a discharge whose hour stands: nobody left a second time.

    Raises Refused where custody did not end by a discharge, InvalidInput without a reason.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    reason = given_reason(reason)
    end = _discharge_end(episode)
    new = {"order_seen": order_seen, "by_whom": by_whom, "destination": destination}
    after = {field: line(field, text, TEXTS[field]) for field, text in new.items()}
    before = {field: getattr(end, field) for field in after}
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        for field in changed:
            setattr(end, field, after[field])
        end.version += 1
        end.save()
        tx.record(
            events.EndAmended(**about(episode, tx.now), end_id=end.pk, fields=" ".join(changed)),
            details={"reason": reason, "before": before, "after": after},
        )
    return EndResult(end.pk, episode.pk, end.at)


def _discharge_end(episode: Episode) -> EndOfCustody:
    """The discharge that ended the episode. Raises Refused."""
    end = EndOfCustody.objects.filter(episode=episode, taken_back_at=None).first()
    if end is None or episode.ends_at is None or episode.end_kind not in DISCHARGES:
        refuse(Reason("custody.end_stands")).require()
        raise AssertionError("a refusal was not raised")
    return end
