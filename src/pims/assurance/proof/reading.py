"""The export of custody as JSON: read within bounds, and never believed. Its fields: `shapes`.

Whatever is wrong with one person's record is told of that person, with where it stands, and the
others are read. A field that is not known is wrong: misspelt, it would be a fact passed over.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NoReturn

from pims.assurance.proof.history import Custody, History, Interest, Placement
from pims.assurance.proof.shapes import MOST_PROBLEMS, PERSON, Problems, instant, shown, text

FORMAT = "pims-custody"
VERSION = 1
MOST_BYTES = 256 * 2**20
MOST_PERSONS = 100_000
_HEAD = frozenset({"format", "version", "law", "as_of", "persons"})


class NotPlainJson(ValueError):
    """Not UTF-8, a number that is none, brackets without end, or one name twice in an object."""


class NotAnExport(ValueError):
    """JSON, but no export of this format and version; the text says why."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A person of whom nothing can be proven: what is wrong, each with its place in the file."""

    person_id: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """`as_of` is the hour up to which the record goes; `persons` are read as they are asked for."""

    law: str
    as_of: datetime
    persons: list[Any]

    def read(self) -> Iterator[History | Unreadable]:
        known: set[str] = set()
        for place, data in enumerate(self.persons):
            person = person_from(data, f"persons[{place}]")
            if person.person_id in known:
                twice = f"persons[{place}].id: {shown(person.person_id)} is there twice"
                person = Unreadable(person.person_id, (twice,))
            known.add(person.person_id)
            yield person


def decoded(content: bytes) -> Any:
    """The data of a file. Raises json.JSONDecodeError, NotPlainJson."""
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
    if data.get("version") != VERSION or isinstance(data["version"], bool):
        raise NotAnExport(f"its version is not {VERSION}")
    if unknown := sorted(set(data) - _HEAD):
        raise NotAnExport(f"unknown: {', '.join(map(shown, unknown[:5]))}")
    problems: Problems = []
    law = text(data.get("law"), "law", problems)
    as_of = instant(data.get("as_of"), "as_of", problems)
    if problems or not law or as_of is None:
        raise NotAnExport("; ".join(problems) or "law and as_of are missing")
    persons = data.get("persons")
    if not isinstance(persons, list):
        raise NotAnExport("persons is no list")
    if len(persons) > MOST_PERSONS:
        raise NotAnExport(f"it has more than {MOST_PERSONS} persons")
    return Export(law, as_of, persons)


def person_from(data: Any, where: str = "person") -> History | Unreadable:
    """One person's record, or what is wrong with it."""
    problems: Problems = []
    history = PERSON.read(data, where, problems)
    if isinstance(history, History) and not problems:
        _fits(history, where, problems)
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


def export_head(law: str, as_of: datetime) -> Mapping[str, Any]:
    """All but the persons, for who writes them one by one."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "law": law,
        "as_of": as_of.astimezone(UTC).isoformat(),
    }


def written(histories: Iterator[History], *, law: str, as_of: datetime) -> Iterator[str]:
    """The export's text in pieces, so that a long one is never held whole."""
    head = json.dumps(export_head(law, as_of))
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
    ):
        if len(set(ids)) < len(ids):
            twice = next(one for one in ids if ids.count(one) > 1)
            problems.append(f"{where}.{name}: {shown(twice)} is there twice")
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
