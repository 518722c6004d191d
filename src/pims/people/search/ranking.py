"""How alike two names are, from 0 to 1: typing errors, sounds, order and left-out words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from pims.kernel.sounds import sound_keys

# A word that sounds the same but is written otherwise is this like, at least.
SOUND = 0.88
# What a row's word that nobody asked for costs, as a share of its weight.
_UNASKED = 0.25
_SWAPPED = 0.985


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 1; `by_sound` where some word only sounds the same."""

    score: float
    by_sound: bool


@lru_cache(maxsize=200_000)
def word_likeness(asked: str, found: str) -> tuple[float, bool]:
    """How alike two words are, and whether that is owed to their sound."""
    if asked == found:
        return 1.0, False
    longest = max(len(asked), len(found))
    spelt = 1 - OSA.distance(asked, found) / (longest + 0.6)
    if asked[0] != found[0]:
        # Typing errors are rarest in the first letter.
        spelt *= 0.97
    if spelt < SOUND and not set(sound_keys(asked)).isdisjoint(sound_keys(found)):
        # Among those that sound alike the nearer spelling still comes first.
        return SOUND + 0.08 * max(spelt, 0.0), True
    return max(spelt, 0.0), False


def name_likeness(asked: Sequence[str], found: Sequence[str]) -> Likeness:
    """Compare two names word by word, each word paired at most once, in any order.

    Where pairing word by word fails because a space was left out or typed in, the names are
    also compared as one word.
    """
    if not asked or not found:
        return Likeness(0.0, False)
    paired = _paired(asked, found)
    if len(asked) != len(found):
        run_asked, run_found = "".join(asked), "".join(found)
        longest = max(len(run_asked), len(run_found))
        together = 1 - OSA.distance(run_asked, run_found) / longest
        if together > paired.score:
            return Likeness(together, False)
    return paired


def _paired(asked: Sequence[str], found: Sequence[str]) -> Likeness:
    pairs = sorted(
        ((*word_likeness(a, f), i, j) for i, a in enumerate(asked) for j, f in enumerate(found)),
        key=lambda p: (-p[0], abs(p[2] - p[3])),
    )
    taken_asked: dict[int, int] = {}
    taken_found: set[int] = set()
    got, by_sound = 0.0, False
    for score, sound, i, j in pairs:
        if i in taken_asked or j in taken_found or score < 0.3:
            continue
        taken_asked[i] = j
        taken_found.add(j)
        got += score * _weight(asked[i])
        by_sound = by_sound or sound
    whole = sum(_weight(word) for word in asked)
    unasked = sum(_weight(w) for j, w in enumerate(found) if j not in taken_found)
    score = got / (whole + _UNASKED * unasked)
    order = [taken_asked[i] for i in sorted(taken_asked)]
    if order != sorted(order):
        score *= _SWAPPED
    return Likeness(score, by_sound)


def _weight(word: str) -> float:
    # A long word says more about who it is; particles (de, la, van) say little.
    return 0.4 if word in _PARTICLES else min(len(word), 8) ** 0.5


_PARTICLES = frozenset(
    {"de", "del", "la", "las", "los", "da", "di", "van", "von", "der", "den", "el", "al", "san"}
)


def year_likeness(asked: int | None, earliest: int | None, latest: int | None) -> float:
    """What a year of birth leaves of a score: 1 where it fits, less the further it is off."""
    if asked is None:
        return 1.0
    if earliest is None or latest is None:
        return 0.95
    off = max(earliest - asked, asked - latest, 0)
    return (1.0, 0.93, 0.84, 0.8)[off] if off < 4 else max(0.5, 0.8 - 0.02 * off)
