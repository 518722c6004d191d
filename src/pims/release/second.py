"""Who was reached by telephone as the second officer: known by badge or name, never the first.

Pure but for `of_custody` and `second_officers`, which ask who holds what there now: words in, the
officer whom they name out.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pims.custody.services.identity import MAY_CHECK
from pims.foundation.access.selectors import staff_briefs, users_with_permission

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Officer:
    user_id: int
    name: str
    badge: str

    @property
    def shown(self) -> str:
        return f"{self.name} ({self.badge})"


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the words name: `is_first` the first officer again, else `officer` where known."""

    is_first: bool = False
    officer: Officer | None = None


def of_custody(establishment_id: int) -> set[int]:
    """Who meets prisoners there by their duty, and so may know one: the ids of the users."""
    return {pk for code in MAY_CHECK for pk in users_with_permission(code, establishment_id)}


def second_officers(establishment_id: int) -> list[Officer]:
    """Who may be a second officer there now, by name. Two queries."""
    able = users_with_permission("release.second_check", establishment_id)
    briefs = staff_briefs(able)
    return [Officer(pk, able[pk], briefs[pk].badge) for pk in able]


def named_officer(text: str, *, first: Officer, others: Iterable[Officer]) -> Named:
    """Whom a typed badge or name means.

    A badge says it; so does the whole name, in any order of its words. Words that are only a part
    of the first officer's own name, or that hold the whole of it, mean the first officer: whoever
    is meant by the same name is known by the badge.
    """
    said = words(text)
    if not said:
        return Named()
    rest = [officer for officer in others if officer.user_id != first.user_id]
    for officer in rest:
        if officer.badge and words(officer.badge) <= said:
            return Named(officer=officer)
    own = words(first.name)
    if said == own or (first.badge and words(first.badge) <= said):
        return Named(is_first=True)
    for officer in rest:
        if words(officer.name) == said:
            return Named(officer=officer)
    return Named(is_first=bool(own) and (own <= said or _part_of(said, own)))


def same_words(one: str, other: str) -> bool:
    """Whether two texts name the same in other letters, accents or order."""
    return bool(words(one)) and words(one) == words(other)


def words(text: str) -> frozenset[str]:
    """The words of a name or badge, without case, accents, order or stops."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return frozenset(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _part_of(said: frozenset[str], own: frozenset[str]) -> bool:
    """Whether every word is one of the name's, or the first letter of one."""
    return all(w in own or (len(w) == 1 and any(o.startswith(w) for o in own)) for w in said)
