"""Putting right what was keyed at the gate: the hour, the place, the line, the person.

Nothing is deleted. A dated amendment with a reason takes the place of what stood there, and the
history shows both. A stay that never was keeps its rows and lasts an instant.
"""

from dataclasses import dataclass
from datetime import datetime

from pims.custody import events
from pims.custody.beginnings import began_with
from pims.custody.models import BodyReceipt, Episode, Injury, Van
from pims.custody.reading import READER
from pims.custody.services.about import about
from pims.custody.services.common import moment, open_placement
from pims.custody.services.corrections import change
from pims.custody.services.never_held import MAY_BE_UNDONE, undo
from pims.custody.services.opening import open_episode
from pims.custody.services.placement import record_placement
from pims.custody.services.receiving import BodyReceiptInput, names_of
from pims.custody.services.reception_hours import NotMoved, correct_line
from pims.custody.services.words import given_reason, line, prose
from pims.foundation.commands.transaction import Transaction, service
from pims.foundation.history.known import held_at
from pims.kernel import minutes
from pims.kernel.decisions import Reason
from pims.kernel.errors import InvalidInput, NotFound
from pims.people import selectors as people
from pims.people import services as people_services

RECEIVE, CORRECT = "custody.receive", "custody.correct"


@dataclass(frozen=True, slots=True)
class ReceptionCorrected:
    """`not_moved` are those to whom the van's new hour could not be given, each with why."""

    van_id: int
    receipt_ids: tuple[int, ...]
    not_moved: tuple[NotMoved, ...] = ()


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

    With the hour go the receipts, and the stays that began with them. Whoever cannot have been
    received then, by what is recorded since, keeps the hour and holds nobody else up: the answer
    says who and why. Raises InvalidInput without a reason, and where nobody can be moved.
    """
    van = Van.objects.filter(pk=van_id).first()
    if van is None:
        raise NotFound("van", van_id)
    tx.require(RECEIVE, establishment_id=van.establishment_id)
    reason = given_reason(reason)
    receipts = list(BodyReceipt.objects.filter(van=van).order_by("pk"))
    tx.lock_persons([receipt.person_id for receipt in receipts])
    receipts = list(BodyReceipt.objects.filter(van=van).order_by("pk"))
    new = None if received_at is None else moment(tx, received_at, "received_at").at
    if new is not None and minutes.same(new, van.arrived_at):
        new = van.arrived_at
    officer = None if handed_over_by is None else line("handed_over_by", handed_over_by)
    given = {
        "arrived_at": new,
        "from_where": None if from_where is None else line("from_where", from_where, 200),
        "vehicle": None if vehicle is None else line("vehicle", vehicle, 60),
        "escorting_officer": officer,
    }
    hours = {"received_at": new, "handed_over_by": officer}
    found = [correct_line(tx, receipt, hours, reason) for receipt in receipts]
    stuck = tuple(one for one in found if one is not None)
    if stuck and len(stuck) == len(receipts):
        raise InvalidInput({"received_at": _of_people(stuck)})
    before = {name: getattr(van, name) for name in given}
    changed = change(van, given)
    if changed:
        tx.record(
            events.VanCorrected(
                establishment_id=van.establishment_id, van_id=van.pk, fields=" ".join(changed)
            ),
            details={
                "reason": reason,
                "before": {name: before[name] for name in changed},
                "after": {name: given[name] for name in changed},
            },
        )
    return ReceptionCorrected(van.pk, tuple(receipt.pk for receipt in receipts), stuck)


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
    carry_places: bool = False,
) -> ReceptionCorrected:
    """Correct one line of a van; None leaves as it is. Raises InvalidInput as `correct_van`.

    A stay in which nothing happened, made by a wrong hour for somebody whom the books held at the
    right one, is recorded as never held, and the receipt joins the stay that was open then. With
    `carry_places` a cell place taken before the new hour is held from that hour on.
    """
    receipt = _locked_receipt(tx, receipt_id)
    tx.require(RECEIVE, establishment_id=receipt.establishment_id)
    tx.require_person(RECEIVE, receipt.person_id)
    reason = given_reason(reason)
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
    stuck = correct_line(tx, receipt, given, reason, carry_places=carry_places)
    if stuck is not None:
        raise InvalidInput({"received_at": stuck.reason})
    return ReceptionCorrected(receipt.van_id, (receipt.pk,))


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
    receipt = _locked_receipt(tx, receipt_id, or_of=person_id)
    tx.require(CORRECT, establishment_id=receipt.establishment_id)
    tx.require_person(CORRECT, receipt.person_id)
    reason = given_reason(reason)
    episode = Episode.objects.get(pk=receipt.episode_id)
    was, at = receipt.person_id, receipt.received_at
    right, number = _right_person(tx, receipt, person_id, sex)
    tx.lock_persons([was, right])
    theirs = (
        Episode.objects.filter(person_id=right)
        .exclude(end_kind=Episode.EndKind.NEVER_HELD)
        .filter(held_at(at))
        .first()
    )
    began = began_with(receipt, episode) and episode.end_kind in MAY_BE_UNDONE
    place = open_placement(episode) if began else None
    if began:
        undo(tx, episode, reason)
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


def _locked_receipt(tx: Transaction, receipt_id: int, *, or_of: int | None = None) -> BodyReceipt:
    """The receipt, locked the person of its stay and whose it may be. Raises NotFound."""
    found = BodyReceipt.objects.filter(pk=receipt_id).values_list("episode__person_id", flat=True)
    whose = found.first()
    if whose is None:
        raise NotFound("receipt", receipt_id)
    tx.lock_persons([whose, *([] if or_of is None else people.ids_canonical([or_of]).values())])
    return BodyReceipt.objects.get(pk=receipt_id)


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


def _of_people(stuck: tuple[NotMoved, ...]) -> Reason:
    """The reason itself where one person was on the van, else the numbers of those it is about."""
    if len(stuck) == 1:
        return stuck[0].reason
    heads = people.person_headers(READER, [one.person_id for one in stuck], brief=True)
    numbers = [heads[one.person_id].number for one in stuck]
    return Reason("custody.cannot_move_reception_of", {"people": numbers})
