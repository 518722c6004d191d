"""What is asked once more about the hour of a fact that ends custody, or interrupts it."""

from datetime import datetime, timedelta

from django.utils import timezone

from pims.custody.selectors.last_known import last_recorded
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.ui.dates import instant_text
from pims.ui.doubts import Doubt

# Entered later than this after the hour given for it, a fact is asked about.
LATE = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def long_ago(at: datetime, target: str = "id_happened_at_day") -> list[Doubt]:
    """Whether the hour is so long ago that the date may be a slip of the keys."""
    ago = clock.now() - at
    if ago <= LATE:
        return []
    other_year = timezone.localtime(at).year != timezone.localtime(clock.now()).year
    code = "custody.doubt_fact_other_year" if other_year else "custody.doubt_fact_long_ago"
    return [Doubt(Reason(code, {"at": instant_text(at), "days": f"{ago.days:,}"}), target)]


def before_the_record(
    episode_id: int, at: datetime, *, who: str, target: str = "id_happened_at_day"
) -> list[Doubt]:
    """Whether something is recorded of the stay that happened after this."""
    last = last_recorded(episode_id)
    if last is None or last < at + MINUTE:
        return []
    params = {"who": who, "at": instant_text(at), "last": instant_text(last)}
    return [Doubt(Reason("custody.doubt_before_what_followed", params), target)]


def hour_doubts(
    episode_id: int, at: datetime, *, who: str, target: str = "id_happened_at_day"
) -> list[Doubt]:
    """Everything surprising about the hour of a fact of this stay. `who` is for the words."""
    return long_ago(at, target) + before_the_record(episode_id, at, who=who, target=target)
