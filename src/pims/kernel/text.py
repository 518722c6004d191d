"""Cleaning of what people type or paste, before it is kept.

What was decided:

- Text is kept as given, in Unicode normalization form C. Any script and any printable sign may
  stand in a name, emoji included: a street name is what it is.
- Spaces of every kind become the plain space and runs of them one space, except that text of
  several lines keeps its line ends.
- Signs that cannot be seen and say nothing (zero-width space, word joiner, byte order mark, soft
  hyphen, left-to-right and right-to-left marks) are taken out silently: they come with copying.
- Controls that change the order in which the rest of a line is read (Unicode Standard Annex 9,
  embeddings, overrides and isolates), other control characters, private-use and surrogate code
  points, and heaps of combining marks are refused: they can make a name look like another's.
"""

import re
import unicodedata
from collections.abc import Mapping

from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput

LINE = 200
MAX_MARKS_IN_A_ROW = 6

_SILENT = dict.fromkeys(
    [0x00AD, 0x200B, 0x200E, 0x200F, 0x061C, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF]
)
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n ?")


class UnfitText(ValueError):
    """What is wrong: `what` is the last part of a reason's code, `params` those of its wording."""

    def __init__(self, what: str, params: Mapping[str, object]) -> None:
        super().__init__(what)
        self.what = what
        self.params = dict(params)


def clean(text: str, *, limit: int = LINE, multiline: bool = False) -> str:
    """The text as it is to be kept, at most `limit` characters.

    Raises UnfitText with `too_long` (limit, count), `reorders`, `control_character` (code) or
    `too_many_marks`.
    """
    if len(text) > limit * 16:
        # No normalizing of a megabyte to learn that it is too long.
        raise UnfitText("too_long", {"limit": limit, "count": len(text)})
    text = unicodedata.normalize("NFC", text).translate(_SILENT)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _REORDERING.search(text):
        raise UnfitText("reorders", {})
    text = _BLANKS.sub(" ", text)
    text = _BLANK_LINES.sub("\n", text) if multiline else text.replace("\n", " ")
    text = (text if multiline else _BLANKS.sub(" ", text)).strip()
    _refuse_unprintable(text)
    if len(text) > limit:
        raise UnfitText("too_long", {"limit": limit, "count": len(text)})
    return text


def _refuse_unprintable(text: str) -> None:
    marks = 0
    for c in text:
        if c.isascii():
            if (c < " " and c != "\n") or c == "\x7f":
                raise UnfitText("control_character", {"code": f"U+{ord(c):04X}"})
            marks = 0
            continue
        category = unicodedata.category(c)
        # Cf stays where it joins letters (Arabic, Indic scripts, emoji); unassigned signs stay,
        # for the table of this Python is not the newest there is, noncharacters excepted.
        if (
            category in ("Cc", "Cs", "Co")
            or ord(c) & 0xFFFE == 0xFFFE
            or 0xFDD0 <= ord(c) <= 0xFDEF
        ):
            raise UnfitText("control_character", {"code": f"U+{ord(c):04X}"})
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MAX_MARKS_IN_A_ROW:
            raise UnfitText("too_many_marks", {})


def clean_field(
    field: str,
    text: str | None,
    *,
    limit: int = LINE,
    multiline: bool = False,
    required: bool = False,
    missing: str = "",
    prefix: str = "text.",
) -> str:
    """`clean`, speaking in form fields: raises InvalidInput of `field` with the reason
    ``<prefix><what>``, or ``<prefix>missing`` where it is `required` and empty; `missing` is the
    code of a reason of the room's own for that."""
    try:
        kept = clean(text or "", limit=limit, multiline=multiline)
    except UnfitText as unfit:
        raise InvalidInput({field: Reason(prefix + unfit.what, unfit.params)}) from None
    if (required or missing) and not kept:
        raise InvalidInput({field: Reason(missing or f"{prefix}missing")})
    return kept
