"""Whether bytes are a PDF that can be kept, and what its reader should be warned of."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

ENCRYPTED = "encrypted"
ACTIVE = "active_content"
NOT_LOOKED_THROUGH = "not_looked_through"

# More objects than the largest scan has; a file made to be endless stops here.
_MOST_OBJECTS = 20_000

_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/XFA", "/RichMedia"})
_ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"}
)


class NotAPdf(Exception):
    """A PDF reader cannot read it, or it has no page."""


class MoreAfterTheEnd(Exception):
    """Something that is no PDF follows the end of the file."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`pages` is None where the file is encrypted and cannot be counted."""

    pages: int | None
    marks: tuple[str, ...]


def inspect(text: bytes) -> Seen:
    """Raises NotAPdf or MoreAfterTheEnd."""
    end = text.rfind(b"%%EOF")
    if end == -1:
        raise NotAPdf
    if text[end + 5 :].strip(b"\x00\t\n\x0c\r "):
        raise MoreAfterTheEnd
    try:
        reader = pypdf.PdfReader(io.BytesIO(text), strict=False)
        if reader.is_encrypted:
            return Seen(None, (ENCRYPTED,))
        pages = len(reader.pages)
        marks = _marks(reader)
    except Exception as error:
        # Parsers fail on hostile input in ways without end; each means: not a PDF to keep.
        raise NotAPdf from error
    if pages < 1:
        raise NotAPdf
    return Seen(pages, marks)


def _marks(reader: pypdf.PdfReader) -> tuple[str, ...]:
    """Walk everything reachable from the catalogue, each object once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [reader.trailer.raw_get("/Root")]
    looked_at = 0
    while waiting:
        looked_at += 1
        if looked_at > _MOST_OBJECTS:
            return (NOT_LOOKED_THROUGH,)
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            key = (thing.idnum, thing.generation)
            if key in seen:
                continue
            seen.add(key)
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            if _ACTIVE_KEYS & thing.keys() or thing.get("/S") in _ACTIVE_ACTIONS:
                return (ACTIVE,)
            waiting.extend(_containers(thing.values()))
        elif isinstance(thing, ArrayObject):
            waiting.extend(_containers(thing))
    return ()


def _containers(things: Iterable[object]) -> list[object]:
    return [t for t in things if isinstance(t, IndirectObject | DictionaryObject | ArrayObject)]
