"""How months are counted, and how often a detention without end is looked at: as an export says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from pims.assurance.proof.shapes import Problems, Where, at, day, many, one_of, shown, whole
from pims.jurisdictions.sentence_law import Law
from pims.kernel.terms import MissingDay, MonthRule, Order

By = Literal["sentence", "offence"]
# As the English cases count.
ARITHMETIC = MonthRule()
MOST_VERSIONS, MOST_MONTHS = 100, 1_200


@dataclass(frozen=True, slots=True)
class Version:
    """Of days in ``[begins, ends)``; None is without limit. `review_months`: None where this law
    has no period for reviews."""

    begins: date | None = None
    ends: date | None = None
    months: MonthRule = ARITHMETIC
    review_months: int | None = None

    def covers(self, on: date) -> bool:
        return (self.begins is None or self.begins <= on) and (self.ends is None or on < self.ends)


@dataclass(frozen=True, slots=True)
class Counting:
    """All versions, oldest first, without a gap. `by` says whether the day of the sentence chooses
    among them or that of the offence."""

    by: By = "sentence"
    versions: tuple[Version, ...] = (Version(),)

    def month_rule(self, *, passed_on: date, offence_on: date | None = None) -> MonthRule:
        """How the months of an order of that day are counted, for an offence of that day."""
        return self._version(passed_on, offence_on).months

    def review_months(self, since: date) -> int | None:
        """After how many months a detention of that day is looked at where the court said none."""
        return self._version(since, None).review_months

    def _version(self, passed_on: date, offence_on: date | None) -> Version:
        """Of several that could be, the last; where there is none, the law's last: as the courts'
        own deadlines are counted."""
        if self.by == "offence" and offence_on is None:
            could = [v for v in self.versions if v.begins is None or v.begins <= passed_on]
        else:
            on = passed_on if offence_on is None or self.by == "sentence" else offence_on
            could = [version for version in self.versions if version.covers(on)]
        return (could or self.versions)[-1]


# Months and years as the English cases count them, by one version for ever.
PLAIN = Counting()


def counting_of(law: Law) -> Counting:
    """What a proof needs of a law of terms."""
    return Counting(
        law.by,
        tuple(
            Version(one.begins, one.ends, one.month_rule, one.review_months) for one in law.versions
        ),
    )


def counting_data(counting: Counting) -> Mapping[str, Any]:
    """As JSON holds it; what is not said is left out."""
    return {"by": counting.by, "versions": [_version_data(one) for one in counting.versions]}


def _version_data(one: Version) -> dict[str, Any]:
    said = {
        "begins": one.begins and one.begins.isoformat(),
        "ends": one.ends and one.ends.isoformat(),
        "missing_day": one.months.missing_day,
        "order": one.months.order,
        "review_months": one.review_months,
    }
    return {name: value for name, value in said.items() if value is not None}


def counting_from(data: Any, problems: Problems) -> Counting:
    """What the export says; what is wrong with it goes to `problems`."""
    given = _fields(data, "counting", {"by", "versions"}, problems)
    by = one_of(By)(given.get("by"), "counting.by", problems)
    versions = many(_version_from, MOST_VERSIONS)(
        given.get("versions"), "counting.versions", problems
    )
    if not problems and not versions:
        problems.append("counting.versions: empty")
    for older, newer in pairwise(versions):
        if older.ends is None or older.ends != newer.begins:
            problems.append("counting.versions: one does not begin where the one before it ends")
    for one in versions:
        if one.begins is not None and one.ends is not None and one.ends <= one.begins:
            problems.append("counting.versions: one ends before it begins")
    return PLAIN if problems else Counting(by, versions)


def _version_from(data: Any, where: Where, problems: Problems) -> Version:
    named = {"begins", "ends", "missing_day", "order", "review_months"}
    given = _fields(data, where, named, problems)
    missing = one_of(MissingDay)(given.get("missing_day"), (where, "missing_day"), problems)
    order = one_of(Order)(given.get("order"), (where, "order"), problems)
    months = given.get("review_months")
    if months is not None and not whole(MOST_MONTHS)(months, (where, "review_months"), problems):
        problems.append(f"{at((where, 'review_months'))}: a review after no month at all")
    begins, ends = (
        None if given.get(name) is None else day(given[name], (where, name), problems)
        for name in ("begins", "ends")
    )
    return Version(
        begins, ends, MonthRule(missing or "last_of_month", order or "months_first"), months
    )


def _fields(data: Any, where: Where, named: set[str], problems: Problems) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        problems.append(f"{at(where)}: it does not say how months are counted")
        return {}
    if unknown := sorted(set(data) - named):
        problems.append(f"{at(where)}: unknown: {', '.join(map(shown, unknown[:5]))}")
    return data
