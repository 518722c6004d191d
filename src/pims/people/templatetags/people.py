"""Words and addresses of the people room for its templates."""

from django import template
from django.utils.dateformat import format as date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pims.people.selectors import PersonHeader
from pims.people.web import words
from pims.ui.dates import day_text

register = template.Library()


@register.filter
def people_word(code: object, table: str) -> str | Promise:
    """The words for a code of that table: ``{{ name.kind|people_word:"name" }}``."""
    return words.word(table, str(code or ""))


@register.filter
def shown_name(header: PersonHeader) -> str | Promise:
    """The name that heads the file, or that none is known."""
    return header.display_name or _("Name not known")


@register.filter
def born(header: PersonHeader) -> str:
    """The birth as far as it is known: 1990, Mar 1990 or 4 Mar 1990; "" where it is not."""
    if header.birth_date is None:
        return ""
    day = header.birth_date
    if header.birth_precision == "day":
        return day_text(day)
    if header.birth_precision == "month":
        return date_format(day, "M Y")
    return f"{'± ' if header.birth_precision == 'estimated' else ''}{day.year}"
