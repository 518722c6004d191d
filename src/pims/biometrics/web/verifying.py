"""Who stands before the officer: one finger against one record."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from pims.biometrics import selectors, services
from pims.biometrics.capture.origin import CAPTURE_ORIGIN
from pims.biometrics.engine import Unusable
from pims.biometrics.web.forms import VerifyForm
from pims.biometrics.web.words import FINGERS, OUTCOME_TONES, OUTCOMES, PURPOSES
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.forms import uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page

VERIFY = "biometrics.verify"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VERIFY, methods=BOTH)
def verify(request: Any, person_id: int) -> HttpResponse:
    """The answer stands at the top, with what is left to do where there is none."""
    posted = request.method == "POST"
    form = VerifyForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"purpose": request.GET.get("for", "gate")},
    )
    if posted and uploads_arrived(form, request) and form.is_valid():
        given = form.cleaned_data
        finger = None
        try:
            if given["print_image"] is not None:
                finger = services.take_finger(
                    given["print_image"].read(), position=given["position"], ppi=given["ppi"],
                    at_once=True,
                )  # fmt: skip
        except Unusable as unusable:
            for reason in unusable.reasons():
                form.add_error("print_image", wording.render(reason, get_language() or "en"))
        else:
            kept = services.verify_identity(
                command_from(request),
                person_id=person_id,
                purpose=given["purpose"],
                finger=finger,
                problem="" if finger else "biometrics.scanner_away",
            )
            back = _back(request)
            return HttpResponseRedirect(
                f"{reverse('biometrics:verify', args=[person_id])}?done={kept.verification_id}"
                f"&for={given['purpose']}" + (f"&back={back}" if back else "")
            )
    request.connects_to = CAPTURE_ORIGIN
    earlier = selectors.verifications(request.actor, person_id)
    asked = request.GET.get("done", "")
    done = next((one for one in earlier if str(one.verification_id) == asked), None)
    context = {
        "person_id": person_id,
        "identity": identity_of(request.actor, person_id),
        "form": form,
        "done": done,
        "outcome": OUTCOMES[done.outcome] if done else "",
        "tone": OUTCOME_TONES[done.outcome] if done else "",
        "words": _words(done.outcome, done.problem) if done else "",
        "earlier": [
            (one, OUTCOMES[one.outcome], OUTCOME_TONES[one.outcome], PURPOSES[one.purpose],
             FINGERS[one.position])
            for one in earlier
        ],
        "photographs": [
            shown.url
            for shown in people.photographs(request.actor, person_id)
            if shown.kind != "mark"
        ][:2]
        if request.actor.can("people.view")
        else [],
        "back": _back(request),
        "capture": CAPTURE_ORIGIN,
    }  # fmt: skip
    return render(request, "biometrics/verify.html", context, status=422 if form.errors else 200)


def _words(outcome: str, problem: str) -> str:
    language = get_language() or "en"
    if outcome == "no_match":
        return wording.render(Reason("biometrics.not_this_person"), language)
    return wording.render(Reason(problem), language) if problem else ""


def _back(request: Any) -> str:
    """Whence the officer came: an address of this site alone."""
    wanted = request.GET.get("back", "")
    fine = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if fine else ""
