"""Discharge, from the prison or from the courtroom, and transfer: custody ends or goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.models import EndOfCustody, Episode
from pims.custody.reading import establishment_names
from pims.custody.services.about import about
from pims.custody.services.closing import (
    EndResult,
    close_episode,
    detaining,
    end_warrants,
    ending,
    open_warrants,
)
from pims.custody.services.common import require_episode, require_open
from pims.custody.services.corrections import tell_corrected
from pims.custody.services.opening import open_episode
from pims.custody.services.words import given_reason
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound

# Kinds by which the discharge of the release room may end an episode.
DISCHARGES = (Episode.EndKind.DISCHARGED, Episode.EndKind.RELEASED_IN_ERROR)


@dataclass(frozen=True, slots=True)
class TransferResult:
    ended_episode_id: int
    episode_id: int


@service
def end_episode(
    tx: Transaction,
    *,
    episode_id: int,
    kind: str,
    ended_at: datetime | None = None,
    release_order_id: int | None = None,
    order_seen: str = "",
    by_whom: str = "",
    destination: str = "",
    circumstances: str = "",
) -> EndResult:
    """End custody by discharge, for the release room, which has decided that it is lawful.

    Raises Refused where custody has ended already, InvalidInput for another kind, a time in the
    future or not after reception.
    """
    episode = require_episode(tx, episode_id, "release.discharge")
    require_open(episode)
    if kind not in DISCHARGES:
        raise InvalidInput({"kind": Reason("custody.end_kind_unknown")})
    return close_episode(
        tx,
        episode,
        kind=kind,
        ended_at=ended_at,
        release_order_id=release_order_id,
        order_seen=order_seen,
        by_whom=by_whom,
        destination=destination,
        circumstances=circumstances,
    )


@service
def change_end_kind(tx: Transaction, *, episode_id: int, kind: str, reason: str) -> EndResult:
    """A discharge turns out to have been in error, or not to have been: the kind changes.

    Raises InvalidInput where custody has not ended by a discharge, or without a reason.
    """
    episode = require_episode(tx, episode_id, "release.discharge")
    end = EndOfCustody.objects.filter(episode=episode).first()
    allowed = (*DISCHARGES, Episode.EndKind.DISCHARGED_AT_COURT)
    if end is None or episode.end_kind not in allowed or kind not in allowed:
        raise InvalidInput({"kind": Reason("custody.end_kind_unknown")})
    reason = given_reason(reason)
    before, episode.end_kind, end.kind = episode.end_kind, kind, kind
    episode.version += 1
    end.version += 1
    episode.save(update_fields=["end_kind", "version"])
    end.save(update_fields=["kind", "version"])
    tell_corrected(tx, episode, ("end_kind",), reason, {"end_kind": before}, {"end_kind": kind})
    return EndResult(end.pk, episode.pk, end.at)


@service
def record_court_discharge(
    tx: Transaction,
    *,
    episode_id: int,
    happened_at: datetime | None = None,
    order_seen: str = "",
    by_whom: str = "",
    destination: str = "",
    warrant_name_ids: Sequence[int] = (),
) -> EndResult:
    """Record that a court let the prisoner go from the courtroom: a fact, whatever the order.

    The warrants named end with it, or the only one there is. A warrant that still detains tells
    an alarm, as does an order that nobody saw; neither brings the person back. Raises
    InvalidInput for a time in the future or not after reception, Refused where custody has ended.
    """
    episode = require_episode(tx, episode_id, "custody.escort")
    require_open(episode)
    return court_discharge(
        tx,
        episode,
        happened_at=happened_at,
        order_seen=order_seen,
        by_whom=by_whom,
        destination=destination,
        warrant_name_ids=warrant_name_ids,
    )


def court_discharge(
    tx: Transaction,
    episode: Episode,
    *,
    happened_at: datetime | None,
    order_seen: str,
    by_whom: str,
    destination: str,
    warrant_name_ids: Sequence[int],
) -> EndResult:
    """As `record_court_discharge`, within a service that has asked for permission."""
    holding = detaining(episode, ending(tx, episode, happened_at).at)
    if set(warrant_name_ids) - {*holding, *open_warrants(episode)}:
        raise InvalidInput({"warrant_name_ids": Reason("custody.warrant_does_not_detain")})
    chosen = tuple(warrant_name_ids) or (holding if len(holding) == 1 else ())
    left = tuple(sorted(set(holding) - set(chosen)))
    result = close_episode(
        tx,
        episode,
        kind=Episode.EndKind.DISCHARGED_AT_COURT,
        ended_at=happened_at,
        order_seen=order_seen,
        by_whom=by_whom,
        destination=destination,
    )
    basis = order_seen or "court"
    end_warrants(tx, chosen, at=result.ended_at, end_kind="released", basis=basis)
    if left or not order_seen.strip():
        tx.record(
            events.FreedAgainstPaper(
                **about(episode, result.ended_at),
                warrants=len(left),
                order_seen=bool(order_seen.strip()),
            )
        )
    return EndResult(result.end_id, episode.pk, result.ended_at, left)


@service
def record_transfer(
    tx: Transaction,
    *,
    episode_id: int,
    to_establishment_id: int,
    happened_at: datetime | None = None,
    by_whom: str = "",
    papers: str = "",
) -> TransferResult:
    """Record a transfer: the episode here ends and one there begins at the same instant.

    `by_whom` is who took the person over, `papers` what was handed over with them. By the record
    the warrants go with the person, whatever paper lies where. Raises InvalidInput for the same
    establishment or a wrong time, NotFound for one that is none, Refused where custody has ended.
    """
    places = establishment_names()
    if to_establishment_id not in places:
        raise NotFound("establishment", to_establishment_id)
    episode = require_episode(tx, episode_id, "custody.record_event")
    require_open(episode)
    if to_establishment_id == episode.establishment_id:
        raise InvalidInput({"to_establishment_id": Reason("custody.same_establishment")})
    admitted = episode.admission_state, episode.admitted_at
    ended = close_episode(
        tx,
        episode,
        kind=Episode.EndKind.TRANSFERRED,
        ended_at=happened_at,
        by_whom=by_whom,
        destination=places[to_establishment_id],
        circumstances=papers,
    )
    new = open_episode(
        tx,
        person_id=episode.person_id,
        establishment_id=to_establishment_id,
        starts_at=ended.ended_at,
        reception_kind=Episode.ReceptionKind.TRANSFER,
        continues=episode,
    )
    tx.record(
        events.Received(
            person_id=new.person_id,
            establishment_id=to_establishment_id,
            episode_id=new.pk,
            happened_at=new.starts_at.isoformat(),
            receipt_id=None,
            reception_kind=new.reception_kind,
            warrant_state="yes",
        ),
        details={"from_episode": episode.pk, "admission": admitted[0]},
    )
    return TransferResult(episode.pk, new.pk)
