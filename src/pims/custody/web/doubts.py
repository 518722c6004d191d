"""What is asked once more before a reception or a birth is saved."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from pims.custody.selectors import Whereabouts
from pims.custody.selectors.births import doubt_of
from pims.custody.web.where import where_text
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.ui.dates import day_text, instant_text
from pims.ui.doubts import Doubt

# Entered later than this after the hour given for it, a reception is asked about.
LATE = timedelta(hours=24)


def late(received_at: datetime, target: str = "id_received_at_day") -> list[Doubt]:
    """Whether the hour is so long ago that the date may be a slip of the keys."""
    ago = clock.now() - received_at
    if ago <= LATE:
        return []
    here = timezone.localtime(received_at)
    other_year = here.year != timezone.localtime(clock.now()).year
    code = "custody.doubt_other_year" if other_year else "custody.doubt_long_ago"
    params = {"at": instant_text(received_at), "days": f"{ago.days:,}"}
    return [Doubt(Reason(code, params), target)]


def inside(head: people.PersonHeader, held: Whereabouts) -> Reason:
    """That the books hold this person inside, and where."""
    return Reason(
        "custody.known_and_inside",
        {
            "number": head.number,
            "name": head.display_name or gettext("Name not known"),
            "where": where_text(held),
            "since": instant_text(held.since, "date"),
        },
    )


def put_before(
    head: people.PersonHeader, held: Whereabouts, received_at: datetime, target: str
) -> Doubt:
    """That this reception would begin before the stay on the books."""
    params = {
        "number": head.number,
        "name": head.display_name or gettext("Name not known"),
        "since": instant_text(held.since),
        "at": instant_text(received_at),
    }
    return Doubt(Reason("custody.doubt_put_before", params), target)


def birth_doubts(
    born: tuple[date, date] | None,
    *,
    received_at: datetime,
    age_as_given: int | None,
    target: str = "",
) -> list[Doubt]:
    """What does not fit between a birth, by its first and last possible day, and a reception."""
    received = timezone.localtime(received_at).date()
    why = doubt_of(born, received_on=received, age_as_given=age_as_given)
    if not why or born is None:
        return []
    earliest, latest = born
    age = (
        received.year - latest.year - ((received.month, received.day) < (latest.month, latest.day))
    )
    params = {
        "born": day_text(earliest) if earliest == latest else str(earliest.year),
        "received": day_text(received),
        "age": max(0, age),
        "given": age_as_given,
    }
    return [Doubt(Reason(f"custody.doubt_{why}", params), target)]
