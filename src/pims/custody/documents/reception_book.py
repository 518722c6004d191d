"""The page of the reception book: who was received on one day, in the order of the hour."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pims.custody import selectors
from pims.custody.web.words import WARRANT_STATES
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.ui.dates import day_text, instant_text
from pims.ui.printing import Paper, require_printing_at

TEMPLATE = Path(__file__).with_name("reception_book.typ")


def reception_book(viewer: Actor, establishment_id: int, day: date) -> Paper:
    """The book of `day`, the establishment's calendar day. Raises NotPermitted."""
    require_printing_at(viewer, establishment_id)
    since = datetime.combine(day, time(), ZoneInfo(facilities.time_zone(establishment_id)))
    lines = selectors.reception_book(
        viewer, establishment_id, since=since, until=since + timedelta(days=1)
    )
    title = _("Reception book")
    return Paper(
        code="reception_book",
        template=TEMPLATE,
        title=title,
        file_name=f"reception-book-{day:%Y-%m-%d}",
        data={
            "title": f"{title}, {day_text(day)}",
            "count": ngettext("%(count)s received.", "%(count)s received.", len(lines))
            % {"count": len(lines)},
            "head": [
                _("Hour"), _("Number"), _("Prisoner"), _("Name as given"), _("Warrant"),
                _("Handed over by"), _("Received by"), _("Injuries seen"),
            ],
            "rows": [
                [
                    instant_text(line.received_at, "time"),
                    line.number,
                    line.name or _("Name not known"),
                    line.name_as_given,
                    str(WARRANT_STATES[line.warrant_state]),
                    line.handed_over_by,
                    line.received_by,
                    "; ".join(
                        part
                        for part in (
                            line.injuries,
                            _("Complains of ill-treatment") if line.complaint else "",
                        )
                        if part
                    ),
                ]
                for line in lines
            ],
            "empty": _("Nobody was received on this day."),
            "signers": [_("Reception officer"), _("Officer in charge")],
        },
        person_ids=[line.person_id for line in lines],
        subject=day_text(day),
    )  # fmt: skip
