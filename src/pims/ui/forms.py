"""Putting what a service said about its input back beside the fields that were typed."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from pims.foundation.vault.uploads import refused_upload
from pims.kernel.errors import InvalidInput
from pims.ui import wording


def is_whole(form: forms.BaseForm, lines: "forms.BaseFormSet[Any]") -> bool:
    """Whether a form and its lines are valid; the form says what is wrong with them as a whole."""
    valid = form.is_valid() and lines.is_valid()
    if lines.non_form_errors():
        form.add_error(None, gettext("The lines did not arrive whole. Send them again."))
    return valid


def as_typed(form: forms.BaseForm) -> None:
    """Show the form as it was typed, with nothing said about it yet: it is not finished."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]


def add_reasons(form: forms.BaseForm, problem: InvalidInput) -> None:
    """Each reason goes to the field it names, or to the form where it has no such field."""
    language = get_language() or "en"
    for name, reason in problem.fields.items():
        form.add_error(name if name in form.fields else None, wording.render(reason, language))


def uploads_arrived(form: forms.BaseForm, request: HttpRequest) -> bool:
    """Whether the form is valid and every file of it came; one that was too large says so."""
    valid = form.is_valid()
    for name in form.fields:
        reason = refused_upload(request, name)
        if reason is not None:
            form.add_error(name, wording.render(reason, get_language() or "en"))
            valid = False
    return valid
