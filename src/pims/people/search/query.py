"""Asking the index: first which words are meant, then which names hold them, then which person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from rapidfuzz import fuzz, process

from pims.foundation.access.actor import Actor
from pims.foundation.access.models import PersonScope
from pims.foundation.access.scope import scope_filter
from pims.people.search.keys import UNKNOWN_YEAR, word_key, word_variants
from pims.people.search.ranking import (
    name_likeness,
    word_likeness,
    year_likeness,
)

# Above this, looking further would only find what is less alike.
_GOOD = 0.86
_FAIR = 0.80
_WEAK = 0.45
# Likenesses of one word that are followed: of all words together, and of all words but one.
_LOOSE, _TIGHT = 48, 16
_HALVES = 6
_TIGHT_LIKENESS = 0.72
# Names compared roughly, and in full.
_ROUGH, _FULL = 3000, 80


@dataclass(frozen=True, slots=True)
class Match:
    """A name that may be meant. `name_id` tells by which name the person was found.

    `likeness` is of the names alone, `score` with the year of birth; both from 0 to 1.
    """

    person_id: int
    name_id: int
    key: str
    birth_year: int | None
    likeness: float
    score: float
    by_sound: bool


@dataclass(frozen=True, slots=True)
class Likenesses:
    """The words of names that may stand for one word asked, the likest first."""

    asked: str
    loose: tuple[str, ...]
    tight: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `people_search`; empty where nothing can fulfil it."""

    sql: str = ""
    values: tuple[str, ...] = ()


def find(
    viewer: Actor,
    permission: str,
    asked: Sequence[str],
    *,
    birth_year: int | None,
    limit: int,
    unfinished: bool = False,
) -> list[Match]:
    """The names most like the `asked` words that the viewer may see, the likest first.

    One match a person. `unfinished` takes the last word for the beginning of one as well.
    """
    if not asked or not (viewer.system or viewer.reaches_with(permission)):
        return []
    likenesses = [known for known in _words_meant(asked, unfinished) if known.loose]
    asking = _Asking(viewer, permission, tuple(asked), birth_year, unfinished)
    years: list[int | None] = [None] if birth_year is None else [birth_year, UNKNOWN_YEAR]
    asking.look(_all_words(likenesses, years))
    if asking.best < _GOOD:
        asking.look(_all_but_one(likenesses, years))
    if asking.best < _FAIR:
        asking.look(_run_together(asked, years))
    if asking.best < _FAIR and birth_year is not None:
        asking.look(_all_words(likenesses, [birth_year - 1, birth_year + 1]))
        if asking.best < _FAIR:
            asking.look(_all_words(likenesses, [None]))
    return asking.matches(limit)


class _Asking:
    """One question under way: what was seen, and the best that was found."""

    def __init__(
        self,
        viewer: Actor,
        permission: str,
        asked: tuple[str, ...],
        birth_year: int | None,
        unfinished: bool,
    ) -> None:
        self.viewer, self.permission = viewer, permission
        self.asked, self.birth_year, self.unfinished = asked, birth_year, unfinished
        self._seen: set[int] = set()
        self._found: dict[int, Match] = {}

    @property
    def best(self) -> float:
        return max((match.score for match in self._found.values()), default=0.0)

    def look(self, condition: Condition) -> None:
        if not condition.sql:
            return
        rows = [row for row in self._rows(condition) if row[0] not in self._seen]
        self._seen.update(row[0] for row in rows)
        if len(rows) > _FULL:
            rough = process.extract(
                " ".join(self.asked),
                [row[2] for row in rows],
                scorer=fuzz.token_sort_ratio,
                limit=_FULL,
            )
            rows = [rows[place] for _, _, place in rough]
        for name_id, person_id, key, year in rows:
            words = key.split()
            likeness = name_likeness(self._finished(words), words)
            score = likeness.score * year_likeness(self.birth_year, year, year)
            known = self._found.get(person_id)
            if known is None or score > known.score:
                self._found[person_id] = Match(
                    person_id, name_id, key, year, likeness.score, score, likeness.by_sound
                )

    def _finished(self, words: Sequence[str]) -> tuple[str, ...]:
        """The asked words, the last completed where a word of the name begins with it."""
        if not self.unfinished:
            return self.asked
        *before, last = self.asked
        if last in words:
            return self.asked
        whole = next((w for w in words if w.startswith(last) and w not in before), last)
        return (*before, whole)

    def _rows(self, condition: Condition) -> list[tuple[int, int, str, int | None]]:
        """Name id, person id, key and year of birth of the names in the viewer's scope."""
        inner = (
            f"SELECT name_id, person_id, key, birth_year FROM people_search WHERE {condition.sql}"
        )
        values: tuple[Any, ...] = condition.values
        if self.viewer.system:
            sql = f"{inner} LIMIT {_ROUGH}"
        else:
            scope, more = _scope(self.viewer, self.permission)
            # OFFSET 0 keeps the scope a look-up for each name found. Left free, the planner
            # starts from the scope, which it believes to be small, and reads all of it.
            sql = (
                f"SELECT found.* FROM ({inner}) found"
                f" CROSS JOIN LATERAL ({scope} OFFSET 0) AS seen LIMIT {_ROUGH}"
            )
            values = (*values, *more)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows: list[tuple[int, int, str, int | None]] = cursor.fetchall()
        return rows

    def matches(self, limit: int) -> list[Match]:
        ordered = sorted(self._found.values(), key=lambda m: (-m.score, m.key, m.person_id))
        return [match for match in ordered[:limit] if match.score >= _WEAK]


@lru_cache(maxsize=512)
def _scope(viewer: Actor, permission: str) -> tuple[str, tuple[Any, ...]]:
    """The condition that a found person is within the viewer's reach, and its values."""
    sql, values = (
        PersonScope.objects.filter(
            scope_filter(viewer, permission), person_id=RawSQL("found.person_id", [])
        )
        .values("person_id")
        .query.sql_with_params()
    )
    return sql, tuple(values)


def _all_words(likenesses: Sequence[Likenesses], years: Sequence[int | None]) -> Condition:
    return _joined(" AND ", [_any_of(known.loose, years) for known in likenesses])


def _all_but_one(likenesses: Sequence[Likenesses], years: Sequence[int | None]) -> Condition:
    """One word may be anything: then, of two errors, the others hold one at most."""
    if len(likenesses) == 1:
        return _any_of(likenesses[0].loose, years)
    held = [_any_of(known.tight, years) for known in likenesses]
    return _joined(
        " OR ",
        [
            _joined(" AND ", [one for i, one in enumerate(held) if i != left_out])
            for left_out in range(len(held))
        ],
    )


def _run_together(asked: Sequence[str], years: Sequence[int | None]) -> Condition:
    """Names that hold the beginning or the end of a word asked, whose space was not typed."""
    halves = {
        half
        for word in asked
        for at in range(3, len(word) - 1)
        for half in (word[:at], word[at:])
        if len(half) >= 3
    }
    if not halves:
        return Condition()
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM people_word WHERE word = ANY(%s)", [sorted(halves)])
        found = sorted((word for (word,) in cursor.fetchall()), key=lambda w: (-len(w), w))
    return _any_of(found[:_HALVES], years) if found else Condition()


def _any_of(words: Iterable[str], years: Iterable[int | None]) -> Condition:
    keys = ",".join(str(word_key(word, year)) for year in years for word in words)
    return Condition("keys && %s::int[]", (f"{{{keys}}}",))


def _joined(operator: str, conditions: Sequence[Condition]) -> Condition:
    parts = [condition for condition in conditions if condition.sql]
    return Condition(
        operator.join(f"({part.sql})" for part in parts),
        tuple(value for part in parts for value in part.values),
    )


def _words_meant(asked: Sequence[str], unfinished: bool) -> list[Likenesses]:
    """For each word asked, the words of names that are like it, from one query."""
    parts: list[str] = []
    values: list[str] = []
    for place, word in enumerate(asked):
        parts.append(f"SELECT {place}, word FROM people_words_like(%s::int[]) AS word")
        values.append(f"{{{','.join(map(str, word_variants(word)))}}}")
    if unfinished:
        parts.append(
            f"(SELECT {len(asked) - 1}, word FROM people_word"
            f" WHERE word >= %s AND word < %s ORDER BY word LIMIT {_LOOSE})"
        )
        values += [asked[-1], asked[-1] + "\U0010ffff"]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        rows = cursor.fetchall()
    found: list[list[str]] = [[] for _ in asked]
    for place, word in rows:
        found[place].append(word)
    return [
        _likenesses(word, found[place], unfinished and place == len(asked) - 1)
        for place, word in enumerate(asked)
    ]


def _likenesses(asked: str, found: Sequence[str], begun: bool) -> Likenesses:
    scored = []
    for word in found:
        score = word_likeness(asked, word)[0]
        if begun and word.startswith(asked):
            score = max(score, 0.9)
        if score >= _WEAK:
            scored.append((score, word))
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    loose = tuple(word for _, word in scored[:_LOOSE])
    tight = tuple(word for score, word in scored[:_TIGHT] if score >= _TIGHT_LIKENESS)
    return Likenesses(asked, loose, tight or loose[:_TIGHT])
