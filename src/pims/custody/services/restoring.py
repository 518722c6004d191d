"""What an end of custody cut off is put back as it stood before, from the history of its rows."""

from datetime import datetime
from typing import Any

from pims.authority import services as authority_services
from pims.custody import events
from pims.custody.models import Absence, Episode, Escort, Placement
from pims.custody.models.periods import lasted
from pims.custody.services.about import about
from pims.custody.services.placement import lock_units
from pims.foundation.commands.transaction import Transaction
from pims.kernel.minutes import INSTANT

Period = Placement | Absence | Escort


def restore_rows(
    tx: Transaction, episode: Episode, closed_at: datetime, kind: str, *, goes_on: bool
) -> None:
    """Put back the places, absences and escorts that an end at `closed_at` had cut off, and open
    again the papers that were taken to have run out with it.

    A place where somebody else lies since then is not given back: where custody `goes_on` the
    person is in reception, and an alarm says so.
    """
    authority_services.reopen_papers_that_ran_out(
        tx.beyond_scope(), person_id=episode.person_id, at=closed_at
    )
    for absence in Absence.objects.filter(episode=episode, end_kind="custody_ended"):
        _restore(absence, closed_at, "starts_at", "ends_at", ("end_kind", "clock_disputed"))
    for escort in Escort.objects.filter(episode=episode):
        before = _before(escort, closed_at, "left_at", "returned_at")
        if before is not None and (escort.outcome == kind or before.returned_at is not None):
            _restore(escort, closed_at, "left_at", "returned_at", ("outcome", "clock_disputed"))
    placements = Placement.objects.filter(episode=episode).order_by("-starts_at")
    lock_units(placement.unit_id for placement in placements)
    for placement in placements:
        if _restore_place(placement, closed_at) and goes_on:
            lost = about(episode, tx.now)
            tx.record(
                events.PlaceTakenSince(
                    **lost, placement_id=placement.pk, place_id=placement.place_id
                )
            )


def _before(row: Period, closed_at: datetime, start: str, end: str) -> Any | None:
    """The version of a row before it was cut at `closed_at`; None where it was not cut."""
    ended, began = getattr(row, end), getattr(row, start)
    if ended is None or not (
        ended == closed_at or (began >= closed_at and ended == began + INSTANT)
    ):
        return None
    versions: Any = row.history  # type: ignore[union-attr]
    return next((v for v in versions.order_by("-pgh_id") if getattr(v, end) != ended), None)


def _restore(
    row: Period, closed_at: datetime, start: str, end: str, others: tuple[str, ...]
) -> None:
    before = _before(row, closed_at, start, end)
    if before is None:
        return
    until = _until_next(row, getattr(before, end), start)
    if until == getattr(row, end):
        return
    setattr(row, end, until)
    for name in others:
        setattr(row, name, getattr(before, name))
    changed = [end, *others]
    if isinstance(row, Escort):
        row.version += 1
        changed.append("version")
    row.save(update_fields=changed)


def _restore_place(placement: Placement, closed_at: datetime) -> bool:
    """Give the place back as far as it is free; whether it would be held still, and is not."""
    before = _before(placement, closed_at, "starts_at", "ends_at")
    if before is None:
        return False
    lost = False
    until = _until_next(placement, before.ends_at, "starts_at")
    if not placement.doubled:
        others = Placement.objects.filter(
            lasted(), place_id=placement.place_id, doubled=False, starts_at__gt=placement.starts_at
        ).exclude(pk=placement.pk)
        taken = others.order_by("starts_at").values_list("starts_at", flat=True).first()
        if taken is not None and (until is None or taken < until):
            until, lost = taken, until is None
    if until == placement.ends_at:
        return lost
    placement.ends_at, placement.clock_disputed = until, before.clock_disputed
    placement.save(update_fields=["ends_at", "clock_disputed"])
    return lost


def _until_next(row: Period, ends: datetime | None, start: str) -> datetime | None:
    """`ends`, but not beyond the person's next row of the same sort."""
    model: Any = type(row)
    later = model.objects.filter(
        person_id=row.person_id, **{f"{start}__gt": getattr(row, start)}
    ).exclude(pk=row.pk)
    following: datetime | None = later.order_by(start).values_list(start, flat=True).first()
    if following is None:
        return ends
    return following if ends is None else min(ends, following)
