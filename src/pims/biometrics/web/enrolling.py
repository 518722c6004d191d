"""Taking fingerprints: ten fingers drawn as two hands, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.biometrics import rules, selectors, services
from pims.biometrics.capture.origin import CAPTURE_ORIGIN
from pims.biometrics.engine import Unusable
from pims.biometrics.selectors import EnrolmentView, FingerView
from pims.biometrics.taking import get_ready
from pims.biometrics.web.forms import (
    AbsentForm,
    FaceForm,
    FingerForm,
    FinishForm,
    SlapForm,
    StationForm,
)
from pims.biometrics.web.looking import asked_finger
from pims.biometrics.web.slaps import keep_slap
from pims.biometrics.web.station_files import keep_station
from pims.biometrics.web.uploads import prints_arrived
from pims.biometrics.web.words import (
    ENROLMENTS,
    FINGERS,
    QUALITIES,
    QUALITY_TONES,
    SEARCHES,
    SOURCES,
    STATES,
    doubt_text,
)
from pims.foundation.ledger.reads import shows
from pims.kernel.errors import InvalidInput, NotPermitted, Refused
from pims.ui import wording
from pims.ui.commands import command_from, then
from pims.ui.forms import add_reasons
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Tone

VIEW, ENROL = "biometrics.view", "biometrics.enrol"
BOTH = ("GET", "HEAD", "POST")
# As one looks at the backs of one's own hands.
HANDS: tuple[tuple[Promise, tuple[int, ...]], ...] = (
    (_("Left hand"), (10, 9, 8, 7, 6)),
    (_("Right hand"), (1, 2, 3, 4, 5)),
)
FORMS: dict[str, type[forms.Form]] = {
    "finger": FingerForm,
    "slap": SlapForm,
    "absent": AbsentForm,
    "face": FaceForm,
    "station": StationForm,
    "finish": FinishForm,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One finger of the two hands, in words and a tone."""

    position: int
    label: Promise
    word: str
    tone: Tone
    url: str
    chosen: bool
    quality: int | None
    image_url: str = ""
    doubt: str = ""
    doubt_position: int | None = None
    absent: str = ""
    source: str = ""


@page(permission=VIEW, methods=BOTH)
def enrol(request: Any, person_id: int) -> HttpResponse:
    """Where it stands; with the permission to take fingerprints, the next finger."""
    found = selectors.enrolment_of(request.actor, person_id)
    may_enrol = request.actor.can(ENROL)
    position = _chosen(request, found)
    shown = {name: form(prefix=name) for name, form in FORMS.items()}
    if request.method == "POST":
        if not may_enrol:
            raise NotPermitted(ENROL)
        act = request.POST.get("act", "")
        if act == "search":
            return _search(request, person_id)
        if act in FORMS:
            form = FORMS[act](request.POST, request.FILES, prefix=act)
            shown[act] = form
            onward = _carry_out(request, act, form, person_id, position)
            if onward is not None:
                return onward
        found = selectors.enrolment_of(request.actor, person_id)
    alike = selectors.candidates(request.actor, person_id=person_id)
    shows(i for line in alike for i in (line.person.person_id, line.other.person_id))
    wrong = next((form for form in shown.values() if form.errors), None)
    if may_enrol:
        get_ready()
    # The page may ask the scanner's bridge on the officer's own PC.
    request.connects_to = CAPTURE_ORIGIN
    context = {
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
        "found": found,
        "state": ENROLMENTS[found.state],
        "hands": [
            (label, [_drawn(request, found.fingers[p - 1], position) for p in positions])
            for label, positions in HANDS
        ],
        "position": position,
        "finger": FINGERS[position],
        "current": _drawn(request, found.fingers[position - 1], position),
        "forms": shown,
        "wrong": wrong,
        "may_enrol": may_enrol,
        "may_examine": request.actor.can("biometrics.examine"),
        "may_destroy": request.actor.can("biometrics.destroy") and found.state,
        "may_verify": request.actor.can("biometrics.verify"),
        "search": found.search,
        "search_purpose": SEARCHES[found.search.purpose] if found.search else "",
        "problem": _problem(found),
        "candidates": alike,
        "destructions": selectors.destructions(request.actor, person_id),
        "done": may_enrol and found.state != "open" and bool(found.state),
        "face_url": reverse("biometrics:face", args=[found.face.face_id]) if found.face else "",
        "capture": CAPTURE_ORIGIN,
        **getattr(request, "parted", {}),
    }
    return render(request, "biometrics/enrol.html", context, status=422 if wrong else 200)


def _chosen(request: Any, found: EnrolmentView) -> int:
    """The finger that the address names, else the first that is left."""
    return asked_finger(request.GET.get("finger", ""), found.left[0] if found.left else 1)


def _drawn(request: Any, finger: FingerView, chosen: int) -> Drawn:
    label = FINGERS[finger.position]
    word = QUALITIES[finger.word] if finger.present else STATES[finger.state]
    tone: Tone = QUALITY_TONES[finger.word] if finger.present else "quiet"
    doubt = doubt_text(finger.doubt, finger.position, finger.doubt_position)
    sees = request.actor.can(ENROL) or request.actor.can("biometrics.examine")
    return Drawn(
        finger.position,
        label,
        str(word) + (f" ({finger.reason})" if finger.reason else ""),
        "alarm" if doubt else tone,
        f"?finger={finger.position}",
        finger.position == chosen,
        finger.quality,
        reverse("biometrics:finger", args=[finger.finger_id]) if finger.present and sees else "",
        doubt,
        finger.doubt_position if finger.doubt != rules.NOT_AS_BEFORE else None,
        "" if finger.present or not finger.state else str(STATES[finger.state]),
        str(SOURCES.get(finger.source, "")),
    )


def _problem(found: EnrolmentView) -> str:
    if found.search is None or not found.search.problem:
        return ""
    from pims.kernel.decisions import Reason

    return wording.render(Reason(found.search.problem), get_language() or "en")


def _search(request: Any, person_id: int) -> HttpResponse:
    asked = services.ask_search(command_from(request), person_id=person_id)
    return HttpResponseRedirect(reverse("biometrics:search", args=[asked.search_id]))


def _carry_out(
    request: Any, act: str, form: forms.Form, person_id: int, position: int
) -> HttpResponse | None:
    """Where to go on; None where the page is shown again with what was wrong."""
    if not prints_arrived(form, request) or not form.is_valid():
        return None
    try:
        return ACTS[act](request, form.cleaned_data, person_id, position)
    except Unusable as unusable:
        field = next(iter(form.fields))
        for reason in unusable.reasons():
            form.add_error(field, wording.render(reason, get_language() or "en"))
    except InvalidInput as problem:
        add_reasons(form, problem)
    except Refused as refused:
        for reason in refused.reasons():
            form.add_error(None, wording.render(reason, get_language() or "en"))
    return None


def _take(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    finger = services.take_finger(
        given["print_image"].read(),
        position=position,
        ppi=given["ppi"],
        source=given["source"] or "upload",
    )
    done = services.enrol_fingers(command_from(request), person_id=person_id, fingers=[finger])[0]
    told = gettext("%(finger)s: %(word)s.") % {
        "finger": FINGERS[position], "word": QUALITIES[done.word],
    }  # fmt: skip
    language = get_language() or "en"
    more = (*finger.notes, *rules.told(done.word, finger.advice))
    told = " ".join([told, *wording.explain(more, language)])
    good = done.word != "again" and not done.doubt
    (messages.success if good else messages.warning)(request, told)
    return _onward(person_id, None if good else position)


def _absent(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    positions = {position}
    if given["all_left"]:
        positions |= set(selectors.enrolment_of(request.actor, person_id).left)
    command = command_from(request)
    for one in sorted(positions):
        services.record_finger_not_taken(
            then(command, str(one)), person_id=person_id, position=one,
            state=given["state"], reason=given["reason"],
        )  # fmt: skip
    return _onward(person_id)


def _face(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    from pims.biometrics.taking_faces import take_face

    face = take_face(given["face_image"].read())
    services.enrol_face(
        command_from(request),
        person_id=person_id,
        image=face.image,
        descriptor=face.descriptor,
        quality=face.quality,
        engine=face.engine,
    )
    messages.success(request, gettext("The face is recorded."))
    return _onward(person_id, position)


def _station(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    keep_station(request, given["station_file"].read(), person_id)
    return _onward(person_id)


def _finish(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    done = services.finish_enrolment(
        command_from(request), person_id=person_id, reason=given["reason"]
    )
    if done.search_id is not None:
        return HttpResponseRedirect(reverse("biometrics:search", args=[done.search_id]))
    return _onward(person_id)


def _slap(request: Any, given: dict[str, Any], person_id: int, position: int) -> HttpResponse:
    keep_slap(request, given, person_id)
    return _onward(person_id)


Act = Callable[[Any, dict[str, Any], int, int], HttpResponse]
ACTS: dict[str, Act] = {
    "finger": _take,
    "slap": _slap,
    "absent": _absent,
    "face": _face,
    "station": _station,
    "finish": _finish,
}


def _onward(person_id: int, position: int | None = None) -> HttpResponse:
    address = reverse("biometrics:enrol", args=[person_id])
    return HttpResponseRedirect(f"{address}?finger={position}" if position else address)
