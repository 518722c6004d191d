"""Several fingers laid on at once: taken apart, shown, and kept where the officer says so."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext

from pims.biometrics import rules, selectors, services
from pims.biometrics.engine import Unusable
from pims.biometrics.web.forms import SlapForm
from pims.biometrics.web.uploads import prints_arrived
from pims.biometrics.web.words import FINGERS, QUALITIES, QUALITY_TONES, doubt_text
from pims.foundation.access.scope import require_visible
from pims.foundation.ledger.reads import shows
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.pages import page
from pims.ui.shapes import Tone

if TYPE_CHECKING:
    from pims.biometrics.taking_slaps import TakenSlap

ENROL = "biometrics.enrol"
# Bandaged fingers, and those that are not there, are not looked for on the slap.
NOT_THERE = ("missing", "amputated", "bandaged")


MARGIN = 60  # px around the fingers


@dataclass(frozen=True, slots=True)
class Shown:
    """One finger of the slap, in words; `picture` is empty where it is no usable print."""

    position: int
    label: Promise
    outline: str
    at: tuple[float, float]
    word: str
    tone: Tone
    more: list[str]
    doubt: str
    picture: str
    keep: bool


@page(permission=ENROL, methods=("POST",))
def look_slap(request: Any, person_id: int) -> HttpResponse:
    """The part of the page under the slap's box: the single fingers, to be looked at."""
    require_visible(request.actor, ENROL, person_id)
    shows([person_id])
    form = SlapForm(request.POST, request.FILES, prefix="slap")
    context: dict[str, Any] = {}
    if prints_arrived(form, request):
        try:
            context = shown(request, person_id, _taken(request, person_id, form.cleaned_data))
        except Unusable as unusable:
            context = {"refused": wording.explain(unusable.reasons(), get_language() or "en")}
    else:
        context = {"refused": [text for texts in form.errors.values() for text in texts]}
    answer = render(request, "biometrics/parts/parted.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def keep_slap(request: Any, given: dict[str, Any], person_id: int) -> int:
    """Keep the fingers that were chosen after a look at them; how many.

    Raises Unusable, and InvalidInput where none was chosen.
    """
    chosen = {text for text in request.POST.getlist("slap-keep") if text}
    taken = _taken(request, person_id, given)
    if "slap-seen" not in request.POST:
        request.parted = shown(request, person_id, taken)
        raise InvalidInput({"slap": Reason("biometrics.slap_look_first")})
    fingers = [one for one in taken.usable if str(one.position) in chosen]
    if not fingers:
        raise InvalidInput({"slap": Reason("biometrics.slap_none_chosen")})
    done = services.enrol_fingers(command_from(request), person_id=person_id, fingers=fingers)
    doubted = [FINGERS[one.position] for one in done if one.doubt or one.word == "again"]
    told = ngettext("%(count)s finger kept.", "%(count)s fingers kept.", len(done)) % {
        "count": len(done)
    }
    if doubted:
        told += " " + gettext("Look at these again: %(fingers)s.") % {
            "fingers": ", ".join(str(one) for one in doubted)
        }
    (messages.warning if doubted else messages.success)(request, told)
    return len(done)


def _taken(request: Any, person_id: int, given: dict[str, Any]) -> "TakenSlap":
    # What takes hands apart is loaded where somebody lays one on.
    from pims.biometrics.taking_slaps import take_slap

    found = selectors.enrolment_of(request.actor, person_id)
    missing = {
        finger.position
        for finger in found.fingers
        if finger.now
        and finger.state in NOT_THERE
        and finger.position in rules.SLAPS[given["slap"]]
    }
    if missing == set(rules.SLAPS[given["slap"]]):
        missing = set()
    return take_slap(
        given["print_image"].read(), slap=given["slap"], missing=missing, ppi=given["ppi"],
        source=given["source"] or "slap",
    )  # fmt: skip


def shown(request: Any, person_id: int, taken: "TakenSlap") -> dict[str, Any]:
    """What `parts/parted.html` shows of the fingers."""
    language = get_language() or "en"
    fingers = []
    for one in taken.fingers:
        look = selectors.look_at(request.actor, person_id, one.taken) if one.taken else None
        left, top = min(x for x, _ in one.corners), min(y for _, y in one.corners)
        fingers.append(
            Shown(
                position=one.position,
                label=FINGERS[one.position],
                outline=" ".join(f"{x:.0f},{y:.0f}" for x, y in one.corners),
                at=(round(left), max(round(top) - 8, 24)),
                word=str(QUALITIES[look.word] if look else gettext("Can't be read")),
                tone=QUALITY_TONES[look.word] if look else "alarm",
                more=wording.explain(look.more if look else one.refused, language),
                doubt=doubt_text(look.doubt.code, one.position, look.doubt.position)
                if look
                else "",
                picture=base64.b64encode(one.taken.image).decode() if one.taken else "",
                keep=look is not None and look.good,
            )
        )
    return {
        "parted": fingers,
        "slap_width": taken.width,
        "slap_height": taken.height,
        "slap_box": _box(taken),
        "slap_picture": base64.b64encode(taken.image).decode(),
        "slap_notes": [_note(note, language) for note in taken.notes],
    }


def _box(taken: "TakenSlap") -> str:
    """The part of the image with the fingers on it, with room for their names."""
    points = [point for one in taken.fingers for point in one.corners]
    left = max(min(x for x, _ in points) - MARGIN, 0)
    top = max(min(y for _, y in points) - MARGIN, 0)
    right = min(max(x for x, _ in points) + MARGIN, taken.width)
    bottom = min(max(y for _, y in points) + MARGIN, taken.height)
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"


def _note(note: Reason, language: str) -> str:
    """With the finger's name for its number."""
    position = note.params.get("position")
    if isinstance(position, int):
        note = Reason(note.code, {"position": str(FINGERS[position])})
    return wording.render(note, language)
