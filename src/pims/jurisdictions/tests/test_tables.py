"""A mistake in a law's table is told when it is read, never carried into somebody's custody."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from pims.jurisdictions.tables import BadTable, Row, keyed, read_table


@pytest.mark.parametrize(
    ("value", "ask"),
    [
        (1, lambda row: row.text("x")),
        (" blank", lambda row: row.text("x")),
        ("", lambda row: row.word("x")),
        ("other", lambda row: row.choice("x", ("this", "that"))),
        ("this", lambda row: row.choices("x", ("this",))),
        (["this", "this"], lambda row: row.choices("x", ("this",))),
        (["other"], lambda row: row.choices("x", ("this",))),
        ("1", lambda row: row.number("x")),
        (True, lambda row: row.number("x")),
        (1.5, lambda row: row.number("x")),
        (1, lambda row: row.flag("x")),
        ("2026-01-01", lambda row: row.day("x")),
        (datetime(2026, 1, 1), lambda row: row.day("x")),  # noqa: DTZ001
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_its_table_and_row(
    value: object, ask: Callable[[Row], object]
) -> None:
    with pytest.raises(BadTable, match=r"^things: one: .*x"):
        ask(Row("things", {"code": "one", "x": value}))


def test_a_missing_value_is_told_unless_there_is_one_to_fall_back_on() -> None:
    row = Row("things", {"code": "one"})
    with pytest.raises(BadTable, match="x must be text"):
        row.text("x")
    assert row.text("x", "") == ""
    assert row.number("x") is None
    assert row.choices("x", ("this",)) == ()
    assert row.flag("x") is False


def test_values_come_as_they_were_written() -> None:
    row = Row(
        "things",
        {"a": "word", "n": 0, "f": True, "d": date(2026, 2, 28), "l": [3, 1], "en": "E", "es": "S",
         "confidence": "memory"},
    )  # fmt: skip
    assert (row.word("a"), row.number("n"), row.flag("f")) == ("word", 0, True)
    assert (row.day("d"), row.choices("l", range(5))) == (date(2026, 2, 28), (3, 1))
    assert row.label() == {"en": "E", "es": "S"}
    assert row.confidence() == "memory"
    row.done()


def test_a_misspelt_key_is_not_passed_over() -> None:
    row = Row("things", {"code": "one", "longest_year": 5})
    row.word("code")
    with pytest.raises(BadTable, match="unknown: longest_year"):
        row.done()


def test_a_code_stands_once() -> None:
    assert list(keyed("things", [("b", 1), ("a", 2)])) == ["b", "a"]
    with pytest.raises(BadTable, match="things: a is there twice"):
        keyed("things", [("a", 1), ("a", 2)])


def test_a_jurisdiction_without_the_table_says_so() -> None:
    with pytest.raises(FileNotFoundError):
        read_table("plain", "order_kinds")


def edited(table: Any, **changes: object) -> dict[str, Any]:
    """A row with some values changed; None takes one away."""
    row = {**table, **changes}
    return {key: value for key, value in row.items() if value is not None}
