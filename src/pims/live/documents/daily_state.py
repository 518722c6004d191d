"""The daily state: the counts of this moment on one sheet, with what the prison was built for."""

from pathlib import Path

from django.utils.translation import gettext as _

from pims.authority.web.words import status_label
from pims.custody.selectors import RollRow
from pims.custody.web.words import OUT_KINDS, SEXES
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotPermitted
from pims.live import selectors
from pims.live.web.words import AGES
from pims.ui.dates import instant_text, local
from pims.ui.printing import Paper, require_printing_at

TEMPLATE = Path(__file__).with_name("daily_state.typ")


def daily_state(viewer: Actor, establishment_id: int) -> Paper:
    """The counts now, as the viewer's board has them. Raises NotPermitted."""
    require_printing_at(viewer, establishment_id)
    if not viewer.can_at("live.view", establishment_id):
        raise NotPermitted("live.view")
    board = selectors.board(viewer, establishment_id)
    counts = board.counts
    certified = sum(unit.certified_capacity for unit in counts.by_unit)
    operational = sum(unit.operational_capacity for unit in counts.by_unit)
    title = _("Daily state")
    at = instant_text(board.at)
    day = local(board.at, facilities.time_zone(establishment_id))
    return Paper(
        code="daily_state",
        template=TEMPLATE,
        title=title,
        file_name=f"daily-state-{day:%Y-%m-%d-%H%M}",
        data={
            "title": title,
            "at": at,
            "figures": [
                [_("On the books"), counts.on_books],
                [_("In the prison"), counts.in_prison],
                [_("Out with"), counts.out_with],
                [_("Certified capacity"), certified],
                [_("Operational capacity"), operational],
            ],
            "watch": [
                [_("Overdue"), counts.overdue],
                [_("At large"), counts.at_large],
                [_("No valid warrant"), counts.no_valid_warrant],
                [_("Admission open"), counts.not_admitted],
                [_("Babies (for fire)"), counts.infants],
            ],
            "units": {
                "title": _("By unit"),
                "head": [
                    _("Unit"), _("On the books"), _("In"), _("Out"), _("Certified"),
                    _("Operational"), _("Full"),
                ],
                "rows": [
                    [
                        unit.name or _("At large"),
                        unit.on_books, unit.in_prison, unit.out_with,
                        unit.certified_capacity or None, unit.operational_capacity or None,
                        _percent(unit.on_books, unit.operational_capacity),
                    ]
                    for unit in counts.by_unit
                ]
                + [
                    [
                        _("Total"), counts.on_books, counts.in_prison, counts.out_with,
                        certified, operational, _percent(counts.on_books, operational),
                    ]
                ],
            },
            "sums": [
                {
                    "title": _("Status"),
                    "rows": [[status_label(c), n] for c, n in counts.by_status.items() if n],
                },
                {
                    "title": _("Sex"),
                    "rows": [[str(SEXES[c]), n] for c, n in counts.by_sex.items() if n],
                },
                {
                    "title": _("Age"),
                    "rows": [[str(AGES[c]), n] for c, n in counts.by_age.items() if n],
                },
            ],
            "out": {
                "title": _("Out with escort or at large"),
                "head": [
                    _("Number"), _("Prisoner"), _("Where"), _("Left"), _("Expected back"),
                ],
                "rows": [
                    [
                        row.number,
                        row.name or _("Name not known"),
                        ", ".join(p for p in (str(OUT_KINDS[row.out_kind]), row.out_to) if p),
                        "" if row.left_at is None else instant_text(row.left_at, "short"),
                        _expected(row),
                    ]
                    for row in board.out
                ],
                "empty": _("Nobody is out."),
            },
            "signers": [_("Duty senior officer"), _("Officer in charge")],
        },
        person_ids=[row.person_id for row in board.out],
        subject=at,
    )  # fmt: skip


def _percent(used: int, capacity: int) -> str | None:
    return f"{round(100 * used / capacity)} %" if capacity else None


def _expected(row: RollRow) -> str:
    if row.expected_back_at is None:
        return ""
    at = instant_text(row.expected_back_at, "short")
    return f"{at} ({_('overdue')})" if row.overdue else at
