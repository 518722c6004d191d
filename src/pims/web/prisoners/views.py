"""The prisoner page: one person, everything that this viewer may see of them."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pims.assurance import selectors as assurance
from pims.assurance.web.rows import alarm_rows
from pims.authority import selectors as authority
from pims.authority.web import words as authority_words
from pims.authority.web.withheld import HELD_BACK, withheld, withheld_persons
from pims.custody import selectors as custody
from pims.custody.web.ends import end_facts
from pims.custody.web.identity import identity_of
from pims.custody.web.words import END_KINDS, NOT_RETURNED, OUT_KINDS, OUTCOMES
from pims.exchange.web.disclosures import told_outside
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import system_actor, user_names
from pims.foundation.ledger import selectors as ledger
from pims.foundation.ledger.append import append_read
from pims.foundation.ledger.reads import shows
from pims.foundation.vault import selectors as vault
from pims.foundation.vault.rules import SEAL
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.kernel.errors import NotFound, PimsError
from pims.kernel.periods import Period
from pims.people import selectors as people
from pims.people.selectors import PersonHeader
from pims.property import selectors as property_room
from pims.release import selectors as release
from pims.release.selectors.released_in_error import open_error_of
from pims.safety import selectors as safety
from pims.ui import wording
from pims.ui.pages import page
from pims.ui.shapes import Bar, Column, Fact, Flag, NavItem, Tone
from pims.web.prisoners.asof import Looking, looking_at, not_known_then
from pims.web.prisoners.timeline import timeline_of

VIEW, READERS = "people.view", "ledger.view"

BAR_TONES: dict[str, Tone] = {
    "convicted": "dark",
    "unsentenced": "info",
    "immigration": "warn",
    "emergency": "warn",
}


@page(permission=VIEW)
def overview(request: Any, number: str) -> HttpResponse:
    """Where, why, until when, what is alarming, what can be done."""
    header, looking, moved = _open(request, number, "overview")
    if moved is not None:
        return moved
    person_id = header.person_id
    viewer: Actor = request.actor
    episodes = custody.episodes(viewer, person_id, looking.as_of, places_alone=True)
    current = next((e for e in episodes if _held(e, looking)), None)
    # Newest first, so who is not held now is looked at where they were last.
    last = current or next(iter(episodes), None)
    where = request.establishment_id if last is None else last.episode.establishment_id
    unread = ""
    if viewer.can("authority.view"):
        unread = withheld_persons(viewer, [person_id]).get(person_id, "")
    shell = _shell(request, header, looking, "overview")
    context = shell | {
        "alarms": alarm_rows(viewer, assurance.alarms_of(viewer, person_id))
        if viewer.can("assurance.view") and not looking.past
        else [],
        "current": current,
        "facts": [
            *_elsewhere(current, request.establishment_id),
            *_lawful(viewer, person_id, current, where, looking, unread),
            *_place(current, looking, away=shell["identity"].away),
            *_noted(viewer, person_id, looking),
        ],
        "ended": None if current is not None else _ended(viewer, person_id, looking),
        "may": {
            name: viewer.can(permission) and not looking.joined_into
            for name, permission in {
                "record": "authority.record",
                "place": "custody.place",
                "escort": "custody.escort",
                "event": "custody.record_event",
                "release": "release.prepare",
                "admit": "custody.admit",
                "print": "documents.print",
                "verify": "biometrics.verify",
            }.items()
        },
        "case_id": None
        if current is None or not viewer.can("release.view")
        else release.open_case_of(viewer, current.episode.episode_id),
        "keep_aparts": _keep_aparts(viewer, person_id, looking),
        "error_id": None
        if looking.past or looking.joined_into or not viewer.can("custody.receive")
        else open_error_of(viewer, person_id),
    }
    if viewer.can("authority.view") and where is not None:
        context |= _warrants(viewer, person_id, episodes, where, looking, unread)
    return render(request, "prisoners/overview.html", context)


@page(permission=VIEW)
def timeline_page(request: Any, number: str) -> HttpResponse:
    header, looking, moved = _open(request, number, "timeline")
    if moved is not None:
        return moved
    person_id = header.person_id
    context = _shell(request, header, looking, "timeline")
    context["items"] = timeline_of(
        request.actor, person_id, request.establishment_id, looking.as_of
    )
    return render(request, "prisoners/timeline.html", context)


@page(permission=VIEW)
def who(request: Any, number: str) -> HttpResponse:
    """Names, birth, documents, family, marks: the parts of the people room."""
    header, looking, moved = _open(request, number, "who")
    if moved is not None:
        return moved
    person_id = header.person_id
    context = _shell(request, header, looking, "who")
    context["detail"] = people.person_detail(request.actor, person_id, looking.as_of)
    context["may_edit"] = request.actor.can("people.edit") and not looking.past
    context["may_merge"] = request.actor.can("people.merge") and not looking.past
    return render(request, "prisoners/who.html", context)


@page(permission="custody.view")
def custody_page(request: Any, number: str) -> HttpResponse:
    """Every custody episode with its placements, escorts, injuries and property."""
    header, looking, moved = _open(request, number, "custody")
    if moved is not None:
        return moved
    person_id = header.person_id
    viewer = request.actor
    found = custody.episodes(viewer, person_id, looking.as_of)
    context = _shell(request, header, looking, "custody") | {
        "episodes": list(reversed(found)),
        "property": property_room.property_of(
            viewer, person_id, known_at=looking.as_of.known_at
        )
        if viewer.can("property.view")
        else [],
        "out_kinds": OUT_KINDS,
        "outcomes": OUTCOMES | END_KINDS | {"escaped": OUT_KINDS["at_large"]},
        "kept_by": NOT_RETURNED,
        "end_facts": {
            info.end.end_id: end_facts(info.end) for info in found if info.end is not None
        },
        "end_kinds": END_KINDS,
        "may_take_back": viewer.can("custody.correct") and not looking.past,
        "bodies": {body.body_id: body.name for body in authority.bodies()},
        "may_print": viewer.can("documents.print") and not looking.joined_into,
        "may_correct": viewer.can("custody.receive") and not looking.past,
        "placement_columns": [
            Column(_("From")), Column(_("Until")), Column(_("Place")), Column(_("Remarks")),
        ],
        "escort_columns": [
            Column(_("Left")), Column(_("Back")), Column(_("Where")), Column(_("Outcome")),
        ],
        "item_columns": [
            Column(_("Item")), Column(_("Quantity"), numeric=True), Column(_("Taken in")),
            Column(_("Given back")),
        ],
    }  # fmt: skip
    return render(request, "prisoners/custody.html", context)


@page(permission=READERS)
def access(request: Any, number: str) -> HttpResponse:
    """Who read and who changed this file: for the prisoner who asks."""
    header, looking, moved = _open(request, number, "access")
    if moved is not None:
        return moved
    person_id = header.person_id
    entries = ledger.entries_for_person(request.actor, person_id, limit=200)
    reads = ledger.who_read(request.actor, person_id)
    names = user_names({e.actor_id for e in entries} | {r.actor_id for r in reads})
    context = _shell(request, header, looking, "access") | {
        "entries": [
            (entry, names.get(entry.actor_id, "—"), words_of("done", entry.kind))
            for entry in entries
        ],
        "reads": [
            (read, names.get(read.actor_id, "—"), words_of("read", read.page)) for read in reads
        ],
        "columns": [Column(_("When")), Column(_("Who")), Column(_("What"))],
        "may_print": request.actor.can("documents.print"),
        "told": told_outside(request.actor, person_id, get_language() or "en")
        if request.actor.can("exchange.disclosures")
        else None,
        "told_columns": [
            Column(_("When")), Column(_("Agency")), Column(_("Purpose")), Column(_("Who asked")),
            Column(_("What it was told")),
        ],
    }  # fmt: skip
    return render(request, "prisoners/access.html", context)


def words_of(what: str, code: str) -> str:
    """What was done or read, in the reader's language; the bare code where it has no words.

    A page without words of its own is told by those of its room.
    """
    for known in (f"{what}.{code}", f"{what}.{code.partition('.')[0]}"):
        if known in wording.catalogue():
            return wording.render(Reason(known), get_language() or "en")
    return code


def _open(
    request: Any, number: str, what: str
) -> tuple[PersonHeader, Looking, HttpResponseRedirect | None]:
    """The person of the number, with the read in the ledger; an old number leads to the new.

    Raises NotFound, also for who is sealed, and ErasedByOrder.
    """
    try:
        person_id = people.resolve_number(request.actor, number)
    except NotFound:
        _tell_of_erasure(number)
        raise
    looking = looking_at(request.GET)
    now = people.person_headers(request.actor, [person_id])[person_id]
    header = now
    if looking.past:
        known_at = looking.as_of.known_at
        record_id = people.resolve_number(request.actor, number, known_at=known_at)
        then = people.person_headers(request.actor, [record_id], looking.as_of).get(record_id)
        if then is None:
            looking = not_known_then(looking)
        elif record_id != person_id:
            looking = replace(looking, joined_into=now.number)
        header = then or header
    if header.number != number:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        address = reverse("prisoner", args=[header.number]) + query
        return header, looking, HttpResponseRedirect(address)
    append_read(
        actor_id=request.actor.user_id,
        page=f"prisoner.{what}",
        person_ids=[header.person_id],
        establishment_id=request.establishment_id,
        at=clock.now(),
    )
    return header, looking, None


class ErasedByOrder(PimsError):
    """Nothing is left of this number's record but that it was erased."""

    code = "vault.tombstone"
    http_status = 410

    def __init__(self, tombstone: vault.Tombstone) -> None:
        super().__init__(self.code)
        self.tombstone = tombstone

    def reasons(self) -> tuple[Reason, ...]:
        stone = self.tombstone
        return (
            Reason(
                self.code,
                {
                    "at": stone.erased_at,
                    "body": stone.order_body or "—",
                    "reference": stone.order_reference,
                },
            ),
        )


def _tell_of_erasure(number: str) -> None:
    """Whoever follows an old number is told that it was erased, and by what order."""
    try:
        person_id = people.resolve_number(system_actor(), number)
    except NotFound:
        return
    if stone := vault.tombstones([person_id]).get(person_id):
        raise ErasedByOrder(stone)


def _shell(request: Any, header: PersonHeader, looking: Looking, current: str) -> dict[str, Any]:
    number, person_id = header.number, header.person_id
    parts = [
        ("overview", "prisoner", _("Overview"), VIEW),
        ("timeline", "prisoner_timeline", _("Timeline"), VIEW),
        ("who", "prisoner_who", _("Who this is"), VIEW),
        ("fingerprints", "biometrics:enrol", _("Fingerprints"), "biometrics.view"),
        ("custody", "prisoner_custody", _("Custody"), "custody.view"),
        ("courts", "courts:person", _("Courts"), "courts.view"),
        ("sentences", "sentences:person", _("Release dates"), "sentences.view"),
        ("safety", "safety:person", _("Safety"), "safety.view"),
        ("property", "property:person", _("Property"), "property.view"),
        ("access", "prisoner_access", _("Who looked"), READERS),
    ]
    query = request.GET.urlencode() if looking.past else ""
    as_of = looking.as_of if looking.past else None
    identity = identity_of(request.actor, person_id, header=header, as_of=as_of)
    return {
        "person_id": person_id,
        "number": number,
        "sealed": vault.is_sealed(person_id),
        "orders_url": reverse("administration:record", args=[number])
        if request.actor.can(SEAL)
        else "",
        "identity": replace(identity, url=""),
        "parts": [
            NavItem(
                label,
                reverse(name, args=[person_id if ":" in name else number])
                + (f"?{query}" if query else ""),
                current=key == current,
            )
            for key, name, label, permission in parts
            # The pages of the rooms show what is, and of a joined record that is the other's.
            if request.actor.can(permission) and not (looking.joined_into and ":" in name)
        ],
        "looking": looking,
    }


def _ended(viewer: Actor, person_id: int, looking: Looking) -> dict[str, Any] | None:
    """How custody last ended, in full, for who may see it; None for whoever was never held."""
    found = custody.last_end(person_id, looking.as_of if looking.past else None)
    if found is None or not viewer.can("custody.view"):
        return None
    brief, line = found
    if line is None:
        how = END_KINDS.get(brief.end_kind, _("Not recorded"))
        return {"facts": [Fact(_("Custody ended"), how), Fact(_("When"), brief.ends_at)]}
    return {"facts": end_facts(line.end), "url": reverse("custody:end", args=[line.end.end_id])}


def _keep_aparts(viewer: Actor, person_id: int, looking: Looking) -> list[tuple[Any, Any]]:
    """The pairs with the other's head, None where the viewer may not see that person."""
    if not viewer.can("safety.view"):
        return []
    as_of = looking.as_of if looking.past else None
    pairs = safety.keep_aparts_of(viewer, person_id, as_of=as_of)
    heads = people.person_headers(viewer, [pair.other_person_id for pair in pairs])
    shows(heads)
    return [(pair, heads.get(pair.other_person_id)) for pair in pairs]


def _held(info: Any, looking: Looking) -> bool:
    episode = info.episode
    at = looking.as_of.valid_at
    return bool(episode.starts_at <= at and (episode.ends_at is None or episode.ends_at > at))


def _elsewhere(current: Any, here: int | None) -> list[Fact]:
    """Where whoever is held is, if not at the establishment that is being worked at."""
    if current is None or current.episode.establishment_id == here:
        return []
    return [Fact(_("Establishment"), current.establishment)]


def _lawful(
    viewer: Actor,
    person_id: int,
    current: Any,
    where: int | None,
    looking: Looking,
    unread: str,
) -> list[Fact]:
    """`unread`: where an order is to be read again before any day of it is told; mostly nowhere."""
    facts = []
    if current is not None and where is not None and viewer.can("authority.view"):
        zone = facilities.time_zone(where)
        found = authority.legal_status([person_id], zone=zone, as_of=looking.as_of)[person_id]
        appears = found.next_appearance or _("None to come")
        until = authority_words.detained_until(found, zone)
        facts += [
            Fact(_("Legal status"), authority_words.status_label(found.code)),
            Fact(_("Next appearance"), HELD_BACK if unread else appears, url=unread),
            Fact(_("Detained until"), HELD_BACK if unread else until, url=unread),
        ]
    return facts


def _noted(viewer: Actor, person_id: int, looking: Looking) -> list[Fact]:
    if not viewer.can("safety.view"):
        return []
    up = safety.flags(viewer, [person_id], as_of=looking.as_of).get(person_id, [])
    notes = [flag.note for flag in up if flag.note]
    return [Fact(_("Notes on flags"), "; ".join(notes))] if notes else []


def _place(current: Any, looking: Looking, *, away: str) -> list[Fact]:
    """Since when held, and the place in a cell: whoever has none is in reception, or at large."""
    if current is None:
        return []
    at = looking.as_of.valid_at
    held = (
        p.place
        for p in current.placements
        if p.starts_at <= at and (p.ends_at is None or p.ends_at > at)
    )
    return [
        Fact(_("Received"), current.episode.starts_at),
        Fact(_("Cell place"), next(held, "—" if away == "at_large" else _("Reception"))),
    ]


def _warrants(
    viewer: Actor, person_id: int, episodes: Any, where: int, looking: Looking, unread: str
) -> dict[str, Any]:
    at, known_at = looking.as_of.valid_at, looking.as_of.known_at
    interests = authority.police_interests([person_id], known_at=known_at).get(person_id, [])
    orders = authority.release_orders([person_id], known_at=known_at).get(person_id, [])
    history = authority.warrant_history(
        viewer,
        person_id,
        # A stay that never was needs no authority.
        custody=[
            Period(e.episode.starts_at, e.episode.ends_at)
            for e in episodes
            if e.episode.end_kind != "never_held"
        ],
        establishment_id=where,
        as_of=looking.as_of,
    )
    hidden = withheld(viewer, history.bars) if unread else {}
    return {
        "bars": [
            Bar(
                f"{authority_words.kind_label(b.kind)} · {b.body_name}",
                b.detains.start,
                None if b.warrant_name_id in hidden else b.detains.end,
                BAR_TONES.get(b.legal_status, "info"),
                HELD_BACK if b.warrant_name_id in hidden else b.reference,
                reverse("authority:warrant", args=[b.warrant_id]),
            )
            for b in history.bars
            if b.detains is not None and b.detains.start <= at
        ],
        "gaps": history.gaps,
        "to_decide": [
            (b, authority_words.kind_label(b.kind)) for b in history.bars if b.may_detain_at(at)
        ],
        "now": at,
        "interests": [i for i in interests if not looking.past or i.raised_at <= at],
        "orders": [
            (o, Flag(authority_words.ORDER_STATES[o.state]), authority_words.odd_lines(o))
            for o in orders
            if not looking.past or o.received_at <= at
        ],
    }
