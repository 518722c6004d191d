"""Everything that happened to one person, from all rooms, newest first."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pims.assurance import selectors as assurance
from pims.assurance.web.rows import how_ended
from pims.authority import selectors as authority
from pims.authority.web.words import END_KINDS, FALLS, ORDER_KINDS, basis_text, kind_label
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.kernel.asof import AsOf
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.property import selectors as property_room
from pims.release.selectors.amendments import discharges_put_right
from pims.ui import wording
from pims.ui.shapes import TimelineItem


def timeline_of(
    viewer: Actor, person_id: int, establishment_id: int, as_of: AsOf
) -> list[TimelineItem]:
    """The entries of every room that this viewer may look into, up to T, newest first."""
    items = [
        *_people(viewer, person_id, as_of),
        *_custody(viewer, person_id, as_of),
        *_denials(viewer, person_id, as_of),
        *_authority(viewer, person_id, establishment_id, as_of),
        *_discharges(viewer, person_id, as_of),
        *_property(viewer, person_id, as_of),
        *_alarms(viewer, person_id, as_of.known_at),
    ]
    return sorted(
        (item for item in items if item.at <= as_of.valid_at),
        key=lambda item: item.at,
        reverse=True,
    )


def _people(viewer: Actor, person_id: int, as_of: AsOf) -> Iterable[TimelineItem]:
    language = get_language() or "en"
    for fact in people.timeline(viewer, person_id, as_of):
        title = wording.render(Reason(fact.code, fact.params), language)
        yield TimelineItem(fact.at, title, tone="quiet")


def _custody(viewer: Actor, person_id: int, as_of: AsOf) -> Iterable[TimelineItem]:
    language = get_language() or "en"
    for fact in custody.timeline(viewer, person_id, as_of):
        yield TimelineItem(fact.at, wording.render(Reason(fact.code, fact.params), language))


def _denials(viewer: Actor, person_id: int, as_of: AsOf) -> Iterable[TimelineItem]:
    """Who said that it is somebody else: shown for good, whatever was decided about it."""
    if not viewer.can("custody.view"):
        return
    for check in custody.identity_checks(viewer, person_id, as_of):
        if not check.matched:
            yield TimelineItem(
                check.at,
                _("Identity check: this is somebody else"),
                ", ".join(check.officers),
                tone="alarm",
            )


def _authority(
    viewer: Actor, person_id: int, establishment_id: int, as_of: AsOf
) -> Iterable[TimelineItem]:
    if not viewer.can("authority.view"):
        return
    zone = facilities.time_zone(establishment_id)
    for paper in authority.warrants_of([person_id], zone=zone, as_of=as_of).get(person_id, []):
        url = reverse("authority:warrant", args=[paper.warrant_id])
        yield TimelineItem(
            paper.received_at,
            _("Warrant received: %(kind)s") % {"kind": kind_label(paper.kind)},
            f"{paper.body_name} {paper.reference}".strip(),
            url=url,
            tone="warn" if paper.defects else "info",
        )
        if paper.ends_at is not None:
            yield TimelineItem(
                paper.ends_at,
                _("Warrant ended: %(how)s") % {"how": END_KINDS[paper.end_kind]},
                basis_text(paper.end_basis),
                url=url,
            )
    orders = authority.release_orders([person_id], known_at=as_of.known_at)
    for order in orders.get(person_id, []):
        yield TimelineItem(
            order.received_at,
            _("Release order received: %(kind)s") % {"kind": ORDER_KINDS[order.kind]},
            f"{order.body_name} {order.reference}".strip(),
            url=reverse("authority:order", args=[order.release_order_id]),
            tone="ok" if order.withdrawn_at is None else "quiet",
        )
        if order.withdrawn_at is not None:
            yield TimelineItem(
                order.withdrawn_at,
                _("Release order fell: %(how)s") % {"how": FALLS.get(order.withdrawn_how, "")},
                order.withdrawn_reason,
                url=reverse("authority:order", args=[order.release_order_id]),
                tone="warn",
            )


def _discharges(viewer: Actor, person_id: int, as_of: AsOf) -> Iterable[TimelineItem]:
    language = get_language() or "en"
    for fact in discharges_put_right(viewer, person_id, as_of):
        yield TimelineItem(
            fact.at,
            wording.render(Reason(fact.code, fact.params), language),
            url=reverse("release:discharged", args=[fact.discharge_id]),
            tone="warn",
        )


def _property(viewer: Actor, person_id: int, as_of: AsOf) -> Iterable[TimelineItem]:
    if not viewer.can("property.view"):
        return
    taken: dict[object, list[str]] = {}
    for item in property_room.property_of(viewer, person_id, known_at=as_of.known_at):
        taken.setdefault(item.taken_in_at, []).append(item.description)
        if item.given_back_at is not None:
            yield TimelineItem(
                item.given_back_at, _("Property given back"), item.description, tone="quiet"
            )
    for at, what in taken.items():
        yield TimelineItem(at, _("Property taken in"), ", ".join(what), tone="quiet")  # type: ignore[arg-type]


def _alarms(viewer: Actor, person_id: int, known_at: datetime | None) -> Iterable[TimelineItem]:
    """The instants of an alarm are those of its recording."""
    if not viewer.can("assurance.view"):
        return
    short = "es" if (get_language() or "en").startswith("es") else "en"
    for alarm in assurance.alarms_of(viewer, person_id, ended=True):
        if known_at is not None and alarm.raised_at > known_at:
            continue
        label = alarm.kind.label[short]
        yield TimelineItem(
            alarm.raised_at,
            _("Alarm: %(kind)s") % {"kind": label},
            url=reverse("assurance:alarm", args=[alarm.alarm_id]),
            tone="alarm",
        )
        if alarm.ended_at is not None and (known_at is None or alarm.ended_at <= known_at):
            yield TimelineItem(
                alarm.ended_at,
                _("Alarm ended: %(kind)s") % {"kind": label},
                how_ended(alarm),
                tone="ok",
            )
