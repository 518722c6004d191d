"""What people wrote, made fit for paper: nothing of it hidden, nothing of it running off the edge.

A tagged paper (PDF/UA-1) may not show the empty box of a sign that its font lacks, so such a sign
stands as its name or number: ``[TIGER FACE]``, ``[U+9673]``. Control characters, which may only
come from records taken over, are shown by number rather than obeyed or dropped.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

# Letters and spaces from here on would leave the column: a place to break every so many.
LONG_WORD, BREAK_EVERY = 32, 16
BREAK = "\u200b"

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_LONG = re.compile(rf"[^\s\u200b]{{{LONG_WORD},}}")
# What the typesetter's own fonts are known to show (a test prints them all).
_NOT_OURS = re.compile(
    "[^\n\t\x20-\x7e\xa0-\u04ff\u0531-\u0556\u05d0-\u05ea\u05f0-\u05f4\u0621-\u063a"
    "\u0640-\u0652\u0660-\u066d\u0900-\u097f\u1e00-\u1eff\u200b-\u200d\u2010-\u2027\u202f-\u2040"
    "\u20a0-\u20bf\u2190-\u21ff\u2200-\u23ff\u2460-\u2606]"
)
_VARIANTS = re.compile("[\ufe00-\ufe0f]")


def readable(value: Any) -> Any:
    """The same JSON value with hidden signs shown and very long words breakable."""
    return _each(value, _readable)


def in_our_fonts(value: Any) -> Any:
    """The same JSON value with every sign that our fonts may lack named or numbered."""
    return _each(value, _in_our_fonts)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, change) for inner in value]
    return value


def _readable(text: str) -> str:
    shown = _HIDDEN.sub(lambda found: _number(found[0]), text)
    return _LONG.sub(lambda found: _breakable(found[0]), shown)


def _in_our_fonts(text: str) -> str:
    named = _NOT_OURS.sub(lambda found: _named(found[0]), _VARIANTS.sub("", text))
    return "".join(_number(c) if unicodedata.category(c) == "Cn" else c for c in named)


def _breakable(word: str) -> str:
    parts = [word[at : at + BREAK_EVERY] for at in range(0, len(word), BREAK_EVERY)]
    return BREAK.join(parts)


def _named(sign: str) -> str:
    """A picture by its name, a letter by its number: names of letters say nothing to a reader."""
    if unicodedata.category(sign) in ("So", "Sk"):
        return f"[{unicodedata.name(sign, _number(sign))}]"
    return _number(sign)


def _number(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"
