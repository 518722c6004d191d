"""What is asked once more about when an escort should be back."""

from datetime import datetime, timedelta

from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.ui.dates import instant_text
from pims.ui.doubts import Doubt

# A night in a district cell, a week in hospital: further ahead is more likely a slip of the keys,
# and an escort that is due next year is overdue to nobody.
FAR_AHEAD = timedelta(days=14)


def back_far_ahead(expected_back_at: datetime | None) -> list[Doubt]:
    """Whether the expected return lies so far ahead that nobody would miss whoever is out."""
    if expected_back_at is None or expected_back_at - clock.now() <= FAR_AHEAD:
        return []
    days = f"{(expected_back_at - clock.now()).days:,}"
    params = {"at": instant_text(expected_back_at), "days": days}
    return [Doubt(Reason("custody.doubt_back_far_ahead", params), "id_expected_back_at_day")]
