"""The nominal roll: on the screen, on paper, and as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pims.authority.web.withheld import READ_FIRST, withheld_persons
from pims.authority.web.words import status_label
from pims.custody import selectors
from pims.custody.selectors import RollFilters, RollRow
from pims.custody.web.roll_rows import roll_lines
from pims.custody.web.words import OUT_KINDS, SEXES
from pims.facilities import selectors as facilities
from pims.foundation.ledger.append import append_read
from pims.jurisdictions.warrant_kinds import legal_statuses
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.ui.asof import AsOfForm
from pims.ui.dates import local
from pims.ui.pages import page
from pims.ui.shapes import Column
from pims.ui.templatetags.pims import named

VIEW, EXPORT = "custody.view", "roll.export"

SORTS = {
    "name": lambda row: row.sort_key,
    "number": lambda row: row.number,
    "age": lambda row: (row.age is None, row.age or 0),
    "status": lambda row: (row.legal_status, row.sort_key),
    "place": lambda row: (row.unit, row.place, row.sort_key),
    "next": lambda row: (row.next_appearance is None, row.next_appearance, row.sort_key),
    "received": lambda row: row.received_at,
}
# A spreadsheet runs what begins with one of these; a quote before it makes it text again.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class FilterForm(AsOfForm):
    field_order = [
        "text", "unit_id", "legal_status", "sex", "whereabouts", "juvenile", "overdue",
    ]  # fmt: skip

    text = forms.CharField(label=_("Name or number"), required=False, max_length=100)
    unit_id = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    legal_status = forms.ChoiceField(label=_("Status"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("All")), *SEXES.items()]
    )
    whereabouts = forms.ChoiceField(
        label=_("Where"),
        required=False,
        choices=[("", _("All")), ("in", _("In the prison")), ("out", _("Out with"))],
    )
    juvenile = forms.ChoiceField(
        label=_("Age group"),
        required=False,
        choices=[("", _("All")), ("1", _("Juveniles")), ("0", _("Adults"))],
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, *args: Any, units: Sequence[facilities.UnitInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"].choices = [  # type: ignore[attr-defined]
            ("", _("All")), *((str(u.unit_id), u.name) for u in units),
        ]  # fmt: skip
        self.fields["legal_status"].choices = [  # type: ignore[attr-defined]
            ("", _("All")), *((code, status_label(code)) for code in legal_statuses()),
        ]  # fmt: skip

    def filters(self) -> RollFilters:
        given = self.cleaned_data
        return RollFilters(
            unit_id=given.get("unit_id"),
            legal_status=given.get("legal_status", ""),
            sex=given.get("sex", ""),
            whereabouts=given.get("whereabouts", ""),
            juvenile={"1": True, "0": False}.get(given.get("juvenile", "")),
            overdue=given.get("overdue", False),
            text=given.get("text", ""),
        )


@page(permission=VIEW)
def roll_page(request: Any) -> HttpResponse:
    """Everyone on the books whom the viewer may see, sorted and filtered, on one page."""
    rows, unread, form, sort = _asked(request, "roll")
    context = {
        "rows": rows,
        "lines": roll_lines(rows, unread),
        "form": form,
        "sort": sort,
        "as_of": form.as_of(),
        "at": clock.now(),
        "columns": [
            Column(_("Name"), "name"), Column(_("Number"), "number"), Column(_("Sex")),
            Column(_("Age"), "age", numeric=True), Column(_("Status"), "status"),
            Column(_("Place"), "place"), Column(_("Next appearance"), "next"),
            Column(_("Where")),
        ],
        "inside": sum(row.inside for row in rows),
        "may_export": request.actor.can(EXPORT),
    }  # fmt: skip
    return render(request, "custody/roll.html", context)


@page(permission=EXPORT)
def export(request: Any, form: str) -> HttpResponse:
    """The same roll, same filters, as CSV or XLSX: dates that sort, and never a formula.

    Times are those of the establishment's clock, in the cells as in the file's name.
    """
    rows, unread, asked, _sort = _asked(request, f"roll.{form}")
    if asked.misread:
        raise InvalidInput({"at": Reason("custody.no_such_time")})
    as_of = asked.as_of()
    head = [
        str(label)
        for label in (
            _("Number"), _("Name"), _("Sex"), _("Age"), _("Status"), _("Unit"), _("Place"),
            _("Next appearance"), _("Received"), _("Where"), _("Expected back"),
        )
    ]  # fmt: skip
    body = [_cells(row, unread) for row in rows]
    stamp = local(clock.now() if as_of is None else as_of.valid_at).strftime("%Y%m%d-%H%M")
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(head)
        writer.writerows([[_written(cell) for cell in cells] for cells in body])
        response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = HttpResponse(
            _workbook(head, body),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    else:
        raise NotFound("export", form)
    response["Content-Disposition"] = f'attachment; filename="roll-{stamp}.{form}"'
    return response


def _asked(request: Any, what: str) -> tuple[list[RollRow], Mapping[int, str], FilterForm, str]:
    """The lines, whose next day of them is not told before a second reading, what was asked and
    in what order."""
    viewer, where = request.actor, request.establishment_id
    form = FilterForm(request.GET, units=facilities.units(viewer, where))
    form.is_valid()
    if form.misread:
        return [], {}, form, "name"
    found = selectors.roll(viewer, where, form.as_of(), filters=form.filters())
    unread = withheld_persons(viewer, [row.person_id for row in found])
    # Before they are put in order: their place would tell the day too.
    rows = [replace(row, next_appearance=None) if row.person_id in unread else row for row in found]
    sort = request.GET.get("sort", "name")
    key = SORTS.get(sort.removeprefix("-"))
    if key is not None:
        rows.sort(key=key, reverse=sort.startswith("-"))
    append_read(
        actor_id=viewer.user_id,
        page=what,
        person_ids=[row.person_id for row in rows],
        establishment_id=where,
        at=clock.now(),
    )
    return rows, unread, form, sort


Cell = str | int | date | datetime | None


def _cells(row: RollRow, unread: Mapping[int, str]) -> list[Cell]:
    """The cells of a line; instants without a zone, as the establishment's clock shows them."""
    return [
        row.number,
        str(named(row.name)),
        str(SEXES[row.sex]),
        row.age,
        status_label(row.legal_status),
        row.unit,
        row.place,
        str(READ_FIRST) if row.person_id in unread else row.next_appearance,
        _here(row.received_at),
        str(OUT_KINDS.get(row.out_kind, "")),
        None if row.expected_back_at is None else _here(row.expected_back_at),
    ]


def _here(at: datetime) -> datetime:
    return local(at).replace(tzinfo=None, second=0, microsecond=0)


def _written(cell: Cell) -> str:
    """A cell of a CSV: ISO 8601 with the year; a quote before what would run as a formula."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _workbook(head: Sequence[str], body: Sequence[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, label in enumerate(head):
            sheet.write_string(0, column, label, bold)
        for number, cells in enumerate(body, start=1):
            for column, cell in enumerate(cells):
                if cell is None:
                    continue
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, instant)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell)
        sheet.freeze_panes(1, 2)
        sheet.autofit()
    return out.getvalue()
