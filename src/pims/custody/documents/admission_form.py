"""The admission form: everything that an admission recorded, for the file and the prisoner.

Mandela Rule 7 says what a file holds at admission; each of it has its place here, filled or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from pims.authority import selectors as authority
from pims.authority.web.words import DEFECTS, kind_label
from pims.custody import selectors
from pims.custody.documents.person import identity_rows, warrant_end
from pims.custody.selectors import EpisodeInfo
from pims.custody.web import words
from pims.custody.web.admission_steps import STEPS
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.foundation.access.selectors import user_names
from pims.kernel import clock
from pims.kernel.asof import AsOf
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonDetail
from pims.people.web.words import word
from pims.property import selectors as property_room
from pims.property.documents.lines import item_rows
from pims.safety import selectors as safety
from pims.ui.dates import day_text, instant_text
from pims.ui.printing import Paper, require_printing_of, smaller

TEMPLATE = Path(__file__).with_name("admission_form.typ")
# A sheet on a desk is read by whoever passes it: these flags stay on the screen, for everyone.
NEVER_ON_PAPER = frozenset({"informant", "victim"})


@dataclass(frozen=True, slots=True)
class _Admission:
    """What the sections of the form are filled from."""

    viewer: Actor
    info: EpisodeInfo
    detail: PersonDetail

    @property
    def person_id(self) -> int:
        return self.detail.header.person_id

    def may(self, permission: str) -> bool:
        return self.viewer.system or bool(visible_ids(self.viewer, permission, [self.person_id]))

    @property
    def upto(self) -> datetime:
        """The end of this custody where it has ended: later custody has a form of its own."""
        return self.info.episode.ends_at or clock.now()


def admission_form(viewer: Actor, episode_id: int) -> Paper:
    """The form of one admission, done or under way. Raises NotFound, NotPermitted."""
    brief = selectors.episode_brief(viewer, episode_id)
    if brief is None:
        raise NotFound("episode", episode_id)
    person_id = people.canonical_id(brief.person_id)
    require_printing_of(viewer, person_id)
    detail = people.person_detail(viewer, person_id)
    info = next(
        e for e in selectors.episodes(viewer, person_id) if e.episode.episode_id == episode_id
    )
    given = _Admission(viewer, info, detail)
    header = detail.header
    pictures = {}
    if header.photo_blob_id is not None:
        pictures["front"] = smaller(people.photograph_file(viewer, header.photo_blob_id).content)
    title = _("Admission form")
    return Paper(
        code="admission_form",
        template=TEMPLATE,
        title=title,
        file_name=f"{header.number}-admission",
        data={
            "title": title,
            "number": header.number,
            "identity": identity_rows(detail),
            "photograph": _("Photograph"),
            "no_photograph": _("No photograph"),
            "number_code": _("Code of the number"),
            "sections": list(_sections(given)),
            "steps": _steps(info),
            "signers": [
                _("Prisoner"), _("Receiving officer"), _("Officer who completed the admission"),
            ],
            "explained": _(
                "Explained to the prisoner in a language that he or she understands, by "
                "(name, language):"
            ),
        },
        person_ids=[header.person_id, brief.person_id],
        subject=f"{header.number} {header.display_name}".strip(),
        pictures=pictures,
        codes={"number": header.number},
    )  # fmt: skip


def _sections(given: _Admission) -> Iterable[dict[str, object]]:
    yield _section(_("Reception"), facts=_reception(given))
    if given.may("authority.view"):
        yield _section(
            _("Warrants, as written"),
            listing=_warrants(given),
            head=[_("Warrant"), _("Name on it, and for what"), _("Holds"), _("Defects")],
            empty=_("No warrant was recorded."),
        )
    yield _section(_("Arrest"), facts=_arrest(given.info))
    yield _section(
        _("Injuries and complaints"),
        listing=_injuries(given.info),
        head=[_("Seen at"), _("Injury seen"), _("Complaint of ill-treatment")],
        empty=_unless_open(given.info, "injuries", _("No injury seen and no complaint")),
    )
    if given.may("property.view"):
        yield _section(
            _("Property taken in"),
            listing=_property(given),
            head=[_("Quantity"), _("Item"), _("Condition"), _("Amount"), _("Kept at")],
            empty=_unless_open(given.info, "property", _("Nothing was taken in.")),
        )
    yield _section(
        _("Family and contacts"),
        listing=_contacts(given.detail),
        head=[_("Whom"), _("Name"), _("Telephone"), _("Address")],
        empty=_unless_open(given.info, "contacts", _("Nobody was named.")),
    )
    if given.may("safety.view"):
        yield _section(
            _("First risk flags"),
            listing=_flags(given),
            head=[_("Flag"), _("Since"), _("Note")],
            empty=_("None that may be shown here."),
        )
    yield _section(_("Cell place"), facts=_place(given.info))


def _section(
    title: str,
    *,
    facts: Sequence[Sequence[object]] = (),
    listing: Sequence[Sequence[object]] = (),
    head: Sequence[str] = (),
    empty: str = "",
) -> dict[str, object]:
    return {
        "title": title, "facts": list(facts), "rows": list(listing), "head": list(head),
        "empty": empty,
    }  # fmt: skip


def _reception(given: _Admission) -> list[list[object]]:
    info = given.info
    rows: list[list[object]] = [
        [_("Received"), instant_text(info.episode.starts_at)],
        [_("How"), str(words.RECEPTION_KINDS[info.episode.reception_kind])],
        [_("Establishment"), info.establishment],
    ]
    for receipt in info.receipts:
        van = selectors.van(given.viewer, receipt.van_id)
        rows += [
            [_("Brought from"), van.from_where],
            [_("Handed over by"), receipt.handed_over_by or van.escorting_officer],
            [_("Received by"), receipt.received_by],
            [_("Name as given"), receipt.name_as_given],
            [_("Warrant handed over"), str(words.WARRANT_STATES[receipt.warrant_state])],
        ]
        if receipt.injuries or receipt.complaint:
            told = [_("Complains of ill-treatment")] if receipt.complaint else []
            rows.append([_("Seen at the gate"), "; ".join([receipt.injuries, *told]).strip("; ")])
    admitted = info.admitted_at
    rows.append([_("Admission complete"), "" if admitted is None else instant_text(admitted)])
    return rows


def _warrants(given: _Admission) -> list[list[object]]:
    zone = facilities.time_zone(given.info.episode.establishment_id)
    starts = given.info.episode.starts_at
    rows: list[list[object]] = []
    for paper in authority.warrants_of([given.person_id], zone=zone).get(given.person_id, []):
        if paper.starts_at > given.upto or (paper.ends_at is not None and paper.ends_at <= starts):
            continue
        dated = [] if paper.dated is None else [day_text(paper.dated)]
        what = [kind_label(paper.kind), paper.body_name, paper.reference, *dated]
        rows.append(
            [
                "\n".join(part for part in what if part),
                "\n".join(
                    part for part in (paper.name_as_written, paper.charges, paper.as_written)
                    if part
                ),
                f"{instant_text(paper.starts_at)}\n{warrant_end(paper)}",
                ", ".join(str(DEFECTS.get(code, code)) for code in paper.defects),
            ]
        )  # fmt: skip
    return rows


def _arrest(info: EpisodeInfo) -> list[list[object]]:
    return [
        [_("When arrested"), "" if info.arrested_at is None else instant_text(info.arrested_at)],
        [_("Where arrested"), info.arrest_place],
        [_("Reasons given"), info.arrest_reasons],
        [_("Arresting officer"), info.arresting_officer],
    ]


def _injuries(info: EpisodeInfo) -> list[list[object]]:
    rows: list[list[object]] = []
    for injury in info.injuries:
        said = ""
        if injury.complaint_of_ill_treatment:
            named = f"{_('By whom, as said')}: {injury.by_whom}" if injury.by_whom else ""
            said = "\n".join([injury.complaint or _("Yes"), *([named] if named else [])])
        seen = ": ".join(part for part in (injury.body_area, injury.description) if part)
        rows.append([instant_text(injury.seen_at), seen, said])
    return rows


def _unless_open(info: EpisodeInfo, step: str, nothing: str) -> str:
    """That there is nothing may be said only once somebody has asked."""
    asked = any(s.step == step and s.state != "todo" for s in info.steps)
    return nothing if asked else _("Not yet recorded.")


def _property(given: _Admission) -> list[list[object]]:
    starts = given.info.episode.starts_at
    whose = {given.person_id, given.info.episode.person_id}
    reached = sorted(visible_ids(given.viewer, "property.view", whose))
    items = [
        item
        for one in reached
        for item in property_room.property_of(given.viewer, one)
        if starts <= item.taken_in_at <= given.upto
    ]
    return [[*row, item.store] for row, item in zip(item_rows(items), items, strict=True)]


def _contacts(detail: PersonDetail) -> list[list[object]]:
    return [
        [
            ", ".join(part for part in (str(word("contact", c.kind)), c.relationship) if part),
            c.name, c.phone, c.address,
        ]
        for c in detail.contacts
    ]  # fmt: skip


def _flags(given: _Admission) -> list[list[object]]:
    up = safety.flags(given.viewer, [given.person_id], as_of=AsOf(given.upto))
    return [
        [str(words.FLAGS[flag.kind]), instant_text(flag.starts_at), flag.note]
        for flag in up.get(given.person_id, [])
        if flag.kind not in NEVER_ON_PAPER
    ]


def _place(info: EpisodeInfo) -> list[list[object]]:
    """The place that the admission ended with, and the one held now where it is another."""
    held = info.placements
    if not held:
        return [[_("Cell place"), _("None yet")]]
    admitted = info.admitted_at
    first = next(
        (p for p in reversed(held) if admitted is not None and p.starts_at <= admitted), held[0]
    )
    rows: list[list[object]] = [
        [_("Cell place at admission"), f"{first.place}, {instant_text(first.starts_at)}"]
    ]
    if held[-1] != first:
        last = held[-1]
        rows.append([_("Cell place now"), f"{last.place}, {instant_text(last.starts_at)}"])
    return rows


def _steps(info: EpisodeInfo) -> dict[str, object]:
    done = {step.step: step for step in info.steps}
    names = user_names({s.done_by_id for s in info.steps if s.done_by_id is not None})
    rows: list[list[object]] = []
    for code, step in STEPS.items():
        found = done.get(code)
        state = words.STEP_STATES["todo" if found is None else found.state]
        reason = "" if found is None else str(found.data.get("reason", ""))
        rows.append(
            [
                str(step.label),
                f"{state}: {reason}" if reason else str(state),
                "" if found is None or found.done_at is None else instant_text(found.done_at),
                "" if found is None else names.get(found.done_by_id or 0, ""),
            ]
        )
    return {
        "title": _("Steps of the admission"),
        "head": [_("Step"), _("State"), _("When"), _("Officer")],
        "rows": rows,
    }
