"""Users: list, page, and what an administrator does to one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from pims.facilities.selectors import establishments, unit_info
from pims.foundation.access import mfa
from pims.foundation.access.actor import Actor
from pims.foundation.access.secrets import Secret
from pims.foundation.access.selectors import UserInfo, get_user, list_users, system_actor
from pims.foundation.access.services import (
    add_user,
    amend_user,
    deactivate_user,
    reactivate_user,
    remove_factor,
    set_card,
    set_password,
    set_pin,
    unlock_user,
)
from pims.foundation.outbox.selectors import health
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.ui import wording
from pims.ui.commands import command_from
from pims.ui.confirmation import require_recent_confirmation
from pims.ui.pages import page
from pims.ui.shapes import Column, Fact
from pims.web.administration.forms import (
    LABEL_NAMES,
    LANGUAGES,
    CardForm,
    NewPasswordForm,
    NewPinForm,
    NewUserForm,
    UserForm,
)
from pims.web.signin.account import factor_label

VIEW, MANAGE = "access.view", "access.manage"
BOTH = ("GET", "HEAD", "POST")
SHOWN = 200


@page(permission=VIEW)
def user_list(request: Any) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    state = request.GET.get("state", "active")
    active = {"active": True, "inactive": False}.get(state)
    users = list_users(request.actor, text=text, active=active, limit=SHOWN)
    language = get_language() or "en"
    context = {
        "rows": [(user, user.role_names(language)) for user in users],
        "columns": [
            Column(_("Name")), Column(_("Badge")), Column(_("Roles")), Column(_("Second step")),
            Column(_("Last signed in")), Column(_("State")),
        ],
        "text": text,
        "state": state,
        "full": len(users) == SHOWN,
        "may_manage": request.actor.can(MANAGE),
        "events": health(),
    }  # fmt: skip
    return render(request, "administration/users.html", context)


@page(permission=VIEW)
def user_page(request: Any, user_id: int) -> HttpResponse:
    user = get_user(request.actor, user_id)
    context = {
        "subject": user,
        "facts": _facts(request.actor, user),
        "grants": [grant_row(request.actor, g) for g in user.grants],
        "columns": [
            Column(_("Role")), Column(_("Where")), Column(_("Marked")), Column(_("From")),
            Column(_("Until")), Column(_("Granted by")), Column(_("Action"), hidden_label=True),
        ],
        "factors": [
            (factor.pk, factor_label(factor), factor.last_used_at)
            for factor in mfa.factors_of(user_id)
            if factor.type != mfa.RECOVERY
        ],
        "is_self": request.actor.user_id == user_id,
        "may_manage": request.actor.can(MANAGE),
    }  # fmt: skip
    return render(request, "administration/user.html", context)


def grant_row(viewer: Actor, grant: Any) -> dict[str, object]:
    """A grant in words; `state` is ``now``, ``later`` or ``over``."""
    places = {e.establishment_id: e.name for e in establishments(_reader(viewer))}
    where = (
        places.get(grant.establishment_id, "")
        if grant.establishment_id is not None
        else gettext("Every establishment")
    )
    if grant.unit_ids is not None:
        units = unit_info(grant.unit_ids)
        where = f"{where}: " + ", ".join(u.name for u in units.values())
    over = not grant.holds and grant.ends_at is not None
    return {
        "grant": grant,
        "role": grant.role_name(get_language() or "en"),
        "where": where,
        "labels": ", ".join(str(LABEL_NAMES[label]) for label in grant.labels),
        "state": "now" if grant.holds else "over" if over else "later",
    }


def _reader(viewer: Actor) -> Actor:
    """Whoever manages access must be able to name every establishment, reaching nobody in it."""
    return system_actor() if viewer.can(VIEW) else viewer


def _facts(viewer: Actor, user: UserInfo) -> list[Fact]:
    may = viewer.can(MANAGE)
    change = _("Change")

    def link(name: str) -> str:
        return reverse(f"administration:{name}", args=[user.user_id]) if may else ""

    language = dict(LANGUAGES).get(user.language, user.language)
    return [
        Fact(_("Name"), user.name, link("amend_user"), change),
        Fact(_("Badge"), user.badge),
        Fact(_("E-mail"), user.email or _("None")),
        Fact(_("Language of the pages"), language),
        Fact(_("PIN"), _("Set") if user.has_pin else _("None"), link("reset_pin"), _("Set anew")),
        Fact(_("Password"), _("Set") if user.has_password else _("None"),
             link("reset_password"), _("Set anew")),
        Fact(_("Card"), _("Bound") if user.has_card else _("None"), link("bind_card"), change),
    ]  # fmt: skip


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def new_user(request: Any) -> HttpResponse:
    form = NewUserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = add_user(
                command_from(request),
                badge=given["badge"],
                name=given["name"],
                email=given["email"],
                language=given["language"],
                pin=Secret(given["pin"]) if given["pin"] else None,
                password=Secret(given["password"]) if given["password"] else None,
            )
        except InvalidInput as error:
            put_errors(form, error)
        else:
            messages.success(request, gettext("User added. Grant a role next."))
            return to_user(made.user_id)
    return _form_page(request, form, _("New user"), reverse("administration:users"))


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def amend(request: Any, user_id: int) -> HttpResponse:
    user = get_user(request.actor, user_id)
    initial = {"name": user.name, "email": user.email, "language": user.language}
    form = UserForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            amend_user(command_from(request), user_id=user_id, **form.cleaned_data)
        except InvalidInput as error:
            put_errors(form, error)
        else:
            return to_user(user_id)
    return _form_page(request, form, _("Change details"), user_address(user_id), user.name)


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def reset_pin(request: Any, user_id: int) -> HttpResponse:
    return _reset(request, user_id, NewPinForm, "pin", _("New PIN"))


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def reset_password(request: Any, user_id: int) -> HttpResponse:
    return _reset(request, user_id, NewPasswordForm, "password", _("New password"))


@page(permission=MANAGE, methods=BOTH)
@require_recent_confirmation
def bind_card(request: Any, user_id: int) -> HttpResponse:
    return _reset(request, user_id, CardForm, "card", _("Card"))


def _reset(
    request: Any, user_id: int, form_class: type[Any], what: str, title: object
) -> HttpResponse:
    user = get_user(request.actor, user_id)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        command, secret = command_from(request), Secret(form.cleaned_data[what])
        try:
            if what == "pin":
                set_pin(command, user_id=user_id, pin=secret)
            elif what == "password":
                set_password(command, user_id=user_id, password=secret)
            else:
                set_card(command, user_id=user_id, serial=secret)
        except InvalidInput as error:
            put_errors(form, error)
        else:
            messages.success(request, gettext("Changed. The user's sessions have ended."))
            return to_user(user_id)
    return _form_page(request, form, title, user_address(user_id), user.name)


@page(permission=MANAGE, methods=("POST",))
@require_recent_confirmation
def change_state(request: Any, user_id: int) -> HttpResponse:
    """Deactivate, reactivate or unlock: the button that was pressed says which."""
    change = {
        "deactivate": deactivate_user, "reactivate": reactivate_user, "unlock": unlock_user,
    }.get(request.POST.get("change", ""))  # fmt: skip
    if change is None:
        raise InvalidInput({"change": Reason("access.change_unknown")})
    change(command_from(request), user_id=user_id)
    messages.success(request, gettext("Done."))
    return to_user(user_id)


@page(permission=MANAGE, methods=("POST",))
@require_recent_confirmation
def drop_factor(request: Any, user_id: int, authenticator_id: int) -> HttpResponse:
    remove_factor(command_from(request), user_id=user_id, authenticator_id=authenticator_id)
    messages.success(request, gettext("Removed."))
    return to_user(user_id)


def user_address(user_id: int) -> str:
    return reverse("administration:user", args=[user_id])


def to_user(user_id: int) -> HttpResponse:
    return HttpResponseRedirect(user_address(user_id))


def put_errors(form: Any, error: InvalidInput) -> None:
    """A service's reasons beside the fields they are about."""
    for name, reason in error.fields.items():
        field = name if name in form.fields else None
        form.add_error(field, wording.render(reason, get_language() or "en"))


def _form_page(
    request: Any, form: Any, title: object, back: str, caption: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "caption": caption}
    status = 422 if form.errors else 200
    return render(request, "administration/form.html", context, status=status)
