"""At which hour a stay can have begun, given all else that is recorded. Reads alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pims.authority import selectors as authority
from pims.custody.models import Absence, Episode, Escort, Placement
from pims.custody.rules.returns import NEVER_LEFT
from pims.facilities import selectors as facilities
from pims.foundation.history.known import held_at
from pims.kernel.decisions import Reason
from pims.kernel.minutes import INSTANT


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a stay cannot begin at an hour. `placed` where only cell places stand before it;
    `other_episode_id` is the stay that is in the way."""

    reason: Reason
    placed: bool = False
    other_episode_id: int | None = None


def others_of(episode: Episode) -> QuerySet[Episode]:
    """The person's other stays; one that never was stands in nobody's way."""
    own = Episode.objects.filter(person_id=episode.person_id).exclude(pk=episode.pk)
    return own.exclude(end_kind=Episode.EndKind.NEVER_HELD)


def was_cut_short(episode: Episode) -> bool:
    """Whether the stay has an end only because another began: nobody recorded that he left."""
    return episode.end_kind == Episode.EndKind.NOT_RECORDED


def stay_to_join(episode: Episode, new: datetime) -> Episode | None:
    """The stay that a reception at `new` belongs to, where the one made for it was a slip.

    A stay in which nothing happened, cut short by a later one, was made by a wrong hour alone.
    """
    if not was_cut_short(episode) or has_happened(episode):
        return None
    return others_of(episode).filter(held_at(new)).first()


def fault_of_start(episode: Episode, new: datetime) -> Fault | None:
    """Why the episode cannot have begun at `new`; None where it can."""
    before = [found for found in _happened(episode) if found[0] < new]
    if before:
        at, code, place = min(before, key=lambda found: found[0])
        reason = Reason(f"custody.start_after_{code}", {"at": at.isoformat(), "place": place})
        return Fault(reason, placed=all(found[1] == "placed" for found in before))
    others = others_of(episode)
    if was_cut_short(episode):
        held = others.filter(held_at(new)).first()
        return None if held is None else _overlaps(held)
    if episode.ends_at is not None and new >= episode.ends_at:
        return Fault(Reason("custody.start_after_end", {"at": episode.ends_at.isoformat()}))
    earlier = others.filter(starts_at__lt=episode.starts_at, ends_at__gt=new)
    held = earlier.order_by("starts_at").first()
    return None if held is None else _overlaps(held)


def has_happened(episode: Episode) -> bool:
    """Whether anything is recorded in the stay beside that it began."""
    return next(_happened(episode), None) is not None


def signs_of_custody(episode: Episode, at: datetime) -> list[Reason]:
    """What says that the person is held by this stay: papers that detain, what happened in it."""
    zone = facilities.time_zone(episode.establishment_id)
    signs = [
        Reason("custody.doubt_paper_detains", {"paper": brief.reference or brief.kind})
        for brief in authority.detaining_warrants(episode.person_id, zone=zone, at=at)
    ]
    return signs + [
        Reason(f"custody.doubt_never_but_{code}", {"at": since.isoformat(), "place": place})
        for since, code, place in sorted(_happened(episode))
    ]


def _overlaps(held: Episode) -> Fault:
    params = {
        "since": held.starts_at.isoformat(),
        "until": "" if held.ends_at is None else held.ends_at.isoformat(),
    }
    code = "inside_then" if held.ends_at is None else "inside_until"
    return Fault(Reason(f"custody.{code}", params), other_episode_id=held.pk)


def _happened(episode: Episode) -> Iterator[tuple[datetime, str, str]]:
    """What is recorded in the stay: the instant, what it was, and where to."""
    placements = list(Placement.objects.filter(episode=episode))
    labels = facilities.place_labels({row.place_id for row in placements}) if placements else {}
    for placement in placements:
        if placement.ends_at is not None and placement.ends_at <= placement.starts_at + INSTANT:
            continue  # taken back: it never was
        yield placement.starts_at, "placed", labels.get(placement.place_id, "")
    for escort in Escort.objects.filter(episode=episode).exclude(outcome__in=NEVER_LEFT):
        yield escort.left_at, "sent_out", escort.destination
    for absence in Absence.objects.filter(episode=episode).exclude(
        end_kind=Absence.EndKind.NEVER_WAS
    ):
        yield absence.starts_at, "escaped", ""
