"""The page of the discharge book: who left on one day, when, and on what ground."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pims.authority import selectors as authority
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotPermitted
from pims.people import selectors as people
from pims.release import selectors
from pims.release.documents.ground import ground_text, order_text
from pims.release.signatures import officers_of
from pims.release.web.words import mark_label
from pims.ui.dates import day_text, instant_text
from pims.ui.printing import Paper, require_printing_at

TEMPLATE = Path(__file__).with_name("book.typ")


def discharge_book(viewer: Actor, establishment_id: int, day: date) -> Paper:
    """The book of `day`, the establishment's calendar day. Raises NotPermitted."""
    require_printing_at(viewer, establishment_id)
    if not viewer.can_at("release.view", establishment_id):
        raise NotPermitted("release.view")
    since = datetime.combine(day, time(), ZoneInfo(facilities.time_zone(establishment_id)))
    rows = selectors.discharges(
        viewer, establishment_id, since=since, until=since + timedelta(days=1)
    )
    headers = people.person_headers(viewer, [row.person_id for row in rows])
    rows = [row for row in rows if row.person_id in headers]
    officers = officers_of(rows)
    orders = {
        order.release_order_id: order
        for found in authority.release_orders([row.person_id for row in rows]).values()
        for order in found
    }
    title = _("Discharge book")
    lines = []
    for row in rows:
        order = orders.get(row.release_order_id or 0)
        remarks = [
            *([_("Released in error")] if row.error_id is not None else []),
            *(mark_label(mark) for mark in row.marks if mark != "from_paper" or order is not None),
        ]
        lines.append(
            [
                instant_text(row.at, "time"),
                headers[row.person_id].number,
                headers[row.person_id].display_name or _("Name not known"),
                "\n".join(
                    p for p in (ground_text(row, order), order_text(order, row.order_seen)) if p
                ),
                officers[row.discharge_id].first,
                officers[row.discharge_id].second,
                row.destination,
                row.minutes_from_order,
                "; ".join(remarks),
            ]
        )
    return Paper(
        code="discharge_book",
        template=TEMPLATE,
        title=title,
        file_name=f"discharge-book-{day:%Y-%m-%d}",
        data={
            "title": f"{title}, {day_text(day)}",
            "count": _("%(count)s discharged.") % {"count": len(lines)},
            "head": [
                _("Hour"), _("Number"), _("Prisoner"), _("Ground and order"), _("First officer"),
                _("Second officer"), _("Where to"), _("Minutes"), _("Remarks"),
            ],
            "rows": lines,
            "empty": _("Nobody was discharged on this day."),
            "signers": [_("Records officer"), _("Officer in charge")],
        },
        person_ids=[row.person_id for row in rows],
        subject=day_text(day),
    )  # fmt: skip
