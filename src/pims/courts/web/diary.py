"""The court diary by day and by week, and who goes to which court on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.courts import selectors
from pims.courts.documents.production_list import production_list as paper_of
from pims.courts.selectors import DiaryRow
from pims.courts.web import words
from pims.custody.web.words import OUTCOMES as DESK_OUTCOMES
from pims.facilities import selectors as facilities
from pims.foundation.ledger.reads import shows
from pims.jurisdictions.holidays import holiday_on
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.ui.dates import day_asked
from pims.ui.pages import page
from pims.ui.printing import PRINT, in_language_of, print_paper
from pims.ui.shapes import Column

VIEW = "courts.view"
WEEK = timedelta(days=7)


class FilterForm(forms.Form):
    """Of which day, and of which court: every court where none is chosen."""

    view = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("day", _("Day")), ("week", _("Week"))]
    )
    court = forms.TypedChoiceField(label=_("Court"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, courts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].choices = [("", _("All")), *courts]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class DayRows:
    """One day of the diary: `closed` is why no court sits, "" where courts do."""

    on: date
    closed: str
    rows: Sequence[tuple[DiaryRow, str, Sequence[str]]]


@page(permission=VIEW)
def diary(request: Any) -> HttpResponse:
    """Everyone due before a court, day by day; a day on which nobody is stays there, empty."""
    viewer, where = request.actor, request.establishment_id
    today = clock.today(facilities.time_zone(where))
    day = day_asked(request.GET.get("day", "")) or today
    week = request.GET.get("view") == "week"
    begins = day - timedelta(days=day.weekday()) if week else day
    ends = begins + timedelta(days=6) if week else day
    rows = selectors.diary(viewer, where, begins, ends)
    unread = selectors.unread_by(viewer, {row.person_id for row in rows})
    told = [row for row in rows if not _of_unread(row, unread)]
    kept_back, rows = len(rows) - len(told), told
    courts = sorted({(row.body_id, row.body_name) for row in rows}, key=lambda one: one[1])
    form = FilterForm(request.GET, courts=courts)
    court = form.cleaned_data.get("court") if form.is_valid() else None
    shown = [row for row in rows if court is None or row.body_id == court]
    shows({row.person_id for row in shown})
    step = WEEK if week else timedelta(days=1)
    context = {
        "form": form,
        "days": [_day(on, shown) for on in _between(begins, ends)],
        "begins": begins,
        "ends": ends,
        "week": week,
        "court": court,
        "today": today,
        "earlier": day - step,
        "later": day + step,
        "columns": [
            Column(_("Prisoner")), Column(_("Hour")), Column(_("Court or body")),
            Column(_("Case")), Column(_("What for")), Column(_("Outcome")),
        ],
        "modes": words.MODES,
        "kept_back": kept_back,
    }  # fmt: skip
    return render(request, "courts/diary.html", context)


def _of_unread(row: DiaryRow, unread: selectors.Unread) -> bool:
    """Whether only an order that the viewer may still read again names this day."""
    if row.hearing_id is not None:
        return row.hearing_id in unread.hearing_ids
    return row.warrant_name_id in unread.warrant_name_ids


def _between(begins: date, ends: date) -> list[date]:
    return [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]


def _day(on: date, rows: Sequence[DiaryRow]) -> DayRows:
    holiday = holiday_on(on)
    closed = "" if holiday is None else holiday.label[words.language()]
    return DayRows(
        on,
        closed,
        [(row, outcome_of(row), words.defects(row.defects)) for row in rows if row.on == on],
    )


def outcome_of(row: DiaryRow) -> str:
    """What came of the day: of the hearing, or what the desk recorded; "" where nothing has."""
    if row.outcome:
        return str(words.OUTCOMES[row.outcome])
    return str(DESK_OUTCOMES.get(row.desk_outcome, "")) if row.desk_outcome else ""


@page(permission=VIEW)
def production(request: Any) -> HttpResponse:
    """Who is to be brought before which court on a day, tomorrow where no other is asked for."""
    viewer, where = request.actor, request.establishment_id
    tomorrow = clock.today(facilities.time_zone(where)) + timedelta(days=1)
    day = day_asked(request.GET.get("day", "")) or tomorrow
    rows = selectors.production_list(viewer, where, day)
    shows({row.due.person_id for row in rows})
    courts: dict[int, list[Any]] = {}
    for row in rows:
        courts.setdefault(row.due.body_id, []).append(row)
    context = {
        "day": day,
        "earlier": day - timedelta(days=1),
        "later": day + timedelta(days=1),
        "courts": [(of[0].due.body_name, body_id, of) for body_id, of in courts.items()],
        "count": len({row.due.person_id for row in rows}),
        "columns": [
            Column(_("Prisoner")), Column(_("Hour")), Column(_("Cell place")), Column(_("Case")),
            Column(_("Remarks")), Column(_("Escort")), Column(_("Left (signature)")),
            Column(_("Back (signature)")),
        ],
        "may_print": viewer.can(PRINT),
        "may_send": viewer.can("custody.escort"),
        "out_url": reverse("custody:send_out"),
    }  # fmt: skip
    return render(request, "courts/production.html", context)


@page(permission=PRINT)
def production_paper(request: Any, day: str, body_id: int) -> HttpResponse:
    """The list of one court as a paper. Raises NotFound for what is no day, or an empty list."""
    with in_language_of(request):
        wanted = day_asked(day)
        if wanted is None:
            raise NotFound("day")
        return print_paper(
            request, paper_of(request.actor, request.establishment_id, wanted, body_id)
        )
