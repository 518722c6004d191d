"""The tags that every page has without loading them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy

from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.periods import Period
from pims.ui import dates, wording
from pims.ui.assets import asset_url
from pims.ui.bars import chart_context
from pims.ui.commands import FIELD, new_command_id
from pims.ui.form_render import error_summary_context, field_context
from pims.ui.names import breakable
from pims.ui.shapes import Bar

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """``{% asset "pims.css" %}``: the served address of a built asset."""
    return asset_url(name)


@register.simple_tag
def instant(value: datetime | None, form: str = "full", zone: str = "") -> SafeString:
    """``{% instant dt %}``, ``"date"``, ``"time"`` or ``"short"``; a dash where there is none."""
    if value is None:
        return mark_safe('<span class="p-none">—</span>')
    return format_html(
        '<time datetime="{}" class="p-time">{}</time>',
        dates.local(value, zone).isoformat(timespec="minutes"),
        dates.instant_text(value, form, zone),
    )


@register.simple_tag
def day(value: date | None) -> SafeString:
    """``{% day d %}``: a calendar date, in no time zone; a dash where there is none."""
    if value is None:
        return mark_safe('<span class="p-none">—</span>')
    return format_html(
        '<time datetime="{}" class="p-time">{}</time>', value.isoformat(), dates.day_text(value)
    )


@register.simple_tag
def server_now() -> str:
    """The server's time in ISO form: pages count from it, never from the device's clock."""
    return dates.local(clock.now()).isoformat(timespec="seconds")


@register.simple_tag
def printed_now() -> str:
    """When this page was made, as text for the printed header."""
    return dates.instant_text(clock.now())


@register.filter
def shown(value: object) -> object:
    """``{{ fact.value|shown }}``: instants, dates and durations as pages write them."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    return dates.duration_text(value) if isinstance(value, timedelta) else value


@register.filter
def duration(value: timedelta | float | None) -> str:
    """``{{ waited|duration }}``: a timedelta or seconds as ``2 h 10 min``."""
    return "" if value is None else dates.duration_text(value)


@register.filter
def person_name(value: object) -> str:
    """``{{ person|person_name }}``: SURNAME, Given."""
    return dates.person_name_of(value)


@register.simple_tag
def reason(value: Reason) -> str:
    """``{% reason r %}``: the reason in the reader's language."""
    return wording.render(value, get_language() or "en")


@register.filter
def worded(values: Iterable[Reason]) -> list[str]:
    """``{% for line in reasons|worded %}``: each reason as a sentence, without repeats."""
    return wording.explain(values, get_language() or "en")


@register.simple_tag
def command_id() -> str:
    """A fresh command_id, for forms that write their own hidden input."""
    return new_command_id()


@register.simple_tag(takes_context=True)
def command_form(context: Context) -> SafeString:
    """The hidden inputs of a form that changes something: CSRF token and a fresh command_id."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="{}" value="{}">',
        context.get("csrf_token", ""),
        FIELD,
        new_command_id(),
    )


@register.inclusion_tag("ui/field.html")
def pims_field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """``{% pims_field form.x %}``: label, hint, error and control.

    Options: `hint`, `label`, `compact` (label for screen readers only, small control), `inline`
    (radios and checkboxes side by side), `width` (2, 3, 4, 5, 10, 20), `now` (a button that
    fills in the present instant), `suggest` (address of suggestions), `legend_size` (s, m, l).
    """
    return field_context(bound, options)


@register.inclusion_tag("ui/error_summary.html")
def error_summary(
    *forms: BaseForm,
    reasons: Iterable[Reason] = (),
    lines: Iterable[Mapping[str, str]] = (),
    reading: bool = False,
    title: str = "",
) -> dict[str, Any]:
    """``{% error_summary form %}``: what is wrong, each line a link to its field.

    `lines` are entries of the rows of a table: ``text`` and ``target``, the id of the box.
    `reading`: the form only asks for what to show, so that nothing could have been saved.
    `title`: words of the page's own, where some of what was sent was saved.
    """
    context = error_summary_context(forms, wording.explain(reasons, get_language() or "en"))
    entries = [*context["entries"], *lines]
    return context | {"entries": entries, "reading": reading, "title": title}


@register.filter
def html_attrs(attrs: Mapping[str, object]) -> SafeString:
    """A component's remaining attributes, escaped: ``{{ attrs|html_attrs }}``."""
    excluded: set[str] = getattr(attrs, "_exclude_from_str", set())
    parts: list[tuple[str, object]] = []
    for key, value in attrs.items():
        if key in excluded or value in (False, None):
            continue
        parts.append((key, value))
    return mark_safe(
        "".join(
            f" {conditional_escape(key)}" if value is True else format_html(' {}="{}"', key, value)
            for key, value in parts
        )
    )


@register.filter
def named(name: str) -> str | Promise:
    """``{{ row.name|named }}``: the name, or words for nobody knowing one."""
    return breakable(name) if name else gettext_lazy("Name not known")


@register.filter
def get_item(mapping: Mapping[Any, Any], key: object) -> Any:
    """``{{ counts|get_item:unit.id }}``: the value under a key, None where there is none."""
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """``{% query sort="name" page=None %}``: this address's query with some values changed."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else None
    if params is None:
        from django.http import QueryDict

        params = QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    encoded: str = params.urlencode()
    return f"?{encoded}" if encoded else "?"


class AsideNode(template.Node):
    """Its content in an `<aside>`, and nothing at all where the content is empty."""

    def __init__(self, nodelist: NodeList, label: FilterExpression) -> None:
        self.nodelist = nodelist
        self.label = label

    def render(self, context: Context) -> SafeString:
        content = self.nodelist.render(context)
        if not content.strip():
            return mark_safe("")
        return format_html(
            '<aside class="p-aside" aria-label="{}">{}</aside>',
            self.label.resolve(context),
            content,
        )


@register.tag
def aside(parser: Parser, token: Token) -> AsideNode:
    """``{% aside "label" %}…{% endaside %}``."""
    label = parser.compile_filter(token.split_contents()[1])
    nodelist = parser.parse(("endaside",))
    parser.delete_first_token()
    return AsideNode(nodelist, label)


@register.simple_tag
def flags(values: Iterable[Any]) -> SafeString:
    """``{% flags person.flags %}``: `pims.ui.shapes.Flag` values as tags, quick enough for rows."""
    return format_html_join(
        " ",
        '<strong class="p-tag p-tag--{}">{}</strong>',
        ((flag.tone, flag.label) for flag in values),
    )


@register.simple_tag
def sort_state(current: str, key: str) -> str:
    """``aria-sort`` of a column: `current` is the sort in force, ``-key`` for downwards."""
    if current == key:
        return "ascending"
    return "descending" if current == f"-{key}" else "none"


@register.simple_tag(takes_context=True)
def sort_query(context: Context, current: str, key: str) -> str:
    """The query that sorts by `key`, or turns the order round where it already does."""
    return query(context, sort=f"-{key}" if current == key else key, page=None)


@register.inclusion_tag("ui/bar_chart.html")
def bar_chart(
    bars: Iterable[Bar],
    gaps: Iterable[Period] = (),
    title: str = "",
    now: datetime | None = None,
) -> dict[str, Any]:
    """Periods over time as bars, with the same facts as a table below them."""
    return chart_context(list(bars), list(gaps), title, now or clock.now())
