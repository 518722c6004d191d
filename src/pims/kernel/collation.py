"""One key to sort by and one to search by, computed here and compared byte by byte.

The database only ever compares the keys in its "C" collation, so that every server version and
every locale agrees, and agrees with `sorted`.

Sorting follows the Spanish alphabet in what differs from the English one: accents count only
between names that are otherwise equal, and ñ is a letter after n. Apostrophes (Q'eqchi', O'Brien)
are passed over, hyphens separate words.
"""

import re
import unicodedata
from functools import lru_cache

# U+02BC and U+02BB are the apostrophes of Maya orthographies; the others stand for them in typing.
_APOSTROPHES = dict.fromkeys(
    map(ord, "'`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02be\u02bf\u2032\uff07")
)
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i", "ŋ": "ng",
    }
)  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")

# Above every letter and digit of ASCII, so that "n~" stands after "nz".
_AFTER = "~"
# Below the space, so that "Cal, Zoe" stands before "Cal Chan, Ana".
_PART, _TIE = "\t", "\x01"


@lru_cache(maxsize=65536)
def search_key(text: str) -> str:
    """Words in lower case without accents or punctuation, one space between them.

    >>> search_key("Núñez-O'Brien")
    'nunez obrien'
    """
    return _NOT_WORD.sub(" ", _strip_marks(_decomposed(text)).translate(_LETTERS)).strip()


def words(text: str) -> list[str]:
    """The words of the search key, in order."""
    return search_key(text).split()


def sort_key(family: str, given: str = "") -> str:
    """The key that puts "family, given" in its place in a list.

    Two different names never have the same key.
    """
    return f"{_alphabetic(family)}{_PART}{_alphabetic(given)}{_TIE}{family}{_PART}{given}"


def _alphabetic(text: str) -> str:
    with_n = _decomposed(text).replace("n\u0303", f"n{_AFTER}")
    letters = _strip_marks(with_n).translate(_LETTERS)
    return " ".join(part for part in re.split(rf"[^\w{_AFTER}]+|_+", letters) if part)


def _decomposed(text: str) -> str:
    """Small letters with their marks after them, no apostrophes, one spelling for every letter."""
    if text.isascii():
        return text.translate(_APOSTROPHES).lower()
    # Twice: what stands for a capital ("𝕬") or for an apostrophe (in "ŉ") shows only when taken
    # apart, and a small letter may come apart again.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    return unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))


def _strip_marks(decomposed: str) -> str:
    # Marks of the Latin, Greek and Cyrillic scripts only: in others they are part of the letter.
    return "".join(c for c in decomposed if not ("\u0300" <= c <= "\u036f" or c in "\u200c\u200d"))
