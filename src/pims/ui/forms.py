"""Putting what a service said about its input back beside the fields that were typed."""

from django import forms
from django.utils.translation import get_language

from pims.kernel.errors import InvalidInput
from pims.ui import wording


def add_reasons(form: forms.BaseForm, problem: InvalidInput) -> None:
    """Each reason goes to the field it names, or to the form where it has no such field."""
    language = get_language() or "en"
    for name, reason in problem.fields.items():
        form.add_error(name if name in form.fields else None, wording.render(reason, language))
