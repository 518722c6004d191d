"""The last thing that the record says of somebody in one stay, for whoever enters an end of it."""

from datetime import datetime

from django.db.models import Max

from pims.custody.models import Absence, CourtReturn, Escort, Placement


def last_recorded(episode_id: int) -> datetime | None:
    """When the latest place, escort, absence or return of a stay began or ended.

    None where nothing followed the reception. Four queries, no scope: for the pages of an end.
    """
    newest: list[datetime | None] = []
    for model, names in (
        (Placement, ("starts_at",)),
        (Absence, ("starts_at", "ends_at")),
        (Escort, ("left_at", "returned_at")),
        (CourtReturn, ("happened_at",)),
    ):
        rows = model._default_manager.filter(episode_id=episode_id)
        newest += rows.aggregate(**{name: Max(name) for name in names}).values()
    return max((at for at in newest if at is not None), default=None)
