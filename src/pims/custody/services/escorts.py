"""Sending people out in the hands of officers, and changing what is expected of an escort."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pims.authority import selectors as authority
from pims.custody import events
from pims.custody.models import Episode, Escort
from pims.custody.rules.timelines import fit
from pims.custody.services.about import about
from pims.custody.services.common import (
    Moment,
    begun,
    episode_at,
    escort_rows,
    limit_after,
    locked_episode,
    moment,
    open_absence,
    open_escort,
    told_clock_back,
)
from pims.custody.services.escorting import UNRECORDED, close_escort
from pims.custody.services.identity import check_identity
from pims.custody.services.words import PROSE, cleaned, line, names, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound, Stale

# The texts of `EscortInput` and their lengths.
TEXTS = {"condition": PROSE, "medication": PROSE, "risk_notes": PROSE, "restraints": 120}


@dataclass(frozen=True, slots=True)
class EscortInput:
    """One person going out, as handed over: condition, medication, risk, restraints.

    `identity_how` is how it was made sure who is leaving: photograph, two_officers,
    fingerprint, or "" where nobody says so.
    """

    person_id: int
    condition: str = ""
    medication: str = ""
    risk_notes: str = ""
    restraints: str = ""
    identity_how: str = ""


@dataclass(frozen=True, slots=True)
class EscortOut:
    person_id: int
    escort_id: int
    went_on: bool = False


@dataclass(frozen=True, slots=True)
class SentOut:
    escorts: tuple[EscortOut, ...]


@dataclass(frozen=True, slots=True)
class EscortChanged:
    escort_id: int
    version: int


@dataclass(frozen=True, slots=True)
class _Trip:
    kind: str
    destination_body_id: int | None
    destination: str
    purpose: str
    when: Moment
    expected_back_at: datetime | None
    officers: list[str]
    handed_to: str


@service
def send_out(
    tx: Transaction,
    *,
    establishment_id: int,
    prisoners: Sequence[EscortInput],
    kind: str,
    destination: str = "",
    destination_body_id: int | None = None,
    purpose: str = "",
    expected_back_at: datetime | None = None,
    officers: Sequence[str] = (),
    handed_to: str = "",
    left_at: datetime | None = None,
) -> SentOut:
    """Record that these people left with officers: to court, hospital, a bed-watch, the police.

    They stay in custody and keep their places. Who was out already goes on from there: the old
    escort ends and the new one begins; the same journey again gives the escort that is open.
    Raises InvalidInput, by ``prisoners.<n>``, for whoever was not in custody or at large then,
    and for a return expected before the departure.
    """
    tx.require("custody.escort", establishment_id=establishment_id)
    when = moment(tx, left_at, "left_at")
    prisoners = [cleaned(p, TEXTS, f"prisoners.{n}.") for n, p in enumerate(prisoners)]
    tx.lock_persons(p.person_id for p in prisoners)
    trip = _Trip(
        kind,
        destination_body_id,
        line("destination", destination, 200),
        line("purpose", purpose, 300),
        when,
        expected_back_at,
        names("officers", officers),
        line("handed_to", handed_to, 200),
    )
    episodes = _check(establishment_id, prisoners, trip)
    for prisoner in prisoners:
        tx.require_person("custody.escort", prisoner.person_id)
    return SentOut(tuple(_send(tx, episodes[p.person_id], p, trip) for p in prisoners))


@service
def change_escort(
    tx: Transaction,
    *,
    escort_id: int,
    version: int,
    expected_back_at: datetime | None,
    officers: Sequence[str] = (),
    restraints: str = "",
    risk_notes: str = "",
) -> EscortChanged:
    """Set when an open escort is expected back and who has it now: a relief, a night in hospital.

    Raises Stale where it was changed since, InvalidInput where it has returned or is expected
    before it left.
    """
    escort, episode = locked_escort(tx, escort_id)
    tx.require_person("custody.escort", escort.person_id)
    if escort.version != version:
        raise Stale
    if escort.returned_at is not None:
        raise InvalidInput({"escort_id": Reason("custody.not_out")})
    if expected_back_at is not None and expected_back_at <= escort.left_at:
        raise InvalidInput({"expected_back_at": Reason("custody.expected_before_departure")})
    escort.expected_back_at = expected_back_at
    escort.officers = names("officers", officers)
    escort.restraints = line("restraints", restraints, 120)
    escort.risk_notes = prose("risk_notes", risk_notes)
    escort.version += 1
    escort.save()
    tx.record(
        events.EscortChanged(
            **about(episode, tx.now),
            escort_id=escort.pk,
            expected_back_at=None if expected_back_at is None else expected_back_at.isoformat(),
        ),
        details={"officers": escort.officers},
    )
    return EscortChanged(escort.pk, escort.version)


def locked_escort(tx: Transaction, escort_id: int) -> tuple[Escort, Episode]:
    """The escort and its episode, the person locked. Raises NotFound."""
    episode_id = Escort.objects.filter(pk=escort_id).values_list("episode_id", flat=True).first()
    if episode_id is None:
        raise NotFound("escort", escort_id)
    episode = locked_episode(tx, episode_id)
    return Escort.objects.get(pk=escort_id), episode


def _check(
    establishment_id: int, prisoners: Sequence[EscortInput], trip: _Trip
) -> dict[int, Episode]:
    """Raise InvalidInput for what cannot be; give each person's episode at the departure."""
    wrong: dict[str, Reason] = {}
    if not prisoners:
        wrong["prisoners"] = Reason("custody.nobody_goes")
    if trip.kind not in Escort.Kind.values:
        wrong["kind"] = Reason("custody.escort_kind_unknown")
    if trip.destination_body_id is not None and trip.destination_body_id not in {
        body.body_id for body in authority.bodies()
    }:
        wrong["destination_body_id"] = Reason("custody.court_unknown")
    if trip.expected_back_at is not None and trip.expected_back_at <= trip.when.at:
        wrong["expected_back_at"] = Reason("custody.expected_before_departure")
    episodes: dict[int, Episode] = {}
    for n, prisoner in enumerate(prisoners):
        episode = _stay(prisoner.person_id, trip.when)
        if episode is None or episode.establishment_id != establishment_id:
            wrong[f"prisoners.{n}"] = Reason("custody.not_held")
        elif prisoner.person_id in episodes:
            wrong[f"prisoners.{n}"] = Reason("custody.named_twice")
        elif open_absence(episode, trip.when.at if trip.when.given else None) is not None:
            wrong[f"prisoners.{n}"] = Reason("custody.at_large")
        else:
            episodes[prisoner.person_id] = episode
    if wrong:
        raise InvalidInput(wrong)
    return episodes


def _stay(person_id: int, when: Moment) -> Episode | None:
    """The stay in which somebody goes out: now the open one, whatever the clock says."""
    if not when.given:
        standing = Episode.objects.filter(person_id=person_id, ends_at=None).first()
        if standing is not None:
            return standing
    return episode_at(person_id, when.at)


def _send(tx: Transaction, episode: Episode, prisoner: EscortInput, trip: _Trip) -> EscortOut:
    rows = escort_rows(Escort.objects.filter(episode=episode))
    standing = open_escort(episode)
    if standing is not None and _same_trip(standing, trip):
        return EscortOut(prisoner.person_id, standing.pk)
    when = begun(trip.when, episode, "left_at")
    place = fit(rows, when.at, limit=limit_after(episode, when.at))
    came_back = UNRECORDED
    if place.cut is not None:
        earlier = Escort.objects.get(pk=place.cut)
        came_back = earlier.outcome or UNRECORDED
        gone_on = replace(when, at=place.start)
        close_escort(tx, episode, earlier, when=gone_on, outcome="went_on")
    check_id = None
    if prisoner.identity_how:
        check_id = check_identity(
            tx,
            episode,
            how=prisoner.identity_how,
            officers=trip.officers,
            purpose="escort",
            at=place.start,
        ).pk
    escort = Escort.objects.create(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        kind=trip.kind,
        destination_body_id=trip.destination_body_id,
        destination=trip.destination,
        purpose=trip.purpose,
        left_at=place.start,
        expected_back_at=trip.expected_back_at,
        returned_at=place.end,
        outcome="" if place.end is None else came_back,
        officers=trip.officers,
        restraints=prisoner.restraints,
        condition_out=prisoner.condition,
        medication=prisoner.medication,
        risk_notes=prisoner.risk_notes,
        handed_to=trip.handed_to,
        identity_check_id=check_id,
        clock_disputed=when.disputed,
        recorded_by_id=tx.actor.user_id,
    )
    _tell(tx, episode, escort)
    if when.disputed:
        told_clock_back(tx, episode, "escort", escort.pk, tx.now)
    return EscortOut(prisoner.person_id, escort.pk, went_on=place.cut is not None)


def _same_trip(standing: Escort, trip: _Trip) -> bool:
    """Whether this journey is recorded already: the same hour and the same place."""
    return (
        standing.kind == trip.kind
        and standing.destination == trip.destination
        and standing.destination_body_id == trip.destination_body_id
        and abs((standing.left_at - trip.when.at).total_seconds()) < 15 * 60
    )


def _tell(tx: Transaction, episode: Episode, escort: Escort) -> None:
    expected = escort.expected_back_at
    tx.record(
        events.EscortLeft(
            **about(episode, escort.left_at),
            escort_id=escort.pk,
            escort_kind=escort.kind,
            expected_back_at=None if expected is None else expected.isoformat(),
        ),
        details={
            "destination": escort.destination,
            "officers": escort.officers,
            "handed_to": escort.handed_to,
            "condition": escort.condition_out,
            "medication": escort.medication,
            "risk": escort.risk_notes,
        },
    )
    if escort.returned_at is not None:
        tx.record(
            events.ReturnWasNotRecorded(**about(episode, escort.returned_at), escort_id=escort.pk)
        )
