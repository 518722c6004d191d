"""The hour of a reception put right, and with it the stay that began at that hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.beginnings import began_with, fault_of_start, stay_to_join
from pims.custody.models import BodyReceipt, EndOfCustody, Episode, Injury, Placement
from pims.custody.services.about import about
from pims.custody.services.corrections import begin_at, change_receipt
from pims.custody.services.never_held import undo
from pims.foundation.commands.transaction import Transaction
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.minutes import INSTANT


@dataclass(frozen=True, slots=True)
class NotMoved:
    """Whom a van's hour could not be given, and why."""

    receipt_id: int
    person_id: int
    reason: Reason


def correct_line(
    tx: Transaction,
    receipt: BodyReceipt,
    given: Mapping[str, object],
    reason: str,
    *,
    carry_places: bool = False,
) -> NotMoved | None:
    """Change what is given of a receipt, and with its hour the stay that began with it.

    Where the stay cannot begin then, all but the hour is changed and the answer says why. Cell
    places recorded before the new hour begin with it where `carry_places` says so.
    """
    episode = Episode.objects.get(pk=receipt.episode_id)
    stuck = None
    new = given.get("received_at")
    if isinstance(new, datetime) and minutes.same(new, receipt.received_at):
        # A form gives the minute; the seconds of the clock stay as they are.
        given = {name: value for name, value in given.items() if name != "received_at"}
    elif isinstance(new, datetime):
        why = _give_hour(tx, episode, receipt, new, reason, carry_places=carry_places)
        if why is not None:
            stuck = NotMoved(receipt.pk, receipt.person_id, why)
            given = {name: value for name, value in given.items() if name != "received_at"}
    change_receipt(tx, receipt, given, reason)
    return stuck


def _give_hour(
    tx: Transaction,
    episode: Episode,
    receipt: BodyReceipt,
    new: datetime,
    reason: str,
    *,
    carry_places: bool,
) -> Reason | None:
    """Let the stay follow the hour of its receipt; why it cannot, where it cannot."""
    if not began_with(receipt, episode):
        return None
    if episode.end_kind == Episode.EndKind.NEVER_HELD:
        _move_what_never_was(episode, new)
        return None
    joined = stay_to_join(episode, new)
    if joined is not None:
        _join(tx, episode, receipt, joined, new, reason)
        return None
    fault = fault_of_start(episode, new)
    if fault is not None and fault.placed and carry_places:
        _carry_places(episode, new)
        fault = fault_of_start(episode, new)
    if fault is not None:
        return fault.reason
    Injury.objects.filter(episode=episode, seen_at=receipt.received_at).update(seen_at=new)
    begin_at(tx, episode, new, reason)
    return None


def _move_what_never_was(episode: Episode, new: datetime) -> None:
    """A stay that never was goes with its entry: it lasts an instant at whatever hour."""
    episode.starts_at, episode.ends_at = new, new + INSTANT
    episode.version += 1
    episode.save(update_fields=["starts_at", "ends_at", "version"])
    for end in EndOfCustody.objects.filter(episode=episode):
        end.at = episode.ends_at
        end.save(update_fields=["at"])


def _join(
    tx: Transaction,
    episode: Episode,
    receipt: BodyReceipt,
    joined: Episode,
    new: datetime,
    reason: str,
) -> None:
    """At the right hour the books held the person already: the receipt belongs to that stay."""
    undo(tx, episode, reason)
    Injury.objects.filter(episode=episode, seen_at=receipt.received_at).update(
        episode=joined, seen_at=new
    )
    receipt.episode, receipt.found = joined, BodyReceipt.Found.BOOKS_SAID_INSIDE
    receipt.save(update_fields=["episode", "found"])
    tx.record(
        events.EpisodeWasOpen(
            **about(joined, new), receipt_id=receipt.pk, starts_at=joined.starts_at.isoformat()
        )
    )


def _carry_places(episode: Episode, new: datetime) -> None:
    """Nobody lies in a cell before reception: the place held at `new` is held from then on."""
    for place in Placement.objects.filter(episode=episode, starts_at__lt=new):
        if place.ends_at is not None and place.ends_at <= new:
            place.ends_at = place.starts_at + INSTANT
            place.save(update_fields=["ends_at"])
        else:
            place.starts_at = new
            place.save(update_fields=["starts_at"])
