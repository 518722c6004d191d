"""Tables of numbers in which nobody can be told apart."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.rules.suppression import SMALL, TOTAL, Shown, suppress

ROWS, COLUMNS = ("a", "b", "c"), ("x", "y")
_tables = st.dictionaries(
    st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), st.integers(0, 9)
)


# The largest that are made, and a row more: two closed parts and a number between them fit in it.
MANY_ROWS, MANY_COLUMNS = ("a", "b", "c", "d"), ("x", "y", "z")
_large = st.dictionaries(
    st.tuples(st.sampled_from(MANY_ROWS), st.sampled_from(MANY_COLUMNS)),
    st.sampled_from((0, 1, 2, 3, 4, 5, 9, 40, 300)),
)


def _worked_out(shown: Shown) -> list[tuple[str, str]]:
    """What is left out and yet follows from the sums: where one more equation says nothing new."""
    unknown = [cell for cell, count in shown.cells.items() if count is None]
    place = {cell: n for n, cell in enumerate(unknown)}
    rows, columns = shown.rows, shown.columns
    lines = [[(r, c) for c in (*columns, TOTAL)] for r in (*rows, TOTAL)]
    lines += [[(r, c) for r in (*rows, TOTAL)] for c in (*columns, TOTAL)]
    equations = np.zeros((len(lines), len(unknown)))
    for n, line in enumerate(lines):
        for cell in line:
            if cell in place:
                equations[n, place[cell]] = -1 if cell == line[-1] else 1
    rank = np.linalg.matrix_rank(equations)
    unit = np.eye(len(unknown))
    return [
        cell
        for cell, n in place.items()
        if np.linalg.matrix_rank(np.vstack([equations, unit[n]])) == rank
    ]


@given(_tables)
def test_no_small_number_is_shown_and_what_is_shown_is_true(
    counts: dict[tuple[str, str], int],
) -> None:
    shown = suppress(counts, ROWS, COLUMNS)
    for cell, count in shown.cells.items():
        assert count is None or count == 0 or count > SMALL
        if TOTAL not in cell and count is not None:
            assert count == counts.get(cell, 0)


@given(_tables)
def test_no_number_that_is_left_out_can_be_worked_out_from_the_others(
    counts: dict[tuple[str, str], int],
) -> None:
    shown = suppress(counts, ROWS, COLUMNS)
    assert _worked_out(shown) == []


@given(_large)
def test_nor_from_the_sums_of_several_lines_together(counts: dict[tuple[str, str], int]) -> None:
    assert _worked_out(suppress(counts, MANY_ROWS, MANY_COLUMNS)) == []


def test_one_number_between_two_closed_parts_does_not_follow_from_them() -> None:
    counts = {
        ("a", "y"): 3, ("b", "x"): 3, ("b", "y"): 40, ("b", "z"): 2, ("c", "x"): 1,
        ("c", "y"): 3, ("d", "x"): 9, ("d", "y"): 40, ("d", "z"): 40,
    }  # fmt: skip
    shown = suppress(counts, MANY_ROWS, MANY_COLUMNS)
    assert shown.cells["c", "x"] is None
    assert _worked_out(shown) == []
    assert shown.cells["d", "y"] == 40, "no more is left out than it takes"


def test_the_test_itself_sees_what_can_be_worked_out() -> None:
    counts = dict.fromkeys(product(ROWS, COLUMNS), 40)
    whole = suppress(counts, ROWS, COLUMNS)
    careless = Shown(whole.rows, whole.columns, {**whole.cells, ("a", "x"): None})
    assert _worked_out(careless) == [("a", "x")]


def test_a_table_of_large_numbers_is_shown_whole() -> None:
    counts = {(r, c): 40 + n for n, (r, c) in enumerate(product(ROWS, COLUMNS))}
    shown = suppress(counts, ROWS, COLUMNS)
    assert None not in shown.cells.values()
    assert shown.cells[TOTAL, TOTAL] == sum(counts.values())


def test_one_small_number_takes_others_with_it() -> None:
    counts = {("a", "x"): 2, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 50, ("c", "x"): 60,
              ("c", "y"): 70}  # fmt: skip
    shown = suppress(counts, ROWS, COLUMNS)
    left_out = {cell for cell, count in shown.cells.items() if count is None}
    assert left_out == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
