"""Who a paper is about, and what a warrant holds until: lines that several papers share."""

from django.utils.translation import gettext as _

from pims.authority.selectors import WarrantBrief
from pims.people.selectors import PersonDetail
from pims.people.templatetags.people import born
from pims.people.web.words import word
from pims.ui.dates import day_text


def identity_rows(detail: PersonDetail) -> list[list[object]]:
    """Label and value, from the number to the address."""
    header = detail.header
    others = [
        f"{name.shown} ({word('name', name.kind)})" for name in detail.names if not name.is_primary
    ]
    birth = [born(header) or _("Not known")]
    if header.birth_precision != "day":
        birth.append(f"({word('precision', header.birth_precision)})")
    age = [] if header.age is None else [str(header.age)]
    if header.is_juvenile:
        age.append(_("Juvenile"))
    if header.age_disputed:
        age.append(f"{_('Age disputed')}: {word('age', detail.age_decision)}")
    languages = [
        f"{word('language', line.code)}"
        + (f" ({_('needs an interpreter')})" if line.needs_interpreter else "")
        + (f" ({_('read aloud by an officer')})" if line.reads is False else "")
        for line in detail.languages
    ]
    rows: list[list[object]] = [
        [_("Number"), ", ".join([header.number, *(m.number for m in detail.merged)])],
        [_("Name"), header.display_name or _("Name not known")],
        [_("Other names"), "; ".join(others)],
        [_("Born"), " ".join(birth) + (f", {detail.birth_place}" if detail.birth_place else "")],
        [_("Age"), ", ".join(age)],
        [_("Sex"), str(word("sex", header.sex))],
        [_("Gender, as the prisoner says it"), str(word("gender", header.gender))],
        [_("Nationality"), ", ".join(str(word("country", c)) for c in detail.nationalities)],
        [_("Languages"), ", ".join(languages)],
        [
            _("Documents"),
            "; ".join(f"{word('identifier', i.kind)} {i.number}" for i in detail.identifiers),
        ],
        [
            _("Address"),
            "; ".join(
                ", ".join(part for part in (a.lines, a.place, a.district) if part)
                for a in detail.addresses
            ),
        ],
        [
            _("Marks, scars and tattoos"),
            "; ".join(
                f"{word('mark', m.kind)}, {m.body_part}" + (f": {m.text}" if m.text else "")
                for m in detail.marks
            ),
        ],
    ]
    if detail.consular:
        rows.append(
            [
                _("Consulate"),
                "; ".join(
                    f"{word('country', c.country)}: {word('consular', c.answer)}"
                    for c in detail.consular
                ),
            ]
        )
    return rows


def warrant_end(paper: WarrantBrief) -> str:
    """Until when, or to which court day, a warrant holds by its own words."""
    parts = []
    if paper.until is not None:
        parts.append(_("until %(day)s") % {"day": day_text(paper.until)})
    if paper.next_appearance is not None:
        parts.append(_("next appearance %(day)s") % {"day": day_text(paper.next_appearance)})
    return "; ".join(parts) or _("No end is named")
