"""The lines of the roll's table.

Put together here and not by the template: a thousand lines of eight cells are most of the time
that a roll takes, and words that a thousand lines share are looked up once.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pims.authority.web.withheld import READ_FIRST
from pims.authority.web.words import status_label
from pims.custody.selectors import RollRow
from pims.custody.web.words import OUT_KINDS, SEXES
from pims.ui.templatetags.pims import day, named

_ANY = "0"


def roll_lines(rows: Iterable[RollRow], unread: Mapping[int, str]) -> SafeString:
    """A table row each, escaped, in the reader's language; `unread`: see `withheld_persons`."""
    labels = {
        name: escape(text)
        for name, text in {
            "number": _("Number"), "sex": _("Sex"), "age": _("Age"), "status": _("Status"),
            "place": _("Place"), "next": _("Next appearance"), "where": _("Where"),
        }.items()
    }  # fmt: skip
    line = (
        '<tr{alarm}><td class="p-cell-main"><a href="{address}">{name}</a>{juvenile}</td>'
        '<td class="p-number" data-label="{number}">{row_number}</td>'
        '<td data-label="{sex}">{row_sex}</td>'
        '<td class="p-num" data-label="{age}">{row_age}</td>'
        '<td data-label="{status}">{row_status}</td>'
        '<td data-label="{place}">{row_place}{breach}</td>'
        '<td data-label="{next}" data-named>{row_next}</td>'
        '<td data-label="{where}">{row_where}</td></tr>\n'
    )
    juvenile, breach, overdue = (
        _tag("dark", _("Juvenile")),
        _tag("warn", _("Against a rule")),
        _tag("alarm", _("Overdue")),
    )
    before, after = (escape(part) for part in reverse("prisoner", args=[_ANY]).rsplit(_ANY, 1))
    status, sex, out = _words(status_label), _words(lambda c: SEXES[c]), _words(_whereabouts)
    days: Callable[[date | None], SafeString] = cache(day)
    return mark_safe(
        "".join(
            line.format(
                **labels,
                alarm=' class="p-row--alarm"' if row.legal_status == "none" or row.overdue else "",
                address=f"{before}{escape(row.number)}{after}",
                name=escape(str(named(row.name))),
                juvenile=juvenile if row.is_juvenile else "",
                row_number=escape(row.number),
                row_sex=sex(row.sex),
                row_age="—" if row.age is None else row.age,
                row_status=status(row.legal_status),
                row_place=escape(row.place or row.unit),
                breach=breach if row.breach else "",
                row_next=_to_read(unread[row.person_id])
                if row.person_id in unread
                else days(row.next_appearance),
                row_where=out(row.out_kind) + (overdue if row.out_kind and row.overdue else ""),
            )
            for row in rows
        )
    )


def _whereabouts(out_kind: str) -> object:
    return OUT_KINDS[out_kind] if out_kind else _("In")


def _to_read(address: str) -> str:
    return f'<a class="govuk-link" href="{escape(address)}">{escape(str(READ_FIRST))}</a>'


def _words(label: Callable[[str], object]) -> Callable[[str], str]:
    """The label of a code, escaped, looked up once for all the lines."""
    return cache(lambda code: escape(str(label(code))))


def _tag(tone: str, text: str) -> str:
    return f' <strong class="p-tag p-tag--{tone}">{escape(text)}</strong>'
