"""Ways from an alarm to a page: each gives an address, "" where there is none for this viewer."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.urls import reverse

from pims.assurance.selectors import AlarmInfo
from pims.authority import selectors as authority
from pims.courts import selectors as courts
from pims.custody import selectors as custody
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel.errors import NotFound, NotPermitted
from pims.people import selectors as people
from pims.release import selectors as release
from pims.release.selectors import preparations

Way = Callable[[Actor, AlarmInfo], str]


def order_ids(alarm: AlarmInfo) -> list[str]:
    """The orders that the proof names: O of the courts, W a warrant, R a release order."""
    found = alarm.params.get("orders")
    return [str(one) for one in found] if isinstance(found, list) else []


def person(name: str, *more: str) -> Way:
    def way(_viewer: Actor, alarm: AlarmInfo) -> str:
        return "" if alarm.person_id is None else reverse(name, args=[alarm.person_id, *more])

    return way


def episode(name: str, *more: str) -> Way:
    def way(_viewer: Actor, alarm: AlarmInfo) -> str:
        return "" if alarm.episode_id is None else reverse(name, args=[alarm.episode_id, *more])

    return way


def listed(name: str) -> Way:
    return lambda _viewer, _alarm: reverse(name)


def key(name: str) -> Way:
    """The key of the alarm is the id of the thing."""
    return lambda _viewer, alarm: reverse(name, args=[int(alarm.key.partition("@")[0])])


def record(viewer: Actor, alarm: AlarmInfo) -> str:
    """The person's file, where there is no one page."""
    if alarm.person_id is None:
        return ""
    head = people.person_headers(viewer, [alarm.person_id], brief=True).get(alarm.person_id)
    return "" if head is None else reverse("prisoner", args=[head.number])


def order(viewer: Actor, alarm: AlarmInfo) -> str:
    """The first of the orders that has a page, else the person's papers."""
    found = _of_courts(alarm)
    return reverse("courts:order", args=[found[0]]) if found else _COURTS(viewer, alarm)


def reading(_viewer: Actor, alarm: AlarmInfo) -> str:
    found = _of_courts(alarm)
    return reverse("courts:read", args=[found[0]]) if found else reverse("courts:readings")


def differing_reading(viewer: Actor, alarm: AlarmInfo) -> str:
    """The two readings side by side, where the difference is settled."""
    for order_id in _of_courts(alarm):
        found = _order(viewer, order_id)
        if found is not None and found.reading is not None:
            return reverse("courts:reading", args=[found.reading.reading_id])
    return reverse("courts:readings")


def end_of_order(viewer: Actor, alarm: AlarmInfo) -> str:
    """An order without its end: of one that holds to a hearing the next date is recorded, another
    is asked about on its own page."""
    for one in order_ids(alarm):
        if one[:1] == "W" and one[1:].isdigit():
            return reverse("authority:next", args=[int(one[1:])])
    for order_id in _of_courts(alarm):
        found = _order(viewer, order_id)
        if found is None or found.warrant_name_id is None:
            continue
        if "next_date" in order_kinds()[found.kind].must:
            return reverse("authority:next", args=[found.warrant_name_id])
    return order(viewer, alarm)


def undecided_paper(_viewer: Actor, alarm: AlarmInfo) -> str:
    """The defective paper that nobody has decided on."""
    if alarm.person_id is None or alarm.establishment_id is None:
        return reverse("authority:index")
    root = people.canonical_id(alarm.person_id)
    zone = facilities.time_zone(alarm.establishment_id)
    for one in authority.warrants_of([root], zone=zone).get(root, ()):
        if one.state == "as_received" and one.defects and one.ends_at is None:
            return reverse("authority:warrant", args=[one.warrant_id])
    return reverse("authority:index")


def hearing(_viewer: Actor, alarm: AlarmInfo) -> str:
    number = str(alarm.params.get("hearing", ""))
    if number[:1] == "H" and number[1:].isdigit():
        return reverse("courts:outcome", args=[int(number[1:])])
    return reverse("courts:without_outcome")


def step_of_admission(viewer: Actor, alarm: AlarmInfo) -> str:
    """The first step that is still to do."""
    if alarm.episode_id is None:
        return ""
    try:
        row = custody.admission(viewer, alarm.episode_id)
    except (NotFound, NotPermitted):
        return ""
    if row.next_step is None:
        return reverse("custody:admission", args=[alarm.episode_id])
    return reverse("custody:admission_step", args=[alarm.episode_id, row.next_step])


def preparation(viewer: Actor, alarm: AlarmInfo) -> str:
    """The person's own preparation, else the list of all."""
    where = alarm.establishment_id
    if where is not None and viewer.can_at("release.view", where):
        for row in preparations.open_preparations(viewer, where):
            if row.episode_id == alarm.episode_id:
                return reverse("release:preparation", args=[row.preparation_id])
    return reverse("release:preparations")


def message(_viewer: Actor, alarm: AlarmInfo) -> str:
    """The message of another agency that the alarm is about, which is its key."""
    try:
        return reverse("exchange:message", args=[UUID(alarm.key)])
    except ValueError:
        return reverse("exchange:inbox")


def end_of_custody(viewer: Actor, alarm: AlarmInfo) -> str:
    """How the stay ended: its discharge, else the end that the gate or the desk recorded."""
    if alarm.episode_id is None:
        return record(viewer, alarm)
    found = release.discharge_of_episode(viewer, alarm.episode_id)
    if found is not None:
        return reverse("release:discharged", args=[found.discharge_id])
    end = custody.end_of_stay(viewer, alarm.episode_id)
    if end is not None:
        return reverse("custody:end", args=[end.end.end_id])
    return record(viewer, alarm)


def _of_courts(alarm: AlarmInfo) -> Sequence[int]:
    return [int(one[1:]) for one in order_ids(alarm) if one[:1] == "O" and one[1:].isdigit()]


def _order(viewer: Actor, order_id: int) -> courts.OrderInfo | None:
    try:
        return courts.order(viewer, order_id)
    except (NotFound, NotPermitted):
        return None


_COURTS = person("courts:person")
