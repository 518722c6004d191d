"""Putting people in cell places: the request, which rules decide, and the fact, which none may."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from pims.custody import events
from pims.custody.facts import occupants, place_facts, prisoner_facts
from pims.custody.models import Episode, Placement
from pims.custody.models.periods import lasted
from pims.custody.rules.placement import OVERRIDE, PlacementFinding, decide_placement
from pims.custody.rules.timelines import cut, fit
from pims.custody.services import steps
from pims.custody.services.about import about
from pims.custody.services.common import (
    Moment,
    begun,
    limit_after,
    moment,
    open_absence,
    open_placement,
    require_episode,
    require_open,
    rows_of,
    scope_from_rows,
    scope_to,
    told_clock_back,
)
from pims.custody.services.words import line
from pims.facilities import selectors as facilities
from pims.facilities.selectors import PlaceInfo
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale

# The advisory lock under which the places of one unit are decided on, one request at a time.
UNIT_LOCK = 7_001


@dataclass(frozen=True, slots=True)
class PlacementResult:
    placement_id: int
    episode_id: int
    place_id: int
    starts_at: datetime
    breach: bool
    reasons: tuple[str, ...] = ()


@service
def place_person(
    tx: Transaction,
    *,
    episode_id: int,
    place_id: int,
    override_reason: str | None = None,
    seen_place_id: int | None = None,
) -> PlacementResult:
    """Ask to place someone now; asking for the place already held changes nothing.

    `seen_place_id` is the place that the person held when it was chosen, 0 for none. Raises Stale
    where it is another one now: somebody else moved them meanwhile. Raises Refused with every hard
    reason at once. Whoever holds `custody.override_placement` may give a reason instead: then it
    is done and recorded as a breach. Of two who ask for the last place at once, one gets it and
    the other is refused `custody.place_just_taken`.
    """
    episode = require_episode(tx, episode_id, "custody.place")
    require_open(episode)
    info = _place(place_id, tx.now)
    if open_absence(episode) is not None:
        refuse(Reason("custody.at_large")).require()
    current = open_placement(episode)
    if current is not None and current.place_id == place_id:
        return _result(current)
    if seen_place_id not in (None, current.place_id if current else 0):
        raise Stale
    lock_units([info.unit.unit_id])
    when = begun(Moment(tx.now, given=False), episode)
    finding = _weigh(episode, info, at=when.at)
    overridden = bool(finding.hard) and bool((override_reason or "").strip())
    if overridden and not finding.impossible:
        tx.require_person(OVERRIDE, episode.person_id)
    else:
        finding.decision.require()
    try:
        with transaction.atomic():
            placement = _insert(
                tx,
                episode,
                info,
                when,
                finding,
                basis=Placement.Basis.OVERRIDE if overridden else Placement.Basis.REQUEST,
                reason=line("override_reason", override_reason or "", 300) if overridden else "",
            )
    except IntegrityError as error:
        if "one_person_a_place" not in str(error):
            raise
        refuse(
            Reason("custody.place_just_taken", {"place": info.label}, decided_by=OVERRIDE)
        ).require()
        raise AssertionError("a refusal was not raised") from error
    steps.mark(tx, episode, "place", data={"placement_id": placement.pk})
    return _result(placement)


@service
def record_placement(
    tx: Transaction,
    *,
    episode_id: int,
    place_id: int,
    happened_at: datetime | None = None,
    reason: str = "",
) -> PlacementResult:
    """Record that someone was put in a place: never refused, whatever the rules say.

    What speaks against it is kept with it as a breach and tells an alarm. A time in the past
    splits the placement that covered it. Raises InvalidInput for a time in the future, before
    reception or after the end of custody, and for a place of another establishment.
    """
    episode = require_episode(tx, episode_id, "custody.place")
    when = begun(moment(tx, happened_at), episode)
    if episode.ends_at is not None and when.at >= episode.ends_at:
        raise InvalidInput({"happened_at": Reason("custody.after_the_end")})
    if open_absence(episode, when.at) is not None:
        raise InvalidInput({"happened_at": Reason("custody.at_large")})
    info = _place(place_id, when.at)
    if info.establishment_id != episode.establishment_id:
        raise InvalidInput(
            {"place_id": Reason("custody.other_establishment", {"place": info.label})}
        )
    lock_units([info.unit.unit_id])
    finding = _weigh(episode, info, at=when.at)
    why = line("reason", reason, 300)
    placement = _insert(tx, episode, info, when, finding, basis=Placement.Basis.FACT, reason=why)
    if episode.ends_at is None:
        steps.mark(tx, episode, "place", data={"placement_id": placement.pk}, at=when.at)
    return _result(placement)


@service
def leave_place(tx: Transaction, *, episode_id: int, happened_at: datetime | None = None) -> None:
    """Record that someone was taken out of the cell place, back to reception.

    Without a place to leave nothing changes. Raises InvalidInput as `record_placement`.
    """
    episode = require_episode(tx, episode_id, "custody.place")
    require_open(episode)
    end_placements(tx, episode, begun(moment(tx, happened_at), episode))
    scope_from_rows(episode)


def end_placements(tx: Transaction, episode: Episode, when: Moment) -> None:
    """End whatever placement is open, then or, where it began later, at once after that."""
    _cut_short(tx, episode, Placement.objects.filter(episode=episode, ends_at=None), when)


def clear_places(tx: Transaction, episode: Episode, began: Moment, end: datetime | None) -> None:
    """Nobody has a place while at large: cut what reaches into the absence.

    A placement that by the books began within it lasted an instant, in dispute: one of the two
    entries is wrong, and whoever is at large is not to be shown in a cell.
    """
    within = Placement.objects.filter(episode=episode).filter(
        Q(ends_at=None) | Q(ends_at__gt=began.at)
    )
    within = within if end is None else within.filter(starts_at__lt=end)
    _cut_short(tx, episode, within, replace(began, disputed=False))


def _cut_short(
    tx: Transaction, episode: Episode, placements: Iterable[Placement], when: Moment
) -> None:
    for placement in placements:
        ends, contradicts = cut(placement.starts_at, when.at, apart=when.apart)
        disputed = contradicts or when.disputed
        if placement.ends_at is not None and placement.ends_at <= ends:
            continue
        placement.clock_disputed = placement.clock_disputed or disputed
        _end(tx, episode, placement, ends)
        if disputed:
            told_clock_back(tx, episode, "placement", placement.pk, when.at)


def _end(tx: Transaction, episode: Episode, placement: Placement, at: datetime) -> None:
    placement.ends_at = at
    placement.save(update_fields=["ends_at", "clock_disputed"])
    common = about(episode, at)
    tx.record(events.PlaceLeft(**common, placement_id=placement.pk, place_id=placement.place_id))
    if placement.breach:
        tx.record(events.BreachEnded(**common, placement_id=placement.pk))


def _insert(
    tx: Transaction,
    episode: Episode,
    info: PlaceInfo,
    when: Moment,
    finding: PlacementFinding,
    *,
    basis: str,
    reason: str,
) -> Placement:
    """Fit the new period among the recorded ones and write it with its events."""
    recorded = list(Placement.objects.filter(episode=episode))
    place = fit(rows_of(recorded), when.at, limit=limit_after(episode, when.at))
    for placement in recorded:
        if placement.pk == place.cut:
            _end(tx, episode, placement, place.start)
    others = Placement.objects.filter(place_id=info.place_id).exclude(person_id=episode.person_id)
    others = others.filter(lasted(), Q(ends_at=None) | Q(ends_at__gt=place.start))
    if place.end is not None:
        others = others.filter(starts_at__lt=place.end)
    shared = basis != Placement.Basis.REQUEST and others.exists()
    codes = [r.code for r in finding.hard]
    if shared and not finding.occupied:
        codes.append("custody.place_occupied")
    placement = Placement.objects.create(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        place_id=info.place_id,
        cell_id=info.cell_id,
        unit_id=info.unit.unit_id,
        starts_at=place.start,
        ends_at=place.end,
        basis=basis,
        reason=reason,
        breach=bool(codes),
        breach_reasons=codes,
        doubled=shared,
        overridden_by_id=tx.actor.user_id if basis == Placement.Basis.OVERRIDE else None,
        clock_disputed=when.disputed,
        recorded_by_id=tx.actor.user_id,
    )
    if place.end is None:
        scope_to(episode, info.unit.unit_id)
    _tell(tx, episode, placement, info, codes)
    if when.disputed:
        told_clock_back(tx, episode, "placement", placement.pk, tx.now)
    return placement


def _tell(
    tx: Transaction, episode: Episode, placement: Placement, info: PlaceInfo, codes: list[str]
) -> None:
    common = about(episode, placement.starts_at)
    tx.record(
        events.Placed(
            **common,
            placement_id=placement.pk,
            place_id=info.place_id,
            unit_id=info.unit.unit_id,
            cell_id=info.cell_id,
            basis=placement.basis,
        ),
        details={"reason": placement.reason} if placement.reason else None,
    )
    if codes:
        tx.record(
            events.PlacementBreached(
                **common,
                placement_id=placement.pk,
                place_id=info.place_id,
                unit_id=info.unit.unit_id,
                basis=placement.basis,
                reasons=" ".join(codes),
            )
        )


def _weigh(episode: Episode, info: PlaceInfo, *, at: datetime) -> PlacementFinding:
    found = occupants(at=at, unit_id=info.unit.unit_id, without=episode.person_id)
    near = {o.person_id for o in found if o.cell_id == info.cell_id} | {episode.person_id}
    zone = facilities.time_zone(episode.establishment_id)
    prisoners = prisoner_facts(near, at=at, zone=zone, held_at=episode.establishment_id)
    (place,) = place_facts([info], found, prisoners)
    return decide_placement(prisoners[episode.person_id], place, as_of=at)


def _place(place_id: int, at: datetime) -> PlaceInfo:
    found = facilities.place_info([place_id], at=at)
    if place_id not in found:
        raise NotFound("place", place_id)
    return found[place_id]


def lock_units(unit_ids: Iterable[int]) -> None:
    """Let nobody else decide on the places of these units until this change is done."""
    with connection.cursor() as cursor:
        for unit_id in sorted(set(unit_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [UNIT_LOCK, unit_id])


def _result(placement: Placement) -> PlacementResult:
    return PlacementResult(
        placement.pk,
        placement.episode_id,
        placement.place_id,
        placement.starts_at,
        placement.breach,
        tuple(placement.breach_reasons),
    )
