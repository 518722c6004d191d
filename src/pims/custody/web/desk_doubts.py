"""What is asked once more at the 17:00 desk: surprising hours, and days that lie far ahead."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pims.custody.selectors import DeskRow
from pims.custody.web.fact_doubts import before_the_record, long_ago
from pims.kernel.decisions import Reason
from pims.ui.dates import day_text
from pims.ui.doubts import Doubt

# How far ahead a day may lie before somebody looks at it again. No rule: a slip of the keys in a
# year keeps a person inside for as long, and no alarm would say so before that day.
FAR_AHEAD = {
    "new_date": timedelta(days=120),
    "sentenced": timedelta(days=25 * 365),
    "fined": timedelta(days=3 * 365),
}


def desk_doubts(
    lines: Iterable[tuple[Any, datetime]], by_episode: Mapping[int, DeskRow], *, today: date
) -> list[Doubt]:
    """The doubts about the rows that have an outcome: each a form, and the hour that counts."""
    hours: dict[datetime, Doubt] = {}
    found: list[Doubt] = []
    for line, at in lines:
        given = line.cleaned_data
        target = f"id_{line.prefix}-when" if given["when"] is not None else "id_happened_at_day"
        for doubt in long_ago(at, target):
            hours.setdefault(at, doubt)
        row = by_episode.get(given["episode_id"])
        if row is None:
            continue
        who = f"{row.number} {row.name}".strip()
        if given["outcome"] == "discharged_at_court":
            found += before_the_record(row.episode_id, at, who=who, target=target)
        far = FAR_AHEAD.get(given["outcome"])
        if far is not None and given["day"] is not None and given["day"] - today > far:
            ahead = f"{(given['day'] - today).days:,}"
            params = {"who": who, "day": day_text(given["day"]), "days": ahead}
            found.append(Doubt(Reason("custody.doubt_far_ahead", params), f"id_{line.prefix}-day"))
    return [*hours.values(), *found]
