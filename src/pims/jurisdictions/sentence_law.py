"""The law of terms, remission and parole, as a jurisdiction's data gives it.

Every rule carries its citation and how sure we are of it. A rule that nobody has signed makes the
dates that rest on it provisional.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, Literal

from pims.jurisdictions.holidays import Years, holiday_on, parse_calendar
from pims.kernel.terms import MissingDay, MonthRule, Order

Rounding = Literal["up", "down"]
Confidence = Literal["read", "memory", "unconfirmed", "fictional", "arithmetic"]

_CONFIDENCES = ("read", "memory", "unconfirmed", "fictional", "arithmetic")
_NEEDED = ("governs", "first_day", "months", "consecutive", "credit", "at_large")
_RULES = (
    *_NEEDED, "remission", "parole", "life", "part_payment", "review", "juvenile", "release_day",
)  # fmt: skip


CALENDAR = "calendar"


class NoSuchLaw(LookupError):
    """No jurisdiction of that name has a law of sentences."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a rule comes from. `code` (version and name) is the one under which it is signed;
    `fingerprint` changes with the rule's content, so that a signature can't outlive it."""

    code: str
    citation: str
    confidence: Confidence
    text: Mapping[str, str]
    fingerprint: str

    @property
    def is_arithmetic(self) -> bool:
        """Plain counting, which needs nobody's signature."""
        return self.confidence == "arithmetic"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a number of days, in whole days."""

    fraction: Fraction
    rounding: Rounding

    def of(self, days: int) -> int:
        numerator = self.fraction.numerator * days
        if self.rounding == "up":
            return -(-numerator // self.fraction.denominator)
        return numerator // self.fraction.denominator


@dataclass(frozen=True, slots=True)
class Remission:
    """Part of what is served together that good conduct takes off, if that is over `over_days`."""

    share: Share
    over_days: int


@dataclass(frozen=True, slots=True)
class Parole:
    """Part of each sentence after which somebody may ask for parole, by class of offence, where all
    that is served together is over `over_days`; `credit_counts`: days before sentence too."""

    shares: Mapping[str, Share]
    over_days: int
    credit_counts: bool


@dataclass(frozen=True, slots=True)
class Life:
    """Life: parole after the minimum term, which the court must set where `minimum_required`; not
    for anybody who was younger than `from_age` at the offence."""

    minimum_required: bool
    from_age: int
    credit_counts: bool


@dataclass(frozen=True, slots=True)
class ReleaseDay:
    """The days on which the gate's office is closed: who is due on one goes on the last before it.

    `weekend` counts Monday as 0; `holidays` are (month, day); `calendar` names the jurisdiction
    whose public holidays are kept as well, "" for none: as `years` has them where it is given, else
    as its table says today.
    """

    weekend: frozenset[int]
    holidays: frozenset[tuple[int, int]]
    calendar: str = ""
    years: Years | None = field(default=None, compare=False, repr=False)

    def is_closed(self, day: date) -> bool:
        if day.weekday() in self.weekend or (day.month, day.day) in self.holidays:
            return True
        if self.years is not None:
            return self.years.on(day) is not None
        return bool(self.calendar) and holiday_on(day, self.calendar) is not None


@dataclass(frozen=True, slots=True)
class LawVersion:
    """The rules for sentences whose date falls in ``[begins, ends)``; None is without limit.

    A rule that is None does not exist in this law.
    """

    version: str
    begins: date | None
    ends: date | None
    missing_day: MissingDay
    order: Order
    remission: Remission | None
    parole: Parole | None
    life: Life | None
    part_payment: Rounding | None
    review_months: int | None
    juvenile_under: int | None
    release_day: ReleaseDay | None
    rules: Mapping[str, Rule]

    @property
    def month_rule(self) -> MonthRule:
        return MonthRule(self.missing_day, self.order)

    def covers(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day < self.ends
        )


@dataclass(frozen=True, slots=True)
class Law:
    """All versions of one jurisdiction's law of sentences, oldest first.

    `by` says which date chooses among them: that of the sentence or that of the offence. `holidays`
    is the text of the calendar that it was read with, "" where it goes by the table of today.
    """

    code: str
    label: Mapping[str, str]
    by: Literal["sentence", "offence"]
    versions: tuple[LawVersion, ...]
    holidays: str = ""

    def versions_for(self, *, passed_on: date, offence_on: date | None) -> list[LawVersion]:
        """Those that can govern: one, none where the law has no rule for that time, or several
        where it goes by the offence, whose date is not known but for being no later."""
        if self.by == "offence" and offence_on is None:
            return [v for v in self.versions if v.begins is None or v.begins <= passed_on]
        day = offence_on if self.by == "offence" and offence_on is not None else passed_on
        return [version for version in self.versions if version.covers(day)]

    def month_rule(self, *, passed_on: date, offence_on: date | None = None) -> MonthRule:
        """How it counts the months of an order of that day, for an offence of that day.

        Of several versions that could govern, the last; where none does, the law's last.
        """
        could = self.versions_for(passed_on=passed_on, offence_on=offence_on)
        return (could or self.versions)[-1].month_rule


def laws() -> tuple[str, ...]:
    """The jurisdictions that have a law of sentences."""
    found = files("pims.jurisdictions").iterdir()
    return tuple(sorted(one.name for one in found if (one / "sentences.toml").is_file()))


@cache
def sentence_law(jurisdiction: str) -> Law:
    """The law of a jurisdiction. Raises NoSuchLaw, and ValueError where its data is wrong."""
    return law_of(tomllib.loads(_rules_text(jurisdiction)))


@dataclass(frozen=True, slots=True)
class LawText:
    """All that a law says, as TOML: its rules, and the holidays that it goes by, "" for none."""

    rules: str
    holidays: str = ""


def shipped_text(jurisdiction: str) -> LawText:
    """What the files say of a jurisdiction's law today. Raises NoSuchLaw."""
    named = holidays_text(sentence_law(jurisdiction))
    return LawText(_rules_text(jurisdiction), named.decode("utf-8"))


def law_from(text: LawText) -> Law:
    """The law of a text alone, whatever the files say. Raises ValueError where it can't be one."""
    return law_of(tomllib.loads(text.rules), holidays=text.holidays)


def _rules_text(jurisdiction: str) -> str:
    if not jurisdiction.isidentifier() or jurisdiction not in laws():
        raise NoSuchLaw(jurisdiction)
    found = files("pims.jurisdictions") / jurisdiction / "sentences.toml"
    return found.read_text("utf-8")


def law_of(data: Mapping[str, Any], *, holidays: str = "") -> Law:
    """A law from its data, as `sentences.toml` has it; its holidays from a text of their own, where
    one is given. Raises ValueError where it can't be one."""
    years = Years(parse_calendar(tomllib.loads(holidays))) if holidays else None
    try:
        code = str(data["law"])
        versions = tuple(_version(one, code, years) for one in data["version"])
        by = _one_of(data["by"], ("sentence", "offence"))
        label = {"en": str(data["en"]), "es": str(data["es"])}
    except (KeyError, TypeError) as error:
        raise ValueError(f"the law lacks something: {error!r}") from error
    if not versions or len({one.version for one in versions}) != len(versions):
        raise ValueError(f"{code}: no version, or two of the same name")
    for older, newer in pairwise(versions):
        if older.ends is None or older.ends != newer.begins:
            raise ValueError(f"{code}: {newer.version} does not begin where {older.version} ends")
    return Law(code, label, by, versions, holidays)


def _version(data: Mapping[str, Any], law: str, years: Years | None) -> LawVersion:
    name = str(data["version"])
    if unknown := set(data) - {"version", "begins", "ends", *_RULES}:
        raise ValueError(f"{name}: {', '.join(sorted(unknown))} is no rule of ours")
    months, payment, review = data["months"], data.get("part_payment"), data.get("review")
    remission, parole, life = data.get("remission"), data.get("parole"), data.get("life")
    juvenile, release = data.get("juvenile"), data.get("release_day")
    return LawVersion(
        version=name,
        begins=data.get("begins"),
        ends=data.get("ends"),
        missing_day=_one_of(months["missing_day"], ("last_of_month", "day_before_last")),
        order=_one_of(months["order"], ("months_first", "days_first")),
        remission=None
        if remission is None
        else Remission(_share(remission["fraction"], remission), int(remission["over_days"])),
        parole=None
        if parole is None
        else Parole(
            {kind: _share(text, parole) for kind, text in parole["fractions"].items()},
            int(parole["over_days"]),
            bool(parole["credit_counts"]),
        ),
        life=None
        if life is None
        else Life(
            bool(life["minimum_required"]), int(life["from_age"]), bool(life["credit_counts"])
        ),
        part_payment=None if payment is None else _one_of(payment["rounding"], ("up", "down")),
        review_months=None if review is None else _positive(review["months"]),
        juvenile_under=None if juvenile is None else _positive(juvenile["under"]),
        release_day=None if release is None else _release_day(release, law, years),
        rules={key: _rule(name, key, data[key]) for key in _RULES if key in data or key in _NEEDED},
    )


def _release_day(data: Mapping[str, Any], law: str, years: Years | None) -> ReleaseDay:
    """`holidays` are days of the year, or ``"calendar"``: those of `holidays.toml` beside it."""
    weekend = frozenset(int(day) for day in data["weekend"])
    if not weekend <= frozenset(range(7)) or len(weekend) > 3:
        raise ValueError(f"no such weekend: {sorted(weekend)}")
    if data["holidays"] == CALENDAR:
        if not law.isidentifier() or not _holidays_of(law).is_file():
            raise ValueError(f"{law} has no calendar of holidays")
        return ReleaseDay(weekend, frozenset(), law, years)
    holidays = frozenset((int(text[:2]), int(text[3:])) for text in data["holidays"])
    return ReleaseDay(weekend, holidays)


def holidays_text(law: Law) -> bytes:
    """What the law's calendars of holidays say: dates move with it."""
    if law.holidays:
        return law.holidays.encode()
    named = {one.release_day.calendar for one in law.versions if one.release_day is not None}
    return b"".join(_holidays_of(name).read_bytes() for name in sorted(named) if name)


def _holidays_of(law: str) -> Traversable:
    return files("pims.jurisdictions") / law / "holidays.toml"


def _rule(version: str, name: str, data: Mapping[str, Any]) -> Rule:
    content = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return Rule(
        code=f"{version}.{name}",
        citation=str(data["citation"]),
        confidence=_one_of(data["confidence"], _CONFIDENCES),
        text={"en": str(data["en"]), "es": str(data["es"])},
        fingerprint=hashlib.sha256(content.encode()).hexdigest()[:16],
    )


def _share(text: str, data: Mapping[str, Any]) -> Share:
    found = Fraction(text)
    if not 0 < found < 1:
        raise ValueError(f"not a part of a term: {text}")
    return Share(found, _one_of(data["rounding"], ("up", "down")))


def _positive(value: Any) -> int:
    if int(value) < 1:
        raise ValueError(f"not a number of months or years: {value}")
    return int(value)


def _one_of(value: Any, allowed: tuple[str, ...]) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value
