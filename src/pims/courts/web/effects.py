"""What an order did to custody, in plain words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from pims.authority import selectors as authority
from pims.authority.web.words import kind_label
from pims.courts import selectors
from pims.courts.selectors import OrderInfo
from pims.courts.selectors.pages import OrderFile
from pims.courts.web import words
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound
from pims.ui.dates import day_text, last_day, until_text


@dataclass(frozen=True, slots=True)
class Effect:
    """`tone` is a panel's. `lines` say what it did, the first in one sentence; `url` opens what it
    made, and `verify` is whether the registry is still to be called."""

    tone: str
    lines: tuple[str, ...]
    url: str = ""
    link: str = ""
    verify: bool = False


def effect_of(viewer: Actor, file: OrderFile, *, now: datetime) -> Effect:
    """What the order does to custody as things stand."""
    order = file.order
    if not order.stands:
        return Effect("quiet", (gettext("It does nothing any more: it does not stand."),))
    if order.warrant_name_id is not None:
        return _detains(viewer, order, now)
    if order.effect == "frees":
        return _frees(viewer, order)
    return Effect("quiet", (_notes(order),))


def _detains(viewer: Actor, order: OrderInfo, now: datetime) -> Effect:
    zone = facilities.time_zone(order.establishment_id)
    found = authority.warrants_of([order.person_id], zone=zone).get(order.person_id, [])
    brief = next((b for b in found if b.warrant_name_id == order.warrant_name_id), None)
    if brief is None:
        raise NotFound("warrant", order.warrant_name_id)
    lines = []
    if brief.ends_at is not None:
        lines.append(gettext("It detains nobody any more."))
    elif brief.detains is None:
        lines.append(gettext("It does not say until when it detains: it detains nobody."))
    elif brief.detains.end is None:
        lines.append(gettext("It detains. No end is named."))
    elif brief.detains.end <= now:
        lines.append(
            gettext("It detained until %(day)s. That day is over.")
            % {"day": day_text(last_day(brief.detains.end, zone))}
        )
    else:
        lines.append(
            gettext("It detains until %(day)s.") % {"day": until_text(brief.detains.end, zone)}
        )
    counted = order.effect == "sentence" and order.until is None and order.sentences
    if counted and brief.until is not None:
        lines.append(gettext("That is the end of the terms as written, without credit or remission:"
                             " the calculation says when the release is due."))  # fmt: skip
    if counted and any(one.undated for one in order.sentences):
        lines.append(
            gettext(
                "The paper bears no date: its terms are counted from the day on which it came,"
                " which may be too long. Ask the court."
            )
        )
    if brief.state == "as_received":
        lines.append(
            gettext("The officer in charge is to decide on the paper: act on it, or return it.")
        )
    if order.amount_cents:
        lines.append(gettext("%(amount)s frees.") % {"amount": words.dollars(order.amount_cents)})
    ended = [b for b in found if b.warrant_name_id in order.ended_warrant_name_ids]
    lines += [
        gettext("It took the place of: %(paper)s.")
        % {"paper": f"{kind_label(b.kind)} {b.reference}".strip()}
        for b in ended
    ]
    standing = brief.ends_at is None and brief.detains is not None
    url = reverse("authority:warrant", args=[brief.warrant_id])
    return Effect(
        "plain" if standing else "warn",
        tuple(lines),
        url if viewer.can("authority.view") else "",
        gettext("The warrant that it is"),
    )


def _frees(viewer: Actor, order: OrderInfo) -> Effect:
    if order.release_order_id is None:
        if order.confirmed_at is not None:
            return Effect("plain", (gettext("The registry confirmed it: what it ends is over."),))
        mine = selectors.unconfirmed([order.person_id]).get(order.person_id, [])
        ends = next((one.ends for one in mine if one.order_id == order.order_id), 0)
        if ends:
            return _waits(viewer, order, ends)
        return Effect(
            "warn",
            (
                gettext("It frees from no warrant: nobody knows which one it is about."),
                gettext("Record it again and choose the warrants that it ends."),
            ),
        )
    zone = facilities.time_zone(order.establishment_id)
    made = authority.release_orders([order.person_id]).get(order.person_id, [])
    release = next((r for r in made if r.release_order_id == order.release_order_id), None)
    if release is None:
        raise NotFound("release_order", order.release_order_id)
    papers = authority.warrants_of([order.person_id], zone=zone).get(order.person_id, [])
    frees = [b for b in papers if b.warrant_name_id in release.warrant_name_ids]
    others = [
        b
        for b in papers
        if b.ends_at is None and b.state != "void" and b not in frees and not release.ends_all
    ]
    lines = [
        gettext("It frees from: %(papers)s.")
        % {"papers": "; ".join(f"{kind_label(b.kind)} {b.reference}".strip() for b in frees)}
        if frees
        else gettext("It frees from every warrant.")
        if release.ends_all
        else gettext("It does not say from which warrant it frees: say so on the release order.")
    ]
    if release.state == "received":
        lines.append(gettext("It is not verified yet: call the registry on its stored number."))
    if others and release.state != "acted_on":
        lines.append(
            gettext("It frees nobody by itself: %(papers)s holds too.")
            % {"papers": "; ".join(f"{kind_label(b.kind)} {b.reference}".strip() for b in others)}
        )
    return Effect(
        "plain",
        tuple(lines),
        reverse("authority:order", args=[order.release_order_id])
        if viewer.can("authority.view")
        else "",
        gettext("The release order that it is"),
        verify=release.state == "received",
    )


def _waits(viewer: Actor, order: OrderInfo, ends: int) -> Effect:
    """An order that frees from a part: nothing falls before the registry was called."""
    lines = (
        ngettext(
            "It ends %(count)s order or sentence once the registry has confirmed it.",
            "It ends %(count)s orders or sentences once the registry has confirmed it.",
            ends,
        )
        % {"count": ends},
        gettext("Until then everything holds on: call the registry on its stored number."),
    )
    may = viewer.can("courts.settle")
    return Effect(
        "warn",
        lines,
        reverse("courts:confirm", args=[order.order_id]) if may else "",
        gettext("The registry confirmed it"),
        verify=True,
    )


def _notes(order: OrderInfo) -> str:
    waits: dict[str, Any] = {
        "bail_granted": gettext("It changes nothing until bail is taken up: the warrant holds on."),
        "bail_awaiting_surety": gettext("It changes nothing until the surety comes."),
        "bail_pending_appeal": gettext(
            "It changes nothing until bail is taken up: the sentence holds on."
        ),
    }
    return str(waits.get(order.kind, gettext("It changes nothing about custody by itself.")))
