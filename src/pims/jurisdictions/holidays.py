"""Public holidays: rules, what was declared otherwise for a year, and days declared once.

A rule says on which day a holiday falls and when it is kept instead. Governments declare the
days each year and do not always follow their own rule: a declared day stands over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from dateutil.easter import easter  # type: ignore[import-untyped]

from pims.jurisdictions.here import HERE
from pims.jurisdictions.tables import WEEKDAYS, Row, keyed, read_table, rows

MONDAY, TUESDAY, THURSDAY, SUNDAY = 0, 1, 3, 6

# fixed: kept on its day. sunday: on a Sunday, kept on the Monday after. monday: kept on the Monday
# before, from Tuesday to Thursday, and on the Monday after, from Friday to Sunday.
KEPT = ("fixed", "sunday", "monday")


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of one year. `falls_on` is its own day, on which it need not be kept."""

    code: str
    label: Mapping[str, str]
    falls_on: date
    citation: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A day of the year (`month`, `day`), or `easter` days after Easter Sunday; `since` and
    `until` are years, inclusive."""

    code: str
    label: Mapping[str, str]
    month: int
    day: int
    easter: int | None
    kept: str
    since: int
    until: int
    citation: str
    confidence: str

    def falls_on(self, year: int) -> date:
        if self.easter is not None:
            sunday: date = easter(year)
            return sunday + timedelta(days=self.easter)
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Declared:
    """A holiday of a year kept on another day than its rule has it."""

    code: str
    on: date
    citation: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekend` are days of the week, Monday 0; `once` are days of no rule, by date."""

    weekend: frozenset[int]
    rules: tuple[Rule, ...]
    declared: Mapping[tuple[str, int], Declared]
    once: Mapping[date, Holiday]

    def kept_in(self, year: int) -> Mapping[date, Holiday]:
        """Every holiday kept in the year, by date in order. Where two meet, the rule that comes
        first in the table names the day."""
        found = {day: one for day, one in self.once.items() if day.year == year}
        for rule in self.rules:
            # The Monday before New Year's Day is in the year before.
            for own in (year, min(year + 1, MAXYEAR)):
                if rule.since <= own <= rule.until:
                    day, one = self._kept(rule, own)
                    if day.year == year:
                        found.setdefault(day, one)
        return MappingProxyType(dict(sorted(found.items())))

    def _kept(self, rule: Rule, year: int) -> tuple[date, Holiday]:
        own = rule.falls_on(year)
        declared = self.declared.get((rule.code, year))
        if declared is not None:
            citation, confidence = declared.citation, declared.confidence
            return declared.on, Holiday(rule.code, rule.label, own, citation, confidence)
        holiday = Holiday(rule.code, rule.label, own, rule.citation, rule.confidence)
        return kept_on(own, rule.kept), holiday


def kept_on(day: date, kept: str) -> date:
    """When a holiday that falls on `day` is kept, by one of KEPT."""
    weekday = day.weekday()
    if kept == "monday" and TUESDAY <= weekday <= THURSDAY:
        return day - timedelta(days=weekday)
    if (kept == "monday" and weekday > THURSDAY) or (kept == "sunday" and weekday == SUNDAY):
        return day + timedelta(days=7 - weekday)
    return day


class Years:
    """The holidays of one calendar, each year worked out once."""

    __slots__ = ("_calendar", "_known")

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[int, Mapping[date, Holiday]] = {}

    def on(self, day: date) -> Holiday | None:
        if day.year not in self._known:
            self._known[day.year] = self._calendar.kept_in(day.year)
        return self._known[day.year].get(day)


@cache
def calendar(jurisdiction: str = HERE) -> Calendar:
    """Raises BadTable, FileNotFoundError."""
    return parse_calendar(read_table(jurisdiction, "holidays"))


@cache
def holidays(year: int, jurisdiction: str = HERE) -> Mapping[date, Holiday]:
    """The days on which offices and courts are closed for a holiday, by date in order."""
    return calendar(jurisdiction).kept_in(year)


def holiday_on(day: date, jurisdiction: str = HERE) -> Holiday | None:
    return holidays(day.year, jurisdiction).get(day)


def is_closed(day: date, jurisdiction: str = HERE) -> bool:
    """Whether offices are closed: a day of the weekend, or a holiday."""
    weekend = day.weekday() in calendar(jurisdiction).weekend
    return weekend or holiday_on(day, jurisdiction) is not None


def parse_calendar(table: Mapping[str, Any]) -> Calendar:
    rules = keyed("holiday", ((rule.code, rule) for rule in map(_rule, rows(table, "holiday"))))
    top = Row("holidays", {"weekend": table.get("weekend", [])})
    once = (_once(row) for row in rows(table, "once"))
    declared = (_declared(row, rules) for row in rows(table, "declared"))
    return Calendar(
        weekend=frozenset(WEEKDAYS.index(name) for name in top.choices("weekend", WEEKDAYS)),
        rules=tuple(rules.values()),
        declared={(one.code, year): one for year, one in declared},
        once={one.falls_on: one for one in once},
    )


def _rule(row: Row) -> Rule:
    after_easter, month, day = row.number("easter"), row.number("month"), row.number("day")
    if (after_easter is None) == (month is None) or (month is None) != (day is None):
        raise row.wrong("either easter, or month and day")
    if month is not None and day is not None:
        try:
            date(2023, month, day)  # no leap year: a holiday is there every year
        except ValueError:
            raise row.wrong("no such day of the year") from None
    rule = Rule(
        code=row.word("code"),
        label=row.label(),
        month=month or 0,
        day=day or 0,
        easter=after_easter,
        kept=row.choice("kept", KEPT),
        since=row.number("since") or date.min.year,
        until=row.number("until") or MAXYEAR,
        citation=row.text("citation"),
        confidence=row.confidence(),
    )
    row.done()
    return rule


def _declared(row: Row, rules: Mapping[str, Rule]) -> tuple[int, Declared]:
    code, year, on = row.choice("holiday", rules), row.number("year"), row.day("on")
    if year is None:
        raise row.wrong("of which year?")
    declared = Declared(code, on, row.text("citation"), row.confidence())
    row.done()
    return year, declared


def _once(row: Row) -> Holiday:
    on = row.day("on")
    holiday = Holiday("once", row.label(), on, row.text("citation"), row.confidence())
    row.done()
    return holiday
