"""Late entries and clocks that jump back find their place without moving what was recorded."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pims.custody.rules.timelines import Row, after_all, fit
from pims.kernel.minutes import INSTANT

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return DAY + timedelta(minutes=minutes)


@st.composite
def recorded(draw: st.DrawFn) -> list[Row]:
    """Periods that do not overlap, some of them with gaps between, the last perhaps open."""
    bounds = sorted(draw(st.sets(st.integers(0, 600), max_size=12)))
    rows = [
        Row(n, at(start), at(end))
        for n, (start, end) in enumerate(zip(bounds[::2], bounds[1::2], strict=False))
    ]
    if rows and draw(st.booleans()):
        rows[-1] = replace(rows[-1], end=None)
    return rows


def record(rows: list[Row], when: datetime) -> list[Row]:
    """What the services do with the answer of `fit`."""
    place = fit(rows, when)
    kept = [replace(r, end=place.start) if r.row_id == place.cut else r for r in rows]
    return [*kept, Row(len(rows), place.start, place.end)]


@given(recorded(), st.lists(st.integers(0, 600), min_size=1, max_size=8))
def test_whatever_is_entered_in_whatever_order_nobody_is_in_two_places_at_once(
    rows: list[Row], entries: list[int]
) -> None:
    for minute in entries:
        rows = record(rows, at(minute))
    rows.sort(key=lambda r: r.start)
    for earlier, later in itertools.pairwise(rows):
        assert earlier.end is not None
        assert earlier.start < earlier.end <= later.start
    assert rows[-1].end is None or rows[-1].start < rows[-1].end


@given(recorded(), st.integers(0, 600))
def test_a_late_entry_changes_only_the_period_that_covered_its_hour(
    rows: list[Row], minute: int
) -> None:
    place = fit(rows, at(minute))
    covering = [
        r.row_id for r in rows if r.start < place.start and (r.end is None or place.start < r.end)
    ]
    assert [place.cut] == (covering or [None])


def test_a_move_entered_after_a_power_cut_splits_the_time_between_two_known_moves() -> None:
    rows = [Row(1, at(480), at(720)), Row(2, at(720), None)]
    place = fit(rows, at(600))
    assert (place.start, place.end, place.cut, place.moved) == (at(600), at(720), 1, False)


def test_two_moves_within_one_minute_keep_the_order_in_which_they_were_entered() -> None:
    rows = [Row(1, at(10), None)]
    place = fit(rows, at(10))
    assert place.start == at(10) + INSTANT
    assert place.cut == 1
    assert place.moved


def test_nothing_reaches_beyond_the_end_of_custody() -> None:
    assert fit([], at(10), limit=at(60)).end == at(60)


@given(recorded(), st.integers(0, 600))
def test_where_nobody_gave_an_hour_the_order_of_recording_stands_against_the_clock(
    rows: list[Row], minute: int
) -> None:
    chosen = after_all(rows, at(minute))
    assert all(row.start < chosen for row in rows)
    assert chosen == at(minute) or any(row.start >= at(minute) for row in rows)
