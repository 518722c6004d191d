"""The start page: what waits for this officer's role, alarms first."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pims.assurance import selectors as assurance
from pims.assurance.web.rows import alarm_rows
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.custody.web.words import OUT_KINDS
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.outbox.feed import feed_position
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.people import selectors as people
from pims.release import selectors as release
from pims.ui.pages import page
from pims.ui.shapes import Counter

SHOWN = 8


@page(permission=None)
def home(request: Any) -> HttpResponse:
    """Alarms of the viewer's roles, then the work that their permissions open."""
    viewer, where = request.actor, request.establishment_id
    context: dict[str, Any] = {"nowhere": where is None}
    if where is not None:
        context |= _alarms(viewer, where)
        # One reading of the roll for the figures and for who is out.
        roll = custody.roll(viewer, where) if viewer.can_at("custody.view", where) else None
        counts = None
        if roll is not None:
            units = facilities.units(viewer, where)
            counts = custody.count(roll, as_of=AsOf(clock.now()), units=units)
        context |= _counts(counts)
        context |= _work(viewer, where, counts)
        context |= _courts(viewer, where, roll)
    return render(request, "start/home.html", context)


def _alarms(viewer: Actor, where: int) -> dict[str, Any]:
    if not viewer.can_at("assurance.view", where):
        return {}
    position = feed_position()  # first: what happens meanwhile is told again, never lost
    found = assurance.open_alarms(viewer, where)
    return {
        "alarms": alarm_rows(viewer, found[:SHOWN]),
        "alarms_more": max(0, len(found) - SHOWN),
        "sees_alarms": True,
        "stream_url": f"{reverse('live:stream')}?after={position}"
        if viewer.can_at("live.view", where)
        else "",
    }


def _counts(counts: custody.Counts | None) -> dict[str, Any]:
    if counts is None:
        return {}
    roll = reverse("custody:roll")
    return {
        "counters": [
            Counter(_("On the books"), counts.on_books, roll),
            Counter(_("In the prison"), counts.in_prison, f"{roll}?whereabouts=in"),
            Counter(_("Out with"), counts.out_with, f"{roll}?whereabouts=out"),
            Counter(
                _("Overdue"),
                counts.overdue,
                f"{roll}?overdue=1",
                "alarm" if counts.overdue else "quiet",
            ),
        ]
    }


def _work(viewer: Actor, where: int, counts: custody.Counts | None) -> dict[str, Any]:
    work: dict[str, Any] = {}
    if viewer.can_at("custody.admit", where):
        work["admissions"] = custody.admissions_open(viewer, where)[:SHOWN]
    if counts is not None and viewer.can_at("custody.escort", where):
        # All whom the figure counts: with officers or at large, whoever is missed first.
        at_large = [row for row in counts.out if row.out_kind == "at_large"]
        rows = custody.with_officers(counts.out)
        found = at_large + sorted(rows, key=lambda row: not row.overdue)
        work["out"] = [(row, OUT_KINDS[row.out_kind]) for row in found[:SHOWN]]
        work["out_more"] = max(0, len(found) - SHOWN)
    if viewer.can_at("release.view", where):
        cases = [r for r in release.open_cases(viewer, where) if not r.awaits_countersign]
        headers = people.person_headers(viewer, [row.person_id for row in cases])
        work["releases"] = [(row, headers.get(row.person_id)) for row in cases[:SHOWN]]
    return work


def _courts(viewer: Actor, where: int, roll: Sequence[custody.RollRow] | None) -> dict[str, Any]:
    """Orders that this officer may read again or settle, and days in court to be told of."""
    work: dict[str, Any] = {}
    may_read = viewer.can_at("courts.read_again", where)
    if may_read or viewer.can_at("courts.settle", where):
        due = courts.readings_due(viewer, where)
        readings = [one for one in due if one.differs or not one.own][:SHOWN]
        headers = people.person_headers(viewer, [one.person_ids[0] for one in readings])
        work["readings"] = [(one, headers.get(one.person_ids[0])) for one in readings]
        work["may_read_again"] = may_read
    if viewer.can_at("courts.record", where):
        work["outcomes"] = courts.hearings_without_outcome(viewer, where, roll=roll)[:SHOWN]
    return work
