"""The last thing that the record says of somebody in one stay, for whoever enters an end of it."""

from datetime import datetime

from django.db.models import Max

from pims.custody.models import Absence, CourtReturn, Escort, Placement


def last_recorded(episode_id: int, *, ended_at: datetime | None = None) -> datetime | None:
    """When the latest place, escort, absence or return of a stay began or ended.

    Of a stay that ended at `ended_at` what that end itself cut off is nothing later. None where
    nothing followed the reception. At most seven queries, no scope: for the pages of an end.
    """
    newest: list[datetime | None] = []
    for model, names in (
        (Placement, ("starts_at",)),
        (Absence, ("starts_at", "ends_at")),
        (Escort, ("left_at", "returned_at")),
        (CourtReturn, ("happened_at",)),
    ):
        rows = model._default_manager.filter(episode_id=episode_id)
        for name in names:
            own = rows if ended_at is None else rows.exclude(**{name: ended_at})
            newest.append(own.aggregate(last=Max(name))["last"])
    return max((at for at in newest if at is not None), default=None)
