"""How custody ended: one end, those of a day for the book, those that want a second officer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pims.custody.models import EndOfCustody, Episode
from pims.custody.selectors.briefs import EpisodeBrief, brief
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.bulk import any_of
from pims.foundation.history.known import as_known
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people

VIEW = "custody.view"
_NEVER = Episode.EndKind.NEVER_HELD


@dataclass(frozen=True, slots=True)
class EndInfo:
    end_id: int
    kind: str
    at: datetime
    release_order_id: int | None
    order_seen: str
    by_whom: str
    destination: str
    country: str
    place_of_death: str
    found_by: str
    circumstances: str
    coroner_told_at: datetime | None
    coroner_reference: str
    family_told_at: datetime | None
    body_released_to: str
    body_released_at: datetime | None
    property_waiting: bool
    version: int
    receiving_authority: str
    countersigned_at: datetime | None
    taken_back_at: datetime | None
    taken_back_reason: str

    @property
    def wants_second(self) -> bool:
        """Whether one officer alone may not stand for it: no order, or taken off the books."""
        unordered = self.kind == Episode.EndKind.REMOVED and not self.order_seen
        return unordered or self.kind == Episode.EndKind.NEVER_HELD


@dataclass(frozen=True, slots=True)
class EndLine:
    """One end with whose it is; the officers by their ids."""

    person_id: int
    episode_id: int
    establishment_id: int
    end: EndInfo
    recorded_by_id: int
    countersigned_by_id: int | None

    @property
    def unsigned(self) -> bool:
        """Whether a second officer has yet to stand for it."""
        return self.end.wants_second and self.end.countersigned_at is None


def end_of(viewer: Actor, end_id: int) -> EndLine:
    """One end that stands. Raises NotFound."""
    row = EndOfCustody.objects.filter(pk=end_id, taken_back_at=None).first()
    if row is None:
        raise NotFound("end_of_custody", end_id)
    require_visible(viewer, VIEW, row.person_id)
    return _line(row)


def end_of_stay(viewer: Actor, episode_id: int) -> EndLine | None:
    """The end of a stay that stands, None where it goes on or the viewer may not see it."""
    row = EndOfCustody.objects.filter(episode_id=episode_id, taken_back_at=None).first()
    if row is None or not (viewer.system or visible_ids(viewer, VIEW, [row.person_id])):
        return None
    return _line(row)


def last_end(
    person_id: int, as_of: AsOf | None = None
) -> tuple[EpisodeBrief, EndLine | None] | None:
    """How custody last ended by T, for whoever is not in custody: the episode and its end.

    The end is None where nobody recorded how. None for whoever was never held, or is held.
    """
    known_at = None if as_of is None else as_of.known_at
    at = clock.now() if as_of is None else as_of.valid_at
    ids = people.persons_of(person_id, known_at=known_at)
    own = as_known(Episode, known_at, among=any_of("person_id", ids))
    row = own.filter(starts_at__lte=at).exclude(end_kind=_NEVER).order_by("-starts_at").first()
    if row is None or row.ends_at is None or row.ends_at > at:
        return None
    ends = as_known(EndOfCustody, known_at, among=any_of("episode_id", [row.id]))
    end = ends.filter(taken_back_at=None).order_by("id").first()
    return brief(row, at), None if end is None else _line(end)


def ends_between(
    viewer: Actor, establishment_id: int, *, since: datetime, until: datetime
) -> list[EndLine]:
    """Every end of custody that stands, from `since` to before `until`, oldest first."""
    rows = list(
        EndOfCustody.objects.filter(
            establishment_id=establishment_id, at__gte=since, at__lt=until, taken_back_at=None
        )
        .exclude(kind=Episode.EndKind.NEVER_HELD)
        .order_by("at")
    )
    ids = {row.person_id for row in rows}
    seen = ids if viewer.system else visible_ids(viewer, VIEW, ids)
    return [_line(row) for row in rows if row.person_id in seen]


def ends_unsigned(
    *, establishment_id: int | None = None, person_ids: Iterable[int] | None = None
) -> list[EndLine]:
    """Removals that no order covers and no second officer stands for. One query, no scope."""
    rows = EndOfCustody.objects.filter(
        kind=Episode.EndKind.REMOVED, order_seen="", countersigned_at=None, taken_back_at=None
    )
    if establishment_id is not None:
        rows = rows.filter(establishment_id=establishment_id)
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    return [_line(row) for row in rows.order_by("pk")]


def _line(row: Any) -> EndLine:
    return EndLine(
        row.person_id, row.episode_id, row.establishment_id, end_info(row), row.recorded_by_id,
        row.countersigned_by_id,
    )  # fmt: skip


def end_info(row: Any) -> EndInfo:
    return EndInfo(
        row.id, row.kind, row.at, row.release_order_id, row.order_seen, row.by_whom,
        row.destination, row.country, row.place_of_death, row.found_by, row.circumstances,
        row.coroner_told_at, row.coroner_reference, row.family_told_at, row.body_released_to,
        row.body_released_at, row.property_waiting, row.version, row.receiving_authority,
        row.countersigned_at, row.taken_back_at, row.taken_back_reason,
    )  # fmt: skip
