"""Which numbers of a table may be shown so that nobody in it can be told apart.

A number from 1 to `SMALL` tells of so few that somebody may know who they are: it is left out, and
so are as many others as it takes for the sums not to give it away (primary and complementary
suppression of a two-way table with margins).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

SMALL = 4
TOTAL = "total"
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with its margins; None is a number that is left out."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]


def suppress(counts: Mapping[Cell, int], rows: Sequence[str], columns: Sequence[str]) -> Shown:
    """The table with margins in which no small number can be read or worked out.

    `counts` are of (row, column), absent where nobody is; a margin is called ``total``. In each
    line none or at least two numbers are left out, which together count more than `SMALL`
    people: a line that cannot do so hides its margin too.
    """
    whole: dict[Cell, int] = {(r, c): counts.get((r, c), 0) for r in rows for c in columns}
    for r in rows:
        whole[r, TOTAL] = sum(whole[r, c] for c in columns)
    for c in (*columns, TOTAL):
        whole[TOTAL, c] = sum(whole[r, c] for r in rows)
    hidden = {cell for cell, count in whole.items() if 0 < count <= SMALL}
    lines = [
        *([(r, c) for c in (*columns, TOTAL)] for r in (*rows, TOTAL)),
        *([(r, c) for r in (*rows, TOTAL)] for c in (*columns, TOTAL)),
    ]
    changed = True
    while changed:
        changed = False
        for line in lines:
            out = [cell for cell in line if cell in hidden]
            if out and not _safe([whole[cell] for cell in out]):
                more = _next(line, hidden, whole)
                if more is not None:
                    hidden.add(more)
                    changed = True
        if not changed and (more := _against_the_sums(hidden, whole)) is not None:
            hidden.add(more)
            changed = True
    return Shown(
        tuple(rows), tuple(columns),
        {cell: None if cell in hidden else count for cell, count in whole.items()},
    )  # fmt: skip


def _safe(out: Sequence[int]) -> bool:
    """Two or more are left out, and what they sum to is not small by itself."""
    return len(out) >= 2 and sum(out) > SMALL


def _next(line: Sequence[Cell], hidden: set[Cell], whole: Mapping[Cell, int]) -> Cell | None:
    """The smallest number of the line that is still shown and hides something: never a zero while
    there is another, and the margin last."""
    left = [cell for cell in line if cell not in hidden]
    left.sort(key=lambda cell: (TOTAL in cell, whole[cell] == 0, whole[cell]))
    return left[0] if left else None


def _against_the_sums(hidden: Set[Cell], whole: Mapping[Cell, int]) -> Cell | None:
    """What must be left out too, because one number follows from the sums of several lines.

    Lines are joined where they share a number that is left out. One that alone joins two parts is
    the difference of what the lines of either part sum to: another must join them as well.
    """
    for one in sorted(hidden):
        rows, columns = _joined(one[0], hidden - {one})
        if one[1] in columns:
            continue
        across = [cell for cell in whole if (cell[0] in rows) != (cell[1] in columns)]
        more = _next(across, {one, *hidden}, whole)
        if more is not None:
            return more
    return None


def _joined(row: str, hidden: Set[Cell]) -> tuple[set[str], set[str]]:
    """The rows and the columns that what is left out joins to this row."""
    rows, columns = {row}, set[str]()
    grown = True
    while grown:
        size = len(rows) + len(columns)
        columns |= {c for r, c in hidden if r in rows}
        rows |= {r for r, c in hidden if c in columns}
        grown = len(rows) + len(columns) > size
    return rows, columns
