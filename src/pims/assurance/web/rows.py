"""Alarms as rows of a page: in words, with whose they are and until when."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.assurance.selectors import AlarmInfo
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import role_name
from pims.kernel import clock
from pims.people import selectors as people
from pims.ui.dates import duration_text
from pims.ui.names import name_and_number
from pims.ui.shapes import AlarmRow, Text

# By which fact an alarm ended, where the alarm says so.
ENDED_BY = {
    "countersigned": _("Ended: a second officer countersigned it."),
    "taken_back": _("Ended: the entry was taken back, and custody goes on."),
}


def how_ended(alarm: AlarmInfo) -> Text:
    """The reason that an officer gave, or the fact that ended it where the alarm names it."""
    if alarm.end_kind != "fact":
        return alarm.end_reason
    return ENDED_BY.get(alarm.end_reason, "")


def alarm_rows(viewer: Actor, alarms: Sequence[AlarmInfo]) -> list[AlarmRow]:
    """The rows of these alarms, in their order; one query for all the names."""
    language = get_language() or "en"
    short = "es" if language.startswith("es") else "en"
    headers = people.person_headers(viewer, [a.person_id for a in alarms if a.person_id])
    now = clock.now()
    rows = []
    for alarm in alarms:
        header = headers.get(alarm.person_id or 0)
        # What is about nobody is about an agency, or about all of the prison.
        subject: Text = str(alarm.params.get("agency", ""))
        if alarm.person_id is not None:
            subject = "" if header is None else name_and_number(header.display_name, header.number)
        rows.append(
            AlarmRow(
                title=alarm.kind.label[short],
                subject=subject,
                url=reverse("assurance:alarm", args=[alarm.alarm_id]),
                owner=role_name(alarm.owner_role, language),
                due=alarm.deadline_at,
                tone="alarm" if alarm.kind.severity < 5 or alarm.climbed else "warn",
                overdue=alarm.climbed,
                detail=_("since %(time)s") % {"time": duration_text(now - alarm.since)},
            )
        )
    return rows
