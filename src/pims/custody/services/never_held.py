"""A stay that never was: entered in error, kept in the history, counted on no roll."""

from pims.custody import events
from pims.custody.beginnings import signs_of_custody
from pims.custody.models import Absence, EndOfCustody, Episode, Escort, Placement
from pims.custody.services.about import about
from pims.custody.services.closing import write_end
from pims.custody.services.common import require_episode, scope_from_rows, scope_to
from pims.custody.services.corrections import EpisodeResult, tell_corrected
from pims.custody.services.words import given_reason
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import Stale
from pims.kernel.minutes import INSTANT

CORRECT = "custody.correct"
# How an episode may stand that turns out never to have been: whoever was let go was held.
MAY_BE_UNDONE = (Episode.EndKind.NONE, Episode.EndKind.NOT_RECORDED)


@service
def record_never_held(
    tx: Transaction, *, episode_id: int, version: int, reason: str
) -> EpisodeResult:
    """Record that a stay was entered in error: this person was never held by it.

    Its rows stay and last an instant, so that no roll of that time counts them. Where what is
    recorded says that the person is held, the officer in charge is alarmed; the entry can be
    taken back. Raises Stale, InvalidInput without a reason, Refused where custody ended by a
    discharge, a death or another recorded end: whoever was let go was held.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    if episode.version != version:
        raise Stale
    reason = given_reason(reason)
    if episode.end_kind not in MAY_BE_UNDONE:
        refuse(Reason("custody.ended_otherwise")).require()
    signs = episode.ends_at is None and bool(signs_of_custody(episode, tx.now))
    undo(tx, episode, reason)
    if signs:
        end = EndOfCustody.objects.get(episode=episode)
        tx.record(events.TakenOffTheBooks(**about(episode, tx.now), end_id=end.pk))
    return EpisodeResult(episode.pk, episode.version)


def undo(tx: Transaction, episode: Episode, reason: str) -> None:
    """End the stay, and all that is recorded in it, an instant after it began."""
    before = {"ends_at": episode.ends_at, "end_kind": episode.end_kind}
    was_open = episode.ends_at is None
    rows: list[Placement | Absence] = [
        *Placement.objects.filter(episode=episode),
        *Absence.objects.filter(episode=episode),
    ]
    for row in rows:
        row.ends_at = row.starts_at + INSTANT
        changed = ["ends_at"]
        if isinstance(row, Absence):
            row.end_kind = Absence.EndKind.CUSTODY_ENDED
            changed.append("end_kind")
        row.save(update_fields=changed)
    for escort in Escort.objects.filter(episode=episode):
        if escort.returned_at is None:
            escort.outcome = Episode.EndKind.NEVER_HELD
        escort.returned_at = escort.left_at + INSTANT
        escort.version += 1
        escort.save(update_fields=["returned_at", "outcome", "version"])
    episode.ends_at = episode.starts_at + INSTANT
    episode.end_kind = Episode.EndKind.NEVER_HELD
    episode.version += 1
    episode.save(update_fields=["ends_at", "end_kind", "version"])
    end = write_end(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        kind=Episode.EndKind.NEVER_HELD,
        at=episode.ends_at,
        circumstances=reason,
        recorded_by_id=tx.actor.user_id,
    )
    if was_open:
        other = Episode.objects.filter(person_id=episode.person_id, ends_at=None).first()
        if other is None:
            scope_to(episode, None)
        else:
            scope_from_rows(other)
    tell_corrected(
        tx, episode, ("end_kind",), reason, before, {"end_kind": Episode.EndKind.NEVER_HELD}
    )
    tx.record(
        events.Ended(
            **about(episode, episode.ends_at),
            end_id=end.pk,
            end_kind=Episode.EndKind.NEVER_HELD,
            release_order_id=None,
        )
    )
