"""What should be heard at a desk now, of what this viewer may see."""

from typing import Any

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext

from pims.assurance import selectors as assurance
from pims.foundation.access.actor import Actor
from pims.people import selectors as people
from pims.release import selectors as release
from pims.ui.names import name_and_number
from pims.ui.pages import page

VIEW = "live.view"
# The one stream of a page that shows nothing live of its own.
TOPICS = ("release.discharge_started", "assurance.alarm_raised", "assurance.alarm_climbed")


@page(permission=VIEW)
def sounding(request: Any) -> JsonResponse:
    """Discharges that have begun and critical alarms that nobody has in hand.

    ``{"sounding": [{"key", "kind", "text", "url"}]}``; `key` is the same for as long as it is the
    same matter, `kind` is ``release`` or ``alarm``, `url` the page where something is done about
    it. The page sounds for keys that it has not heard.
    """
    response = JsonResponse({"sounding": matters(request.actor, request.establishment_id)})
    response["Cache-Control"] = "no-store"
    return response


def matters(viewer: Actor, establishment_id: int) -> list[dict[str, str]]:
    cases = []
    if viewer.can_at("release.view", establishment_id):
        cases = [
            case
            for case in release.open_cases(viewer, establishment_id)
            if not case.awaits_countersign
        ]
    alarms = [a for a in assurance.open_alarms(viewer, establishment_id) if a.sounds]
    about = {case.person_id for case in cases} | {a.person_id for a in alarms if a.person_id}
    heads = people.person_headers(viewer, about, brief=True)

    def who(person_id: int | None) -> str:
        head = heads.get(person_id or 0)
        return "" if head is None else name_and_number(head.display_name, head.number)

    short = "es" if (get_language() or "en").startswith("es") else "en"
    return [
        {
            "key": f"release:{case.case_id}",
            "kind": "release",
            "text": f"{gettext('To be released')}: {who(case.person_id)}",
            "url": reverse("release:case", args=[case.case_id]),
        }
        for case in cases
    ] + [
        {
            "key": f"alarm:{alarm.alarm_id}:{alarm.step}",
            "kind": "alarm",
            "text": ": ".join(filter(None, (alarm.kind.label[short], who(alarm.person_id)))),
            "url": reverse("assurance:alarm", args=[alarm.alarm_id]),
        }
        for alarm in alarms
    ]
