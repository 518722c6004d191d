"""The dates that every room asks about in the same words; `doubts` is how they are asked."""

from datetime import date, datetime, timedelta

from django.forms import BaseForm
from django.utils import timezone

from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.limits import ENTERED_LATE
from pims.ui.dates import day_text, instant_text
from pims.ui.doubts import Doubt


def long_ago(
    at: datetime, target: str, *, what: object, beyond: timedelta = ENTERED_LATE
) -> list[Doubt]:
    """Whether an hour is longer than `beyond` ago. `what` names it, a label or a person."""
    ago = clock.now() - at
    if ago <= beyond:
        return []
    return [_doubt("long_ago", what, instant_text(at), ago, timezone.localtime(at).year, target)]


def long_ago_in(form: BaseForm, name: str) -> list[Doubt]:
    """`long_ago` of the hour in a box of a form that is right; an empty one surprises nobody."""
    at = form.cleaned_data.get(name)
    return long_ago(at, day_of(form, name), what=form[name].label) if at else []


def years_ago(day: date, target: str, *, what: object, against: date, years: int) -> list[Doubt]:
    """Whether a day lies so many whole years or more before the day `against`."""
    found = whole_years(day, against)
    if found < years:
        return []
    params = {"what": str(what), "at": day_text(day), "years": found}
    return [Doubt(Reason("ui.doubt_years_ago", params), target)]


def far_ahead(
    when: date | datetime,
    target: str,
    *,
    what: object,
    beyond: timedelta,
    after: date | None = None,
) -> list[Doubt]:
    """Whether a day or an hour lies more than `beyond` after the day `after`, or after now."""
    if isinstance(when, datetime):
        ahead = when - clock.now()
        text, year = instant_text(when), timezone.localtime(when).year
    else:
        ahead = when - (after or timezone.localtime(clock.now()).date())
        text, year = day_text(when), when.year
    return [_doubt("far_ahead", what, text, ahead, year, target)] if ahead > beyond else []


def day_of(form: BaseForm, name: str) -> str:
    """The id of the first box of a date in a form."""
    return f"{form[name].auto_id}_day"


def whole_years(early: date, late: date) -> int:
    """Birthdays between two days, as of an age; negative where `late` is the earlier."""
    return late.year - early.year - ((late.month, late.day) < (early.month, early.day))


def _doubt(code: str, what: object, at: str, apart: timedelta, year: int, target: str) -> Doubt:
    other_year = year != timezone.localtime(clock.now()).year
    params = {"what": str(what), "at": at, "days": f"{apart.days:,}"}
    return Doubt(Reason(f"ui.doubt_{code}" + ("_year" if other_year else ""), params), target)
