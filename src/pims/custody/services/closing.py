"""Closing an episode with everything that is open in it, and the warrants that end with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pims.authority import selectors as authority
from pims.authority import services as authority_services
from pims.custody import events
from pims.custody.models import Absence, EndOfCustody, Episode, Escort, Placement
from pims.custody.rules.timelines import INSTANT, Row
from pims.custody.services.about import about
from pims.custody.services.common import (
    against_the_clock,
    escort_rows,
    moment,
    not_before,
    rows_of,
    scope_to,
    told_clock_back,
)
from pims.custody.services.escorting import close_escort
from pims.custody.services.words import PROSE, line, prose
from pims.facilities import selectors as facilities
from pims.foundation.commands.transaction import Transaction
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput
from pims.property import selectors as property_selectors

# The texts of `EndOfCustody` and their lengths.
TEXTS = {
    "order_seen": 300,
    "by_whom": 200,
    "destination": 300,
    "receiving_authority": 200,
    "place_of_death": 200,
    "found_by": 200,
    "circumstances": PROSE,
}


@dataclass(frozen=True, slots=True)
class EndResult:
    end_id: int
    episode_id: int
    ended_at: datetime
    still_detaining: tuple[int, ...] = ()


def close_episode(
    tx: Transaction,
    episode: Episode,
    *,
    kind: str,
    ended_at: datetime | None,
    **fields: Any,
) -> EndResult:
    """End the episode and everything open in it; `fields` are those of `EndOfCustody`."""
    when = moment(tx, ended_at, "ended_at")
    for field in fields.keys() & TEXTS.keys():
        fields[field] = (
            prose(field, fields[field])
            if TEXTS[field] == PROSE
            else line(field, fields[field], TEXTS[field])
        )
    at, disputed = against_the_clock(when, _begun(episode))
    at = minutes.after(at, episode.starts_at)
    if at <= episode.starts_at:
        raise InvalidInput({"ended_at": Reason("custody.end_before_reception")})
    if disputed:
        episode.clock_disputed = True
        told_clock_back(tx, episode, "episode", episode.pk, when.at)
    end_rows(tx, episode, at, kind, late=when.given)
    episode.ends_at, episode.end_kind = at, kind
    episode.version += 1
    episode.save(update_fields=["ends_at", "end_kind", "clock_disputed", "version"])
    held = property_selectors.held_items([episode.person_id]).get(episode.person_id, [])
    waiting = len(held)
    end = write_end(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        kind=kind,
        at=at,
        property_waiting=waiting > 0 and kind != Episode.EndKind.TRANSFERRED,
        recorded_by_id=tx.actor.user_id,
        **fields,
    )
    scope_to(episode, None)
    common = about(episode, at)
    tx.record(
        events.Ended(**common, end_id=end.pk, end_kind=kind, release_order_id=end.release_order_id),
        details={
            key: value for key, value in fields.items() if value and key != "release_order_id"
        },
    )
    if end.property_waiting and kind != Episode.EndKind.DISCHARGED:
        tx.record(events.PropertyWaits(**common, items=waiting))
    return EndResult(end.pk, episode.pk, at)


def end_rows(tx: Transaction, episode: Episode, at: datetime, kind: str, *, late: bool) -> None:
    """End at `at` every escort, place and absence of the episode that reaches beyond it."""
    _close_escorts(tx, episode, at, kind, late=late)
    for table, rows in (
        ("placement", list(Placement.objects.filter(episode=episode))),
        ("absence", list(Absence.objects.filter(episode=episode))),
    ):
        _cut(tx, episode, rows, at, table, late=late)


def write_end(**fields: Any) -> EndOfCustody:
    """The end of an episode, in the place of one that was taken back."""
    end = EndOfCustody(**fields)
    before = EndOfCustody.objects.filter(episode=end.episode).first()
    if before is not None:
        end.pk, end.version = before.pk, before.version + 1
    end.save()
    return end


def end_warrants(
    tx: Transaction, warrant_name_ids: Sequence[int], *, at: datetime, end_kind: str, basis: str
) -> None:
    """End the named warrants as the consequence of a fact, whoever records it."""
    beyond = tx.beyond_scope()
    for warrant_name_id in warrant_name_ids:
        authority_services.end_warrant_by_fact(
            beyond, warrant_name_id=warrant_name_id, end_kind=end_kind, at=at, basis=basis
        )


def detaining(episode: Episode, at: datetime) -> tuple[int, ...]:
    """Ids of the warrant names that detain the person at `at`."""
    zone = facilities.time_zone(episode.establishment_id)
    found = authority.detaining_warrants(episode.person_id, zone=zone, at=at)
    return tuple(brief.warrant_name_id for brief in found)


def open_warrants(episode: Episode) -> tuple[int, ...]:
    """Every warrant not ended, whether or not it still detains by its own words."""
    zone = facilities.time_zone(episode.establishment_id)
    found = authority.warrants_of([episode.person_id], zone=zone).get(episode.person_id, [])
    return tuple(brief.warrant_name_id for brief in found if brief.ends_at is None)


def told(
    tx: Transaction, at: datetime | None, field: str, *, happened_at: datetime
) -> datetime | None:
    """The instant of a notice; None where nobody was told.

    Raises InvalidInput for the future, and for before that which was told had happened.
    """
    if at is None:
        return None
    return not_before(moment(tx, at, field).at, happened_at, field, "custody.told_before")


def local_day(at: datetime, establishment_id: int) -> date:
    """The calendar day of an instant where the establishment is."""
    return at.astimezone(ZoneInfo(facilities.time_zone(establishment_id))).date()


def _begun(episode: Episode) -> list[Row]:
    """Everything recorded as begun in the episode, its reception first."""
    return [
        Row(episode.pk, episode.starts_at, None),
        *rows_of(Placement.objects.filter(episode=episode)),
        *rows_of(Absence.objects.filter(episode=episode)),
        *escort_rows(Escort.objects.filter(episode=episode)),
    ]


def _close_escorts(
    tx: Transaction, episode: Episode, at: datetime, kind: str, *, late: bool
) -> None:
    for escort in Escort.objects.filter(episode=episode).order_by("left_at"):
        if escort.returned_at is None or escort.returned_at > at:
            outcome = kind if escort.returned_at is None else escort.outcome
            close_escort(tx, episode, escort, at=at, outcome=outcome, late=late)


def _cut(
    tx: Transaction,
    episode: Episode,
    rows: Sequence[Placement | Absence],
    at: datetime,
    table: str,
    *,
    late: bool,
) -> None:
    """End at `at` whatever reaches beyond it; what began later lasted an instant, in dispute.

    Nobody is told that the clock went back where somebody gave the hour, `late`: that is an entry
    made late.
    """
    for row in rows:
        if row.ends_at is not None and row.ends_at <= at:
            continue
        disputed = row.starts_at >= at
        row.ends_at = row.starts_at + INSTANT if disputed else at
        row.clock_disputed = row.clock_disputed or disputed
        changed = ["ends_at", "clock_disputed"]
        if isinstance(row, Absence):
            row.end_kind = Absence.EndKind.CUSTODY_ENDED
            changed.append("end_kind")
        row.save(update_fields=changed)
        if isinstance(row, Placement) and row.breach:
            tx.record(
                events.BreachEnded(
                    **about(episode, row.ends_at),
                    placement_id=row.pk,
                )
            )
        if disputed and not late:
            told_clock_back(tx, episode, table, row.pk, at)
