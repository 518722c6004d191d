"""What reads of this room share, in services and selectors alike."""

from pims.foundation.access.actor import Actor

# Reads of lower rooms on behalf of a rule or of a list that was scoped already.
READER = Actor(user_id=0, name="", badge="", system=True)
