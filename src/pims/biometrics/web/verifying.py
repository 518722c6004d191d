"""Who stands before the officer: one finger against one record."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from pims.biometrics import selectors, services
from pims.biometrics.capture.origin import CAPTURE_ORIGIN
from pims.biometrics.engine import Unusable
from pims.biometrics.identifying import who_is_it
from pims.biometrics.taking import get_ready
from pims.biometrics.web.forms import VerifyForm
from pims.biometrics.web.uploads import prints_arrived
from pims.biometrics.web.words import FINGERS, OUTCOME_TONES, OUTCOMES, PURPOSES
from pims.foundation.access.scope import require_visible
from pims.foundation.ledger.reads import shows
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.identity import identity_of
from pims.ui.pages import page

VERIFY = "biometrics.verify"
BOTH = ("GET", "HEAD", "POST")


@page(permission=VERIFY, methods=BOTH)
def verify(request: Any, person_id: int) -> HttpResponse:
    """The answer stands at the top, with what is left to do where there is none."""
    # Before any work is done for whoever may not reach this person.
    require_visible(request.actor, VERIFY, person_id)
    posted = request.method == "POST"
    form = VerifyForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"purpose": request.GET.get("for", "gate")},
    )
    if posted and prints_arrived(form, request) and form.is_valid():
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
            return HttpResponseRedirect(
                _address("biometrics:verify", person_id, request, done=kept.verification_id,
                         purpose=given["purpose"])
            )  # fmt: skip
    request.connects_to = CAPTURE_ORIGIN
    get_ready()
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
        "who_url": _address(
            "biometrics:ask_who", person_id, request, done=done.verification_id,
            purpose=done.purpose,
        )
        if done is not None and done.outcome == "no_match"
        else "",
        "capture": CAPTURE_ORIGIN,
    }  # fmt: skip
    return render(request, "biometrics/verify.html", context, status=422 if form.errors else 200)


@page(permission=VERIFY, methods=("POST",))
def ask_who(request: Any, person_id: int) -> HttpResponse:
    """It was not the finger of whom they said they are: whose is it, then?"""
    asked = request.GET.get("done", "")
    earlier = selectors.verifications(request.actor, person_id)
    done = next((one for one in earlier if str(one.verification_id) == asked), None)
    if done is None:
        raise NotFound("verification")
    kept = who_is_it(command_from(request), verification_id=done.verification_id)
    return HttpResponseRedirect(
        _address("biometrics:who", kept.identification_id, request, purpose=done.purpose)
    )


@page(permission=VERIFY)
def who(request: Any, identification_id: int) -> HttpResponse:
    """Whose finger it may be, the likest first, for the officer to look at who stands there."""
    found = selectors.identification(request.actor, identification_id)
    shows(line.person.person_id for line in found.lines)
    lines = [
        (
            line,
            FINGERS[line.position],
            identity_of(request.actor, line.person.person_id),
            _address("biometrics:verify", line.person.person_id, request, purpose=found.purpose),
        )
        for line in found.lines
    ]
    context = {
        "identity": identity_of(request.actor, found.person_id),
        "found": found,
        "purpose": PURPOSES[found.purpose],
        "lines": lines,
        "named": next((line.person for line in found.lines if line.named), None),
        "problem": _words("", found.problem),
        "again": _address(
            "biometrics:ask_who", found.person_id, request, done=found.verification_id,
            purpose=found.purpose,
        ),
        "check": _address(
            "biometrics:verify", found.person_id, request, purpose=found.purpose
        ),
        "back": _back(request),
    }  # fmt: skip
    return render(request, "biometrics/who.html", context)


def _address(name: str, key: int, request: Any, *, purpose: str, done: int | None = None) -> str:
    """The page, with what the check is for and whence the officer came."""
    query = {"done": done, "for": purpose, "back": _back(request)}
    return f"{reverse(name, args=[key])}?" + urlencode({k: v for k, v in query.items() if v})


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
