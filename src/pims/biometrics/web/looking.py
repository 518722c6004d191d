"""What a print is worth, told while the finger still lies on the scanner: nothing is kept yet."""

import base64
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pims.biometrics import rules, selectors, services
from pims.biometrics.engine import Unusable
from pims.biometrics.web.forms import FingerForm
from pims.biometrics.web.uploads import prints_arrived
from pims.biometrics.web.words import FINGERS, QUALITIES, QUALITY_TONES, doubt_text
from pims.foundation.access.scope import require_visible
from pims.foundation.ledger.reads import shows
from pims.ui import wording
from pims.ui.pages import page

ENROL = "biometrics.enrol"


@page(permission=ENROL, methods=("POST",))
def look(request: Any, person_id: int) -> HttpResponse:
    """The part of the page under the print's box: its quality, and again how."""
    # Before any work is done for whoever may not reach this person.
    require_visible(request.actor, ENROL, person_id)
    shows([person_id])
    form = FingerForm(request.POST, request.FILES, prefix="finger")
    context: dict[str, Any] = {"refused": []}
    if prints_arrived(form, request):
        position = asked_finger(request.GET.get("finger", ""))
        try:
            finger = services.take_finger(
                form.cleaned_data["print_image"].read(),
                position=position,
                ppi=form.cleaned_data["ppi"],
            )
        except Unusable as unusable:
            context["refused"] = wording.explain(unusable.reasons(), get_language() or "en")
        else:
            found = selectors.look_at(request.actor, person_id, finger)
            context |= {
                "look": found,
                "word": QUALITIES[found.word],
                "tone": QUALITY_TONES[found.word],
                "more": wording.explain(found.more, get_language() or "en"),
                "doubt": doubt_text(found.doubt.code, position, found.doubt.position),
                "finger": FINGERS[position],
                "picture": base64.b64encode(finger.image).decode(),
            }
    else:
        context["refused"] = [text for texts in form.errors.values() for text in texts]
    answer = render(request, "biometrics/parts/looked.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def asked_finger(text: str, default: int = 1) -> int:
    """The finger that an address names; `default` where it names none of the ten."""
    named = text.isascii() and text.isdigit() and len(text) < 3 and int(text) in rules.POSITIONS
    return int(text) if named else default
