"""A second engine, which knows nothing of the first: it lives every day of every sentence.

It reads a case's plain data (as in the JSON) and the law's plain TOML, imports nothing of the
product and nothing of Python's dates. It has a calendar, a list of days that it wrote down itself,
and walks along it: a month is over when the same number comes up again, a sentence when as many
days have been served as it has. Where the two engines disagree, one of them is wrong.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LAWS = Path(__file__).parents[2] / "src" / "pims" / "jurisdictions"
FIRST_YEAR, LAST_YEAR = 1995, 2150
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _write_down() -> tuple[list[str], list[int]]:
    """Every day in order: as it is written, and its number in its month."""
    written, numbers = [], []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        leap = year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)
        for month, length in enumerate(_LENGTHS, 1):
            for day in range(1, length + 1 + (leap and month == 2)):
                written.append(f"{year:04}-{month:02}-{day:02}")
                numbers.append(day)
    return written, numbers


DAYS, NUMBER = _write_down()
PLACE = {day: place for place, day in enumerate(DAYS)}
SUNDAY = 6  # 1 January 1995, the first day of the list
Case = dict[str, Any]


@cache
def law_text(name: str) -> Any:
    return tomllib.loads((LAWS / name / "sentences.toml").read_text("utf-8"))


def governing(sentence: Case, name: str) -> Any:
    """The version of the law for a sentence; None where more than one could be meant."""
    law = law_text(name)
    day = sentence["pronounced_on"] if law["by"] == "sentence" else sentence.get("offence_on")
    latest = day or min(sentence["pronounced_on"], _first_named(sentence))
    fits = [
        version
        for version in law["version"]
        if ("begins" not in version or str(version["begins"]) <= latest)
        and (day is None or "ends" not in version or day < str(version["ends"]))
    ]
    return fits[0] if len(fits) == 1 else None


def _first_named(sentence: Case) -> str:
    return str(sentence.get("effective_from") or sentence["pronounced_on"])


def walk_months(first: int, months: int, missing: str) -> int:
    """The place of the first day after so many months, one day at a time."""
    wanted, today, tomorrow, short = NUMBER[first], first - 1, NUMBER[first], False
    while months:
        today += 1
        number, tomorrow = tomorrow, NUMBER[today + 1]
        if tomorrow == wanted:
            months, short = months - 1, False
        elif tomorrow == 1 and number < wanted:
            months, short = months - 1, True
    return today if short and missing == "day_before_last" else today + 1


def length(first: int, term: dict[str, int], rules: dict[str, str]) -> int:
    """How many days a term has that begins at a place."""
    months = 12 * term.get("years", 0) + term.get("months", 0)
    days = 7 * term.get("weeks", 0) + term.get("days", 0)
    if rules["order"] == "days_first":
        return walk_months(first + days, months, rules["missing_day"]) - first
    return walk_months(first, months, rules["missing_day"]) + days - first


def part(days: int, fraction: str, rounding: str) -> int:
    """A part of so many days: as often as its denominator goes into what they earn."""
    over, under = map(int, fraction.split("/"))
    whole = len(range(under, over * days + 1, under))
    return whole + (rounding == "up" and whole * under < over * days)


def answer(case: Case, name: str) -> dict[str, Any]:
    """The dates of the person, and of each sentence by its number, of a case without a fault."""
    sentences = {s["number"]: s for s in case["sentences"]}
    each: dict[int, dict[str, Any]] = {}
    ends = []
    followed = {s["consecutive_to"] for s in sentences.values()}
    for number in sentences:
        chain = [number]
        while (before := sentences[chain[0]]["consecutive_to"]) is not None:
            chain.insert(0, before)
        each[number] = Stretch([sentences[n] for n in chain], case["adjustments"], name).dates()
        if number not in followed:
            ends.append(each[number])
    person = {
        what: max(one[what] for one in ends)
        for what in ("full_term_end", "sentence_expiry", "edr", "release_day")
    }
    person["ped"] = _parole_of_all(ends, person["edr"])
    return {"person": person, "sentences": each}


def _parole_of_all(ends: list[dict[str, Any]], edr: str) -> str | None:
    """From the first day on, until everything that runs lets go or may be asked to."""
    waiting = [one["ped"] or one["edr"] for one in ends if one["class_known"]]
    unsure = [one["edr"] for one in ends if not one["class_known"]]
    if not waiting or max(unsure, default="") > max(waiting) or max(waiting) >= edr:
        return None
    return str(max(waiting))


class Stretch:
    """Sentences that follow one another, lived day by day."""

    def __init__(self, sentences: list[Case], adjustments: list[Case], name: str) -> None:
        self.sentences, self.adjustments = sentences, adjustments
        self.law = governing(sentences[0], name)
        self.name = name
        self.first = PLACE[_first_named(sentences[0])]
        self.away = self._days_away()
        self.credits = self._credits()
        self.lengths: list[int] = []
        for sentence in sentences:
            self._append(sentence)

    def _credits(self) -> list[int]:
        """Days of credit that count for each sentence; each certificate once."""
        left = [a for a in self.adjustments if a["kind"] in ("remand", "tagged_bail")]
        counted = []
        for place, sentence in enumerate(self.sentences):
            days = {sentence["pronounced_on"]} | ({_first_named(sentence)} if not place else set())
            counted.append(sum(a["days"] for a in left if a["applies_from"] in days))
            left = [a for a in left if a["applies_from"] not in days]
        return counted

    def _days_away(self) -> set[int]:
        away: set[int] = set()
        for a in self.adjustments:
            if a["kind"] == "unlawfully_at_large":
                begins = PLACE[a["from"] or a["applies_from"]]
                away.update(range(begins, begins + a["days"]))
        return away

    def _append(self, sentence: Case) -> None:
        """The sentence's days, less those that payment takes off while they are lived."""
        begins = self.first + sum(self.lengths)
        whole = left = length(begins, sentence["term"], self.law["months"])
        credit = sum(self.credits[: len(self.lengths) + 1])
        before = sum(self.lengths)
        paid = 0
        for payment in sorted(
            (a for a in self.adjustments if a.get("sentence") == sentence["number"]),
            key=lambda a: (a["from"] or "", a["kind"] == "fine_paid"),
        ):
            paid += payment.get("paid_cents") or 0
            if payment["kind"] == "fine_paid" or paid >= sentence["amount_cents"]:
                off = whole
            elif rule := self.law.get("part_payment"):
                off = part(whole, f"{paid}/{sentence['amount_cents']}", rule["rounding"])
            else:
                off = 0
            lived = 0
            if payment["from"]:
                lived = self._lived(PLACE[payment["from"]], credit, before + left) - before
            left = min(left, max(whole - off, lived, 0))
        self.lengths.append(left)

    def _lived(self, day: int, credit: int, enough: int) -> int:
        """How many days of the stretch are behind somebody at the end of a day."""
        lived, today = credit, self.first
        while today <= day and lived < enough:
            lived += today not in self.away
            today += 1
        return min(lived, enough) if day >= self.first else min(credit + day - self.first + 1, 0)

    def _reach(self, enough: int, credit: int) -> str:
        """The day on which so many days have been lived; the first where they were before it."""
        lived, today, away = credit, self.first, self.away
        if lived >= enough:
            return DAYS[today]
        while True:
            if today not in away:
                lived += 1
                if lived == enough:
                    return DAYS[today]
            today += 1

    def dates(self) -> dict[str, Any]:
        total, credit = sum(self.lengths), sum(self.credits)
        expiry = self._reach(total, credit)
        earned = kept = 0
        if (rule := self.law.get("remission")) and total > rule["over_days"]:
            earned = part(total, rule["fraction"], rule["rounding"])
            lost, given = (self._awards(k, expiry) for k in ("additional_days", "restored_days"))
            kept = min(max(earned - lost + given, 0), earned)
        edr = self._reach(total - kept, credit)
        ped, known = self._parole(total, credit)
        return {
            "full_term_end": DAYS[self.first + max(total, 1) - 1],
            "sentence_expiry": expiry,
            "remission_days": earned,
            "edr": edr,
            "ped": ped if ped and ped < edr else None,
            "release_day": self._gate(edr),
            "class_known": known,
        }

    def _awards(self, kind: str, expiry: str) -> int:
        return sum(
            a["days"]
            for a in self.adjustments
            if a["kind"] == kind and DAYS[self.first] <= (a["applies_from"] or a["from"]) <= expiry
        )

    def _parole(self, total: int, credit: int) -> tuple[str | None, bool]:
        rule = self.law.get("parole")
        if not rule:
            return None, True
        must = 0
        for sentence, days in zip(self.sentences, self.lengths, strict=True):
            fraction = rule["fractions"].get(sentence.get("offence_class", ""))
            if fraction is None:
                return None, False
            must += part(days, fraction, rule["rounding"])
        if total <= rule["over_days"]:
            return None, True
        return self._reach(must, credit if rule["credit_counts"] else 0), True

    def _gate(self, edr: str) -> str:
        rule = self.law.get("release_day")
        if not rule:
            return edr
        lowest = max(DAYS[self.first], self.sentences[-1]["pronounced_on"])
        day = PLACE[edr]
        while (day + SUNDAY) % 7 in rule["weekend"] or self._is_holiday(DAYS[day], rule):
            day -= 1
            if DAYS[day] < lowest:
                return edr
        return DAYS[day]

    def _is_holiday(self, day: str, rule: Any) -> bool:
        if rule["holidays"] == "calendar":
            return day in holidays_kept(self.name)
        return day[5:] in rule["holidays"]


@cache
def holidays_kept(law: str) -> frozenset[str]:
    """Every public holiday on the day on which it is kept, as `holidays.toml` has them."""
    table = tomllib.loads((LAWS / law / "holidays.toml").read_text("utf-8"))
    told = {(row["holiday"], row["year"]): str(row["on"]) for row in table.get("declared", ())}
    kept = {str(row["on"]) for row in table.get("once", ())}
    for row in table["holiday"]:
        first, last = row.get("since", FIRST_YEAR), row.get("until", LAST_YEAR)
        for year in range(max(first, FIRST_YEAR), min(last, LAST_YEAR) + 1):
            if "easter" in row:
                place = PLACE[easter_sunday(year)] + row["easter"]
            else:
                place = PLACE[f"{year:04}-{row['month']:02}-{row['day']:02}"]
            weekday = (place + SUNDAY) % 7
            if row["kept"] == "monday" and weekday in (1, 2, 3):
                place -= weekday
            elif (row["kept"] == "monday" and weekday >= 4) or (
                row["kept"] == "sunday" and weekday == SUNDAY
            ):
                place += 7 - weekday
            if place < len(DAYS):
                kept.add(told.get((row["code"], year), DAYS[place]))
    return frozenset(kept)


def easter_sunday(year: int) -> str:
    """The first Sunday after the church's full moon, by the golden number (Gregorian tables)."""
    golden, century = year % 19 + 1, year // 100 + 1
    dropped, moon = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - dropped - 10
    epact = (11 * golden + 20 + moon - dropped) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full = 44 - epact
    full += 30 * (full < 21)
    day = full + 7 - (sunday + full) % 7
    return f"{year:04}-04-{day - 31:02}" if day > 31 else f"{year:04}-03-{day:02}"
