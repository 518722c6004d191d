"""The two programming interfaces: the agencies' and, with nothing about persons, the
Observatory's."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError

from pims.exchange.api import refusals
from pims.exchange.api.answers import refused
from pims.exchange.api.callers import BearerToken
from pims.exchange.api.refusals import ApiRefused
from pims.exchange.api.routes import tokens
from pims.exchange.api.tokens import misshapen

VERSION = "1.0.0"
_LOUD = ("input", "ctx", "url")
_TOKENS = (f"/v1{tokens.TOKEN}", f"/v1{tokens.REVOKE}")


def made(title: str, about: str, routers: Sequence[tuple[str, Router]]) -> NinjaAPI:
    api = NinjaAPI(
        title=title, version=VERSION, description=about, docs_url=None, auth=BearerToken(),
        openapi_url="/openapi.json", urls_namespace=title.lower().replace(" ", "-"),
    )  # fmt: skip
    api.add_router("", tokens.router, auth=None)
    for prefix, router in routers:
        api.add_router(prefix, router)
    api.add_exception_handler(ApiRefused, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    return api


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(request, error.refusal)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """What was wrong, but for what was sent: that may be about a person."""
    if request.path in _TOKENS:
        faults = {str(one["loc"][-1]): str(one["type"]) for one in error.errors}
        return refused(request, misshapen(request, faults))
    details = [
        {name: value for name, value in one.items() if name not in _LOUD} for one in error.errors
    ]
    return refused(request, refusals.bad_input(details))


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """A body that is no JSON."""
    return refused(request, refusals.bad_request())
