"""What reads of this room share, in services and selectors alike."""

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor

# Reads of lower rooms on behalf of a rule or of a list that was scoped already.
READER = Actor(user_id=0, name="", badge="", system=True)


def establishment_names() -> dict[int, str]:
    """Every establishment there is, by its name's order. One query."""
    return {row.establishment_id: row.name for row in facilities.establishments(READER)}
