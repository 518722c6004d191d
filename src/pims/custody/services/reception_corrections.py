"""Putting right what was keyed at the gate: the hour, the place, the line, the person.

Nothing is deleted. A dated amendment with a reason takes the place of what stood there, and the
history shows both. A stay that never was keeps its rows and lasts an instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.models import (
    Absence,
    BodyReceipt,
    Episode,
    Escort,
    Injury,
    Placement,
    Van,
)
from pims.custody.reading import READER, covers
from pims.custody.rules.timelines import INSTANT
from pims.custody.services.about import about
from pims.custody.services.closing import write_end
from pims.custody.services.common import (
    locked_episode,
    moment,
    open_placement,
    require_episode,
    scope_from_rows,
    scope_to,
)
from pims.custody.services.corrections import (
    EpisodeResult,
    fault_of_start,
    start_at,
    tell_corrected,
)
from pims.custody.services.opening import open_episode
from pims.custody.services.placement import record_placement
from pims.custody.services.receiving import BodyReceiptInput, names_of
from pims.custody.services.words import line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.decisions import Reason, refuse
from pims.kernel.errors import InvalidInput, NotFound, Stale
from pims.people import selectors as people
from pims.people import services as people_services

RECEIVE, CORRECT = "custody.receive", "custody.correct"
# How an episode may stand that turns out never to have been: whoever was let go was held.
_MAY_BE_UNDONE = (Episode.EndKind.NONE, Episode.EndKind.NOT_RECORDED)


@dataclass(frozen=True, slots=True)
class ReceptionCorrected:
    van_id: int
    receipt_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReceiptGiven:
    """`was_episode_id` is the stay that ended as never held, None where another was joined."""

    receipt_id: int
    person_id: int
    number: str
    episode_id: int
    was_episode_id: int | None


@service
def correct_van(
    tx: Transaction,
    *,
    van_id: int,
    reason: str,
    received_at: datetime | None = None,
    from_where: str | None = None,
    vehicle: str | None = None,
    handed_over_by: str | None = None,
) -> ReceptionCorrected:
    """Correct what is common to everyone on a van; None leaves as it is.

    With the hour go the receipts, and the stays that began with them. Raises InvalidInput without
    a reason, and where somebody cannot have been received then by what is recorded since.
    """
    van = Van.objects.filter(pk=van_id).first()
    if van is None:
        raise NotFound("van", van_id)
    tx.require(RECEIVE, establishment_id=van.establishment_id)
    reason = _reason(reason)
    receipts = list(BodyReceipt.objects.filter(van=van).order_by("pk"))
    tx.lock_persons([receipt.person_id for receipt in receipts])
    receipts = list(BodyReceipt.objects.filter(van=van).order_by("pk"))
    new = None if received_at is None else moment(tx, received_at, "received_at").at
    officer = None if handed_over_by is None else line("handed_over_by", handed_over_by)
    given = {
        "arrived_at": new,
        "from_where": None if from_where is None else line("from_where", from_where, 200),
        "vehicle": None if vehicle is None else line("vehicle", vehicle, 60),
        "escorting_officer": officer,
    }
    _change(van, given)
    _correct(tx, receipts, {"received_at": new, "handed_over_by": officer}, reason)
    return ReceptionCorrected(van.pk, tuple(receipt.pk for receipt in receipts))


@service
def correct_receipt(
    tx: Transaction,
    *,
    receipt_id: int,
    reason: str,
    received_at: datetime | None = None,
    name_as_given: str | None = None,
    age_as_given: int | None = None,
    warrant_state: str | None = None,
    injuries: str | None = None,
    handed_over_by: str | None = None,
) -> ReceptionCorrected:
    """Correct one line of a van; None leaves as it is. Raises InvalidInput as `correct_van`."""
    receipt = _locked_receipt(tx, receipt_id)
    tx.require(RECEIVE, establishment_id=receipt.establishment_id)
    tx.require_person(RECEIVE, receipt.person_id)
    reason = _reason(reason)
    if warrant_state is not None and warrant_state not in BodyReceipt.WarrantState.values:
        raise InvalidInput({"warrant_state": Reason("custody.warrant_state_unknown")})
    if age_as_given is not None and not 0 <= age_as_given <= 120:
        raise InvalidInput({"age_as_given": Reason("custody.age_impossible")})
    given = {
        "received_at": None if received_at is None else moment(tx, received_at, "received_at").at,
        "name_as_given": None
        if name_as_given is None
        else line("name_as_given", name_as_given, 300),
        "age_as_given": age_as_given,
        "warrant_state": warrant_state,
        "injuries": None if injuries is None else prose("injuries", injuries),
        "handed_over_by": None
        if handed_over_by is None
        else line("handed_over_by", handed_over_by),
    }
    _correct(tx, [receipt], given, reason)
    return ReceptionCorrected(receipt.van_id, (receipt.pk,))


@service
def record_never_held(
    tx: Transaction, *, episode_id: int, version: int, reason: str
) -> EpisodeResult:
    """Record that a stay was entered in error: this person was never held by it.

    Its rows stay and last an instant, so that no roll of that time counts them. Raises Stale,
    InvalidInput without a reason, Refused where custody ended by a discharge, a death or another
    recorded end: whoever was let go was held.
    """
    episode = require_episode(tx, episode_id, CORRECT)
    if episode.version != version:
        raise Stale
    reason = _reason(reason)
    if episode.end_kind not in _MAY_BE_UNDONE:
        refuse(Reason("custody.ended_otherwise")).require()
    _undo(tx, episode, reason)
    return EpisodeResult(episode.pk, episode.version)


@service
def give_receipt_to_another(
    tx: Transaction,
    *,
    receipt_id: int,
    reason: str,
    person_id: int | None = None,
    sex: str = "unknown",
) -> ReceiptGiven:
    """Record that a body receipt stands under the wrong person; `person_id` None is a new one.

    A stay that began with the receipt becomes one of the right person, in the same place; for the
    wrong one it is recorded as never held. Where the receipt joined a stay that was open before,
    that stay remains, and an alarm asks where its person is. Papers are not moved: what they say
    is the court's. Raises InvalidInput: no reason, the same person, somebody unknown.
    """
    receipt = _locked_receipt(tx, receipt_id)
    tx.require(CORRECT, establishment_id=receipt.establishment_id)
    tx.require_person(CORRECT, receipt.person_id)
    reason = _reason(reason)
    episode = Episode.objects.get(pk=receipt.episode_id)
    was, at = receipt.person_id, receipt.received_at
    right, number = _right_person(tx, receipt, person_id, sex)
    tx.lock_persons([was, right])
    theirs = Episode.objects.filter(person_id=right).filter(covers(at)).first()
    began = _began_with(receipt, episode) and episode.end_kind in _MAY_BE_UNDONE
    place = open_placement(episode) if began else None
    if began:
        _undo(tx, episode, reason)
    else:
        tx.record(
            events.IdentityInDoubt(
                **about(episode, at), other_person_id=right, receipt_id=receipt.pk
            )
        )
    stay = theirs or open_episode(
        tx,
        person_id=right,
        establishment_id=receipt.establishment_id,
        starts_at=at,
        reception_kind=episode.reception_kind if began else Episode.ReceptionKind.OTHER,
    )
    receipt.person_id, receipt.episode = right, stay
    receipt.save(update_fields=["person", "episode"])
    Injury.objects.filter(episode=episode, seen_at=at).update(episode=stay, person_id=right)
    tx.record(
        events.ReceiptGivenToAnother(**about(stay, at), receipt_id=receipt.pk, was_person_id=was),
        details={"reason": reason},
    )
    if theirs is None:
        tx.record(
            events.Received(
                **about(stay, at),
                receipt_id=receipt.pk,
                reception_kind=stay.reception_kind,
                warrant_state=receipt.warrant_state,
            )
        )
    if place is not None and stay.ends_at is None and open_placement(stay) is None:
        record_placement(
            tx.beyond_scope(),
            episode_id=stay.pk,
            place_id=place.place_id,
            happened_at=max(place.starts_at, stay.starts_at),
            reason=reason[:300],
        )
    return ReceiptGiven(receipt.pk, right, number, stay.pk, episode.pk if began else None)


def _reason(text: str) -> str:
    reason = line("reason", text, 500)
    if not reason:
        raise InvalidInput({"reason": Reason("custody.reason_missing")})
    return reason


def _locked_receipt(tx: Transaction, receipt_id: int) -> BodyReceipt:
    """The receipt, the person of its stay locked. Raises NotFound."""
    found = BodyReceipt.objects.filter(pk=receipt_id).values_list("episode_id", flat=True).first()
    if found is None:
        raise NotFound("receipt", receipt_id)
    locked_episode(tx, found)
    return BodyReceipt.objects.get(pk=receipt_id)


def _began_with(receipt: BodyReceipt, episode: Episode) -> bool:
    """Whether the stay began with this receipt, and nobody else's hour is its beginning."""
    return episode.starts_at == receipt.received_at


def _correct(
    tx: Transaction, receipts: list[BodyReceipt], given: Mapping[str, object], reason: str
) -> None:
    """Change each receipt, and with its hour the stay that began with it."""
    stuck: list[int] = []
    first: Reason | None = None
    new = given.get("received_at")
    for receipt in receipts:
        episode = Episode.objects.get(pk=receipt.episode_id)
        moves = isinstance(new, datetime) and new != receipt.received_at
        if moves and isinstance(new, datetime) and _began_with(receipt, episode):
            fault = fault_of_start(episode, new)
            if fault is not None:
                stuck.append(receipt.person_id)
                first = first or fault
                continue
            _move_start(tx, episode, receipt, new, reason)
        before = {
            name: getattr(receipt, name) for name, value in given.items() if value is not None
        }
        changed = _change(receipt, given)
        if changed:
            tx.record(
                events.ReceiptCorrected(
                    **about(episode, tx.now), receipt_id=receipt.pk, fields=" ".join(changed)
                ),
                details={
                    "reason": reason,
                    "before": {name: before[name] for name in changed},
                    "after": {name: given[name] for name in changed},
                },
            )
    if first is not None:
        raise InvalidInput({"received_at": _of_people(first, stuck, len(receipts))})


def _of_people(reason: Reason, person_ids: list[int], on_the_van: int) -> Reason:
    """The reason itself on a line; on a van with the names of those whom it is about."""
    if on_the_van == 1:
        return reason
    heads = people.person_headers(READER, person_ids, brief=True)
    named = ", ".join(f"{heads[i].display_name} {heads[i].number}".strip() for i in person_ids)
    return Reason("custody.cannot_move_reception_of", {"people": named})


def _move_start(
    tx: Transaction, episode: Episode, receipt: BodyReceipt, new: datetime, reason: str
) -> None:
    old = episode.starts_at
    start_at(episode, new)
    episode.version += 1
    episode.save(update_fields=["starts_at", "admission_due_at", "version"])
    Injury.objects.filter(episode=episode, seen_at=receipt.received_at).update(seen_at=new)
    tell_corrected(tx, episode, ("starts_at",), reason, {"starts_at": old}, {"starts_at": new})


def _change(row: Van | BodyReceipt, given: Mapping[str, object]) -> list[str]:
    """Set what is given and other than before; give the names of what changed."""
    changed = [
        name for name, value in given.items() if value is not None and getattr(row, name) != value
    ]
    for name in changed:
        setattr(row, name, given[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def _undo(tx: Transaction, episode: Episode, reason: str) -> None:
    """End the stay, and all that is recorded in it, an instant after it began."""
    before = {"ends_at": episode.ends_at, "end_kind": episode.end_kind}
    was_open = episode.ends_at is None
    rows: list[Placement | Absence] = [
        *Placement.objects.filter(episode=episode),
        *Absence.objects.filter(episode=episode),
    ]
    for row in rows:
        row.ends_at = row.starts_at + INSTANT
        changed = ["ends_at"]
        if isinstance(row, Absence):
            row.end_kind = Absence.EndKind.CUSTODY_ENDED
            changed.append("end_kind")
        row.save(update_fields=changed)
    for escort in Escort.objects.filter(episode=episode):
        escort.returned_at = escort.left_at + INSTANT
        escort.save(update_fields=["returned_at"])
    episode.ends_at = episode.starts_at + INSTANT
    episode.end_kind = Episode.EndKind.NEVER_HELD
    episode.version += 1
    episode.save(update_fields=["ends_at", "end_kind", "version"])
    end = write_end(
        episode=episode,
        person_id=episode.person_id,
        establishment_id=episode.establishment_id,
        kind=Episode.EndKind.NEVER_HELD,
        at=episode.ends_at,
        circumstances=reason,
        recorded_by_id=tx.actor.user_id,
    )
    if was_open:
        other = Episode.objects.filter(person_id=episode.person_id, ends_at=None).first()
        if other is None:
            scope_to(episode, None)
        else:
            scope_from_rows(other)
    tell_corrected(
        tx, episode, ("end_kind",), reason, before, {"end_kind": Episode.EndKind.NEVER_HELD}
    )
    tx.record(
        events.Ended(
            **about(episode, episode.ends_at),
            end_id=end.pk,
            end_kind=Episode.EndKind.NEVER_HELD,
            release_order_id=None,
        )
    )


def _right_person(
    tx: Transaction, receipt: BodyReceipt, person_id: int | None, sex: str
) -> tuple[int, str]:
    """Whose the receipt is: the person named, or one made from the name as given."""
    if person_id is None:
        made = people_services.create_person(
            tx.beyond_scope(),
            names=names_of(BodyReceiptInput(name_as_given=receipt.name_as_given)),
            sex=sex,
            establishment_id=receipt.establishment_id,
            source="reception",
            possible_match_with=(receipt.person_id,),
        )
        return made.person_id, made.number
    right = people.ids_canonical([person_id]).get(person_id)
    heads = people.person_headers(READER, [] if right is None else [right], brief=True)
    if right is None or right not in heads or heads[right].erased:
        raise InvalidInput({"person_id": Reason("custody.person_unknown")})
    if right == receipt.person_id:
        raise InvalidInput({"person_id": Reason("custody.same_person")})
    tx.require_person("people.view", right)
    return right, heads[right].number
