"""The production list of one court on one day: whom the escort takes there, and what to know."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pims.courts import selectors
from pims.courts.selectors import ProductionRow
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound
from pims.ui.dates import day_text
from pims.ui.printing import Paper, require_printing_at

TEMPLATE = Path(__file__).with_name("production_list.typ")


def production_list(viewer: Actor, establishment_id: int, day: date, body_id: int) -> Paper:
    """Raises NotPermitted, and NotFound where nobody goes to that court on `day`."""
    require_printing_at(viewer, establishment_id)
    rows = [
        row
        for row in selectors.production_list(viewer, establishment_id, day)
        if row.due.body_id == body_id
    ]
    if not rows:
        raise NotFound("production_list")
    court = rows[0].due.body_name
    title = _("Production list")
    people = len({row.due.person_id for row in rows})
    return Paper(
        code="production_list",
        template=TEMPLATE,
        title=title,
        file_name=f"production-list-{day:%Y-%m-%d}-{body_id}",
        data={
            "title": f"{title}, {court}, {day_text(day)}",
            "count": ngettext("%(count)s prisoner.", "%(count)s prisoners.", people)
            % {"count": people},
            "head": [
                _("Hour"), _("Number"), _("Prisoner"), _("Cell place"), _("Case"), _("Remarks"),
                _("Escort"), _("Left (signature)"), _("Back (signature)"),
            ],
            "rows": [
                [
                    f"{row.due.at_time:%H:%M}" if row.due.at_time else "",
                    row.due.number,
                    row.due.name or _("Name not known"),
                    row.place or _("Reception"),
                    row.due.case_number,
                    "; ".join(remarks(row)),
                    "",
                    "",
                    "",
                ]
                for row in rows
            ],
            "signers": [_("Duty senior officer"), _("Escort commander"), _("Received at court")],
        },
        person_ids=[row.due.person_id for row in rows],
        subject=f"{court}, {day_text(day)}",
    )  # fmt: skip


def remarks(row: ProductionRow) -> list[str]:
    """What whoever brings this person must know: by video, fitness and its review, where now."""
    found = []
    if row.by_video:
        found.append(_("By video: stays in the prison"))
    if row.unfit:
        found.append(_("Found unfit to plead"))
    if row.review_on is not None:
        found.append(_("Review due %(day)s") % {"day": day_text(row.review_on)})
    if row.row.is_juvenile:
        found.append(_("Juvenile"))
    if not row.row.inside:
        found.append(_("Out now: %(where)s") % {"where": row.row.out_to or "—"})
    if row.due.purpose:
        found.append(row.due.purpose)
    return found
