"""At which hour a stay can have begun, given all else that is recorded. Reads alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from pims.authority import selectors as authority
from pims.custody.models import Absence, BodyReceipt, Episode, Escort, Placement
from pims.custody.rules.returns import NEVER_LEFT
from pims.facilities import selectors as facilities
from pims.foundation.bulk import any_of
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.minutes import INSTANT


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a stay cannot begin at an hour. `placed` where only cell places stand before it;
    `other_episode_id` is the stay that is in the way."""

    reason: Reason
    placed: bool = False
    other_episode_id: int | None = None


class Happened(NamedTuple):
    """What is recorded in a stay: the instant, what it was, and where to."""

    at: datetime
    code: str
    place: str


@dataclass(frozen=True, slots=True)
class Around:
    """What happened in a stay, and the person's other stays in the order in which they began."""

    happened: list[Happened]
    others: list[Episode]


def others_of(episode: Episode) -> QuerySet[Episode]:
    """The person's other stays; one that never was stands in nobody's way."""
    own = Episode.objects.filter(person_id=episode.person_id).exclude(pk=episode.pk)
    return own.exclude(end_kind=Episode.EndKind.NEVER_HELD)


def was_cut_short(episode: Episode) -> bool:
    """Whether the stay has an end only because another began: nobody recorded that he left."""
    return episode.end_kind == Episode.EndKind.NOT_RECORDED


def began_with(receipt: BodyReceipt, episode: Episode) -> bool:
    """Whether the stay began with this receipt, and nobody else's hour is its beginning."""
    return began_at(receipt.received_at, episode, receipt_hours([episode.pk])[episode.pk])


def began_at(received_at: datetime, episode: Episode, hours: Collection[datetime]) -> bool:
    """As `began_with`, where the hours of all receipts of the stay are at hand."""
    if episode.starts_at == received_at:
        return True
    return minutes.same(episode.starts_at, received_at) and episode.starts_at not in hours


def receipt_hours(episode_ids: Collection[int]) -> dict[int, set[datetime]]:
    """The hours of the receipts of these stays. One query."""
    found: dict[int, set[datetime]] = defaultdict(set)
    rows = BodyReceipt.objects.filter(episode_id__in=episode_ids)
    for episode_id, received_at in rows.values_list("episode_id", "received_at"):
        found[episode_id].add(received_at)
    return found


def around(episodes: Collection[Episode]) -> dict[int, Around]:
    """What decides at which hour these stays can have begun. As many queries for many as for one.

    Read anew after every change.
    """
    happened = _happened(episodes)
    others: dict[int, list[Episode]] = defaultdict(list)
    own = Episode.objects.filter(any_of("person_id", {one.person_id for one in episodes}))
    for other in own.exclude(end_kind=Episode.EndKind.NEVER_HELD).order_by("starts_at", "pk"):
        others[other.person_id].append(other)
    return {
        one.pk: Around(
            happened[one.pk], [other for other in others[one.person_id] if other.pk != one.pk]
        )
        for one in episodes
    }


def stay_to_join(episode: Episode, new: datetime, known: Around | None = None) -> Episode | None:
    """The stay that a reception at `new` belongs to, where the one made for it was a slip.

    A stay in which nothing happened, cut short by a later one, was made by a wrong hour alone.
    """
    if not was_cut_short(episode):
        return None
    known = known or around([episode])[episode.pk]
    return None if known.happened else _held(known.others, new)


def fault_of_start(episode: Episode, new: datetime, known: Around | None = None) -> Fault | None:
    """Why the episode cannot have begun at `new`; None where it can."""
    known = known or around([episode])[episode.pk]
    before = [found for found in known.happened if found.at < new]
    if before:
        first = min(before, key=lambda found: found.at)
        params = {"at": first.at.isoformat(), "place": first.place}
        reason = Reason(f"custody.start_after_{first.code}", params)
        return Fault(reason, placed=all(found.code == "placed" for found in before))
    if was_cut_short(episode):
        held = _held(known.others, new)
        return None if held is None else _overlaps(held)
    if episode.ends_at is not None and new >= episode.ends_at:
        return Fault(Reason("custody.start_after_end", {"at": episode.ends_at.isoformat()}))
    earlier = (one for one in known.others if one.starts_at < episode.starts_at)
    held = next((one for one in earlier if one.ends_at is not None and one.ends_at > new), None)
    return None if held is None else _overlaps(held)


def has_happened(episode: Episode) -> bool:
    """Whether anything is recorded in the stay beside that it began."""
    return bool(_happened([episode])[episode.pk])


def signs_of_custody(episode: Episode, at: datetime) -> list[Reason]:
    """What says that the person is held by this stay: papers that detain, what happened in it."""
    zone = facilities.time_zone(episode.establishment_id)
    signs = [
        Reason("custody.doubt_paper_detains", {"paper": brief.reference or brief.kind})
        for brief in authority.detaining_warrants(episode.person_id, zone=zone, at=at)
    ]
    return signs + [
        Reason(
            f"custody.doubt_never_but_{one.code}", {"at": one.at.isoformat(), "place": one.place}
        )
        for one in sorted(_happened([episode])[episode.pk])
    ]


def _overlaps(held: Episode) -> Fault:
    params = {
        "since": held.starts_at.isoformat(),
        "until": "" if held.ends_at is None else held.ends_at.isoformat(),
    }
    code = "inside_then" if held.ends_at is None else "inside_until"
    return Fault(Reason(f"custody.{code}", params), other_episode_id=held.pk)


def _held(others: Iterable[Episode], at: datetime) -> Episode | None:
    """The first of these stays that covers the instant."""
    return next(
        (
            one
            for one in others
            if one.starts_at <= at and (one.ends_at is None or one.ends_at > at)
        ),
        None,
    )


def _happened(episodes: Collection[Episode]) -> dict[int, list[Happened]]:
    """What is recorded in the stays, by the stay."""
    found: dict[int, list[Happened]] = defaultdict(list)
    within = any_of("episode_id", {one.pk for one in episodes})
    placements = [
        row
        for row in Placement.objects.filter(within)
        # Else it was taken back: it never was.
        if row.ends_at is None or row.ends_at > row.starts_at + INSTANT
    ]
    labels = facilities.place_labels({row.place_id for row in placements}) if placements else {}
    for row in placements:
        place = labels.get(row.place_id, "")
        found[row.episode_id].append(Happened(row.starts_at, "placed", place))
    for escort in Escort.objects.filter(within).exclude(outcome__in=NEVER_LEFT):
        sent = Happened(escort.left_at, "sent_out", escort.destination)
        found[escort.episode_id].append(sent)
    never = Absence.EndKind.NEVER_WAS
    for absence in Absence.objects.filter(within).exclude(end_kind=never):
        found[absence.episode_id].append(Happened(absence.starts_at, "escaped", ""))
    return found
