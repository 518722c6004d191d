"""The page of the discharge book: who left on one day, when, and on what ground."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotPermitted
from pims.release.documents.lines import book_lines
from pims.ui.dates import day_text, instant_text
from pims.ui.printing import Paper, require_printing_at

TEMPLATE = Path(__file__).with_name("book.typ")


def discharge_book(viewer: Actor, establishment_id: int, day: date) -> Paper:
    """The book of `day`, the establishment's calendar day. Raises NotPermitted."""
    require_printing_at(viewer, establishment_id)
    if not viewer.can_at("release.view", establishment_id):
        raise NotPermitted("release.view")
    since = datetime.combine(day, time(), ZoneInfo(facilities.time_zone(establishment_id)))
    found = book_lines(viewer, establishment_id, since=since, until=since + timedelta(days=1))
    title = _("Discharge book")
    lines = [
        [
            instant_text(line.at, "time"),
            line.header.number,
            line.header.display_name or _("Name not known"),
            "\n".join(part for part in (line.ground, line.order) if part),
            line.first,
            line.second,
            line.destination,
            "" if line.minutes is None else line.minutes,
            "; ".join(line.remarks),
        ]
        for line in found
    ]
    freed = sum(1 for line in found if line.freed)
    count = ngettext("%(count)s discharged.", "%(count)s discharged.", freed) % {"count": freed}
    struck = sum(1 for line in found if line.struck)
    if len(found) > freed + struck:
        others = _("Other ends of custody: %(count)s.") % {"count": len(found) - freed - struck}
        count = f"{count} {others}"
    if struck:
        count = f"{count} {_('Struck through: %(count)s.') % {'count': struck}}"
    return Paper(
        code="discharge_book",
        template=TEMPLATE,
        title=title,
        file_name=f"discharge-book-{day:%Y-%m-%d}",
        data={
            "title": f"{title}, {day_text(day)}",
            "count": count,
            "head": [
                _("Hour"), _("Number"), _("Prisoner"), _("Ground and order"), _("First officer"),
                _("Second officer"), _("Where to"), _("Minutes"), _("Remarks"),
            ],
            "rows": lines,
            "struck": [number for number, line in enumerate(found) if line.struck],
            "empty": _("Nobody was discharged on this day."),
            "signers": [_("Records officer"), _("Officer in charge")],
        },
        person_ids=[line.header.person_id for line in found],
        subject=day_text(day),
    )  # fmt: skip
