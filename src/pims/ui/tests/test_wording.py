"""Reasons are codes; people are promised words, in both languages."""

from string import Formatter

import pytest
from django.utils import timezone

from pims.kernel.decisions import Reason
from pims.ui import strings, wording


def test_every_reason_that_the_product_gives_has_words_in_both_languages() -> None:
    missing = {
        f"{code} lacks {language} ({place})" for code, language, place in strings.missing_wording()
    }
    assert sorted(missing) == []


def _named(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def test_both_languages_speak_of_the_same_things() -> None:
    uneven = {
        code: {language: sorted(_named(text)) for language, text in texts.items()}
        for code, texts in wording.catalogue().items()
        if len({frozenset(_named(text)) for text in texts.values()}) > 1
    }
    assert uneven == {}


def test_a_reason_is_read_in_the_readers_language() -> None:
    full = Reason("style.place_full", {"place": "A-12", "count": 2})
    assert wording.render(full, "en") == "A-12 already holds 2."
    assert wording.render(full, "es-BZ") == "A-12 ya tiene 2."


def test_a_reason_without_words_is_shown_plainly() -> None:
    assert wording.render(Reason("room.unheard_of", {"a": 1}), "en") == "room.unheard_of (a: 1)"
    assert wording.render(Reason("room.unheard_of"), "es") == "room.unheard_of"


def test_a_missing_parameter_never_breaks_a_page() -> None:
    assert wording.render(Reason("style.place_full", {"count": 1}), "en").startswith("{place}")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("2026-03-07T18:32:00+00:00", "7 Mar 2026 12:32"), ("2026-03-07", "7 Mar 2026"),
     ("2026-03-07 or so", "2026-03-07 or so"), ("12-34-5678", "12-34-5678")],
)  # fmt: skip
def test_instants_in_a_reason_are_written_as_people_write_them(given: str, shown: str) -> None:
    with timezone.override("America/Belize"):
        said = wording.render(Reason("style.other_sex", {"place": given}), "en")
    assert said == f"{shown} is for men."


def test_the_same_sentence_is_said_once() -> None:
    reason = Reason("style.other_sex", {"place": "A"})
    assert wording.explain([reason, reason], "en") == ["A is for men."]


def test_the_scanner_finds_the_codes_of_reasons_and_of_errors() -> None:
    import ast

    source = """
class TooMany(Refused):
    code = "room.too_many"

class Other:
    code = "not.an_error"

def f():
    return [Reason("room.a", {}), Reason(code="room.b"), Reason(name)]
"""
    found = {c for n in ast.walk(ast.parse(source)) if (c := strings.code_of(n))}
    assert found == {"room.too_many", "room.a", "room.b"}


def test_what_ends_an_alarm_is_put_into_a_sentence_that_has_its_full_stop() -> None:
    ends = {code: texts for code, texts in wording.catalogue().items() if code.endswith(".ends")}
    assert len(ends) > 30
    assert [
        code for code, texts in ends.items() if any(t.endswith(".") for t in texts.values())
    ] == []
