"""From a Django form to what the field templates show: GOV.UK's patterns, our classes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField

from pims.ui.fields import DayInput, InstantInput


def kind_of(widget: forms.Widget) -> str:
    """Which pattern draws a widget."""
    if isinstance(widget, DayInput):
        return "parts"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "input"


_CLASSES = {
    "input": "govuk-input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
}


def field_context(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """What ``ui/field.html`` needs to draw one bound field."""
    widget = bound.field.widget
    kind = kind_of(widget)
    field_id = bound.id_for_label or bound.auto_id or bound.html_name
    if kind in ("parts", "radios", "checkboxes"):
        field_id = str(bound.auto_id or bound.html_name)
    compact = options.get("compact", False)
    hint = options.get("hint", "" if compact and kind == "checkbox" else bound.help_text)
    errors = [str(text) for text in bound.errors]
    described = [f"{field_id}-hint"] if hint else []
    described += [f"{field_id}-error"] if errors else []
    described += [f"{field_id}-newer"] if hasattr(bound.field, "on_record") else []
    attrs: dict[str, Any] = {}
    if described and kind not in ("parts", "radios", "checkboxes"):
        attrs["aria-describedby"] = " ".join(described)
    if errors:
        attrs["aria-invalid"] = "true"
    if kind in _CLASSES:
        attrs["class"] = _classes(widget, kind, options, bool(errors))
    if suggest := options.get("suggest"):
        attrs |= {"data-suggest": suggest, "autocomplete": "off"}
    for name in ("rows", "placeholder", "inputmode", "autocomplete", "autofocus", "accept"):
        if name in options:
            attrs[name] = options[name]
    if options.get("compact") and kind == "parts":
        attrs["data-compact"] = ""
    return {
        "bound": bound,
        "kind": kind,
        "id": field_id,
        "label": options.get("label", bound.label),
        "hint": hint,
        "errors": errors,
        "on_record": getattr(bound.field, "on_record", ""),
        "described": " ".join(described),
        "compact": options.get("compact", False),
        "show_label": options.get("show_label", False),
        "inline": options.get("inline", False),
        "now": options.get("now", False) and isinstance(widget, InstantInput),
        "today": options.get("now", False)
        and not isinstance(widget, InstantInput)
        and not getattr(bound.field, "never_today", False),
        "legend_size": options.get("legend_size", "s"),
        "control": bound.as_widget(attrs=attrs)
        if kind not in ("parts", "radios", "checkboxes")
        else "",
        "parts": _parts(bound, errors) if kind == "parts" else (),
        "choices": _choices(bound) if kind in ("radios", "checkboxes") else (),
        "optional": not bound.field.required and options.get("optional", False),
    }


def _classes(widget: forms.Widget, kind: str, options: dict[str, Any], wrong: bool) -> str:
    found = [_CLASSES[kind]]
    if existing := widget.attrs.get("class"):
        found.append(existing)
    if width := options.get("width"):
        found.append(f"govuk-input--width-{width}")
    if wrong and kind != "checkbox":
        found.append(f"{_CLASSES[kind]}--error")
    return " ".join(found)


def _parts(bound: BoundField, errors: list[str]) -> list[dict[str, Any]]:
    """The boxes of a day or an instant, each with its own label."""
    widget = bound.field.widget
    values = bound.value()
    if not isinstance(values, list):
        values = widget.decompress(values)
    boxes = []
    for (name, label, width), suffix, value in zip(
        widget.parts, widget.suffixes, values, strict=True
    ):
        boxes.append(
            {
                "name": f"{bound.html_name}{suffix}",
                "id": f"{bound.auto_id or bound.html_name}{suffix}",
                "part": name,
                "label": label,
                "width": width,
                "value": "" if value is None else value,
                "wrong": bool(errors),
            }
        )
    return boxes


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    return [
        {
            "id": choice.data["attrs"].get("id", f"{bound.auto_id}_{index}"),
            "name": choice.data["name"],
            "value": choice.data["value"],
            "label": choice.choice_label,
            "checked": choice.data["selected"],
        }
        for index, choice in enumerate(bound.subwidgets)
        if not (isinstance(bound.field.widget, forms.RadioSelect) and choice.data["value"] == "")
    ]


def error_summary_context(shown: Iterable[BaseForm], lines: Iterable[str]) -> dict[str, Any]:
    """All errors of the forms, each with the id of what to correct; bare lines come first."""
    entries: list[dict[str, str]] = [{"text": line, "target": ""} for line in lines]
    for form in shown:
        if form is None or not form.is_bound:
            continue
        entries += [{"text": str(text), "target": ""} for text in form.non_field_errors()]
        for bound in form:
            for text in bound.errors:
                entries.append({"text": f"{bound.label}: {text}", "target": _target(bound)})
    return {"entries": entries}


def _target(bound: BoundField) -> str:
    widget = bound.field.widget
    base = str(bound.auto_id or bound.html_name)
    if isinstance(widget, DayInput):
        return f"{base}{widget.suffixes[0]}"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{base}_0"
    return base
