"""Pages for what was refused, not found, or went wrong; each says what was (not) saved."""

import secrets
import traceback
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DatabaseError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext

from pims.foundation.access.actor import ANONYMOUS, Actor
from pims.foundation.access.permissions import PERMISSIONS
from pims.foundation.access.selectors import deciders, role_name
from pims.foundation.commands.models import CommandResult
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, NotPermitted, PimsError, Refused
from pims.ui import wording
from pims.ui.commands import FIELD
from pims.ui.confirmation import page_before
from pims.web.permissions import public

log = structlog.get_logger("pims.faults")

# Without letters and digits that are mistaken for each other over the telephone.
_LETTERS = "BCDFGHJKMPQRTVWXY346789"


class NoEstablishment(PimsError):
    """The page shows an establishment, and the viewer was granted none that there is."""

    code = "access.no_establishment"
    http_status = 409

    def reasons(self) -> tuple[Reason, ...]:
        return (Reason(self.code, decided_by="access.manage"),)


GONE = 410
SAVED, NOT_SAVED, NOTHING_TO_SAVE, UNKNOWN = "saved", "not_saved", "nothing_to_save", "unknown"


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page for what a view raised; None for what Django answers with pages of ours."""
    if isinstance(exception, PimsError):
        return refusal(request, exception)
    if isinstance(exception, Http404):
        return refusal(request, NotFound("page"))
    if isinstance(exception, PermissionDenied):
        return refusal(request, NotPermitted("access.manage"))
    if type(exception).__module__.startswith(("django.core.exceptions", "django.http")):
        return None
    return unexpected(request, exception)


def refusal(request: HttpRequest, error: PimsError) -> HttpResponse:
    """An expected error: its reasons in words, the law, and who can decide otherwise."""
    language = get_language() or "en"
    reasons = [_in_words(reason, language) for reason in error.reasons()]
    who = who_decides(reasons, _establishment_id(request), language)
    if wants_json(request):
        return JsonResponse(
            {
                "code": error.code,
                "reasons": [
                    {
                        "code": reason.code,
                        "text": wording.render(reason, language),
                        "reference": reason.reference,
                    }
                    for reason in reasons
                ],
                "who_can_decide": who,
            },
            status=error.http_status,
        )
    context = {
        "reasons": reasons,
        "who": ", ".join(who),
        "error": error,
        "title": _title(error),
        "back": _way_back(request),
    }
    name = "web/faults/refused_part.html" if _is_part(request) else "web/faults/refused.html"
    return render(request, name, context, status=error.http_status)


def unexpected(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What nobody foresaw: a reference for the reader, the trace for the log alone."""
    reference = new_reference()
    saved = what_was_saved(request)
    log.error(
        "unexpected",
        reference=reference,
        method=request.method,
        path=request.path,
        user_id=_actor(request).user_id,
        saved=saved,
        error=type(exception).__name__,
        trace="".join(traceback.format_exception(exception)),
    )
    got_request_exception.send(sender=None, request=request)
    if wants_json(request):
        return JsonResponse(
            {"code": "unexpected", "reference": reference, "saved": saved}, status=500
        )
    name = "unexpected_part.html" if _is_part(request) else "unexpected.html"
    context = {"reference": reference, "saved": saved}
    try:
        return render(request, f"web/faults/{name}", context, status=500)
    except Exception:
        # The shell itself is what fails: the plain page needs neither database nor session.
        log.exception("fault_page_failed", reference=reference)
        return HttpResponse(render_to_string("500.html", context), status=500)


def what_was_saved(request: HttpRequest) -> str:
    """Whether the change that was asked for is in the record, after an error.

    Every write is one transaction, and the row of its command is part of it: where the row is,
    the change is; where it is not, nothing is.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return NOTHING_TO_SAVE
    try:
        command_id = UUID(request.POST.get(FIELD, ""))
        done = CommandResult.objects.filter(
            actor_id=_actor(request).user_id, command_id=command_id
        ).exists()
    except ValueError:
        return NOT_SAVED
    except (DatabaseError, OSError, SuspiciousOperation):
        return UNKNOWN
    return SAVED if done else NOT_SAVED


def who_decides(
    reasons: Sequence[Reason], establishment_id: int | None, language: str
) -> list[str]:
    """Names of the roles that can decide otherwise, those that someone holds there first."""
    permissions = dict.fromkeys(r.decided_by for r in reasons if r.decided_by)
    found = [role for p in permissions for role in deciders(p, establishment_id)]
    return [role_name(role, language) for role in dict.fromkeys(found)]


def sign_in_needed(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again; scripts get 401 and the address."""
    back = request.get_full_path()
    if request.method != "GET" or _is_part(request):
        back = page_before(request) or "/"
    query = {"next": back}
    if ended := getattr(request, "session_ended", ""):
        query["ended"] = ended
    address = f"{reverse('signin:sign_in')}?{urlencode(query)}"
    if _is_part(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    if wants_json(request):
        return JsonResponse({"code": "sign_in_needed", "sign_in": address}, status=401)
    return HttpResponseRedirect(address)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in or switch of user; nothing was done with it."""
    if wants_json(request):
        return JsonResponse({"code": "form_too_old", "saved": NOT_SAVED}, status=403)
    if request.path.startswith(("/sign-in/", "/switch/")):
        return HttpResponseRedirect(request.get_full_path())
    return render(
        request, "web/faults/form_too_old.html", {"back": page_before(request)}, status=403
    )


@public
def offline(request: HttpRequest) -> HttpResponse:
    """What a browser shows while the server can't be reached."""
    return render(request, "web/faults/offline.html")


def wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def new_reference() -> str:
    """Eight letters and digits that can be read over the telephone: ``KX4P-7RTB``."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _in_words(reason: Reason, language: str) -> Reason:
    """The reason with a permission's code replaced by what it allows."""
    permission = PERMISSIONS.get(str(reason.params.get("permission", "")))
    if permission is None:
        return reason
    params = {**reason.params, "permission": permission.text(language)}
    return Reason(reason.code, params, reason.reference, reason.decided_by)


def _title(error: PimsError) -> str:
    if isinstance(error, NotFound):
        return gettext("Not found")
    if error.http_status == GONE:
        return gettext("Erased by order")
    if isinstance(error, NotPermitted):
        return gettext("You may not see or do this")
    if isinstance(error, Refused):
        return gettext("Refused. Nothing was changed.")
    return gettext("This could not be done. Nothing was changed.")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def _establishment_id(request: Any) -> int | None:
    found: int | None = getattr(request, "establishment_id", None)
    return found


def _is_part(request: Any) -> bool:
    """Whether htmx asks for a part of a page rather than a page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def _way_back(request: HttpRequest) -> str:
    """The page whose form was refused; "" where that is unknown, or would be refused again."""
    back = page_before(request)
    return "" if back == request.get_full_path() and request.method == "GET" else back
