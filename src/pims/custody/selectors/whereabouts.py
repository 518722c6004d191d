"""Where people are, in a line each: for a search, a comparison, a number typed at the gate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pims.custody.models import Episode
from pims.custody.reading import READER
from pims.custody.selectors.standing import Standing, standing
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.bulk import any_of
from pims.people import selectors as people

VIEW = "custody.view"
AT_LARGE = "at_large"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`held` is whether custody is open; `since` its beginning, or when the last one ended.

    `place` is the label of the cell place, "" in reception; `out_kind` a kind of escort,
    ``at_large``, or "" inside. `person_id` is the record under which custody is recorded.
    """

    person_id: int
    held: bool
    since: datetime
    establishment_id: int
    establishment: str
    place: str = ""
    out_kind: str = ""
    end_kind: str = ""

    @property
    def inside(self) -> bool:
        return self.held and not self.out_kind


def whereabouts(viewer: Actor, person_ids: Collection[int]) -> dict[int, Whereabouts]:
    """Person -> where he or she is now, through joined records; who was never held is absent.

    Those whose custody the viewer may not see are absent too. A constant number of queries.
    """
    asked = set(person_ids)
    seen = asked if viewer.system else visible_ids(viewer, VIEW, asked)
    joined = people.joined_records(seen)
    whose = {**{i: i for i in seen}, **joined}
    if not whose:
        return {}
    rows = standing(person_ids=whose)
    labels = facilities.place_labels({row.place_id for row in rows if row.place_id is not None})
    names = {e.establishment_id: e.name for e in facilities.establishments(READER)}
    found = {
        whose[row.person_id]: _held(row, labels.get(row.place_id or 0, ""), names) for row in rows
    }
    ended = (
        Episode.objects.filter(any_of("person_id", list(whose)), ends_at__isnull=False)
        .exclude(end_kind=Episode.EndKind.NEVER_HELD)
        .order_by("ends_at")
        .values_list("person_id", "ends_at", "end_kind", "establishment_id")
    )
    left = {
        whose[person]: Whereabouts(person, False, at, place, names.get(place, ""), end_kind=kind)
        for person, at, kind, place in ended
        if at is not None
    }
    return left | found


def _held(row: Standing, place: str, names: dict[int, str]) -> Whereabouts:
    gone = AT_LARGE if row.at_large_since is not None else row.escort_kind
    return Whereabouts(
        row.person_id,
        True,
        row.starts_at,
        row.establishment_id,
        names.get(row.establishment_id, ""),
        place,
        gone,
    )
