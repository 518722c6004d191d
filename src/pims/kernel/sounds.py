"""How a name sounds, in the readings that people in Belize give to a spelling.

One spelling has several readings there: *Xol* is Maya (sh), *Xavier* English or Spanish; *Jorge*
and *George* are the same name; *Wiebe* is read with a German v. `sound_keys` branches, as
Daitch and Mokotoff's Soundex does, and gives every reading; two names sound alike where they
share one. The rules are this project's own.

The alphabet of the keys: B D F G H K L M N P R S T W Y as in English; J as in *judge*, X as *sh*,
Q as *ch*, C as *ts*; vowels A (a), I (e, i, y), U (o, u), and O for any vowel in front.
Vowels count only in short names, where they are all that tells *Chan* from *Chen*.
"""

from collections.abc import Sequence
from functools import lru_cache

from pims.kernel.collation import search_key

MAX_KEYS = 12
# With this many consonants or more, vowels after the first letter are left out.
_ENOUGH = 3
_VOWELS = "aeiou"
_CLASS = {"a": "A", "e": "I", "i": "I", "y": "I", "o": "U", "u": "U", "w": "U"}

_PLAIN = {
    "b": "B", "d": "D", "f": "F", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "r": "R",
    "s": "S", "t": "T", "z": "S",
}  # fmt: skip

# Spelling at the start of the name: (spelling, readings).
_AT_START: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("wr", ("R",)),
    ("kn", ("N",)),
    ("gn", ("N",)),
    ("pn", ("N",)),
    ("ps", ("S",)),
    ("hs", ("X",)),
    ("gh", ("G",)),
    ("x", ("X", "S", "H")),
)

# Spelling anywhere, longest first; a reading of "" is silence.
_ANYWHERE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tsch", ("Q",)),
    ("sch", ("X",)),
    ("ssh", ("X",)),
    ("tch", ("Q",)),
    ("sh", ("X",)),
    ("ph", ("F",)),
    ("th", ("T",)),
    ("dh", ("D",)),
    ("bh", ("B",)),
    ("rh", ("R",)),
    ("kh", ("K", "H")),
    ("zh", ("J", "X")),
    ("tz", ("C",)),
    ("dz", ("C",)),
    ("ts", ("C",)),
    ("dt", ("T",)),
    ("dj", ("J",)),
    ("ll", ("L", "Y")),
    ("ny", ("N",)),
    ("qu", ("K",)),
    ("q", ("K",)),
    ("j", ("J", "H", "Y")),
    ("x", ("X", "KS", "H")),
    ("v", ("B", "F")),
)


@lru_cache(maxsize=65536)
def sound_keys(word: str) -> tuple[str, ...]:
    """The readings of one word of a name, sorted, at most `MAX_KEYS`; none without letters.

    >>> set(sound_keys("Gutierrez")) & set(sound_keys("Gutieres"))
    {'GTRS'}
    """
    plain = "".join(c for c in search_key(word) if "a" <= c <= "z")
    if not plain:
        return ()
    readings: list[str] = [""]
    at = 0
    while at < len(plain):
        width, sounds = _read(plain, at)
        readings = [r + s for r in readings for s in sounds][: MAX_KEYS * 4]
        at += width
    return tuple(sorted({_fold(reading) for reading in readings} - {""})[:MAX_KEYS])


def sound_alike(one: str, other: str) -> bool:
    """Whether two words share a reading."""
    return not set(sound_keys(one)).isdisjoint(sound_keys(other))


def _read(word: str, at: int) -> tuple[int, Sequence[str]]:
    """How many letters are read at `at`, and as what."""
    rest = word[at:]
    c, following = rest[0], rest[1:2]
    if at == 0:
        for spelling, sounds in _AT_START:
            if rest.startswith(spelling):
                return len(spelling), sounds
    if c in _VOWELS:
        return 1, (_CLASS[c],)
    if c == "y":
        # A consonant before a vowel unless one stands before it too, as in Raymer and Cayetano.
        if not following or following not in _VOWELS:
            return 1, ("I",)
        vowel_before = at > 0 and word[at - 1] in _VOWELS
        return 1, ("Y", "I") if vowel_before else ("Y",)
    if c == "w":
        return _read_w(word, at)
    if c == "h":
        return _read_h(word, at)
    if c == "c":
        return _read_c(rest, at)
    if c == "g":
        return _read_g(rest)
    if c == "n" and following in ("b", "p"):
        return 1, ("M",)
    if rest.startswith("ngh"):
        return 3, ("NG",)
    if rest.startswith(("mps", "mpt")):
        return 2, ("M",)
    if rest == "mb":
        return 2, ("M",)
    for spelling, sounds in _ANYWHERE:
        if rest.startswith(spelling):
            return len(spelling), sounds
    return 1, (_PLAIN[c],)


def _read_w(word: str, at: int) -> tuple[int, Sequence[str]]:
    if word.startswith("wh", at):
        return 2, ("W",)
    after_vowel = at > 0 and word[at - 1] in _VOWELS
    before_vowel = word[at + 1 : at + 2] in tuple(_VOWELS)
    if after_vowel:
        return (1, ("W", "U", "B")) if before_vowel else (1, ("U",))
    return 1, ("W", "B")


def _read_h(word: str, at: int) -> tuple[int, Sequence[str]]:
    following = word[at + 1 : at + 2]
    if following == "u" and word[at + 2 : at + 3] in tuple("aei"):
        return 2, ("W",)
    if following not in tuple(_VOWELS):
        return 1, ("",)
    if at == 0 or word[at - 1] in _VOWELS:
        return 1, ("H", "")
    return 1, ("",)


def _read_c(rest: str, at: int) -> tuple[int, Sequence[str]]:
    if rest.startswith(("chr", "chl")):
        return 2, ("K",)
    if rest.startswith("ch"):
        return 2, ("Q", "X") if at == 0 else ("Q", "K", "X")
    if rest.startswith("cz"):
        return 2, ("C",)
    if rest.startswith("ck"):
        return 2, ("K",)
    if rest[1:2] in ("e", "i", "y"):
        return 1, ("S",)
    return 1, ("K",)


def _read_g(rest: str) -> tuple[int, Sequence[str]]:
    if rest.startswith("gh"):
        return 2, ("",)
    if rest.startswith("gua"):
        return 2, ("G", "W")
    if rest.startswith(("gue", "gui")):
        return 2, ("G",)
    if rest[1:2] in ("e", "i", "y"):
        return 1, ("J", "H", "G")
    return 1, ("G",)


def _fold(reading: str) -> str:
    """Runs become one, vowel runs their first; long names keep only a mark of a first vowel."""
    folded: list[str] = []
    for c in reading:
        vowel = c in "AIU"
        if folded and (folded[-1] == c or (vowel and folded[-1] in "AIU")):
            continue
        folded.append(c)
    consonants = [c for c in folded if c not in "AIU"]
    if len(consonants) < _ENOUGH:
        return "".join(folded)
    return ("O" if folded[0] in "AIU" else "") + "".join(
        c for i, c in enumerate(consonants) if i == 0 or consonants[i - 1] != c
    )
