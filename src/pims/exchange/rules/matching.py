"""Whom a message is about, decided from what points at whom. Pure.

A number, a document or fingerprints find somebody; a name alone never does, however rare: it shows
who may be meant, and a person says who it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

NUMBER, DOCUMENT, FINGERPRINT, NAME = "number", "document", "fingerprint", "name"
OFFICER = "officer"
# What finds somebody by itself, the surest first.
SURE = (FINGERPRINT, NUMBER, DOCUMENT)
MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing in the message that points at one person of ours."""

    how: str
    person_id: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """What is on record of one of those pointed at, against what the message says.

    `answers_to`: the name in the message can be one of theirs; True where it gives none.
    """

    person_id: int
    answers_to: bool
    born_from: date | None = None
    born_to: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant; `hows` is what points at them, the surest first."""

    person_id: int
    hows: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """`person_id` None: a person must say who it is, or that it is nobody of ours. `doubts` are
    codes that say why, or, beside a person, what does not agree."""

    person_id: int | None
    how: str
    doubts: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def match(hints: Iterable[Hint], held: Iterable[Held], *, born: date | None = None) -> Match:
    """Who is meant. `born` is the birth that the message gives.

    One person at whom everything sure points is found. Where two are pointed at, or the name and
    the birth are both another's, or a name is all there is, nobody is.
    """
    known = {one.person_id: one for one in held}
    pointed = [hint for hint in hints if hint.person_id in known]
    candidates = _candidates(pointed)
    sure = {hint.person_id for hint in pointed if hint.how in SURE}
    if not candidates:
        return Match(None, "", ("unknown_person",), ())
    if not sure:
        return Match(None, "", ("name_alone",), candidates)
    if len(sure) > 1:
        return Match(None, "", ("evidence_conflicts",), candidates)
    (found,) = sure
    who = known[found]
    by = {hint.how for hint in pointed if hint.person_id == found}
    how = next(one for one in SURE if one in by)
    doubts = _disagreements(who, born)
    # Fingers are the person's own; a number is a slip of the keys away from another's.
    if len(doubts) == 2 and FINGERPRINT not in by:
        return Match(None, "", ("another_by_name_and_birth",), candidates)
    return Match(found, how, doubts, candidates)


def _disagreements(who: Held, born: date | None) -> tuple[str, ...]:
    found = [] if who.answers_to else ["name_differs"]
    earliest, latest = who.born_from or date.min, who.born_to or date.max
    if born is not None and not earliest <= born <= latest:
        found.append("birth_differs")
    return tuple(found)


def _candidates(hints: Iterable[Hint]) -> tuple[Candidate, ...]:
    by_person: dict[int, list[Hint]] = {}
    for hint in hints:
        by_person.setdefault(hint.person_id, []).append(hint)
    order = (*SURE, NAME)
    found = [
        Candidate(
            person_id,
            tuple(one for one in order if any(hint.how == one for hint in of_one)),
            max(hint.score for hint in of_one),
        )
        for person_id, of_one in by_person.items()
    ]
    found.sort(key=lambda c: (order.index(c.hows[0]), -c.score, c.person_id))
    return tuple(found[:MOST_CANDIDATES])
