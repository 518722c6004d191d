"""Reading a paper back, for the tests of the rooms that print."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader

HOSTILE = '#panic("x") $x$ *bold* @ref \\ [u] #sys.inputs <b>'
# As text comes out of a PDF: one line, single spaces.
HOSTILE_SHOWN = ('#panic("x")', "$x$ *bold* @ref", "[u] #sys.inputs", "<b>")


class Printed:
    """A paper as a reader gets it: its answer, its PDF and its text in one line."""

    def __init__(self, answer: Any) -> None:
        assert answer.status_code == 200, answer.status_code
        assert answer["Content-Type"] == "application/pdf"
        self.answer = answer
        self.reader = PdfReader(BytesIO(answer.content))
        self.sheets = [" ".join(page.extract_text().split()) for page in self.reader.pages]
        self.text = " ".join(self.sheets)

    @property
    def language(self) -> str:
        return str(self.reader.trailer["/Root"]["/Lang"])

    @property
    def tagged(self) -> bool:
        return bool(self.reader.trailer["/Root"]["/MarkInfo"]["/Marked"])

    @property
    def pictures(self) -> int:
        return sum(len(page.images) for page in self.reader.pages)

    def shows_literally(self) -> None:
        for part in HOSTILE_SHOWN:
            assert part in self.text, part
