"""The dossier for the parole board: sentences, dates and how they come about, earlier decisions."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pims.courts.web.words import figures, term_text
from pims.foundation.access.actor import Actor
from pims.people import selectors as people
from pims.release.models import Parole
from pims.release.selectors import paroles
from pims.release.web import preparing_words as words
from pims.sentences import selectors as sentences
from pims.sentences.selectors import CalculationInfo
from pims.sentences.web.words import ADJUSTMENTS, DATES, KINDS
from pims.ui.dates import day_text
from pims.ui.printing import Paper, require_printing_of

TEMPLATE = Path(__file__).with_name("parole_dossier.typ")
SHOWN = ("ped", "edr", "ldr", "expiry", "full_term_end")


def parole_dossier(viewer: Actor, parole_id: int) -> Paper:
    """Raises NotFound, NotPermitted."""
    case = paroles.parole(viewer, parole_id)
    require_printing_of(viewer, case.person_id)
    language = get_language() or "en"
    info = sentences.calculation(viewer, case.person_id, language=language)
    header = people.person_headers(viewer, [case.person_id], brief=True)[case.person_id]
    name = header.display_name or _("Name not known")
    title = _("Dossier for the parole board")
    return Paper(
        code="parole_dossier",
        template=TEMPLATE,
        title=title,
        file_name=f"parole-dossier-{header.number}-{parole_id}",
        data={
            "title": title,
            "facts": [
                [_("Prisoner"), name],
                [_("Number"), header.number],
                *([] if info is None else _dates(info)),
            ],
            "notices": _notices(info),
            "sentences_title": _("Sentences"),
            "sentence_head": [
                "#", _("Sentence"), _("Reference"), _("Passed on"), _("Term"), _("After"),
            ],
            "sentences": [] if info is None else _sentences(info),
            "certified_title": _("Credit, days at large, remission, payments"),
            "certified_head": [_("What"), _("Days"), _("First day"), _("Last day"), _("Paper")],
            "certified": [] if info is None else _certified(info),
            "steps_title": _("How the dates come about"),
            "steps": []
            if info is None
            else [line.text for line in info.explanation if line.outcome == "step"],
            "earlier_title": _("Earlier decisions of the board"),
            "earlier_head": [_("Decided on"), _("Decision"), _("Reasons"), _("Conditions")],
            "earlier": _earlier(case.person_id),
            "none": _("None"),
            "signers": [_("Records officer"), _("Officer in charge")],
        },
        person_ids=[case.person_id],
        subject=f"{header.number} {name}",
    )  # fmt: skip


def _dates(info: CalculationInfo) -> list[list[str]]:
    return [
        [str(DATES["sentence_expiry" if field == "expiry" else field]), day_text(day)]
        for field in SHOWN
        if (day := getattr(info.dates, field)) is not None
    ]


def _notices(info: CalculationInfo | None) -> list[str]:
    """What the board must know of the dates before it rests on any of them."""
    if info is None:
        return [_("No sentence of this person stands.")]
    said = []
    if info.dates.provisional:
        said.append(_("These dates are provisional: a rule that they rest on is not signed."))
    if info.dates.by_hand:
        said.append(_("These dates were worked out by hand by two officers."))
    if info.dates.outdated:
        said.append(_("Something that these dates rest on has changed: they are worked out anew."))
    return said


def _sentences(info: CalculationInfo) -> list[list[str]]:
    return [
        [
            str(info.numbers[one.sentence_id]),
            str(KINDS.get(one.kind, one.kind)),
            one.reference,
            day_text(one.pronounced_on),
            term_text(figures(one.term)),
            str(info.numbers.get(one.consecutive_to_id or 0, ""))
            if one.link == "consecutive"
            else "",
        ]
        for one in info.sentences
    ]


def _certified(info: CalculationInfo) -> list[list[str]]:
    return [
        [
            str(ADJUSTMENTS.get(one.kind, one.kind)),
            "" if one.days is None else str(one.days),
            "" if one.first_day is None else day_text(one.first_day),
            "" if one.last_day is None else day_text(one.last_day),
            one.basis,
        ]
        for one in info.adjustments
        if one.struck_out_at is None
    ]


def _earlier(person_id: int) -> list[list[str]]:
    rows = Parole.objects.filter(person_id=person_id, decided_on__isnull=False)
    return [
        [
            "" if row.decided_on is None else day_text(row.decided_on),
            str(words.PAROLE_STATES[row.state]),
            row.reasons,
            row.conditions,
        ]
        for row in rows.order_by("decided_on", "pk")
    ]
