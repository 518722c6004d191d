"""What makes an officer look at a paper again before it is saved; the record never refuses it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import BaseForm
from django.utils.translation import gettext

from pims.authority import rules, selectors
from pims.authority.web.written import Written
from pims.facilities import selectors as facilities
from pims.foundation.access.actor import Actor
from pims.jurisdictions.warrant_kinds import warrant_kinds
from pims.kernel import clock, limits
from pims.kernel.decisions import Reason
from pims.people import selectors as people
from pims.ui.dates import day_text, instant_text
from pims.ui.doubts import Doubt
from pims.ui.names import name_and_number
from pims.ui.surprising import day_of, far_ahead, years_ago

# The defects that are asked about, with the box to look at.
ASKED = {
    rules.OUT_OF_ORDER: "until",
    rules.CONTRADICTS: "next_appearance",
    "date_before_birth": "dated",
    "date_passed": "next_appearance",
    "date_in_the_future": "dated",
}
# The box to look at, by what is odd about an order to release.
ODD = {
    "dated_in_the_future": "dated",
    "dated_after_receipt": "dated",
    "dated_long_ago": "dated",
    "received_before_hold": "received_at",
    "received_long_ago": "received_at",
    "body_cannot": "body_id",
    "other_court": "body_id",
    "higher_court": "body_id",
    "no_reference": "reference",
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
    doubts = _in_no_calendar("impossible_date", impossible, labels)
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
    return selectors.read_off(
        kind=given["kind"],
        body_kind=_body(given["body_id"]).kind,
        dated=given["dated"],
        received_at=given["received_at"],
        names=names,
        zone=zone,
    )


def _long_past(given: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[str, Any]) -> list[Doubt]:
    today = _day(clock.now(), zone)
    return [
        *_begins_long_before(given, zone, labels),
        *years_ago(
            _day(given["received_at"], zone),
            _box("received_at"),
            what=labels["received_at"],
            against=today,
            years=limits.PAPER_OLD_YEARS,
        ),
    ]


def _begins_long_before(
    given: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[str, Any]
) -> list[Doubt]:
    """Whether the paper is dated, or holds, from years before it came."""
    received = _day(given["received_at"], zone)
    return [
        doubt
        for box in ("dated", "starts_at")
        if given[box] is not None
        for doubt in years_ago(
            _day(given[box], zone),
            _box(box),
            what=labels[box],
            against=received,
            years=limits.PAPER_OLD_YEARS,
        )
    ]


def _far_ahead(given: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[str, Any]) -> list[Doubt]:
    convicted = warrant_kinds()[given["kind"]].legal_status == "convicted"
    until = limits.SENTENCE_AHEAD if convicted else limits.OTHER_PAPER_AHEAD
    received = _day(given["received_at"], zone)
    return [
        doubt
        for box, beyond in (("next_appearance", limits.APPEARANCE_AHEAD), ("until", until))
        if given[box] is not None
        for doubt in far_ahead(
            given[box], _box(box), what=labels[box], beyond=beyond, after=received
        )
    ]


def appearance_doubts(form: BaseForm) -> list[Doubt]:
    """Whether the next day that a court named lies so far ahead that nobody would miss it."""
    name = "next_appearance"
    if (day := form.cleaned_data[name]) is None:
        return []
    beyond = limits.APPEARANCE_AHEAD
    return far_ahead(day, day_of(form, name), what=form[name].label, beyond=beyond)


def amended_doubts(form: BaseForm, paper: selectors.WarrantBrief, *, zone: str) -> list[Doubt]:
    """The dates that a correction of a paper changes, asked about as when it was keyed."""
    now = {name: form.cleaned_data[name] for name in ("starts_at", "next_appearance", "until")}
    new = {name: None if at == getattr(paper, name) else at for name, at in now.items()}
    labels = {name: form[name].label for name in new}
    given = {**new, "kind": paper.kind, "received_at": paper.received_at, "dated": None}
    where = ZoneInfo(zone)
    return _begins_long_before(given, where, labels) + _far_ahead(given, where, labels)


def order_doubts(
    given: Mapping[str, Any],
    person_id: int,
    *,
    zone: str,
    impossible: Mapping[str, Written],
    labels: Mapping[str, Any],
) -> list[Doubt]:
    """The doubts about an order as typed: dates that no calendar has, and all that is odd."""
    odd = selectors.odd_about(
        person_id=person_id,
        kind=given["kind"],
        body_id=given["body_id"],
        reference=given["reference"],
        dated=given["dated"],
        received_at=given["received_at"],
        warrant_name_ids=given["warrants"],
        ends_all=given["ends_all"],
        zone=zone,
    )
    params = {
        "dated": day_text(given["dated"]) if given["dated"] else "—",
        "received": instant_text(given["received_at"]),
        "body": _body(given["body_id"]).name,
    }
    return _in_no_calendar("order_date", impossible, labels) + [
        Doubt(Reason(f"authority.doubt_order_{code}", params), _box(ODD[code])) for code in odd
    ]


def _in_no_calendar(
    code: str, impossible: Mapping[str, Written], labels: Mapping[str, Any]
) -> list[Doubt]:
    return [
        Doubt(
            Reason(f"authority.doubt_{code}", {"box": str(labels[box]), "text": written.text}),
            _box(box),
        )
        for box, written in impossible.items()
    ]


def _body(body_id: int) -> selectors.BodyInfo:
    return next(body for body in selectors.bodies() if body.body_id == body_id)


def _likes(viewer: Actor, given: Mapping[str, Any], whom: set[int]) -> list[Doubt]:
    likes = selectors.papers_like(
        viewer, body_id=given["body_id"], reference=given["reference"] or ""
    )
    ids = [i for like in likes for i in like.person_ids]
    if not likes:
        return []
    code = "authority.doubt_same_paper" + ("_again" if set(ids) & whom else "")
    heads = people.person_headers(viewer, ids, brief=True)
    named = [name_and_number(h.display_name, h.number) for h in heads.values()]
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
