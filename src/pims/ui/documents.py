"""Papers as PDF: laid out by a room's own ``documents/<name>.typ``, tagged for screen readers.

A room's template begins with::

    #import "/ui/papers/paper.typ": *
    #show: paper

    = #data.title
    #facts(data.facts)

and uses `facts`, `listing`, `signatures`, `notice`, `picture` and `square-code` of ``paper.typ``.
What people wrote travels as data and is only ever shown, never read as markup.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import segno
import typst
from django.utils.translation import get_language, gettext

from pims.kernel import clock
from pims.ui import printable
from pims.ui.dates import instant_text

PACKAGE = Path(__file__).resolve().parent.parent
LIMIT = 16 * 1024 * 1024
# What the typesetter says where a font lacks a sign: tagged papers may not show an empty box.
NO_SIGN = "could not be displayed"


class PaperTooLarge(ValueError):
    """More data than a paper may hold (16 MiB of JSON)."""


def render_pdf(
    template: Path | str,
    data: Mapping[str, object],
    *,
    title: str,
    establishment: str = "",
    subject: str = "",
    printed_by: str = "",
    record: str = "",
    pictures: Mapping[str, bytes] | None = None,
    codes: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF (PDF/UA-1) of a template below the package, in the language in force.

    `data` holds JSON values only, already in words. `subject` (number and name) stands on every
    sheet, and so does `record`, which says how far the record had come when it was printed.
    Signs that no font of ours can show stand as their names or numbers. `pictures` are JPEG or
    PNG bytes by name; `codes` are texts that become square codes.
    Raises PaperTooLarge, and ValueError where the template is outside the package.
    """
    path = Path(template).resolve()
    if not path.is_relative_to(PACKAGE):
        raise ValueError(f"not a template of ours: {path.name}")
    given = printable.readable(
        {
            "data": data,
            "sheet": {
                "title": title,
                "establishment": establishment,
                "subject": subject,
                "printed_by": printed_by,
                "printed_at": instant_text(clock.now()),
                "record": record,
                "language": (get_language() or "en")[:2],
                "words": {
                    "printed": gettext("Printed"),
                    "page": gettext("Page"),
                    "record": gettext("State of the record"),
                },
            },
        }
    )
    drawn = {
        "pictures": {name: list(content) for name, content in (pictures or {}).items()},
        "codes": {name: _square_code(text) for name, text in (codes or {}).items()},
    }
    try:
        return _typeset(path, given | drawn, title)
    except typst.TypstError as problem:
        if NO_SIGN not in str(problem):
            raise
    return _typeset(path, printable.in_our_fonts(given) | drawn, title)


def _typeset(path: Path, given: Mapping[str, object], title: str) -> bytes:
    text = json.dumps(given, ensure_ascii=False)
    if len(text) > LIMIT:
        raise PaperTooLarge(title)
    made = typst.Compiler(
        str(path), root=str(PACKAGE), font_paths=_fonts(), sys_inputs={"data": text}
    ).compile(format="pdf", pdf_standards="ua-1", timestamp=clock.now().replace(microsecond=0))
    if not isinstance(made, bytes):
        raise TypeError("a paper is one file")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Only those inside the typesetter: every machine prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _square_code(text: str) -> str:
    return str(segno.make(text, error="m", micro=False).svg_inline(scale=4, border=2))
