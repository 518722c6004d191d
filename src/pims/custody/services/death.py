"""Death in custody and removal to another country: ends of custody that no order frees from."""

from datetime import datetime

from pims.custody import events
from pims.custody.models import Episode
from pims.custody.services.about import about
from pims.custody.services.closing import (
    EndResult,
    close_episode,
    end_warrants,
    local_day,
    open_warrants,
    told,
)
from pims.custody.services.common import moment, require_episode, require_open
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.people import services as people_services
from pims.people.countries import STATELESS, UNKNOWN, is_country

NO_COUNTRY = (STATELESS, UNKNOWN)


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
    papers = open_warrants(episode)
    result = close_episode(
        tx,
        episode,
        kind=Episode.EndKind.DIED,
        ended_at=happened_at,
        place_of_death=place_of_death,
        found_by=found_by,
        circumstances=circumstances,
        coroner_told_at=told(tx, coroner_told_at, "coroner_told_at", happened_at=when.at),
        family_told_at=told(tx, family_told_at, "family_told_at", happened_at=when.at),
    )
    end_warrants(tx, papers, at=result.ended_at, end_kind="died", basis="death in custody")
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
def record_removal(
    tx: Transaction,
    *,
    episode_id: int,
    country: str,
    happened_at: datetime | None = None,
    order_seen: str = "",
    by_whom: str = "",
    receiving_authority: str = "",
    destination: str = "",
) -> EndResult:
    """Record removal to another country (ISO 3166-1 alpha-2): custody and all warrants end.

    Where no order was seen it is a fact all the same: recorded, alarmed, and to be countersigned
    by a second officer. Raises InvalidInput (no such country, a time in the future or before
    reception), Refused.
    """
    episode = require_episode(tx, episode_id, "custody.record_event")
    require_open(episode)
    code = country.strip().upper()
    if not is_country(code) or code in NO_COUNTRY:
        raise InvalidInput({"country": Reason("custody.country_missing")})
    papers, basis = open_warrants(episode), order_seen or "removal"
    result = close_episode(
        tx,
        episode,
        kind=Episode.EndKind.REMOVED,
        ended_at=happened_at,
        country=code,
        order_seen=order_seen,
        by_whom=by_whom,
        receiving_authority=receiving_authority,
        destination=destination,
    )
    end_warrants(tx, papers, at=result.ended_at, end_kind="removed", basis=basis)
    if not order_seen.strip():
        tx.record(
            events.RemovedWithoutOrder(**about(episode, result.ended_at), end_id=result.end_id)
        )
    return result
