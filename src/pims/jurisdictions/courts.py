"""Where and when the courts sit and what they can order. It warns, it never refuses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from pims.jurisdictions.here import HERE
from pims.jurisdictions.holidays import Holiday, holiday_on
from pims.jurisdictions.order_kinds import order_kinds
from pims.jurisdictions.tables import WEEKDAYS, BadTable, Row, keyed, read_table, rows
from pims.jurisdictions.warrant_kinds import BodyRow, bodies

# A court that is closed for longer than this does not sit regularly.
LOOK_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Court:
    """`code` is the body's. `sits` are days of the week, Monday 0, and `months` those of its
    sessions, 1 to 12; each is empty where it is not known or does not apply."""

    code: str
    name: str
    kind: str
    district: str
    place: str
    sits: frozenset[int]
    months: frozenset[int]
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Power:
    """What a kind of body can order: codes of order kinds. In neither set: not known."""

    kind: str
    may: frozenset[str]
    cannot: frozenset[str]
    citation: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why something on a paper is odd: the record stands, and the officer is told.

    `code` is one of cannot_order, perhaps_cannot_order, holiday, not_a_sitting_day,
    out_of_session; `holiday` names the one that closes the court.
    """

    code: str
    confidence: str
    citation: str = ""
    holiday: Holiday | None = None


@cache
def courts(jurisdiction: str = HERE) -> Mapping[str, Court]:
    """By code of the body. Raises BadTable, FileNotFoundError."""
    return parse_courts(read_table(jurisdiction, "courts"), bodies(jurisdiction))


@cache
def powers(jurisdiction: str = HERE) -> Mapping[str, Power]:
    """By kind of body. Raises BadTable, FileNotFoundError."""
    return parse_powers(read_table(jurisdiction, "courts"), order_kinds(jurisdiction))


def doubt_of_order(body_kind: str, order_kind: str, jurisdiction: str = HERE) -> Doubt | None:
    """Whether a body of this kind can make such an order; None where nothing speaks against it.

    Nothing does of a kind of body that the table does not speak of.
    """
    power = powers(jurisdiction).get(body_kind)
    if power is None or order_kind in power.may:
        return None
    if order_kind in power.cannot:
        return Doubt("cannot_order", power.confidence, power.citation)
    return Doubt("perhaps_cannot_order", "unconfirmed", power.citation)


def doubt_of_day(court: str, day: date, jurisdiction: str = HERE) -> Doubt | None:
    """Whether the court sits on `day`; None where it does, or where its days are not known.

    A body that is none of the table's has no days, and one without known days closes for no
    holiday either: the Minister signs on any day.
    """
    row = courts(jurisdiction).get(court)
    if row is None or not row.sits:
        return None
    if day.weekday() not in row.sits:
        return Doubt("not_a_sitting_day", row.confidence)
    closed = holiday_on(day, jurisdiction)
    if closed is not None:
        return Doubt("holiday", closed.confidence, closed.citation, closed)
    if row.months and day.month not in row.months:
        return Doubt("out_of_session", row.confidence)
    return None


def next_sitting(court: str, after: date, jurisdiction: str = HERE) -> date | None:
    """The first day after `after` on which nothing speaks against a sitting.

    None where the court's days are not known, or where none comes within a year.
    """
    row = courts(jurisdiction).get(court)
    if row is None or not row.sits:
        return None
    day = after + timedelta(days=1)
    while day - after <= LOOK_AHEAD:
        if doubt_of_day(court, day, jurisdiction) is None:
            return day
        day += timedelta(days=1)
    return None


def parse_courts(table: Mapping[str, Any], known: Collection[BodyRow]) -> Mapping[str, Court]:
    named = {body.code: body for body in known}
    return keyed("court", ((c.code, c) for c in (_court(r, named) for r in rows(table, "court"))))


def parse_powers(table: Mapping[str, Any], orders: Collection[str]) -> Mapping[str, Power]:
    return keyed("power", ((p.kind, p) for p in (_power(r, orders) for r in rows(table, "power"))))


def _court(row: Row, named: Mapping[str, BodyRow]) -> Court:
    body = named[row.choice("code", named)]
    court = Court(
        code=body.code,
        name=body.name,
        kind=body.kind,
        district=body.district,
        place=row.text("place"),
        sits=frozenset(WEEKDAYS.index(name) for name in row.choices("sits", WEEKDAYS)),
        months=frozenset(row.choices("months", range(1, 13))),
        confidence=row.confidence(),
        note=row.text("note", ""),
    )
    row.done()
    return court


def _power(row: Row, orders: Collection[str]) -> Power:
    power = Power(
        kind=row.word("kind"),
        may=frozenset(row.choices("may", orders)),
        cannot=frozenset(row.choices("cannot", orders)),
        citation=row.text("citation"),
        confidence=row.confidence(),
    )
    row.done()
    both = power.may & power.cannot
    if both:
        raise BadTable(f"power: {power.kind}: both may and cannot make {', '.join(sorted(both))}")
    return power
