"""Two readings of one order, by two officers who do not see each other's: where they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON = time(12)
# What the second officer keys: the dates and figures of the order, then of each sentence.
ORDER_FIELDS = ("dated", "next_date", "until", "amount_cents", "review_months")
SENTENCE_FIELDS = (
    "years", "months", "weeks", "days",
    "minimum_years", "minimum_months", "minimum_weeks", "minimum_days",
    "pronounced_on", "effective_from", "link", "amount_cents",
)  # fmt: skip
_NUMBERS = frozenset({"years", "months", "weeks", "days"})

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """`order` and each of `sentences`: field -> ISO date, number or code; a field may be absent."""

    order: Mapping[str, Value]
    sentences: Sequence[Mapping[str, Value]] = ()


def differences(first: Reading, second: Reading) -> tuple[str, ...]:
    """The fields in which two readings differ: ``until``, ``sentences``, ``sentence_2.years``.

    ``sentences`` alone says that the two count them differently; then no sentence is compared,
    because nobody knows which is which.
    """
    found = [name for name in ORDER_FIELDS if first.order.get(name) != second.order.get(name)]
    if len(first.sentences) != len(second.sentences):
        return (*found, "sentences")
    for number, (one, other) in enumerate(zip(first.sentences, second.sentences, strict=True), 1):
        found += [
            f"sentence_{number}.{name}"
            for name in SENTENCE_FIELDS
            if _plain(name, one.get(name)) != _plain(name, other.get(name))
        ]
    return tuple(found)


def _plain(name: str, value: Value) -> Value:
    """No figure in a box for a term's years means none of them; a minimum may be absent."""
    if name == "link":
        return value or "concurrent"
    return value or 0 if name in _NUMBERS else value


def due_at(recorded_at: datetime, zone: str, *, is_closed: Callable[[date], bool]) -> datetime:
    """Noon of the next working day after the day of the record, where the prison is, in UTC."""
    where = ZoneInfo(zone)
    day = recorded_at.astimezone(where).date() + timedelta(days=1)
    while is_closed(day):
        day += timedelta(days=1)
    return datetime.combine(day, NOON, where).astimezone(UTC)
