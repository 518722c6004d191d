import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.kernel.errors import InvalidInput
from pims.kernel.text import UnfitText, clean, clean_field


@given(st.text(max_size=300))
def test_cleaning_what_is_clean_changes_nothing(text):
    try:
        once = clean(text)
    except UnfitText:
        return

    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert len(once) <= 200


@given(st.text(max_size=60), st.sampled_from("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_text_that_reorders_the_line_is_never_kept(text, control):
    with pytest.raises(UnfitText):
        clean(f"{text}{control}x")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\u00a0 \tChan \n", "Ana Chan"),
        ("Nun\u0303ez", "Nuñez"),
        ("Ana\u200b\ufeff\u00ad Chan\u200f", "Ana Chan"),
        ("🐯", "🐯"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Q'eqchi’", "Q'eqchi’"),
    ],
)
def test_text_is_kept_as_given_but_for_what_nobody_sees(typed, kept):
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("x" * 201, "too_long"),
        ("x" * 10_000_000, "too_long"),
        ("a\x00b", "control_character"),
        ("a\x1b[31mb", "control_character"),
        ("a\ud800b", "control_character"),
        ("a\ue000b", "control_character"),
        ("a\uffffb", "control_character"),
        ("a" + "\u0334" * 30, "too_many_marks"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(typed, what):
    with pytest.raises(UnfitText) as unfit:
        clean(typed)

    assert unfit.value.what == what


def test_lines_are_kept_where_there_may_be_several():
    assert clean("one \r\n two\rthree", multiline=True) == "one\ntwo\nthree"
    assert clean("one\ntwo") == "one two"


def test_a_form_is_told_which_field_and_why():
    with pytest.raises(InvalidInput) as problem:
        clean_field("lines", " \u200b", required=True)

    assert problem.value.fields["lines"].code == "text.missing"
