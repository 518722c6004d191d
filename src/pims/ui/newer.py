"""A form that somebody else was faster with: what is on record now, beside what was typed."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext

from pims.ui.fields import DayInput


def show_newer(form: forms.Form, fresh: forms.Form) -> None:
    """Mark each box of `form` that differs from `fresh`, the same form with what the record says
    as its `initial`; a box that the record says nothing about is left alone.

    ``{% pims_field %}`` then shows what is on record under the box.
    """
    for bound in form:
        if bound.is_hidden or bound.name not in fresh.initial:
            continue
        now = _said(fresh[bound.name])
        if now != _said(bound):
            bound.field.on_record = now or gettext("nothing")  # type: ignore[attr-defined]


def _said(bound: BoundField) -> str:
    """What a box says, as a reader would say it."""
    value: Any = bound.value()
    if isinstance(bound.field.widget, DayInput):
        parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
        return " ".join(str(part) for part in parts if part not in (None, ""))
    if isinstance(bound.field.widget, forms.FileInput):
        return ""
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return gettext("Yes") if value not in (None, "", False, "False") else gettext("No")
    chosen = value if isinstance(value, (list, tuple)) else [value]
    return ", ".join(_label(bound, str(one)) for one in chosen if one not in (None, ""))


def _label(bound: BoundField, value: str) -> str:
    if not isinstance(bound.field, forms.ChoiceField):
        return value
    options = bound.subwidgets
    return next((str(o.choice_label) for o in options if str(o.data["value"]) == value), value)
