"""Death in custody and removal to another country: ends of custody that no order frees from."""

from datetime import datetime

from pims.custody import events
from pims.custody.models import EndOfCustody, Episode
from pims.custody.services.about import about
from pims.custody.services.closing import (
    EndResult,
    close_episode,
    end_warrants,
    local_day,
    open_warrants,
    told,
)
from pims.custody.services.common import moment, not_before, require_episode, require_open
from pims.custody.services.words import line
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import services as people_services


@service
def record_death(
    tx: Transaction,
    *,
    episode_id: int,
    happened_at: datetime | None = None,
    place_of_death: str = "",
    found_by: str = "",
    circumstances: str = "",
    coroner_told_at: datetime | None = None,
    family_told_at: datetime | None = None,
) -> EndResult:
    """Record a death in custody (Mandela Rules 8 (f), 68-72). Custody ends; the duties begin.

    All warrants end. Raises Refused where custody has ended, InvalidInput for times in the
    future or before reception.
    """
    episode = require_episode(tx, episode_id, "custody.record_event")
    require_open(episode)
    when = moment(tx, happened_at)
    end_warrants(tx, open_warrants(episode), at=when.at, end_kind="died", basis="death in custody")
    result = close_episode(
        tx,
        episode,
        kind=Episode.EndKind.DIED,
        ended_at=happened_at,
        place_of_death=place_of_death,
        found_by=found_by,
        circumstances=circumstances,
        coroner_told_at=told(tx, coroner_told_at, "coroner_told_at"),
        family_told_at=told(tx, family_told_at, "family_told_at"),
    )
    people_services.record_death(
        tx.beyond_scope(),
        person_id=episode.person_id,
        died_on=local_day(result.ended_at, episode.establishment_id),
    )
    tx.record(
        events.Died(
            **about(episode, result.ended_at),
            end_id=result.end_id,
        )
    )
    return result


@service
def complete_death(
    tx: Transaction,
    *,
    end_id: int,
    version: int,
    coroner_told_at: datetime | None = None,
    coroner_reference: str = "",
    family_told_at: datetime | None = None,
    body_released_to: str = "",
    body_released_at: datetime | None = None,
) -> EndResult:
    """Add what follows a death: coroner, family, where the body went. Raises Stale, NotFound."""
    end = EndOfCustody.objects.filter(pk=end_id, kind=Episode.EndKind.DIED).first()
    if end is None:
        raise NotFound("end_of_custody", end_id)
    tx.require_person("custody.record_event", end.person_id)
    tx.lock_persons([end.person_id])
    end.refresh_from_db()
    if end.version != version:
        raise Stale
    end.coroner_told_at = told(tx, coroner_told_at, "coroner_told_at") or end.coroner_told_at
    end.family_told_at = told(tx, family_told_at, "family_told_at") or end.family_told_at
    released = told(tx, body_released_at, "body_released_at")
    if released is not None:
        end.body_released_at = not_before(
            released, end.at, "body_released_at", "custody.before_death"
        )
    reference = line("coroner_reference", coroner_reference, 100)
    end.coroner_reference = reference or end.coroner_reference
    end.body_released_to = line("body_released_to", body_released_to, 300) or end.body_released_to
    end.version += 1
    end.save()
    tx.record(
        events.DeathDetailsChanged(
            person_id=end.person_id,
            establishment_id=end.establishment_id,
            episode_id=end.episode_id,
            happened_at=tx.now.isoformat(),
            end_id=end.pk,
        ),
        details={
            "coroner_reference": end.coroner_reference,
            "body_released_to": end.body_released_to,
        },
    )
    return EndResult(end.pk, end.episode_id, end.at)


@service
def record_removal(
    tx: Transaction,
    *,
    episode_id: int,
    country: str,
    happened_at: datetime | None = None,
    order_seen: str = "",
    by_whom: str = "",
    destination: str = "",
) -> EndResult:
    """Record removal to another country (ISO 3166-1 alpha-2): custody and all warrants end.

    Raises InvalidInput (no country, a time in the future or before reception), Refused.
    """
    episode = require_episode(tx, episode_id, "custody.record_event")
    require_open(episode)
    code = country.strip().upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise InvalidInput({"country": Reason("custody.country_missing")})
    when = moment(tx, happened_at)
    end_warrants(
        tx, open_warrants(episode), at=when.at, end_kind="removed", basis=order_seen or "removal"
    )
    return close_episode(
        tx,
        episode,
        kind=Episode.EndKind.REMOVED,
        ended_at=happened_at,
        country=code,
        order_seen=order_seen,
        by_whom=by_whom,
        destination=destination,
    )
