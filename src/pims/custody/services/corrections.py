"""Dated amendments: when and how an episode began, and joining two records of one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.beginnings import began_with, fault_of_start, others_of, was_cut_short
from pims.custody.models import BodyReceipt, Episode, Injury, Van
from pims.custody.rules import admission as admission_rules
from pims.custody.services.about import about
from pims.custody.services.common import moment, require_episode, scope_from_rows
from pims.custody.services.words import line
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel import minutes
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, Stale
from pims.kernel.periods import Period
from pims.people import selectors as people
from pims.people import services as people_services


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    episode_id: int
    version: int


@dataclass(frozen=True, slots=True)
class JoinResult:
    person_id: int
    into_person_id: int


@service
def correct_episode(
    tx: Transaction,
    *,
    episode_id: int,
    version: int,
    reason: str,
    starts_at: datetime | None = None,
    reception_kind: str | None = None,
) -> EpisodeResult:
    """Correct when or how an episode began, by a dated amendment with a reason.

    With the hour goes that of the receipt with which it began. What was recorded before stays in
    the history. Raises Stale where it was changed since,
    InvalidInput without a reason, for times in the wrong order or overlapping another episode.
    """
    episode = require_episode(tx, episode_id, "custody.receive")
    if episode.version != version:
        raise Stale
    reason = line("reason", reason, 500)
    wrong: dict[str, Reason] = {}
    if not reason:
        wrong["reason"] = Reason("custody.reason_missing")
    new = None if starts_at is None else moment(tx, starts_at, "starts_at").at
    if new is not None and minutes.same(new, episode.starts_at):
        new = None  # a form gives the minute; the seconds of the clock stay as they are
    if new is not None and (fault := fault_of_start(episode, new)) is not None:
        wrong["starts_at"] = fault.reason
    if reception_kind is not None and reception_kind not in Episode.ReceptionKind.values:
        wrong["reception_kind"] = Reason("custody.reception_kind_unknown")
    if wrong:
        raise InvalidInput(wrong)
    if new is not None:
        receipts = BodyReceipt.objects.filter(episode=episode).order_by("pk")
        for receipt in [one for one in receipts if began_with(one, episode)]:
            change_receipt(tx, receipt, {"received_at": new}, reason)
        begin_at(tx, episode, new, reason)
    if reception_kind is not None and reception_kind != episode.reception_kind:
        before, episode.reception_kind = episode.reception_kind, reception_kind
        episode.version += 1
        episode.save(update_fields=["reception_kind", "version"])
        tell_corrected(
            tx,
            episode,
            ("reception_kind",),
            reason,
            {"reception_kind": before},
            {"reception_kind": reception_kind},
        )
    return EpisodeResult(episode.pk, episode.version)


def start_at(episode: Episode, new: datetime) -> None:
    """Let the episode begin at `new`, with what is counted from its beginning. Saves nothing.

    One that ended only because another began ends where the next one after `new` begins.
    """
    if was_cut_short(episode):
        later = others_of(episode).filter(starts_at__gt=new).order_by("starts_at").first()
        episode.ends_at = None if later is None else later.starts_at
        if later is None:
            episode.end_kind = Episode.EndKind.NONE
    episode.starts_at = new
    episode.admission_due_at = admission_rules.due_at(new)


def begin_at(tx: Transaction, episode: Episode, new: datetime, reason: str) -> None:
    """As `start_at`, saved and told, with the injuries that were seen at its beginning."""
    old = episode.starts_at
    Injury.objects.filter(episode=episode, seen_at=old).update(seen_at=new)
    start_at(episode, new)
    episode.version += 1
    episode.save(update_fields=["starts_at", "admission_due_at", "ends_at", "end_kind", "version"])
    if episode.ends_at is None:
        scope_from_rows(episode)
    tell_corrected(tx, episode, ("starts_at",), reason, {"starts_at": old}, {"starts_at": new})


def change(row: Van | BodyReceipt, given: Mapping[str, object]) -> list[str]:
    """Set what is given and other than before; give the names of what changed."""
    changed = [
        name for name, value in given.items() if value is not None and getattr(row, name) != value
    ]
    for name in changed:
        setattr(row, name, given[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def change_receipt(
    tx: Transaction, receipt: BodyReceipt, given: Mapping[str, object], reason: str
) -> None:
    """Set what is given of a receipt, None leaving it as it is, and tell what changed."""
    before = {name: getattr(receipt, name) for name, value in given.items() if value is not None}
    changed = change(receipt, given)
    if changed:
        tx.record(
            events.ReceiptCorrected(
                **about(receipt.episode, tx.now), receipt_id=receipt.pk, fields=" ".join(changed)
            ),
            details={
                "reason": reason,
                "before": {name: before[name] for name in changed},
                "after": {name: given[name] for name in changed},
            },
        )


@service
def merge_people(
    tx: Transaction, *, person_id: int, into_person_id: int, reason: str
) -> JoinResult:
    """Join two records of one person: `person_id` is known as `into_person_id` from now on.

    No row moves, so a record under which somebody is in custody stays the one that counts.
    Raises Refused where `person_id` is such a record (join the other way round), and where
    episodes of the two overlap: one was in two places at once, and a person has to say which
    record is wrong.
    """
    tx.require_person("people.merge", person_id)
    tx.require_person("people.merge", into_person_id)
    tx.lock_persons([person_id, into_person_id])
    held = set(
        Episode.objects.filter(person_id__in=(person_id, into_person_id), ends_at=None).values_list(
            "person_id", flat=True
        )
    )
    if len(held) == 2:
        refuse(Reason("custody.both_in_custody", decided_by="custody.correct")).require()
    if person_id in held:
        refuse(Reason("custody.join_the_other_way")).require()
    people_services.merge_persons(
        tx,
        person_id=person_id,
        into_person_id=into_person_id,
        reason=reason,
        overlapping=episodes_overlap(person_id, into_person_id),
    )
    tx.record(events.PeopleJoined(person_id=person_id, into_person_id=into_person_id))
    return JoinResult(person_id, into_person_id)


def episodes_overlap(person_id: int, other_id: int) -> bool:
    """Whether the custody of two people, with all records joined to them, ever overlapped."""
    mine, theirs = people.persons_of(person_id), people.persons_of(other_id)
    rows = Episode.objects.filter(person_id__in=mine | theirs).exclude(
        end_kind=Episode.EndKind.NEVER_HELD
    )
    periods: dict[bool, list[Period]] = {True: [], False: []}
    for person, start, end in rows.values_list("person_id", "starts_at", "ends_at"):
        periods[person in mine].append(Period(start, end))
    return any(a.overlaps(b) for a in periods[True] for b in periods[False])


def tell_corrected(
    tx: Transaction,
    episode: Episode,
    fields: Sequence[str],
    reason: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """Record the amendment; what stood there before is in its details and in the history."""
    tx.record(
        events.EpisodeCorrected(
            **about(episode, tx.now),
            fields=" ".join(fields),
            version=episode.version,
        ),
        details={"reason": reason, "before": before, "after": after},
    )
