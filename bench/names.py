"""How names come to be written wrong: by slips of the hand, and by ear."""

import random

_NEAR_KEYS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb",
    "h": "gjyn", "j": "hkum", "k": "jlim", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv",
    "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def mistype(text: str, rng: random.Random, errors: int = 2) -> str:
    """The text with that many typing errors: a letter left out, added, wrong, or two swapped.

    Half of the wrong letters lie beside the right one on the keyboard. A space may be hit too.
    """
    text = text.lower()
    before = text
    while text == before:
        for _ in range(errors):
            at = rng.randrange(len(text))
            kind = rng.choice("odws")
            letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
            if rng.random() < 0.5:
                letter = rng.choice(_NEAR_KEYS.get(text[at], letter))
            if kind == "o":
                text = text[:at] + text[at + 1 :]
            elif kind == "d":
                text = text[:at] + letter + text[at:]
            elif kind == "w":
                text = text[:at] + letter + text[at + 1 :]
            elif at + 1 < len(text):
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


# How a name is written down by someone who only heard it: (as spelt, as heard).
_HEARD = (
    ("gui", "gi"), ("gue", "ge"), ("que", "ke"), ("qui", "ki"), ("x", "sh"), ("tz", "dz"),
    ("tz", "ts"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("ll", "l"), ("ll", "y"), ("rr", "r"),
    ("tt", "t"), ("ss", "s"), ("nn", "n"), ("mm", "m"), ("aa", "a"), ("ee", "i"), ("ei", "ay"),
    ("ie", "i"), ("y", "i"), ("ce", "se"), ("ci", "si"), ("z", "s"), ("s", "z"), ("v", "b"),
    ("b", "v"), ("ca", "ka"), ("co", "ko"), ("cu", "ku"), ("c", "k"), ("k", "c"), ("ge", "je"),
    ("gi", "ji"), ("je", "ge"), ("hu", "w"), ("gua", "wa"), ("w", "v"), ("ia", "ea"), ("ea", "ia"),
    ("o", "oe"), ("ch", "tch"), ("l", "ll"), ("r", "rr"), ("e", "i"), ("i", "e"), ("o", "u"),
    ("ison", "eson"), ("son", "sen"), ("h", ""),
)  # fmt: skip


def mishear(text: str, rng: random.Random, changes: int = 2) -> str:
    """The text as somebody writes it who only heard it: up to `changes` words spelt by sound.

    A vowel is only changed inside a word, where it is often swallowed.
    """
    words = text.lower().split()
    for at in rng.sample(range(len(words)), min(changes, len(words))):
        word = words[at]
        possible = []
        for spelt, heard in _HEARD:
            place = word.find(spelt)
            if place < 0 or (spelt == "h" and place > 0):
                continue
            if spelt in "eio" and not 0 < place < len(word) - 1:
                continue
            if spelt in "eio" and len(word) < 6:
                continue
            changed = word[:place] + heard + word[place + len(spelt) :]
            if changed and changed != word:
                possible.append(changed)
        if possible:
            words[at] = rng.choice(possible)
    return " ".join(words)
