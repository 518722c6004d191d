"""The offences that people are charged with: act, section, longest term, statistics.

What is not known is empty, never guessed: a row that nobody could confirm cites no section and
names no longest term, and the reader refuses a file in which one does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pims.jurisdictions.here import HERE
from pims.jurisdictions.iccs import iccs_titles
from pims.jurisdictions.tables import Row, keyed, read_table, rows

SERIOUS, LESSER = "serious", "lesser"


@dataclass(frozen=True, slots=True)
class Act:
    """`chapter` is the act's place in the revised laws or its number and year, "" if not known."""

    code: str
    title: str
    chapter: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Offence:
    """`confidence` is that of the section and the longest term, as far as they are given.

    `longest_months` is the longest term that the charge allows where it is one of time; with
    `life` it is imprisonment for life; with neither it is not known. `grade` is what the parole
    law makes of it (serious or lesser), with a confidence of its own.
    """

    code: str
    label: Mapping[str, str]
    act: Act
    section: str
    grade: str
    grade_confidence: str
    longest_months: int | None
    life: bool
    iccs: str
    confidence: str
    note: str

    @property
    def longest_known(self) -> bool:
        return self.life or self.longest_months is not None

    @property
    def citation(self) -> str:
        """As it is written after *contrary to*; the act alone where the section is not known."""
        where = f"{self.act.title}, {self.act.chapter}" if self.act.chapter else self.act.title
        return f"s {self.section}, {where}" if self.section else where


@cache
def offences(jurisdiction: str = HERE) -> Mapping[str, Offence]:
    """By code, in the order in which they are offered. Raises BadTable, FileNotFoundError."""
    return parse_offences(read_table(jurisdiction, "offences"))


def parse_offences(table: Mapping[str, Any]) -> Mapping[str, Offence]:
    acts = keyed("act", ((act.code, act) for act in map(_act, rows(table, "act"))))
    grade = Row("grade", table.get("grade", {}))
    grade.text("citation")
    grade_confidence = grade.confidence()
    grade.done()
    return keyed(
        "offence",
        (
            (o.code, o)
            for o in (_offence(r, acts, grade_confidence) for r in rows(table, "offence"))
        ),
    )


def _act(row: Row) -> Act:
    act = Act(row.word("code"), row.word("title"), row.text("chapter", ""), row.confidence())
    row.done()
    return act


def _offence(row: Row, acts: Mapping[str, Act], grade_confidence: str) -> Offence:
    offence = Offence(
        code=row.word("code"),
        label=row.label(),
        act=acts[row.choice("act", acts)],
        section=row.text("section"),
        grade=row.choice("grade", (SERIOUS, LESSER)),
        grade_confidence=grade_confidence,
        longest_months=_longest(row),
        life=row.flag("life"),
        iccs=row.choice("iccs", iccs_titles()),
        confidence=row.confidence(),
        note=row.text("note", ""),
    )
    row.done()
    if offence.life and offence.longest_months is not None:
        raise row.wrong("life and a term of time")
    if offence.confidence == "unconfirmed" and (offence.section or offence.longest_known):
        raise row.wrong("unconfirmed, and yet it cites a section or a longest term")
    if offence.confidence != "unconfirmed" and not (offence.section or offence.longest_known):
        raise row.wrong("nothing is cited of which one could be confident")
    if offence.confidence == "read" and not offence.note:
        raise row.wrong("read, and the note does not say where")
    return offence


def _longest(row: Row) -> int | None:
    years, months = row.number("longest_years"), row.number("longest_months")
    if years is not None and months is not None:
        raise row.wrong("the longest term in years and in months")
    found = years * 12 if years is not None else months
    if found is not None and found <= 0:
        raise row.wrong("a longest term of nothing")
    return found
