"""Ten at random for a Visiting Justice: why held, next date, injuries, complaints."""

from secrets import SystemRandom
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from pims.authority import selectors as authority
from pims.authority.web.words import kind_label, status_label
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.foundation.ledger.append import append_read
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.ui.pages import page
from pims.ui.shapes import Column

DRAWN = 10


@page(permission="visiting.sample")
def sample(request: Any) -> HttpResponse:
    """Ten prisoners drawn by the machine from the whole roll, anew at every visit of the page.

    Nobody chooses them, and the draw is in the ledger: who was drawn, for whom, when.
    """
    viewer, where = request.actor, request.establishment_id
    now = clock.now()
    rows = custody.roll(viewer, where)
    drawn = SystemRandom().sample(rows, min(DRAWN, len(rows)))
    drawn.sort(key=lambda row: (row.unit, row.place, row.sort_key))
    zone = facilities.time_zone(where)
    ids = [row.person_id for row in drawn]
    injuries = custody.injuries_of(viewer, [row.episode_id for row in drawn])
    warrants = authority.warrants_of(ids, zone=zone, as_of=AsOf(now))
    append_read(
        actor_id=viewer.user_id,
        page="visiting.sample",
        person_ids=ids,
        establishment_id=where,
        at=now,
    )
    context = {
        "rows": [
            (
                row,
                status_label(row.legal_status),
                [
                    (w, kind_label(w.kind))
                    for w in warrants.get(row.person_id, [])
                    if w.detains_at(now)
                ],
                injuries.get(row.episode_id, []),
            )
            for row in drawn
        ],
        "held": len(rows),
        "at": now,
        "columns": [
            Column(_("Prisoner")), Column(_("Place")), Column(_("Why held")),
            Column(_("Next date")), Column(_("Received")),
            Column(_("Injuries and complaints")),
        ],
    }  # fmt: skip
    return render(request, "visiting/sample.html", context)
