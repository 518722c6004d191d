"""A name as a page shows it, whatever was written into it: everybody else's line stays readable."""

import re
import unicodedata

# A word of more letters than this may break: it would push what stands beside it off the page.
LONGEST_WORD = 30
_LONG = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_BREAK = "\u200b"
_FROM, _TO = "\u2068", "\u2069"


def breakable(name: str) -> str:
    """The name with places to break in words that no line of a table could hold."""
    return _LONG.sub(rf"\1{_BREAK}", name)


def name_and_number(name: str, number: str) -> str:
    """Both in one line of text. Letters that run from right to left would turn the figures of the
    number round: they are kept apart."""
    shown = breakable(name)
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in shown):
        shown = f"{_FROM}{shown}{_TO}"
    return f"{shown} {number}".strip()
