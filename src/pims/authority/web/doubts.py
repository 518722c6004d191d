"""What makes an officer look at the paper again before it is saved; the record never refuses it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from pims.authority import rules, selectors
from pims.authority.web.written import Written
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import clock
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.ui.dates import day_text
from pims.ui.doubts import Doubt

# A paper older than this when it is received, or that began to hold so long before.
LONG_PAST_YEARS = 2
# How many days ahead of its receipt a day on a paper may lie before somebody looks again. No rule:
# a slip of the keys in a year keeps a person inside for as long, and no alarm comes before it.
APPEARANCE_AHEAD = 120
UNTIL_AHEAD = {"convicted": 25 * 365}
UNTIL_AHEAD_ELSE = 3 * 365
# The defects that are asked about, with the box to look at.
ASKED = {
    rules.OUT_OF_ORDER: "until",
    rules.CONTRADICTS: "next_appearance",
    "date_before_birth": "dated",
    "date_passed": "next_appearance",
    "date_in_the_future": "dated",
}
SHOWN_NAMES = 3


def paper_doubts(
    viewer: Actor,
    given: Mapping[str, Any],
    names: Sequence[Any],
    *,
    establishment_id: int,
    impossible: Mapping[str, Written],
    labels: Mapping[str, Any],
) -> list[Doubt]:
    """The doubts about a warrant as typed: impossible dates, order, age, birth, and its likes."""
    zone = ZoneInfo(facilities.time_zone(establishment_id))
    doubts = [
        Doubt(
            Reason("authority.doubt_impossible_date", {"box": str(labels[box]), "text": w.text}),
            _box(box),
        )
        for box, w in impossible.items()
    ]
    found = _read_off(given, names, zone)
    dates = {
        name: day_text(given[name]) if given[name] else "—" for name in ("until", "next_appearance")
    }
    dates |= {"dated": day_text(given["dated"]) if given["dated"] else "—"}
    doubts += [
        Doubt(Reason(f"authority.doubt_{code}", dates), _box(box))
        for code, box in ASKED.items()
        if code in found
    ]
    doubts += _long_past(given, zone, labels)
    doubts += _far_ahead(given, zone, labels)
    return doubts + _likes(viewer, given, {name.person_id for name in names})


def _read_off(given: Mapping[str, Any], names: Sequence[Any], zone: ZoneInfo) -> set[str]:
    body = next(b for b in selectors.bodies() if b.body_id == given["body_id"])
    return selectors.read_off(
        kind=given["kind"],
        body_kind=body.kind,
        dated=given["dated"],
        received_at=given["received_at"],
        names=names,
        zone=zone,
    )


def _long_past(given: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[str, Any]) -> list[Doubt]:
    received = _day(given["received_at"], zone)
    found = []
    for box in ("dated", "starts_at", "received_at"):
        day = None if given[box] is None else _day(given[box], zone)
        against = _today(zone) if box == "received_at" else received
        if day is not None and (years := _years(day, against)) >= LONG_PAST_YEARS:
            params = {"box": str(labels[box]), "day": day_text(day), "years": years}
            found.append(Doubt(Reason("authority.doubt_long_past", params), _box(box)))
    return found


def _far_ahead(given: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[str, Any]) -> list[Doubt]:
    status = warrant_kinds()[given["kind"]].legal_status
    most = {
        "next_appearance": APPEARANCE_AHEAD,
        "until": UNTIL_AHEAD.get(status, UNTIL_AHEAD_ELSE),
    }
    return [
        doubt
        for box, days in most.items()
        if given[box] is not None
        for doubt in far_ahead(given[box], _day(given["received_at"], zone), days, box, labels[box])
    ]


def far_ahead(day: date, after: date, most_days: int, box: str, label: Any) -> list[Doubt]:
    """Whether a day lies so far after another that its year may be a slip of the keys."""
    ahead = (day - after).days
    if ahead <= most_days:
        return []
    params = {"box": str(label), "day": day_text(day), "days": f"{ahead:,}"}
    return [Doubt(Reason("authority.doubt_far_ahead", params), _box(box))]


def _likes(viewer: Actor, given: Mapping[str, Any], whom: set[int]) -> list[Doubt]:
    likes = selectors.papers_like(
        viewer, body_id=given["body_id"], reference=given["reference"] or ""
    )
    ids = [i for like in likes for i in like.person_ids]
    if not likes:
        return []
    code = "authority.doubt_same_paper" + ("_again" if set(ids) & whom else "")
    heads = people.person_headers(viewer, ids, brief=True)
    named = [f"{h.display_name} {h.number}" for h in heads.values()]
    others = len(set(ids)) - len(named) + sum(like.hidden for like in likes)
    more = others + max(0, len(named) - SHOWN_NAMES)
    shown = named[:SHOWN_NAMES] + ([gettext("%(count)s more") % {"count": more}] if more else [])
    params = {"reference": given["reference"].strip(), "names": "; ".join(shown)}
    return [Doubt(Reason(code, params), _box("reference"))]


def _box(name: str) -> str:
    dates = ("until", "next_appearance", "dated", "starts_at", "received_at")
    return f"id_{name}_day" if name in dates else f"id_{name}"


def _day(value: date | datetime, zone: ZoneInfo) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _today(zone: ZoneInfo) -> date:
    return clock.now().astimezone(zone).date()


def _years(early: date, late: date) -> int:
    return late.year - early.year - ((late.month, late.day) < (early.month, early.day))
