"""The board's figures as words, numbers and addresses: the same for the page and for the stream."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.authority.web.words import status_label
from pims.custody.web.words import OUT_KINDS, SEXES
from pims.live.selectors import Board
from pims.live.web.words import AGES
from pims.ui.shapes import Column, Counter

TEMPLATE = "live/figures.html"


def written(board: Board) -> str:
    """The fragment as HTML, in the language and zone in force."""
    return render_to_string(TEMPLATE, context_of(board))


def context_of(board: Board) -> dict[str, Any]:
    """Everything that ``live/figures.html`` shows: the board, and nothing about who looks."""
    counts = board.counts
    roll = reverse("custody:roll")
    return {
        "board": board,
        "main": [
            Counter(_("On the books"), counts.on_books, roll),
            Counter(_("In the prison"), counts.in_prison, f"{roll}?whereabouts=in", "ok"),
            Counter(_("Out with"), counts.out_with, f"{roll}?whereabouts=out", "info"),
            Counter(
                _("Overdue"),
                counts.overdue,
                f"{roll}?overdue=1",
                "alarm" if counts.overdue else "quiet",
            ),
        ],
        "beside": [
            Counter(_("At large"), counts.at_large, "", "alarm" if counts.at_large else "quiet"),
            Counter(
                _("No valid warrant"),
                counts.no_valid_warrant,
                f"{roll}?legal_status=none",
                "alarm" if counts.no_valid_warrant else "quiet",
            ),
            Counter(_("Admission open"), counts.not_admitted),
            Counter(_("Babies (for fire)"), counts.infants),
            *(
                [Counter(_("Orders to let go, undecided"), board.orders_waiting, "", "alarm")]
                if board.orders_waiting
                else []
            ),
            *(
                [Counter(_("Messages held, not people"), board.held_messages, "", "alarm")]
                if board.held_messages
                else []
            ),
        ],
        "by_status": [
            (status_label(code), number) for code, number in counts.by_status.items() if number
        ],
        "by_sex": [(SEXES[code], number) for code, number in counts.by_sex.items() if number],
        "by_age": [(AGES[code], number) for code, number in counts.by_age.items() if number],
        "out": [(row, OUT_KINDS[row.out_kind]) for row in board.out],
        "unit_columns": [
            Column(_("Unit")), Column(_("On the books"), numeric=True),
            Column(_("In"), numeric=True), Column(_("Out"), numeric=True),
            Column(_("Capacity"), numeric=True), Column(_("Full"), numeric=True),
        ],
        "out_columns": [
            Column(_("Prisoner")), Column(_("Where")), Column(_("Left")),
            Column(_("Expected back")),
        ],
        "units": [
            (unit, _percent(unit.on_books, unit.operational_capacity))
            for unit in counts.by_unit
        ],
    }  # fmt: skip


def _percent(used: int, capacity: int) -> int | None:
    return None if not capacity else round(100 * used / capacity)
