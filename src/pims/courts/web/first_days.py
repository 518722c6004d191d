"""From which day a sentence counts that changes an earlier one: asked, with the earlier first day.

An order that says nothing of it can be read in two ways; the calculation then puts it before a
person, so that whoever holds the paper is asked while it is at hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pims.courts.selectors.pages import PersonFile
from pims.courts.web.order_forms import NONE, OrderForm, SentenceForm
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.kernel.reasons import Reason
from pims.ui.dates import day_text
from pims.ui.doubts import Doubt

# Kinds whose sentences take the place of earlier ones.
CHANGING = frozenset(
    code
    for code, kind in order_kinds().items()
    if kind.changes_earlier and kind.effect is Effect.SENTENCE
)


def first_days(file: PersonFile) -> dict[int, date]:
    """Order that stands -> the first day of its sentences that stand."""
    found = {}
    for order in file.orders:
        days = [one.effective_from or one.pronounced_on for one in order.sentences if one.stands]
        if order.stands and days:
            found[order.order_id] = min(days)
    return found


def written(day: date) -> str:
    """As the box of a line takes it."""
    return f"{day:%d/%m/%Y}"


def without_first_day(
    form: OrderForm, lines: Sequence[SentenceForm], earlier: Mapping[int, date]
) -> list[Doubt]:
    """Of each sentence that follows none and says no first day, in an order that changes one: of a
    kind that does nothing else, or a warrant that was amended and is of another day."""
    given = form.cleaned_data
    first = earlier.get(given["changes_order_id"] or 0)
    amended = first is not None and given["dated"] != first
    if given["kind"] not in CHANGING and not amended:
        return []
    reason = Reason("courts.doubt_no_first_day")
    if first is not None:
        reason = Reason("courts.doubt_no_first_day_but", {"first": day_text(first)})
    return [
        Doubt(reason, str(line["effective_from"].auto_id))
        for line in lines
        if line.filled
        and (line.cleaned_data["link"] or NONE) == NONE
        and line.cleaned_data["effective_from"] is None
        and "effective_from" not in line.impossible
    ]
