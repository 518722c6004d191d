"""Making sure who this is: photograph, fingerprint, or two officers who know the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.models import Episode, IdentityCheck
from pims.custody.services.about import about
from pims.custody.services.common import locked_episode, moment
from pims.custody.services.words import line, names
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

# Whoever does one of these things meets the person and may say how identity was checked.
MAY_CHECK = ("custody.record_event", "custody.escort", "custody.admit", "release.discharge")


@dataclass(frozen=True, slots=True)
class IdentityChecked:
    identity_check_id: int
    matched: bool


@service
def record_identity_check(
    tx: Transaction,
    *,
    episode_id: int,
    how: str,
    officers: Sequence[str],
    purpose: str,
    matched: bool = True,
    happened_at: datetime | None = None,
) -> IdentityChecked:
    """Record one check of identity and what it showed; a mismatch tells an alarm.

    Raises InvalidInput: unknown `how`; two officers who know the person are not two
    (one who says that it is somebody else is enough for doubt).
    """
    episode = locked_episode(tx, episode_id)
    if not any(tx.may_person(code, episode.person_id) for code in MAY_CHECK):
        tx.require_person(MAY_CHECK[0], episode.person_id)
    when = moment(tx, happened_at)
    row = check_identity(
        tx, episode, how=how, officers=officers, purpose=purpose, at=when.at, matched=matched
    )
    return IdentityChecked(row.pk, row.matched)


@service
def record_somebody_else(
    tx: Transaction, *, episode_id: int, other_person_id: int, happened_at: datetime | None = None
) -> None:
    """Whoever stood there as the person of this custody is known to be another: tells an alarm.

    Raises NotFound, NotPermitted.
    """
    episode = locked_episode(tx, episode_id)
    if not any(tx.may_person(code, episode.person_id) for code in MAY_CHECK):
        tx.require_person(MAY_CHECK[0], episode.person_id)
    when = moment(tx, happened_at)
    tx.record(events.IdentityInDoubt(**about(episode, when.at), other_person_id=other_person_id))


def check_identity(
    tx: Transaction,
    episode: Episode,
    *,
    how: str,
    officers: Sequence[str],
    purpose: str,
    at: datetime,
    matched: bool = True,
) -> IdentityCheck:
    """Write the check inside a service that has already asked for permission."""
    named = names("officers", officers)
    if how not in IdentityCheck.How.values:
        raise InvalidInput({"how": Reason("custody.identity_how_unknown")})
    if how == IdentityCheck.How.TWO_OFFICERS and matched and len(set(named)) < 2:
        raise InvalidInput({"officers": Reason("custody.two_officers_needed")})
    row = IdentityCheck.objects.create(
        person_id=episode.person_id,
        episode=episode,
        how=how,
        officers=named,
        matched=matched,
        at=at,
        purpose=line("purpose", purpose, 24),
        recorded_by_id=tx.actor.user_id,
    )
    common = about(episode, at)
    tx.record(
        events.IdentityChecked(
            **common, identity_check_id=row.pk, how=how, matched=matched, purpose=row.purpose
        ),
        details={"officers": named},
    )
    if not matched:
        tx.record(events.IdentityInDoubt(**common, other_person_id=None))
    return row
