"""An episode in brief, for services and rooms above."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.custody.models import Episode
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids


@dataclass(frozen=True, slots=True)
class EpisodeBrief:
    """An episode for the rooms above; `ends_at` None is open."""

    episode_id: int
    person_id: int
    establishment_id: int
    starts_at: datetime
    ends_at: datetime | None
    end_kind: str
    reception_kind: str
    admitted: bool
    admission_due_at: datetime
    version: int

    @property
    def is_open(self) -> bool:
        return self.ends_at is None


def current_episode(person_id: int) -> EpisodeBrief | None:
    """The open episode, for services and rooms above; they check what the viewer may see."""
    return current_episodes([person_id]).get(person_id)


def current_episodes(person_ids: Iterable[int]) -> dict[int, EpisodeBrief]:
    """The open episodes of the persons. One query."""
    rows = Episode.objects.filter(person_id__in=list(person_ids), ends_at=None)
    return {row.person_id: brief(row) for row in rows}


def episode_brief(viewer: Actor, episode_id: int) -> EpisodeBrief | None:
    """One episode, or None where there is none that the viewer may see."""
    row = Episode.objects.filter(pk=episode_id).first()
    if row is None:
        return None
    seen = viewer.system or visible_ids(viewer, "custody.view", [row.person_id])
    return brief(row) if seen else None


def episode_briefs(person_ids: Iterable[int]) -> dict[int, list[EpisodeBrief]]:
    """All episodes of the persons, oldest first, for rooms above. One query."""
    found: dict[int, list[EpisodeBrief]] = defaultdict(list)
    rows = Episode.objects.filter(person_id__in=list(person_ids)).order_by("starts_at")
    for row in rows:
        found[row.person_id].append(brief(row))
    return dict(found)


def brief(row: Any, upto: datetime | None = None) -> EpisodeBrief:
    """`upto` hides an end that had not come by then."""
    ended = row.ends_at is not None and (upto is None or row.ends_at <= upto)
    return EpisodeBrief(
        episode_id=row.id,
        person_id=row.person_id,
        establishment_id=row.establishment_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at if ended else None,
        end_kind=row.end_kind if ended else "",
        reception_kind=row.reception_kind,
        admitted=row.admitted_at is not None and (upto is None or row.admitted_at <= upto),
        admission_due_at=row.admission_due_at,
        version=row.version,
    )
