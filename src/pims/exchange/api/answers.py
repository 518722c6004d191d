"""When and how an answer leaves: one text where there is nothing, and no sooner than the next step
of the clock, so that neither words nor time tell why."""

import time
from collections.abc import Callable
from math import ceil

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse

from pims.exchange.api import refusals, signatures
from pims.exchange.api.refusals import ApiRefused, Refusal

STEP = 0.05
# Answers about people: that of a message too, where it asked who is in custody. What else is
# answered says nothing by its time.
ABOUT_PEOPLE = ("/v1/persons", "/v1/searches", "/v1/hearings", "/v1/roll", "/v1/messages")


def nothing() -> ApiRefused:
    """To be raised once the inquiry is closed: outside the block that read."""
    return ApiRefused(refusals.nothing_for_you())


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = JsonResponse(refusal.body(getattr(request, "phone", "")), status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def wait_for_step(began: float) -> None:
    """Wait until a whole number of steps has passed since `began` (a monotonic clock).

    Counted from when the question came and not from the clock on the wall: whoever could choose
    where in a step their question falls could find out how long the answer took.
    """
    taken = time.monotonic() - began
    time.sleep(max(0.0, ceil(taken / STEP) * STEP - taken))


class AnswerMiddleware:
    """The outermost of all: every answer is signed, named after its inquiry, kept by nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self._answer(request)
        if request.path.startswith(ABOUT_PEOPLE):
            wait_for_step(began)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return refused(request, refusals.no_such_address())
        response = self._get_response(request)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = refused(request, refusals.not_this_way())
            response["Allow"] = allowed
        if inquiry := getattr(request, "inquiry", None):
            response["PIMS-Inquiry"] = str(inquiry)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("X-Content-Type-Options", "nosniff")
        response["Content-Length"] = str(len(response.content))
        signatures.sign_answer(request, response)
        return response


def no_such_address(request: HttpRequest, exception: object = None) -> HttpResponse:
    return refused(request, refusals.no_such_address())


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    return refused(request, refusals.bad_request())


def broken(request: HttpRequest) -> HttpResponse:
    """Something is wrong with us; the log knows what, and nobody is told."""
    return refused(request, refusals.broken())
