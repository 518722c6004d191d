"""The lines of the discharge book: every end of custody of a day, by whichever path it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from pims.authority import selectors as authority
from pims.custody import selectors as custody
from pims.custody.selectors import EndLine
from pims.custody.web.words import END_KINDS
from pims.foundation.access.actor import Actor
from pims.foundation.access.selectors import user_names
from pims.people import selectors as people
from pims.people.selectors import PersonHeader
from pims.people.web.words import country_choices
from pims.release import selectors
from pims.release.documents.ground import ground_text, order_text
from pims.release.selectors import DischargeInfo
from pims.release.selectors.signatures import officers_of
from pims.release.web.words import mark_label
from pims.ui.dates import instant_text

FREED = ("discharged_at_court", "discharged", "released_in_error")


@dataclass(frozen=True, slots=True)
class BookLine:
    """One end of custody. `minutes` from the order are known of discharges from the prison.

    A line is struck through where it was taken back, or stands at another hour now.
    """

    at: datetime
    header: PersonHeader
    url: str
    ground: str
    order: str
    first: str
    second: str
    destination: str
    minutes: int | None
    remarks: tuple[str, ...]
    freed: bool
    struck: bool = False


def book_lines(
    viewer: Actor, establishment_id: int, *, since: datetime, until: datetime
) -> list[BookLine]:
    """The lines from `since` to before `until`, oldest first."""
    rows = selectors.discharges(viewer, establishment_id, since=since, until=until)
    through_the_gate = {row.episode_id for row in rows if row.stands}
    others = [
        line
        for line in custody.ends_between(viewer, establishment_id, since=since, until=until)
        if line.episode_id not in through_the_gate
    ]
    whose = [row.person_id for row in rows] + [line.person_id for line in others]
    headers = people.person_headers(viewer, whose)
    found = [*_discharged(rows, headers, since=since, until=until), *_otherwise(others, headers)]
    return sorted(found, key=lambda line: (line.at, line.header.number))


def _discharged(
    rows: Sequence[DischargeInfo],
    headers: dict[int, PersonHeader],
    *,
    since: datetime,
    until: datetime,
) -> list[BookLine]:
    officers = officers_of(rows)
    names = user_names(
        {r.taken_back_by_id for r in rows if r.taken_back_by_id is not None}
        | {c.corrected_by_id for r in rows for c in r.corrections}
    )
    orders = {
        order.release_order_id: order
        for found in authority.release_orders([row.person_id for row in rows]).values()
        for order in found
    }
    lines = []
    for row in rows:
        if row.person_id not in headers:
            continue
        order = orders.get(row.release_order_id or 0)
        error = [_("Released in error")] if row.error_id is not None else []
        line = BookLine(
            at=row.at,
            header=headers[row.person_id],
            url=reverse("release:discharged", args=[row.discharge_id]),
            ground=ground_text(row, order),
            order=order_text(order, row.order_seen),
            first=officers[row.discharge_id].first,
            second=officers[row.discharge_id].second,
            destination=row.destination,
            minutes=row.minutes_from_order,
            remarks=(
                *_put_right(row, names),
                *error,
                *(mark_label(mark) for mark in row.marks),
            ),
            freed=row.stands,
            struck=not row.stands,
        )
        if since <= row.at < until:
            lines.append(line)
        lines += [
            replace(line, at=at, freed=False, struck=True)
            for at in _stood_at(row)
            if since <= at < until
        ]
    return lines


def _stood_at(row: DischargeInfo) -> list[datetime]:
    """The other hours at which a discharge ever stood in the book, in order."""
    stood = {c.moved_from for c in row.corrections if c.moved_from is not None}
    return sorted(stood - {row.at})


def _put_right(row: DischargeInfo, names: Mapping[int, str]) -> list[str]:
    """That a discharge was taken back, or its hour put right: when, by whom and why."""
    said = []
    if row.taken_back_at is not None:
        said.append(
            _("Taken back %(at)s by %(name)s: %(reason)s")
            % {
                "at": instant_text(row.taken_back_at),
                "name": names.get(row.taken_back_by_id or 0, "—"),
                "reason": row.taken_back_reason,
            }
        )
    for correction in row.corrections:
        said.append(
            _("Corrected %(at)s by %(name)s: %(reason)s")
            % {
                "at": instant_text(correction.corrected_at),
                "name": names.get(correction.corrected_by_id, "—"),
                "reason": correction.reason,
            }
        )
        if correction.moved_from is not None and correction.moved_to is not None:
            said.append(
                _("Recorded first at %(before)s; left at %(at)s")
                % {
                    "before": instant_text(correction.moved_from),
                    "at": instant_text(correction.moved_to),
                }
            )
    return said


def _otherwise(rows: Sequence[EndLine], headers: dict[int, PersonHeader]) -> list[BookLine]:
    names = user_names(
        {i for r in rows for i in (r.recorded_by_id, r.countersigned_by_id) if i is not None}
    )
    countries = dict(country_choices())
    return [
        BookLine(
            at=row.end.at,
            header=headers[row.person_id],
            url=reverse("custody:end", args=[row.end.end_id]),
            ground=str(END_KINDS.get(row.end.kind, row.end.kind)),
            order=row.end.order_seen,
            first=row.end.by_whom,
            second=names.get(row.countersigned_by_id or 0, ""),
            destination=_where(row, {code: str(name) for code, name in countries.items()}),
            minutes=None,
            remarks=(
                *_remarks(row),
                _("Recorded by %(name)s") % {"name": names.get(row.recorded_by_id, "—")},
            ),
            freed=row.end.kind in FREED,
        )
        for row in rows
        if row.person_id in headers
    ]


def _where(row: EndLine, countries: dict[str, str]) -> str:
    end = row.end
    there = countries.get(end.country, "") if end.country else ""
    parts = (there, end.receiving_authority, end.place_of_death, end.destination)
    return ", ".join(part for part in parts if part)


def _remarks(row: EndLine) -> list[str]:
    end, said = row.end, []
    if end.kind in ("removed", "discharged_at_court") and not end.order_seen:
        said.append(_("No order was seen"))
    if end.kind == "died" and end.coroner_told_at is None:
        said.append(_("Coroner not yet told"))
    if end.kind == "died" and end.family_told_at is None:
        said.append(_("Family not yet told"))
    if row.unsigned:
        said.append(_("Second signature missing at the time"))
    return said
