"""The official copy of a prisoner's file: for the prisoner, during custody and at release.

Mandela Rule 9: records are confidential, the prisoner may see what concerns him or her subject to
redactions, and is given an official copy at release. What is left out is left out of every copy,
and the copy says so in the same words whether or not the file holds any of it: a gap tells
nothing. Nothing is blacked out; what must not be in is never gathered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from pims.authority import selectors as authority
from pims.authority.web.words import END_KINDS as WARRANT_ENDS
from pims.authority.web.words import ORDER_KINDS, ORDER_STATES, kind_label
from pims.custody import selectors as custody
from pims.custody.documents.person import identity_rows, warrant_end
from pims.custody.selectors import EpisodeInfo
from pims.custody.web import words
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_visible, visible_ids
from pims.foundation.ledger.selectors import FileUse, use_of_file
from pims.people import selectors as people
from pims.people.selectors import PersonDetail
from pims.people.web.words import word
from pims.property import selectors as property_room
from pims.property.documents.lines import item_rows
from pims.release import selectors
from pims.release.documents.ground import ground_text, order_text
from pims.safety import selectors as safety
from pims.ui.dates import day_text, instant_text
from pims.ui.printing import Paper, require_printing_of, smaller

TEMPLATE = Path(__file__).with_name("official_copy.typ")
# Without all of these the copy would have gaps that it does not speak of.
NEEDS = ("people.view", "custody.view", "authority.view", "property.view", "release.view")
# What an officer may say to the prisoner's face. Any other kind, also a new one, is left out.
MAY_BE_TOLD = frozenset(
    {"escape_risk", "self_harm", "violence", "vulnerable", "gang", "disability", "single_cell"}
)

Rows = list[list[object]]


@dataclass(frozen=True, slots=True)
class _File:
    """One person's file as far as this copy needs it."""

    viewer: Actor
    detail: PersonDetail
    episodes: Sequence[EpisodeInfo]
    ids: tuple[int, ...]

    @property
    def person_id(self) -> int:
        return self.detail.header.person_id


def official_copy(viewer: Actor, person_id: int, establishment_id: int) -> Paper:
    """The copy of everything that concerns the person. Raises NotFound, NotPermitted.

    `establishment_id` gives the zone in which the days of warrants begin.
    """
    person_id = people.canonical_id(person_id)
    require_printing_of(viewer, person_id)
    if not viewer.system:
        for permission in NEEDS:
            require_visible(viewer, permission, person_id)
    ids = tuple(sorted(people.persons_of(person_id)))
    detail = people.person_detail(viewer, person_id)
    # Oldest first: it is read as a history.
    episodes = list(reversed(custody.episodes(viewer, person_id)))
    found = _File(viewer, detail, episodes, ids)
    header = detail.header
    pictures = {}
    if header.photo_blob_id is not None:
        pictures["front"] = smaller(people.photograph_file(viewer, header.photo_blob_id).content)
    title = _("Official copy of the file")
    return Paper(
        code="official_copy",
        template=TEMPLATE,
        title=title,
        file_name=f"{header.number}-official-copy",
        data={
            "title": title,
            "lead": _("Given to the prisoner under Rule 9 of the Nelson Mandela Rules."),
            "identity": identity_rows(detail),
            "photograph": _("Photograph"),
            "no_photograph": _("No photograph"),
            "sections": list(_sections(found, establishment_id)),
            "left_out_title": _("What is left out"),
            "left_out": _left_out(),
            "signers": [_("Records officer"), _("Prisoner, who received this copy")],
        },
        person_ids=ids,
        subject=f"{header.number} {header.display_name}".strip(),
        pictures=pictures,
    )


def _left_out() -> list[str]:
    return [
        _(
            "Left out of every copy, whether or not the file holds any of it: who must be kept "
            "apart from whom, and why; anything that could show who gave information or was a "
            "victim; names, addresses and telephone numbers of other people; notes of staff; "
            "enquiries of the police and of other agencies; health records, which the health "
            "service gives itself."
        ),
        _(
            "If something in this copy is wrong or missing, say so to the records office: what is "
            "wrong is corrected, and both the old and the new entry are kept."
        ),
    ]


def _sections(found: _File, establishment_id: int) -> Iterable[dict[str, object]]:
    yield _section(
        _("Custody"),
        [_("Received"), _("Establishment and how"), _("Ended"), _("How it ended")],
        _episodes(found),
    )
    yield _section(
        _("Warrants"),
        [_("Warrant"), _("Name on it, and for what"), _("From"), _("Until"), _("Ended")],
        _warrants(found, establishment_id),
    )
    yield _section(_("Release orders"), [_("Received"), _("Order"), _("State")], _orders(found))
    yield _section(
        _("Discharges"),
        [_("Day and hour"), _("Ground"), _("Order"), _("Where to")],
        _discharges(found),
    )
    yield _section(
        _("Cell places"), [_("From"), _("Until"), _("Establishment"), _("Place")],
        _placements(found),
    )  # fmt: skip
    yield _section(
        _("Out with escort"), [_("Left"), _("Back"), _("Where"), _("Outcome")], _escorts(found)
    )
    yield _section(
        _("Unlawfully at large"), [_("From"), _("Until"), _("How it ended")], _absences(found)
    )
    yield _section(
        _("Injuries seen and complaints"),
        [_("Seen at"), _("Injury seen"), _("Complaint of ill-treatment")],
        _injuries(found),
    )
    yield _section(
        _("Property"),
        [_("Quantity"), _("Item"), _("Amount"), _("Taken in"), _("Given back")],
        _property(found),
    )
    yield _section(_("Flags that are up"), [_("Flag"), _("Since")], _flags(found))
    yield _section(_("Family and contacts"), [_("Whom"), _("How many on file")], _contacts(found))
    yield _section(
        _("Who changed and who read this file"),
        ["", _("How often"), _("By how many people"), _("First"), _("Last")],
        _use(found),
    )


def _section(title: str, head: Sequence[str], rows: Rows) -> dict[str, object]:
    return {"title": title, "head": list(head), "rows": rows, "empty": _("None recorded.")}


def _episodes(found: _File) -> Rows:
    return [
        [
            instant_text(info.episode.starts_at),
            f"{info.establishment}\n{words.RECEPTION_KINDS[info.episode.reception_kind]}",
            "" if info.episode.ends_at is None else instant_text(info.episode.ends_at),
            _("In custody")
            if info.episode.ends_at is None
            else str(words.END_KINDS.get(info.episode.end_kind, info.episode.end_kind)),
        ]
        for info in found.episodes
    ]


def _warrants(found: _File, establishment_id: int) -> Rows:
    """The paper's own full text stays out: one paper may name many people."""
    zone = facilities.time_zone(establishment_id)
    rows: Rows = []
    for paper in authority.warrants_of([found.person_id], zone=zone).get(found.person_id, []):
        dated = "" if paper.dated is None else day_text(paper.dated)
        what = [kind_label(paper.kind), paper.body_name, paper.reference, dated]
        ended = ""
        if paper.ends_at is not None:
            ended = f"{instant_text(paper.ends_at)}\n{WARRANT_ENDS.get(paper.end_kind, '')}"
        rows.append(
            [
                "\n".join(part for part in what if part),
                "\n".join(part for part in (paper.name_as_written, paper.charges) if part),
                instant_text(paper.starts_at),
                warrant_end(paper),
                ended,
            ]
        )
    return rows


def _orders(found: _File) -> Rows:
    orders = [o for own in authority.release_orders(found.ids).values() for o in own]
    return [
        [
            instant_text(order.received_at),
            f"{ORDER_KINDS.get(order.kind, order.kind)}\n{order_text(order)}",
            str(ORDER_STATES.get(order.state, order.state)),
        ]
        for order in sorted(orders, key=lambda o: o.received_at)
    ]


def _discharges(found: _File) -> Rows:
    orders = {
        order.release_order_id: order
        for own in authority.release_orders(found.ids).values()
        for order in own
    }
    rows: Rows = []
    for info in found.episodes:
        done = selectors.discharge_of_episode(found.viewer, info.episode.episode_id)
        if done is None:
            continue
        order = orders.get(done.release_order_id or 0)
        rows.append(
            [
                instant_text(done.at), ground_text(done, order), order_text(order, done.order_seen),
                done.destination,
            ]
        )  # fmt: skip
    return rows


def _placements(found: _File) -> Rows:
    return [
        [
            instant_text(p.starts_at),
            "" if p.ends_at is None else instant_text(p.ends_at),
            info.establishment,
            p.place,
        ]
        for info in found.episodes
        for p in info.placements
    ]


def _escorts(found: _File) -> Rows:
    bodies = {body.body_id: body.name for body in authority.bodies()}
    rows: Rows = []
    for info in found.episodes:
        results = {r.escort_id: r.outcome for r in info.court_returns}
        for e in info.escorts:
            where = e.destination or bodies.get(e.destination_body_id or 0, "")
            outcome = e.outcome or results.get(e.escort_id, "")
            rows.append(
                [
                    instant_text(e.left_at),
                    "" if e.returned_at is None else instant_text(e.returned_at),
                    ", ".join(part for part in (str(words.OUT_KINDS[e.kind]), where) if part),
                    str(words.OUTCOMES.get(outcome, outcome)),
                ]
            )
    return rows


def _absences(found: _File) -> Rows:
    ends = {
        "recaptured": _("Recaptured"),
        "surrendered": _("Gave themself up"),
        "custody_ended": _("Custody ended"),
    }
    return [
        [
            instant_text(a.starts_at),
            "" if a.ends_at is None else instant_text(a.ends_at),
            ends.get(a.end_kind, ""),
        ]
        for info in found.episodes
        for a in info.absences
    ]


def _injuries(found: _File) -> Rows:
    """What was seen and what the prisoner said; not whom he or she named."""
    rows: Rows = []
    for info in found.episodes:
        rows += [
            [
                instant_text(i.seen_at),
                ": ".join(part for part in (i.body_area, i.description) if part),
                (i.complaint or _("Yes")) if i.complaint_of_ill_treatment else "",
            ]
            for i in info.injuries
        ]
    return rows


def _property(found: _File) -> Rows:
    reached = sorted(visible_ids(found.viewer, "property.view", found.ids))
    items = [i for one in reached for i in property_room.property_of(found.viewer, one)]
    items.sort(key=lambda item: (item.taken_in_at, item.item_id))
    return [
        [
            quantity, what, amount, instant_text(item.taken_in_at),
            "" if item.given_back_at is None else instant_text(item.given_back_at),
        ]
        for (quantity, what, _condition, amount), item in zip(
            item_rows(items), items, strict=True
        )
    ]  # fmt: skip


def _flags(found: _File) -> Rows:
    up = safety.flags(found.viewer, [found.person_id]).get(found.person_id, [])
    return [
        [str(words.FLAGS[flag.kind]), instant_text(flag.starts_at, "date")]
        for flag in up
        if flag.kind in MAY_BE_TOLD
    ]


def _contacts(found: _File) -> Rows:
    """Those whom the prisoner named are other people: how many of a kind, and nothing else."""
    counts: dict[str, int] = {}
    for contact in found.detail.contacts:
        counts[contact.kind] = counts.get(contact.kind, 0) + 1
    return [[str(word("contact", kind)), count] for kind, count in sorted(counts.items())]


def _use(found: _File) -> Rows:
    use = use_of_file(found.viewer, found.person_id, joined_ids=found.ids)
    return [_used(_("Changed"), use.changed), _used(_("Read"), use.read)]


def _used(label: str, use: FileUse) -> list[object]:
    return [
        label, use.times, use.people,
        "" if use.first_at is None else instant_text(use.first_at),
        "" if use.last_at is None else instant_text(use.last_at),
    ]  # fmt: skip
