"""One strange name costs nobody else their line, and no number its figures."""

import pytest

from pims.ui.names import LONGEST_WORD, breakable, name_and_number

pytestmark = pytest.mark.any_server


def test_a_word_that_no_line_could_hold_may_break_and_every_other_stays_as_it_is() -> None:
    for name in ("COC, Emiliano", "ESCALANTE NOVELO, Gilberto", "X" * LONGEST_WORD):
        assert breakable(name) == name
    broken = breakable("X" * 200)
    assert broken.replace("\u200b", "") == "X" * 200
    assert max(map(len, broken.split("\u200b"))) == LONGEST_WORD


def test_letters_from_right_to_left_do_not_turn_a_number_round() -> None:
    assert name_and_number("COC, Emiliano", "6096288-02") == "COC, Emiliano 6096288-02"
    assert name_and_number("علي, محمد", "6096288-02") == "\u2068علي, محمد\u2069 6096288-02"
    assert name_and_number("", "6096288-02") == "6096288-02"
