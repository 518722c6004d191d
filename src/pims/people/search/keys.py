"""The hashes that the search index holds, and those that a question asks it for."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from zlib import crc32

from pims.kernel.collation import words
from pims.kernel.sounds import sound_keys

# Longer names are cut here: a name of ten words is found by its first eight as well.
MAX_WORDS = 12
# Near spellings are those of a word's start, as in the symmetric-delete method.
_HEAD = 9
_PERSISTENT_YEARS = 15
UNKNOWN_YEAR = 0


def name_words(given: str, family: str) -> tuple[str, ...]:
    """The distinct words of a name, in order, at most `MAX_WORDS`."""
    return tuple(dict.fromkeys(words(f"{given} {family}")))[:MAX_WORDS]


def years_of(earliest: int | None, latest: int | None) -> tuple[int, ...]:
    """The years of birth that are possible; `UNKNOWN_YEAR` where none is known or too many are."""
    if earliest is None or latest is None or latest - earliest >= _PERSISTENT_YEARS:
        return (UNKNOWN_YEAR,)
    return tuple(range(earliest, latest + 1))


@lru_cache(maxsize=400_000)
def word_key(word: str, year: int | None = None) -> int:
    """The hash of a word in a name, alone or with a year of birth: a signed 32-bit integer.

    Two words may share one; the comparison that follows tells them apart.
    """
    return _hash(word if year is None else f"{year} {word}")


def row_keys(name: Iterable[str], years: Iterable[int]) -> list[int]:
    """The `keys` of a search row."""
    name, years = tuple(name), tuple(years)
    alone = [word_key(word) for word in name]
    return alone + [word_key(word, year) for word in name for year in years]


@lru_cache(maxsize=20_000)
def word_variants(word: str) -> tuple[int, ...]:
    """The `variants` of a word: itself and its start with up to two letters left out, its sounds.

    Two words that differ by two typing errors or fewer share at least one spelling.
    """
    return tuple(
        sorted(
            {_hash(f"~{spelling}") for spelling in _deletions(word)}
            | {_hash(f"#{sound}") for sound in sound_keys(word)}
        )
    )


def _deletions(word: str) -> set[str]:
    head = word[:_HEAD]
    reach = 1 if len(word) <= 3 else 2
    found = {head}
    for count in range(1, min(reach, len(head) - 1) + 1):
        for gone in combinations(range(len(head)), count):
            found.add("".join(c for i, c in enumerate(head) if i not in gone))
    return found


def _hash(text: str) -> int:
    value = crc32(text.encode())
    return value - (1 << 32) if value >= 1 << 31 else value
