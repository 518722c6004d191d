"""The fields of each thing in an export: what may stand in it, and the dataclass it becomes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfoNotFoundError

from pims.assurance.proof import history as h
from pims.assurance.proof.days import zone_named

Problems = list[str]
# The place in the file: the text of it, or the place that it is in and the name or number there. It
# is put into words where something is wrong, and hardly ever is.
Where = str | tuple["Where", str | int]
Reader = Callable[[Any, Where, Problems], Any]

MOST_PROBLEMS = 20
_MOST_MONTHS = 1_200
_MOST_CENTS = 10**15
_LONGEST = 200
_YEARS = (1850, 9000)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")


def shown(value: object) -> str:
    """A value as it was given, short and printable."""
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    given = value[:80] if isinstance(value, str) else repr(value)[:80]
    plain = "".join(letter if letter.isprintable() else "?" for letter in given)
    return plain if len(plain) <= 60 else plain[:59] + "…"


def at(where: Where) -> str:
    if isinstance(where, str):
        return where
    outer, inner = where
    return f"{at(outer)}.{inner}" if isinstance(inner, str) else f"{at(outer)}[{inner}]"


def text(value: Any, where: Where, problems: Problems) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST and value.isprintable():
        return value
    problems.append(f"{at(where)}: not a text of at most {_LONGEST} printable letters")
    return ""


def name(value: Any, where: Where, problems: Problems) -> str:
    """A text that may not be empty."""
    if value == "":
        problems.append(f"{at(where)}: empty")
    return text(value, where, problems)


def flag(value: Any, where: Where, problems: Problems) -> bool:
    if isinstance(value, bool):
        return value
    problems.append(f"{at(where)}: neither true nor false")
    return False


def day(value: Any, where: Where, problems: Problems) -> date | None:
    found = _day(value) if isinstance(value, str) else None
    if found is None:
        problems.append(f"{at(where)}: no such date: {shown(value)}")
    return found


def instant(value: Any, where: Where, problems: Problems) -> datetime | None:
    found = _instant(value) if isinstance(value, str) else None
    if found is None:
        problems.append(f"{at(where)}: no date and time with its offset: {shown(value)}")
    return found


def zone(value: Any, where: Where, problems: Problems) -> str:
    try:
        if isinstance(value, str) and _ZONE.fullmatch(value):
            zone_named(value)
            return value
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    problems.append(f"{at(where)}: no such time zone: {shown(value)}")
    return ""


def whole(most: int) -> Reader:
    """A whole number from 0 to `most`."""

    def read(value: Any, where: Where, problems: Problems) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        problems.append(f"{at(where)}: no whole number from 0 to {most}: {shown(value)}")
        return 0

    return read


def one_of(choices: Any) -> Reader:
    known = frozenset(get_args(choices))

    def read(value: Any, where: Where, problems: Problems) -> str:
        if isinstance(value, str) and value in known:
            return value
        some = ", ".join(sorted(filter(None, known)))
        problems.append(f"{at(where)}: none of {some}: {shown(value)}")
        return ""

    return read


def many(reader: Reader, most: int) -> Reader:
    def read(value: Any, where: Where, problems: Problems) -> tuple[Any, ...]:
        if not isinstance(value, list):
            problems.append(f"{at(where)}: no list")
            return ()
        if len(value) > most:
            problems.append(f"{at(where)}: more than {most}")
            return ()
        found = []
        for place, one in enumerate(value):
            found.append(reader(one, (where, place), problems))
            if len(problems) >= MOST_PROBLEMS:
                break
        return tuple(found)

    return read


@lru_cache(maxsize=100_000)
def _day(value: str) -> date | None:
    if len(value) == 10 and value[4] == value[7] == "-":
        try:
            found = date.fromisoformat(value)
        except ValueError:
            return None
        return found if _YEARS[0] <= found.year <= _YEARS[1] else None
    return None


@lru_cache(maxsize=100_000)
def _instant(value: str) -> datetime | None:
    if not 20 <= len(value) <= 40 or value[4] != "-" or value[10] != "T":
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None or not _YEARS[0] <= found.year <= _YEARS[1]:
            return None
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Shape:
    """An object of the file: its fields by name, each with the attribute that it becomes."""

    of: type
    named: Mapping[str, tuple[str, Reader]]
    inner: Mapping[str, "Shape"]

    @property
    def needed(self) -> frozenset[str]:
        without = {f.name for f in fields(self.of) if f.default is MISSING}
        return frozenset(key for key, (attribute, _) in self.named.items() if attribute in without)

    def read(self, data: Any, where: Where, problems: Problems) -> Any:
        """The dataclass; None, and what is wrong among `problems`, where it is none."""
        if not isinstance(data, dict):
            problems.append(f"{at(where)}: no object")
            return None
        before = len(problems)
        values = {}
        for key, value in data.items():
            found = self.named.get(key)
            if found is None:
                problems.append(f"{at(where)}: unknown: {shown(key)}")
            elif value is not None:
                values[found[0]] = found[1](value, (where, key), problems)
            if len(problems) >= MOST_PROBLEMS:
                return None
        for key, attribute in _needed(self.of):
            if attribute not in values:
                problems.append(f"{at((where, key))}: missing")
        return None if len(problems) > before else self.of(**values)

    def attribute(self, key: str) -> str:
        return self.named[key][0]

    def write(self, one: Any) -> dict[str, Any]:
        """What differs from its default."""
        found: dict[str, Any] = {}
        for key, (attribute, _) in self.named.items():
            value = getattr(one, attribute)
            if value is None or value == "" or value is False or value == ():
                continue
            if isinstance(value, tuple | list):
                if not value:
                    continue
                inner = self.inner.get(key)
                found[key] = [inner.write(v) if inner else v for v in value]
            elif key in self.inner:
                found[key] = self.inner[key].write(value)
            else:
                found[key] = value if isinstance(value, str | int) else _iso(value)
        for key, default in _SAID_WHEN_FALSE.get(self.of, ()):
            value = getattr(one, self.attribute(key))
            if value != default:
                found[key] = value
        return found


# Fields whose default is true, so that false has to be said.
_SAID_WHEN_FALSE: Mapping[type, tuple[tuple[str, bool], ...]] = {h.Sentence: (("final", True),)}


@lru_cache(maxsize=64)
def _needed(of: type) -> tuple[tuple[str, str], ...]:
    shape = _SHAPES[of]
    return tuple((key, shape.attribute(key)) for key in sorted(shape.needed))


def _iso(value: date | datetime) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


_SHAPES: dict[type, Shape] = {}


def _shape(
    of: type, readers: Mapping[str, Reader | Shape | tuple[Shape, int]], own_id: str = ""
) -> Shape:
    """`own_id` is the attribute that the file calls ``id``."""
    named: dict[str, tuple[str, Reader]] = {}
    inner: dict[str, Shape] = {}
    for key, reader in readers.items():
        attribute = own_id if key == "id" else key
        if isinstance(reader, Shape):
            inner[key] = reader
            named[key] = (attribute, reader.read)
        elif isinstance(reader, tuple):
            inner[key] = reader[0]
            named[key] = (attribute, many(reader[0].read, reader[1]))
        else:
            named[key] = (attribute, reader)
    _SHAPES[of] = Shape(of, named, inner)
    return _SHAPES[of]


_TERM = whole(10**6)
_MONTHS, _CENTS = whole(_MOST_MONTHS), whole(_MOST_CENTS)
_PERIOD: Mapping[str, Reader] = {"begins": instant, "ends": instant}

CUSTODY = _shape(h.Custody, {"id": name, **_PERIOD, "end_kind": one_of(h.CustodyEnd)}, "custody_id")
READING = _shape(
    h.SecondReading,
    {"due": instant, "read_at": instant, "differs": many(text, 50), "settled_at": instant},
)
NEW_DATE = _shape(h.NewDate, {"said_at": instant, "next_date": day})
ORDER = _shape(
    h.Order,
    {
        "id": name, "kind": name, "court": text, "court_kind": text, "case": text,
        "charges": many(name, 500), "dated": day, "received_at": instant, "begins": instant,
        "until": day, "next_date": day, "new_dates": (NEW_DATE, 200), "amount_cents": _CENTS,
        "review_months": _MONTHS, "changes": text, "state": one_of(h.OrderState),
        "state_from": instant, "reading": READING,
    },
    "order_id",
)  # fmt: skip
SENTENCE = _shape(
    h.Sentence,
    {
        "id": name, "order_id": name, "full_term_end": day, "expiry": day, "release_date": day,
        "final": flag, "by_hand": flag, "endless": flag, "follows": text, "ended_at": instant,
        "pronounced_on": day, "effective_from": day, "offence_on": day, "years": _TERM,
        "months": _TERM, "weeks": _TERM, "days": _TERM, "at_large_days": _TERM,
    },
    "sentence_id",
)  # fmt: skip
PAYMENT = _shape(
    h.Payment, {"order_id": name, "at": instant, "amount_cents": _CENTS, "in_full": flag}
)
HEARING = _shape(
    h.Hearing,
    {
        "id": name, "on": day, "case": text, "outcome": text, "outcome_at": instant,
        "cancelled": flag,
    },
    "hearing_id",
)  # fmt: skip
CHARGE = _shape(
    h.Charge,
    {
        "id": name, "case": text, "state": one_of(h.ChargeState), "decided_on": day,
        "offence_on": day, "longest_months": _MONTHS, "life": flag, "likely_months": _MONTHS,
    },
    "charge_id",
)  # fmt: skip
PLACEMENT = _shape(h.Placement, {**_PERIOD, "unit_kind": one_of(h.UnitKind)})
REVIEW = _shape(h.Review, {"on": day, "order_id": text})
INTEREST = _shape(h.Interest, {"id": name, **_PERIOD}, "interest_id")
PREPARATION = _shape(
    h.Preparation,
    {
        "opened_at": instant, "closed_at": instant, "ready_at": instant,
        "owed": many(one_of(h.Owed), 10),
    },
)  # fmt: skip
DATES_REFUSED = _shape(h.DatesRefused, {"since": instant, "arguable_on": day})
PERSON = _shape(
    h.History,
    {
        "id": name, "zone": zone, "custody": (CUSTODY, 500), "orders": (ORDER, 500),
        "sentences": (SENTENCE, 500), "payments": (PAYMENT, 2_000),
        "hearings": (HEARING, 2_000), "charges": (CHARGE, 500),
        "placements": (PLACEMENT, 5_000), "reviews": (REVIEW, 500),
        "interests": (INTEREST, 100), "preparations": (PREPARATION, 100),
        "dates_refused": DATES_REFUSED, "born_on": day,
        "born_earliest": day,
        "juvenile_until_decided": flag, "nationalities": many(name, 20),
        "consul_told_at": instant, "lawyer": one_of(h.Lawyer), "lawyer_said_at": instant,
        "last_recorded_at": instant,
    },
    "person_id",
)  # fmt: skip
