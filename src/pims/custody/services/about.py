"""What every event of an episode carries."""

from datetime import datetime
from typing import TypedDict

from pims.custody.models import Episode


class About(TypedDict):
    person_id: int
    establishment_id: int
    episode_id: int
    happened_at: str


def about(episode: Episode, at: datetime) -> About:
    """Whose event it is, where, and when it was so."""
    return About(
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        episode_id=episode.pk,
        happened_at=at.isoformat(),
    )
