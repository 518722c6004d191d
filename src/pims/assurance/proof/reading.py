"""The export of custody as JSON: read within bounds, and never believed. Its fields: `shapes`.

Whatever is wrong with one person's record is told of that person, with where it stands, and the
others are read. A field that is not known is wrong: misspelt, it would be a fact passed over.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NoReturn

from pims.assurance.proof.counting import Counting, counting_data, counting_from
from pims.assurance.proof.history import Custody, History, Interest, Placement
from pims.assurance.proof.shapes import MOST_PROBLEMS, PERSON, Problems, instant, shown, text

FORMAT = "pims-custody"
# The first version did not say how months are counted.
VERSION, FIRST_VERSION = 2, 1
MOST_BYTES = 256 * 2**20
MOST_PERSONS = 100_000
# Of anything, in the whole file: what is of brackets alone would fill the memory first.
MOST_VALUES = 25_000_000
_HEAD = frozenset({"format", "version", "law", "counting", "as_of", "persons"})


class NotPlainJson(ValueError):
    """Not UTF-8, a number that is none, brackets or values without end, or one name twice in an
    object."""


class NotAnExport(ValueError):
    """JSON, but no export of this format and version; the text says why."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A person of whom nothing can be proven: what is wrong, each with its place in the file."""

    person_id: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """`as_of` is the hour up to which the record goes; `persons` are read as they are asked for.
    `counting` is None in a file of the first version, which did not say it."""

    law: str
    as_of: datetime
    persons: list[Any]
    counting: Counting | None = None

    def read(self) -> Iterator[History | Unreadable]:
        known: set[str] = set()
        shared = _shared(self.persons)
        for place, data in enumerate(self.persons):
            where = f"persons[{place}]"
            person = person_from(data, where, self.as_of)
            if shared and isinstance(person, History):
                person = _but_of_two(person, where, shared)
            if person.person_id in known:
                twice = f"persons[{place}].id: {shown(person.person_id)} is there twice"
                person = Unreadable(person.person_id, (twice,))
            known.add(person.person_id)
            yield person


def decoded(content: bytes) -> Any:
    """The data of a file. Raises json.JSONDecodeError, NotPlainJson."""
    if sum(content.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise NotPlainJson(f"more than {MOST_VALUES} values")
    try:
        return json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotPlainJson(str(error)) from error


def export_from(data: Any) -> Export:
    """Raises NotAnExport."""
    if not isinstance(data, dict):
        raise NotAnExport("it is no object")
    if data.get("format") != FORMAT:
        raise NotAnExport(f"its format is not {FORMAT}")
    version = data.get("version")
    if version not in (FIRST_VERSION, VERSION) or type(version) is not int:
        raise NotAnExport(f"its version is not {VERSION}, nor {FIRST_VERSION}")
    if unknown := sorted(set(data) - _HEAD):
        raise NotAnExport(f"unknown: {', '.join(map(shown, unknown[:5]))}")
    problems: Problems = []
    law = text(data.get("law"), "law", problems)
    as_of = instant(data.get("as_of"), "as_of", problems)
    counting = None
    if version != FIRST_VERSION:
        counting = counting_from(data.get("counting"), problems)
    elif "counting" in data:
        problems.append(f"counting: unknown in version {FIRST_VERSION}")
    if problems or not law or as_of is None:
        raise NotAnExport("; ".join(problems) or "law and as_of are missing")
    persons = data.get("persons")
    if not isinstance(persons, list):
        raise NotAnExport("persons is no list")
    if len(persons) > MOST_PERSONS:
        raise NotAnExport(f"it has more than {MOST_PERSONS} persons")
    if not persons:
        raise NotAnExport("it has no persons, and proves nothing")
    return Export(law, as_of, persons, counting)


def person_from(
    data: Any, where: str = "person", as_of: datetime | None = None
) -> History | Unreadable:
    """One person's record, or what is wrong with it; with `as_of` what came after that is wrong."""
    problems: Problems = []
    history = PERSON.read(data, where, problems)
    if isinstance(history, History) and not problems:
        _fits(history, where, problems)
        if as_of is not None:
            problems += [f"{where}.{what} is after the export" for what in _after(history, as_of)]
        if not problems:
            return history
    given = data.get("id") if isinstance(data, dict) else None
    return Unreadable(
        shown(given) if isinstance(given, str) and given else where,
        tuple(problems[:MOST_PROBLEMS]),
    )


def person_data(history: History) -> Mapping[str, Any]:
    """As JSON holds it; what is not said is left out."""
    written: Mapping[str, Any] = PERSON.write(history)
    return written


def export_head(law: str, as_of: datetime, counting: Counting) -> Mapping[str, Any]:
    """All but the persons, for who writes them one by one."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "law": law,
        "counting": counting_data(counting),
        "as_of": as_of.astimezone(UTC).isoformat(),
    }


def written(
    histories: Iterator[History], *, law: str, as_of: datetime, counting: Counting
) -> Iterator[str]:
    """The export's text in pieces, so that a long one is never held whole."""
    head = json.dumps(export_head(law, as_of, counting))
    yield f'{head[:-1]}, "persons": ['
    for place, history in enumerate(histories):
        yield f"{',' if place else ''}\n{json.dumps(person_data(history), ensure_ascii=False)}"
    yield "\n]}\n"


def _fits(history: History, where: str, problems: Problems) -> None:
    """What no record can be: somebody in custody twice at once, a thing that names nothing."""
    for name, ids in (
        ("custody", [one.custody_id for one in history.custody]),
        ("orders", [one.order_id for one in history.orders]),
        ("sentences", [one.sentence_id for one in history.sentences]),
        ("charges", [one.charge_id for one in history.charges]),
        ("hearings", [one.hearing_id for one in history.hearings]),
        ("interests", [one.interest_id for one in history.interests]),
    ):
        if len(set(ids)) < len(ids):
            twice = next(one for one in ids if ids.count(one) > 1)
            problems.append(f"{where}.{name}: {shown(twice)} is there twice")
    if not history.custody:
        problems.append(f"{where}.custody: empty; whoever was never held is not in an export")
    problems.extend(
        f"{where}.custody: {shown(one.custody_id)} ended ({one.end_kind}), and nobody says when"
        for one in history.custody
        if one.end_kind and one.ends is None
    )
    periods: tuple[Custody | Placement | Interest, ...] = (
        *history.custody, *history.placements, *history.interests,
    )  # fmt: skip
    for period in periods:
        if period.ends is not None and period.ends <= period.begins:
            what = type(period).__name__.lower()
            problems.append(f"{where}: {what} of {period.begins.isoformat()} ends before it begins")
    in_time = sorted(history.custody, key=lambda one: one.begins)
    problems.extend(_overlap(where, a, b) for a, b in pairwise(in_time) if _both(a, b))
    orders = {order.order_id for order in history.orders}
    named = [
        *((f"sentence {one.sentence_id}", one.order_id) for one in history.sentences),
        *(("a payment", one.order_id) for one in history.payments),
        *(("a review", one.order_id) for one in history.reviews if one.order_id),
    ]
    problems.extend(
        f"{where}: {shown(what)} is of order {shown(order_id)}, which is not there"
        for what, order_id in named
        if order_id not in orders
    )


def _after(history: History, as_of: datetime) -> Iterator[str]:
    """What the record cannot know yet, each by its place."""
    for one in history.custody:
        if one.begins > as_of or (one.ends is not None and one.ends > as_of):
            yield f"custody: {shown(one.custody_id)}"
    for order in history.orders:
        if order.received_at is not None and order.received_at > as_of:
            yield f"orders: {shown(order.order_id)}.received_at"
        if any(new.said_at > as_of for new in order.new_dates):
            yield f"orders: {shown(order.order_id)}.new_dates"
    for payment in history.payments:
        if payment.at > as_of:
            yield f"payments: {shown(payment.order_id)}"
    for hearing in history.hearings:
        if hearing.outcome_at is not None and hearing.outcome_at > as_of:
            yield f"hearings: {shown(hearing.hearing_id)}.outcome_at"
    if history.dates_refused is not None and history.dates_refused.since > as_of:
        yield "dates_refused.since"
    for name in ("consul_told_at", "last_recorded_at"):
        at = getattr(history, name)
        if at is not None and at > as_of:
            yield name


def as_known(history: History, as_of: datetime) -> History:
    """Without what the record says of a time that is still to come: a slip of the keys, or an hour
    that was keyed ahead. Of that an export knows nothing yet."""

    def known(at: datetime | None) -> datetime | None:
        return at if at is None or at <= as_of else None

    return replace(
        history,
        custody=tuple(
            one if one.ends is None or one.ends <= as_of else replace(one, ends=None, end_kind="")
            for one in history.custody
            if one.begins <= as_of
        ),
        orders=tuple(
            replace(
                one,
                received_at=known(one.received_at),
                new_dates=tuple(new for new in one.new_dates if new.said_at <= as_of),
            )
            for one in history.orders
        ),
        payments=tuple(one for one in history.payments if one.at <= as_of),
        hearings=tuple(
            one
            if one.outcome_at is None or one.outcome_at <= as_of
            else replace(one, outcome="", outcome_at=None)
            for one in history.hearings
        ),
        dates_refused=None
        if history.dates_refused is None or history.dates_refused.since > as_of
        else history.dates_refused,
        consul_told_at=known(history.consul_told_at),
        last_recorded_at=known(history.last_recorded_at),
    )


# What belongs to one person alone: an order that names many is one row for each.
_OWN = ("custody", "orders", "sentences")


def _shared(persons: list[Any]) -> frozenset[tuple[str, str]]:
    """(list, id) of what is there under two persons: whose it is nobody can tell."""
    owner: dict[tuple[str, str], int] = {}
    found: set[tuple[str, str]] = set()
    for place, data in enumerate(persons):
        for name in _OWN:
            rows = data.get(name) if isinstance(data, dict) else None
            for row in rows if isinstance(rows, list) else ():
                one = row.get("id") if isinstance(row, dict) else None
                if isinstance(one, str) and owner.setdefault((name, one), place) != place:
                    found.add((name, one))
    return frozenset(found)


def _but_of_two(
    history: History, where: str, shared: frozenset[tuple[str, str]]
) -> History | Unreadable:
    ids = {
        "custody": [one.custody_id for one in history.custody],
        "orders": [one.order_id for one in history.orders],
        "sentences": [one.sentence_id for one in history.sentences],
    }
    problems = [
        f"{where}.{name}: {shown(one)} is another person's as well"
        for name in _OWN
        for one in ids[name]
        if (name, one) in shared
    ]
    if not problems:
        return history
    return Unreadable(history.person_id, tuple(problems[:MOST_PROBLEMS]))


def _both(a: Custody, b: Custody) -> bool:
    return a.ends is None or b.begins < a.ends


def _overlap(where: str, a: Custody, b: Custody) -> str:
    return f"{where}.custody: {shown(a.custody_id)} and {shown(b.custody_id)} are at the same time"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is twice in one object")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("not a number of JSON")
