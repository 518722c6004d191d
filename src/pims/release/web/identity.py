"""Who stands at the gate: a finger, the photographs, or two officers who know the person."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pims.biometrics import selectors as fingerprints
from pims.biometrics import services as biometrics
from pims.biometrics.capture.origin import CAPTURE_ORIGIN
from pims.biometrics.engine import Unusable
from pims.biometrics.services import TakenFinger
from pims.foundation.commands.transaction import Command
from pims.kernel import clock
from pims.kernel.errors import InvalidInput
from pims.people import selectors as people
from pims.release import selectors, services
from pims.release.denials import denials
from pims.release.selectors import signatures
from pims.release.services import Voucher
from pims.release.web.forms import DecideIdentityForm, IdentityForm, VouchForm
from pims.release.web.officers import Officer, officer_by_badge, officer_by_pin
from pims.ui.commands import command_from
from pims.ui.dates import instant_text
from pims.ui.forms import add_reasons, uploads_arrived
from pims.ui.identity import identity_of
from pims.ui.pages import page
from pims.ui.shapes import Fact

VIEW, PREPARE = "release.view", "release.prepare"
BOTH = ("GET", "HEAD", "POST")


@page(permission=PREPARE, methods=BOTH)
def identity(request: Any, case_id: int) -> HttpResponse:
    case = selectors.case_detail(request.actor, case_id)
    photographs = [
        photograph
        for photograph in people.photographs(request.actor, case.person_id)
        if photograph.kind != "mark"
    ]
    fingers = request.actor.can("biometrics.verify") and fingerprints.has_fingers(case.person_id)
    posted = request.method == "POST"
    form = IdentityForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        photographs=len(photographs),
        fingers=fingers,
    )
    if posted and uploads_arrived(form, request):
        given = form.cleaned_data
        vouchers = _vouchers(request, form) if given["how"] == "two_officers" else []
        finger = _finger(form) if given["how"] == "fingerprint" else None
        if not form.errors:
            began = clock.now()
            try:
                services.establish_identity(
                    command_from(request),
                    case_id=case_id,
                    how=given["how"],
                    vouchers=vouchers,
                    matched=given["matched"] == "yes",
                    finger=finger,
                )
            except InvalidInput as problem:
                add_reasons(form, problem)
            else:
                return HttpResponseRedirect(_onward(case_id, case.person_id, given["how"], began))
    request.connects_to = CAPTURE_ORIGIN
    context = {
        "form": form,
        "case": case,
        "identity": identity_of(request.actor, case.person_id),
        "title": _("Who is this?"),
        "capture": CAPTURE_ORIGIN if fingers else "",
        "photographs": [(shown.url, shown.taken_at) for shown in photographs],
    }
    return render(request, "release/identity.html", context, status=422 if form.errors else 200)


def _onward(case_id: int, person_id: int, how: str, began: datetime) -> str:
    """The case; after a finger that was somebody else's, the page that asks whose it is."""
    case_url = reverse("release:case", args=[case_id])
    found = fingerprints.recent_verification(person_id, purpose="discharge", since=began)
    if how != "fingerprint" or found is None or found.outcome != "no_match":
        return case_url
    asked = urlencode({"done": found.verification_id, "for": "discharge", "back": case_url})
    return f"{reverse('biometrics:verify', args=[person_id])}?{asked}"


@page(permission="release.discharge", methods=BOTH)
def decide(request: Any, case_id: int) -> HttpResponse:
    """It is this person, though somebody said that it is not: with the reason."""
    case = selectors.case_detail(request.actor, case_id)
    form = DecideIdentityForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.decide_identity(
                command_from(request), case_id=case_id, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as problem:
            add_reasons(form, problem)
        else:
            return HttpResponseRedirect(reverse("release:case", args=[case_id]))
    context = {
        "form": form,
        "case": case,
        "identity": identity_of(request.actor, case.person_id),
        "title": _("Decide that it is this person"),
        "lead": _(
            "Somebody said that it is somebody else. Ask them first. Who stands there is "
            "still to be established."
        ),
        "facts": [
            Fact(", ".join(no.officers) or "—", _said_no(no.at))
            for no in denials(case.episode_id)
            if no.stands
        ],
        "save": _("It is this person"),
    }
    return render(request, "release/step.html", context, status=422 if form.errors else 200)


def _said_no(at: datetime) -> str:
    return gettext("No: this is somebody else") + f" · {instant_text(at)}"


@page(permission=VIEW, methods=BOTH)
def vouch(request: Any, vouching_id: int) -> HttpResponse:
    """An officer who was named as knowing the person signs for it, or says no."""
    found = signatures.vouching(request.actor, vouching_id)
    case_url = reverse("release:case", args=[found.case_id])
    if not found.is_open:
        return HttpResponseRedirect(case_url)
    form = VouchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        officer = officer_by_pin(request, form, badge="badge", secret="secret")
        if officer is not None and officer.user_id != found.user_id:
            form.add_error(
                "badge",
                gettext("Only %(officer)s can answer: they were named.")
                % {"officer": found.officer},
            )
        elif officer is not None and officer.actor is not None:
            services.answer_for_identity(
                Command(officer.actor, command_from(request).command_id),
                vouching_id=vouching_id,
                knows=form.cleaned_data["knows"] == "yes",
            )
            return HttpResponseRedirect(case_url)
    context = {
        "form": form,
        "found": found,
        "identity": identity_of(request.actor, found.person_id),
        "title": _("Sign for an identity"),
    }
    return render(request, "release/vouch.html", context, status=422 if form.errors else 200)


def _finger(form: IdentityForm) -> TakenFinger | None:
    """The print that came; what is wrong with it stands beside its field."""
    if form.cleaned_data["print_image"] is None:
        return None
    try:
        return biometrics.take_finger(
            form.cleaned_data["print_image"].read(), position=0, at_once=True
        )
    except Unusable as unusable:
        add_reasons(form, InvalidInput({"print_image": unusable.reasons()[0]}))
        return None


def _vouchers(request: Any, form: IdentityForm) -> list[Voucher]:
    """The officers of the form; what is wrong with a badge or a PIN stands beside its field."""
    found: list[Voucher] = []
    for badge, pin in (("officer_one", "pin_one"), ("officer_two", "pin_two")):
        if not form.cleaned_data[badge].strip():
            continue
        signs = bool(form.cleaned_data[pin])
        officer: Officer | None = (
            officer_by_pin(request, form, badge=badge, secret=pin)
            if signs
            else officer_by_badge(form, badge=badge)
        )
        if officer is not None:
            found.append(Voucher(officer.user_id, signed=signs))
    return found
