"""Tables of numbers for whoever may know of no person: made once a month, then never again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from pims.custody import selectors as custody
from pims.exchange.models import StatisticCell
from pims.exchange.rules.suppression import Cell, suppress
from pims.exchange.shelving.facts import made_up_roots
from pims.facilities import selectors as facilities
from pims.foundation.access.selectors import system_actor
from pims.kernel import clock
from pims.kernel.asof import AsOf

SEXES = ("male", "female", "other")
STATUSES = ("unsentenced", "convicted", "other")
AGES = ("juvenile", "adult")
HELD_BY_STATUS, HELD_BY_AGE, ENDED = "held_by_status", "held_by_age", "custody_ended"
INDICATORS = (HELD_BY_STATUS, HELD_BY_AGE, ENDED)
_WHERE = "all"


def make_month(first_day: date) -> int:
    """Keep the numbers of one whole month of the service; how many cells. A repeat makes none.

    Who is held is counted at the end of its last day; only sums over every establishment, so that
    no small place gives anybody away. Raises ValueError for a month that is not over.
    """
    after = (first_day.replace(day=1) + timedelta(days=32)).replace(day=1)
    with transaction.atomic():
        if StatisticCell.objects.filter(period=first_day).exists():
            return 0
        held_status: Counter[Cell] = Counter()
        held_age: Counter[Cell] = Counter()
        ended: Counter[Cell] = Counter()
        viewer = system_actor()
        for one in facilities.establishments(viewer):
            zone = ZoneInfo(one.time_zone)
            begins, ends = _midnight(first_day, zone), _midnight(after, zone)
            if ends > clock.now():
                raise ValueError("the month is not over")
            rows = custody.roll(viewer, one.establishment_id, AsOf(ends - timedelta(seconds=1)))
            lines = custody.ends_between(viewer, one.establishment_id, since=begins, until=ends)
            made_up = made_up_roots({*(r.person_id for r in rows), *(e.person_id for e in lines)})
            for row in rows:
                if row.person_id in made_up:
                    continue
                sex = row.sex if row.sex in SEXES else "other"
                status = row.legal_status if row.legal_status in STATUSES else "other"
                held_status[status, sex] += 1
                held_age["juvenile" if row.is_juvenile else "adult", sex] += 1
            for line in lines:
                if line.person_id not in made_up:
                    ended[line.end.kind, _WHERE] += 1
        cells = [
            *_cells(HELD_BY_STATUS, first_day, ("status", "sex"), held_status, STATUSES, SEXES),
            *_cells(HELD_BY_AGE, first_day, ("age", "sex"), held_age, AGES, SEXES),
            *_cells(
                ENDED, first_day, ("how", "where"), ended,
                sorted({kind for kind, _ in ended}), (_WHERE,),
            ),
        ]  # fmt: skip
        StatisticCell.objects.bulk_create(cells)
    return len(cells)


def _cells(
    indicator: str,
    period: date,
    names: tuple[str, str],
    counts: Mapping[Cell, int],
    rows: Iterable[str],
    columns: Iterable[str],
) -> list[StatisticCell]:
    shown = suppress(counts, tuple(rows), tuple(columns))
    now = clock.now()
    return [
        StatisticCell(
            indicator=indicator, period=period, dimensions=dict(zip(names, cell, strict=True)),
            facets=["everyone:yes", f"indicator:{indicator}"], count=count,
            shown=count is not None, made_at=now,
        )
        for cell, count in shown.cells.items()
    ]  # fmt: skip


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
