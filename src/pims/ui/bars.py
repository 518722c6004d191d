"""Where the bars of a period chart stand: all numbers in hundredths of the chart's width."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pims.kernel.periods import Period
from pims.ui.dates import day_text, instant_text, last_day, local, month_short
from pims.ui.shapes import Bar

ROW = 30
TOP = 26
TICKS = 6
# Beyond this the date of a tick stands before it, so that it stays on the chart.
LATE = 88.0
STEPS = (1, 2, 3, 7, 14, 28, 61, 122, 183, 365, 730, 1826, 3653)


def chart_context(
    bars: Sequence[Bar], gaps: Sequence[Period], title: str, now: datetime
) -> dict[str, Any]:
    """Rows, ticks and the line of today for ``ui/bar_chart.html``.

    The chart reaches from the first start to a little after the last end or today. A bar that is
    open reaches the right edge; a gap is a row of its own in the tone of an alarm, drawn to today
    where it is open.
    """
    if not bars and not gaps:
        return {"rows": (), "title": title}
    edges = [b.start for b in bars] + [g.start for g in gaps] + [now]
    edges += [b.end for b in bars if b.end] + [g.end for g in gaps if g.end]
    first, last = min(edges), max(edges)
    span = max(last - first, timedelta(days=1))
    first, last = first - span * 0.02, last + span * 0.06

    def at(moment: datetime) -> float:
        return round(100 * ((moment - first) / (last - first)), 2)

    rows = [_row(b.label, b.start, b.end, b.tone, b.note, b.url, at) for b in bars]
    rows += [_row("", g.start, g.end, "gap", "", "", at, upto=now) for g in gaps]
    rows.sort(key=lambda row: row["start"])
    for index, row in enumerate(rows):
        row["y"] = TOP + index * ROW
    return {
        "title": title,
        "rows": rows,
        "height": TOP + len(rows) * ROW + 6,
        "now_x": at(now),
        "ticks": [
            {"x": at(moment), "label": _tick(moment, last - first), "late": at(moment) > LATE}
            for moment in _ticks(first, last)
        ],
    }


def _row(
    label: object,
    start: datetime,
    end: datetime | None,
    tone: str,
    note: object,
    url: str,
    at: Any,
    *,
    upto: datetime | None = None,
) -> dict[str, Any]:
    left = at(start)
    drawn = end or upto
    right = 100.0 if drawn is None else at(drawn)
    last = None if end is None else last_day(end)
    return {
        "label": label,
        "start": start,
        "end": end,
        "last_day": last,
        "tone": tone,
        "note": note,
        "url": url,
        "x": left,
        "width": max(round(right - left, 2), 0.6),
        "words": f"{instant_text(start, 'date')} – {day_text(last) if last else '…'}",
        "gap": tone == "gap",
    }


def _ticks(first: datetime, last: datetime) -> list[datetime]:
    """Midnights of the page's zone, evenly apart and never more than `TICKS`."""
    days = max((last - first) / timedelta(days=1), 1)
    step = next((s for s in STEPS if days / s <= TICKS), STEPS[-1])
    midnight = local(first).replace(hour=0, minute=0, second=0, microsecond=0)
    marks = []
    for number in range(1, TICKS + 1):
        mark = midnight + timedelta(days=step * number)
        if mark < last:
            marks.append(mark)
    return marks


def _tick(moment: datetime, span: timedelta) -> str:
    here = local(moment)
    if span > timedelta(days=200):
        return f"{month_short(here.month)} {here.year}"
    return f"{here.day} {month_short(here.month)}"
