"""What reads of this room share, in services and selectors alike."""

from datetime import datetime

from django.db.models import Q

from pims.foundation.access.actor import Actor

# Reads of lower rooms on behalf of a rule or of a list that was scoped already.
READER = Actor(user_id=0, name="", badge="", system=True)


def covers(at: datetime, *, start: str = "starts_at", end: str = "ends_at") -> Q:
    """The condition that a half-open period contains `at`."""
    return Q(**{f"{start}__lte": at}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": at}))
