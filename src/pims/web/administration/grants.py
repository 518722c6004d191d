"""Granting a role and ending a grant."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from pims.facilities.selectors import establishments, units
from pims.foundation.access.days import zone_at
from pims.foundation.access.selectors import get_user, system_actor
from pims.foundation.access.services import end_grant, grant_role
from pims.kernel.errors import InvalidInput, Refused
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.pages import page
from pims.web.administration.forms import GrantForm
from pims.web.administration.users import BOTH, MANAGE, put_errors, to_user, user_address


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def new_grant(request: Any, user_id: int) -> HttpResponse:
    user = get_user(request.actor, user_id)
    # An administrator reaches no prisoner, but must be able to name every place.
    reader = system_actor()
    places = establishments(reader)
    form = GrantForm(
        request.POST if request.method == "POST" else None,
        establishments=places,
        units={e.establishment_id: units(reader, e.establishment_id) for e in places},
    )
    refusal, status = None, 200
    if form.is_valid():
        given = form.cleaned_data
        try:
            grant_role(
                command_from(request),
                user_id=user_id,
                role=given["role"],
                establishment_id=int(given["establishment"]) if given["establishment"] else None,
                unit_ids=tuple(int(pk) for pk in given.get("units", ())) or None,
                labels=tuple(given["labels"]) or None,
                starts_at=_start(given["first_day"], given["establishment"]),
                ends_at=_start(given["last_day"], given["establishment"], days=1),
            )
        except InvalidInput as error:
            put_errors(form, error)
        except Refused as error:
            refusal, status = error.reasons(), error.http_status
        else:
            messages.success(request, gettext("Role granted."))
            return to_user(user_id)
    context = {
        "form": form, "subject": user, "back": user_address(user_id), "refusal": refusal or (),
    }  # fmt: skip
    return render(
        request, "administration/grant.html", context, status=422 if form.errors else status
    )


@page(permission=MANAGE, methods=("POST",))
@require_recent_confirmation
def end(request: Any, user_id: int, grant_id: int) -> HttpResponse:
    end_grant(command_from(request), grant_id=grant_id, user_id=user_id)
    messages.success(request, gettext("Grant ended."))
    return to_user(user_id)


def _start(day: date | None, establishment_id: str, *, days: int = 0) -> datetime | None:
    """Midnight at the start of the day where the grant holds; a last day is whole."""
    if day is None:
        return None
    zone = ZoneInfo(zone_at(int(establishment_id) if establishment_id else None))
    return datetime.combine(day + timedelta(days=days), time.min, zone)
