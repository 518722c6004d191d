"""What an alarm was told with, as lines of its page: why, by whom, what is still to do."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pims.assurance.selectors import AlarmInfo
from pims.authority.web.words import ODDITIES
from pims.courts.web.words import OUTCOMES
from pims.custody import selectors as custody
from pims.custody.selectors import EndLine
from pims.custody.web.admission_steps import STEPS
from pims.custody.web.words import NOT_RETURNED
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import NotFound, NotPermitted
from pims.ui.shapes import Fact

WHY = {
    "no_order_seen": _("No order was seen"),
    "release.no_order_or_final_date": _("No order and no final date"),
    "release.further_warrant": _("Another warrant still detains"),
    "release.further_warrant_keyed_later": _("Another warrant still detains"),
    "release.further_warrant_follows": _("Another warrant still detains"),
    "release.further_warrant_undecided": _("A warrant on record was not decided"),
    "was_at_large": _("Was unlawfully at large: no return was recorded"),
    "second_not_known": _("The second officer named by telephone is not known here"),
    "second_is_first": _("The paper names one officer as the first and as the second"),
    "born_after_reception": _("Born after the day of reception"),
    "age_differs": _("The age said at reception is another"),
    "age_unlikely": _("Hardly anybody of that age is held"),
    "burst": _("More at once than is likely"),
    "replay": _("Events that ought to have been told before"),
    "test": _("Events of a test"),
}


def particulars(viewer: Actor, alarm: AlarmInfo) -> list[Fact]:
    """What is amiss, who has yet to sign, why somebody did not return, which steps are left."""
    return [*_as_told(alarm), *_steps_left(viewer, alarm), *_signatures(viewer, alarm)]


def _as_told(alarm: AlarmInfo) -> list[Fact]:
    facts = []
    why = alarm.params.get("why")
    if why and isinstance(why, list | str):
        codes = [why] if isinstance(why, str) else why
        facts.append(
            Fact(_("What is amiss"), "; ".join(str(WHY.get(code, code)) for code in codes))
        )
    odd = alarm.params.get("oddities")
    if isinstance(odd, list) and odd:
        facts.append(Fact(_("What is odd"), "; ".join(str(ODDITIES.get(c, c)) for c in odd)))
    if officer := alarm.params.get("officer"):
        facts.append(Fact(_("Officer"), str(officer)))
    if agency := alarm.params.get("agency"):
        facts.append(Fact(_("Agency"), str(agency)))
    if because := alarm.params.get("because"):
        facts.append(Fact(_("Why not returned"), NOT_RETURNED.get(str(because), str(because))))
    if body := alarm.params.get("body"):
        facts.append(Fact(_("Court or body"), str(body)))
    if reference := alarm.params.get("reference"):
        facts.append(Fact(_("Reference"), str(reference)))
    if outcome := alarm.params.get("outcome"):
        facts.append(Fact(_("Outcome"), OUTCOMES.get(str(outcome), str(outcome))))
    return facts


def _steps_left(viewer: Actor, alarm: AlarmInfo) -> list[Fact]:
    if alarm.kind.code != "admission_overdue" or alarm.episode_id is None:
        return []
    try:
        row = custody.admission(viewer, alarm.episode_id)
    except (NotFound, NotPermitted):
        return []
    left = [str(step.label) for code, step in STEPS.items() if row.states[code] == "todo"]
    return [Fact(_("Still to do"), "; ".join(left))] if left else []


def _signatures(viewer: Actor, alarm: AlarmInfo) -> list[Fact]:
    """Who took somebody off the books and why, and whether another officer stands for it."""
    line = _never_held(viewer, alarm)
    if line is None:
        return []
    signed_by = line.countersigned_by_id
    names = user_names([line.recorded_by_id, *([signed_by] if signed_by is not None else [])])
    return [
        Fact(_("Entered by"), names.get(line.recorded_by_id, "—")),
        Fact(_("Reason"), line.end.circumstances or "—"),
        Fact(_("Second officer"), names.get(signed_by or 0, _("Has not signed yet"))),
    ]


def _never_held(viewer: Any, alarm: AlarmInfo) -> EndLine | None:
    if alarm.kind.code != "taken_off_the_books" or alarm.episode_id is None:
        return None
    line = custody.end_of_stay(viewer, alarm.episode_id)
    return line if line is not None and line.end.kind == "never_held" else None
