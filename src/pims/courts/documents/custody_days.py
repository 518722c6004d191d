"""The certificate of time in custody by charge, for the judge before sentence."""

from pathlib import Path

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pims.courts import selectors
from pims.courts.selectors import Certificate, ChargeTime, PaperLine
from pims.foundation.access.actor import Actor
from pims.jurisdictions.offences import offences
from pims.people import selectors as people
from pims.ui.dates import day_text, instant_text, last_day
from pims.ui.printing import Paper, require_printing_of

TEMPLATE = Path(__file__).with_name("custody_days.typ")


def custody_days(viewer: Actor, case_id: int, person_id: int) -> Paper:
    """Raises NotFound, NotPermitted."""
    require_printing_of(viewer, person_id)
    found = selectors.time_in_custody_by_charge(viewer, case_id, person_id)
    header = people.person_headers(viewer, [person_id], brief=True)[person_id]
    name = header.display_name or _("Name not known")
    title = _("Certificate of time in custody by charge")
    return Paper(
        code="custody_days",
        template=TEMPLATE,
        title=title,
        file_name=f"time-in-custody-{header.number}-{case_id}",
        data={
            "title": title,
            "facts": [
                [_("Prisoner"), name],
                [_("Number"), header.number],
                [_("Court or body"), found.case.body_name],
                [_("Number of the case"), found.case.number],
                [_("Counted until"), instant_text(found.upto, zone=found.zone)],
                [_("Days in custody in all, each counted once"), str(found.days_in_custody)],
            ],
            "charges": [_charge(found, one) for one in found.charges],
            "stretch_head": [
                _("From"), _("To, counted too"), _("Days"), _("Held on"), _("Serving a sentence"),
            ],
            "none": _("No day in custody counts for this charge."),
            "no_charge": _("No charge is on record in this case."),
            "papers_title": _("Papers that held"),
            "paper_head": [
                "#", _("Paper"), _("Court or body"), _("Reference"), _("From"), _("Until"),
            ],
            "papers": [
                [str(number), *paper_line(paper, found.zone)]
                for number, paper in enumerate(found.papers, 1)
            ],
            "elsewhere_title": _("Papers that held and are about no charge of this case"),
            "elsewhere": [["", *paper_line(paper, found.zone)] for paper in found.elsewhere],
            "custody_title": _("Periods in custody"),
            "custody": [
                [instant_text(p.start, zone=found.zone),
                 _("still in custody") if p.end is None else instant_text(p.end, zone=found.zone)]
                for p in found.custody
            ],
            "custody_head": [_("From"), _("Until")],
            "how_title": _("How the days were counted"),
            "how": how_counted(),
            "signers": [_("Records officer"), _("Officer in charge")],
        },
        person_ids=[person_id],
        subject=f"{header.number} {name}",
    )  # fmt: skip


def _charge(found: Certificate, one: ChargeTime) -> dict[str, object]:
    row = offences().get(one.charge.offence_code)
    label = one.charge.as_written or "—" if row is None else row.label[_language()]
    numbers = {paper.key: str(n) for n, paper in enumerate(found.papers, 1)}
    return {
        "title": label if row is None else f"{label} ({row.citation})",
        "total": days_text(one.days.total),
        "parts": _("%(free)s without a sentence, %(serving)s while serving one")
        % {"free": days_text(one.days.unsentenced), "serving": days_text(one.days.under_sentence)},
        "rows": [
            [
                day_text(s.days.first),
                day_text(s.days.last),
                str(s.days.count),
                ", ".join(numbers.get(key, key) for key in s.papers),
                _("Yes") if s.serving else _("No"),
            ]
            for s in one.days.stretches
        ],
    }


def paper_line(paper: PaperLine, zone: str) -> list[str]:
    """What a paper is, whose, and from when until when it held."""
    end = paper.holds.end
    return [
        paper.label[_language()],
        paper.body_name,
        paper.reference,
        instant_text(paper.holds.start, "date", zone),
        _("no end is named") if end is None else day_text(last_day(end, zone)),
    ]  # fmt: skip


def how_counted() -> list[str]:
    """The rules by which the days were counted, each in a sentence."""
    return [
        _("Every day of the calendar on which the prisoner was in custody at any moment counts as"
          " one day: the day of reception and the day of release count."),
        _("A day counts for a charge where a paper about that charge held on it, and once,"
          " however many papers held."),
        _("The same day may count for several charges: the days of different charges are not to"
          " be added up."),
        _("Days on which a sentence was served are told apart: whether they count is for the"
          " court."),
        _("Days at large do not count."),
    ]  # fmt: skip


def days_text(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _language() -> str:
    return "es" if (get_language() or "en").startswith("es") else "en"
