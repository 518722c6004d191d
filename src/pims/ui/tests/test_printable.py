"""Whatever stands in a record can be printed: shown, named or numbered, never hidden or lost."""

import unicodedata
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pims.ui import documents, printable

SAMPLE = documents.PACKAGE / "ui" / "papers" / "sample.typ"


def words_of(text: str, *, times: int = 4) -> str:
    """The first sheet of a paper that shows the text in a fact, two cells, a box and its head."""
    rest = text if times > 1 else ""
    made = documents.render_pdf(
        SAMPLE,
        {
            "title": "T", "facts": [["Name", text]], "photograph": "P", "missing": "",
            "number": "1",
            "list_title": "L", "head": ["A", "B"], "rows": [[rest, rest]], "notice": rest,
            "signers": ["S"],
        },
        title="T",
        subject=rest,
        codes={"number": "1"},
    )  # fmt: skip
    return " ".join(PdfReader(BytesIO(made)).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("🐯 Tiger", "[TIGER FACE] Tiger"),
        ("陳大文", "[U+9673][U+5927][U+6587]"),
        ("bell\x07", "bell[U+0007]"),
        ("Ana\u202enahC", "Ana[U+202E]nahC"),
        ("K’iche’ Núñez Ḱ", "K’iche’ Núñez Ḱ"),
    ],
)
def test_a_sign_is_shown_or_named_and_never_an_empty_box(text: str, shown: str) -> None:
    assert shown in words_of(text)


def test_names_in_hebrew_and_arabic_letters_keep_their_letters() -> None:
    found = words_of("שלום سلام")
    assert set("שלום") <= set(unicodedata.normalize("NFKC", found))
    assert set("سلام") <= set(unicodedata.normalize("NFKC", found))


def test_a_word_of_two_hundred_letters_stays_whole_and_can_be_broken() -> None:
    shown = printable.readable("x" * 200)
    assert shown.replace(printable.BREAK, "") == "x" * 200
    assert max(map(len, shown.split(printable.BREAK))) <= printable.LONG_WORD


def test_ordinary_text_is_not_touched() -> None:
    value = {"a": ["José Núñez-Pérez", 3, None, True], "b": "two\nlines"}
    assert printable.readable(value) == value


def test_our_fonts_show_every_sign_that_we_say_they_do() -> None:
    signs = [
        chr(c)
        for c in range(0x20, 0x2700)
        if printable.in_our_fonts(chr(c)) == chr(c) and unicodedata.category(chr(c)) != "Cf"
    ]
    assert len(signs) > 2000
    words_of(" ".join(signs), times=1)


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_any_text_at_all_makes_a_paper(text: str) -> None:
    assert "T" in words_of(text)
