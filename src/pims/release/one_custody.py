"""What one custody is: the stays of a person that follow on one another by transfer."""

from dataclasses import dataclass
from datetime import datetime

from pims.custody import selectors as custody
from pims.custody.selectors.standing import owner_of
from pims.people import selectors as people

# Ends of a stay by which nobody went free: what came before them is of the same custody still.
LEFT_NOWHERE = frozenset({"transferred", "never_held", "not_recorded"})


@dataclass(frozen=True, slots=True)
class ThisCustody:
    """Since when a custody has lasted, transfers included, and when the one before it ended.

    `episode_ids` are all its stays, the first one first.
    """

    since: datetime
    left_before: datetime | None
    episode_ids: tuple[int, ...]


def this_custody(episode_id: int) -> ThisCustody:
    """The custody that an episode belongs to, of all records of the person: two reads."""
    ids = people.persons_of(owner_of(episode_id)[0])
    briefs = sorted(
        (brief for found in custody.episode_briefs(ids).values() for brief in found),
        key=lambda brief: brief.starts_at,
    )
    own = next(brief for brief in briefs if brief.episode_id == episode_id)
    since, stays, last = own.starts_at, [episode_id], own
    for brief in reversed(briefs):
        if brief.end_kind == "transferred" and brief.ends_at == since:
            since = brief.starts_at
            stays.insert(0, brief.episode_id)
    for brief in briefs:
        if last.end_kind == "transferred" and brief.starts_at == last.ends_at:
            stays.append(brief.episode_id)
            last = brief
    ended = [
        brief.ends_at
        for brief in briefs
        if brief.ends_at and brief.ends_at <= since and brief.end_kind not in LEFT_NOWHERE
    ]
    return ThisCustody(since, max(ended, default=None), tuple(stays))
