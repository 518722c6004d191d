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
from pims.custody.rules.timelines import cut
from pims.custody.services.about import about
from pims.custody.services.common import (
    Moment,
    begun,
    locked_episode,
    moment,
    not_before,
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
    when = ending(tx, episode, ended_at)
    at = when.at
    for field in fields.keys() & TEXTS.keys():
        fields[field] = (
            prose(field, fields[field])
            if TEXTS[field] == PROSE
            else line(field, fields[field], TEXTS[field])
        )
    if when.disputed:
        episode.clock_disputed = True
        told_clock_back(tx, episode, "episode", episode.pk, tx.now)
    end_rows(tx, episode, when, kind)
    episode.ends_at, episode.end_kind = at, kind
    episode.version += 1
    episode.save(update_fields=["ends_at", "end_kind", "clock_disputed", "version"])
    first = not EndOfCustody.objects.filter(episode=episode, taken_back_at=None).exists()
    held = property_selectors.held_items([episode.person_id]).get(episode.person_id, [])
    end = write_end(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        kind=kind,
        at=at,
        property_waiting=bool(held) and kind != Episode.EndKind.TRANSFERRED,
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
    if first and end.property_waiting and kind != Episode.EndKind.DISCHARGED:
        tx.record(events.PropertyWaits(**common, items=len(held)))
    return EndResult(end.pk, episode.pk, at)


def ending(tx: Transaction, episode: Episode, ended_at: datetime | None) -> Moment:
    """The instant at which custody ends by a fact at `ended_at` (None: now), after reception.

    Raises InvalidInput for an hour before it or in the future.
    """
    when = moment(tx, ended_at, "ended_at")
    if not when.given:
        return begun(when, episode)
    at = minutes.after(when.at, episode.starts_at)
    if at <= episode.starts_at:
        raise InvalidInput({"ended_at": Reason("custody.end_before_reception")})
    return Moment(at, given=True)


def hour_of_leaving(tx: Transaction, episode_id: int) -> datetime:
    """The instant at which custody ends that ends by a service now, in the order of recording.

    Raises NotFound.
    """
    return ending(tx, locked_episode(tx, episode_id), None).at


def end_rows(tx: Transaction, episode: Episode, when: Moment, kind: str) -> None:
    """End at `when` every escort, place and absence of the episode that reaches beyond it, and
    the papers that had run out by then."""
    _close_escorts(tx, episode, when, kind)
    for table, rows in (
        ("placement", list(Placement.objects.filter(episode=episode))),
        ("absence", list(Absence.objects.filter(episode=episode))),
    ):
        _cut(tx, episode, rows, when, table)
    if kind != Episode.EndKind.TRANSFERRED:
        authority_services.end_papers_that_ran_out(
            tx.beyond_scope(),
            person_id=episode.person_id,
            at=when.at,
            zone=facilities.time_zone(episode.establishment_id),
        )


def write_end(**fields: Any) -> EndOfCustody:
    """The end of an episode, new or in the place of one that was taken back.

    One that stands is put right: who recorded and who countersigned it, what was in the store at
    that hour, and whatever else is not given stays as it is.
    """
    before = EndOfCustody.objects.filter(episode=fields["episode"]).first()
    if before is None or before.taken_back_at is not None:
        end = EndOfCustody(**fields)
        if before is not None:
            end.pk, end.version = before.pk, before.version + 1
    else:
        end = before
        for name in fields.keys() - {"recorded_by_id", "property_waiting"}:
            setattr(end, name, fields[name])
        end.version += 1
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


def _close_escorts(tx: Transaction, episode: Episode, when: Moment, kind: str) -> None:
    for escort in Escort.objects.filter(episode=episode).order_by("left_at"):
        if escort.returned_at is None or escort.returned_at > when.at:
            outcome = kind if escort.returned_at is None else escort.outcome
            close_escort(tx, episode, escort, when=when, outcome=outcome, tell=not when.given)


def _cut(
    tx: Transaction,
    episode: Episode,
    rows: Sequence[Placement | Absence],
    when: Moment,
    table: str,
) -> None:
    """End at `when` whatever reaches beyond it; what began later lasted an instant, in dispute.

    Nobody is told that the clock went back where somebody gave the hour: that is an entry made
    late.
    """
    for row in rows:
        if row.ends_at is not None and row.ends_at <= when.at:
            continue
        row.ends_at, disputed = cut(row.starts_at, when.at, apart=when.apart)
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
        if disputed and not when.given:
            told_clock_back(tx, episode, table, row.pk, when.at)
