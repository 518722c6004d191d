"""Escape and recapture. The episode stays open all the while: unlawfully at large, on the books."""

from dataclasses import dataclass, replace
from datetime import datetime

from pims.custody import events
from pims.custody.models import Absence, Episode, Escort
from pims.custody.rules.timelines import cut, fit
from pims.custody.services.about import about
from pims.custody.services.common import (
    Moment,
    begun,
    moment,
    not_before,
    open_absence,
    open_escort,
    require_episode,
    require_open,
    rows_of,
    scope_from_rows,
    told_clock_back,
)
from pims.custody.services.escorting import close_escort
from pims.custody.services.placement import clear_places
from pims.custody.services.words import line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput
from pims.kernel.limits import CLOCK_SLACK
from pims.kernel.minutes import INSTANT


@dataclass(frozen=True, slots=True)
class AbsenceResult:
    absence_id: int
    episode_id: int


@service
def record_escape(
    tx: Transaction,
    *,
    episode_id: int,
    happened_at: datetime | None = None,
    circumstances: str = "",
    police_told_at: datetime | None = None,
) -> AbsenceResult:
    """Record that someone is unlawfully at large, from the prison or from an escort.

    The cell place becomes free and an open escort ends; custody does not. A repeat while the
    absence is open gives it back. Raises InvalidInput for a time in the future or before
    reception.
    """
    episode = require_episode(tx, episode_id, "custody.record_event")
    require_open(episode)
    return AbsenceResult(
        start_absence(
            tx,
            episode,
            happened_at=happened_at,
            circumstances=circumstances,
            police_told_at=police_told_at,
        ).pk,
        episode.pk,
    )


def start_absence(
    tx: Transaction,
    episode: Episode,
    *,
    happened_at: datetime | None,
    circumstances: str = "",
    police_told_at: datetime | None = None,
) -> Absence:
    """Open the absence and bring place, escort and scope into line with it."""
    standing = open_absence(episode)
    if standing is not None:
        return standing
    said = moment(tx, happened_at)
    when = begun(said, episode)
    told_at = None
    if police_told_at is not None:
        told_at = not_before(
            moment(tx, police_told_at, "police_told_at").at,
            min(said.at, when.at),
            "police_told_at",
            "custody.told_before",
        )
    # One that was taken back never was: it bounds no escape that an officer records since.
    were = Absence.objects.filter(episode=episode).exclude(end_kind=Absence.EndKind.NEVER_WAS)
    rows = rows_of(were)
    if any(r.end is not None and r.start <= when.at < r.end for r in rows):
        raise InvalidInput({"happened_at": Reason("custody.at_large_already")})
    place = fit(rows, when.at)
    began = replace(when, at=place.start)
    escort = open_escort(episode)
    absence = Absence.objects.create(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        escort=escort,
        starts_at=place.start,
        ends_at=place.end,
        end_kind="" if place.end is None else Absence.EndKind.RECAPTURED,
        circumstances=prose("circumstances", circumstances),
        police_told_at=told_at,
        clock_disputed=when.disputed,
        recorded_by_id=tx.actor.user_id,
    )
    if place.end is None and escort is not None:
        close_escort(tx, episode, escort, when=began, outcome="escaped")
    _cut_escorts(tx, episode, began, place.end)
    clear_places(tx, episode, began, place.end)
    if place.end is None:
        scope_from_rows(episode)
    tx.record(
        events.Escaped(
            **about(episode, place.start),
            absence_id=absence.pk,
            escort_id=None if escort is None else escort.pk,
        ),
        details={"circumstances": absence.circumstances},
    )
    if when.disputed:
        told_clock_back(tx, episode, "absence", absence.pk, tx.now)
    return absence


def _cut_escorts(tx: Transaction, episode: Episode, began: Moment, end: datetime | None) -> None:
    """Nobody is with officers while at large: what is recorded of it is cut, as for places."""
    for escort in Escort.objects.filter(episode=episode, returned_at__gt=began.at):
        instant = escort.left_at >= began.at and escort.returned_at == escort.left_at + INSTANT
        if not instant and (end is None or escort.left_at < end):
            close_escort(tx, episode, escort, when=began, outcome=escort.outcome)


@service
def record_recapture(
    tx: Transaction,
    *,
    episode_id: int,
    happened_at: datetime | None = None,
    how: str = "recaptured",
    recapture_place: str = "",
) -> AbsenceResult:
    """Record that someone at large is held again (`how`: recaptured or surrendered).

    From then on the person is in reception until placed. Raises Refused where nobody was at
    large, InvalidInput for an unknown `how` or a time before the escape.
    """
    episode = require_episode(tx, episode_id, "custody.record_event")
    if how not in (Absence.EndKind.RECAPTURED, Absence.EndKind.SURRENDERED):
        raise InvalidInput({"how": Reason("custody.recapture_how_unknown")})
    absence = open_absence(episode)
    if absence is None:
        refuse(Reason("custody.not_at_large")).require()
        raise AssertionError("a refusal was not raised")
    when = moment(tx, happened_at)
    at = minutes.after(when.at, absence.starts_at)
    if when.given and at <= absence.starts_at:
        raise InvalidInput({"happened_at": Reason("custody.recapture_before_escape")})
    where = line("recapture_place", recapture_place)
    end_absence(tx, episode, absence, at=at, end_kind=how, recapture_place=where)
    scope_from_rows(episode)
    return AbsenceResult(absence.pk, episode.pk)


def end_absence(
    tx: Transaction,
    episode: Episode,
    absence: Absence,
    *,
    at: datetime,
    end_kind: str,
    recapture_place: str = "",
) -> None:
    """End the absence at `at`, or at once after its start where the clock stands before it."""
    absence.ends_at, disputed = cut(absence.starts_at, at, apart=CLOCK_SLACK)
    absence.end_kind = end_kind
    absence.recapture_place = recapture_place
    absence.clock_disputed = absence.clock_disputed or disputed
    absence.save(update_fields=["ends_at", "end_kind", "recapture_place", "clock_disputed"])
    tx.record(
        events.Recaptured(
            **about(episode, absence.ends_at),
            absence_id=absence.pk,
            end_kind=end_kind,
        )
    )
    if disputed:
        told_clock_back(tx, episode, "absence", absence.pk, at)
