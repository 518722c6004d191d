"""What a later order does to the earlier one that it names: all of it falls, or some sentences."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pims.courts.models import Charge, CourtOrder, Sentence
from pims.courts.services import deeds
from pims.courts.services.deeds import What
from pims.courts.services.order_stands import end_sentences, settle_order
from pims.courts.services.order_warrants import end_warrants, release_of, withdraw_release
from pims.foundation.commands.transaction import Transaction
from pims.jurisdictions.order_kinds import Effect, order_kinds
from pims.people import selectors as people

State = CourtOrder.State
# How a later order changes an earlier one -> how the earlier one stands then.
STATE_AFTER = {
    CourtOrder.Change.NONE: State.REPLACED,
    CourtOrder.Change.VARIES: State.REPLACED,
    CourtOrder.Change.REPLACES: State.REPLACED,
    CourtOrder.Change.REVOKES: State.SET_ASIDE,
    CourtOrder.Change.SETS_ASIDE: State.SET_ASIDE,
}
HOLD = (Effect.DETAINS, Effect.SENTENCE)
# What becomes of a charge leaves nothing to hold for.
UNDECIDED = ("open", "convicted")


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of the earlier order is reached: the `whole`, or these of its sentences.

    `unclear`: a sentence stands on because nobody knows for which charge it was passed.
    """

    whole: bool
    sentence_ids: tuple[int, ...] = ()
    unclear: bool = False


def reach_of(later_kind: str, charge_ids: Collection[int], earlier: CourtOrder) -> Reach:
    """What an order about these charges reaches of an earlier one.

    One that names no charge is about all of it. One that does ends the sentences passed for those
    charges, and the whole only where none is left. An order of several charges without a sentence
    is ended by one that frees from all of them; one that detains takes its place.
    """
    standing = list(_standing(earlier))
    if not charge_ids:
        return Reach(whole=True)
    about = charges_of(earlier)
    if not standing:
        part = effect_of(later_kind) is Effect.FREES and about and not about <= set(charge_ids)
        return Reach(whole=not part)
    ending, unclear = [], False
    for one in standing:
        known = {one.charge_id} if one.charge_id is not None else about
        # The only sentence of an order that is named is the one that is meant.
        only = not known and len(standing) == 1
        if only or (known and known <= set(charge_ids)):
            ending.append(one.pk)
        else:
            unclear |= one.charge_id is None
    return Reach(len(ending) == len(standing), tuple(ending), unclear)


def charges_of(order: CourtOrder, *, undecided: bool = False) -> set[int]:
    """The charges that an order is about: one of a case that names none is about all charges of
    that person in the case that are not disposed of. `undecided`: of those named too, only these.
    """
    named = dict(order.charges.values_list("pk", "state"))
    if named:
        return {pk for pk, state in named.items() if state in UNDECIDED or not undecided}
    if order.case_id is None:
        return set()
    own = people.persons_of(order.person_id)
    return set(
        Charge.objects.filter(
            case_id=order.case_id, person_id__in=own, state__in=UNDECIDED
        ).values_list("pk", flat=True)
    )


def changes_at_all(later_kind: str, earlier: CourtOrder) -> bool:
    """Whether an order of this kind makes the earlier one fall.

    One that only notes something changes nothing that holds or frees. Of those that free, only
    what undoes an order does; the others free from it.
    """
    if earlier.state != State.STANDS and earlier.fell_by_id is None:
        return False
    effect, before = effect_of(later_kind), effect_of(earlier.kind)
    if effect is Effect.NOTES:
        return before is Effect.NOTES
    return effect is not Effect.FREES or order_kinds()[later_kind].quashes


def change_earlier(
    tx: Transaction, later: CourtOrder, earlier: CourtOrder, *, charge_ids: Collection[int]
) -> None:
    """Note what the later order does to the earlier one, and let it stand so.

    An order that frees does so once the registry has confirmed it, and leaves the earlier warrant
    to the release order.
    """
    if not changes_at_all(later.kind, earlier):
        return
    effect, at = effect_of(later.kind), later.holds_from
    reason = f"{later.body.name} {later.reference}".strip()
    reach = reach_of(later.kind, charge_ids, earlier)
    waits = effect is Effect.FREES and not is_confirmed(later)
    frees = effect is Effect.FREES
    sentences_are = Sentence.State.QUASHED if frees else Sentence.State.REPLACED
    if reach.whole:
        # The release order falls before the new warrant begins, which it would else end.
        if effect in HOLD:
            withdraw_release(tx, later, earlier, at=at, reason=reason)
            if earlier.warrant_name_id is not None:
                end_warrants(tx, later, [earlier.warrant_name_id], at=at, end_kind="replaced")
        state = STATE_AFTER[CourtOrder.Change(later.change)]
        falls = {"state": state, "sentences": sentences_are}
        deeds.note(tx, later, What.FELLED_ORDER, earlier.pk, after=falls, waits=waits)
        settle_order(tx, earlier.pk, reason=reason)
        return
    for sentence_id in reach.sentence_ids:
        ends = {"state": sentences_are}
        deeds.note(tx, later, What.ENDED_SENTENCE, sentence_id, after=ends, waits=waits)
    if reach.sentence_ids and not waits:
        end_sentences(tx, later, earlier, reason=reason)


def is_confirmed(order: CourtOrder) -> bool:
    """Whether the registry has confirmed an order that frees, or somebody was let go on it."""
    if order.confirmed_at is not None:
        return True
    found = release_of(order.person_id, order.release_order_id)
    return found is not None and (found.verified_at is not None or found.state == "acted_on")


def take_effect(tx: Transaction, order: CourtOrder, *, confirmed: bool, reason: str) -> None:
    """What an order that frees quashes is quashed from the registry's word on, not before."""
    rows = deeds.of_order(order, What.FELLED_ORDER, What.ENDED_SENTENCE)
    changed = [row for row in rows if (row.effective_at is None) is confirmed]
    at: datetime | None = tx.now if confirmed else None
    for row in changed:
        row.effective_at = at
        row.save(update_fields=["effective_at"])
    for row in changed:
        if row.what == What.FELLED_ORDER:
            settle_order(tx, row.target_id, reason=reason)
    parts = [row.target_id for row in changed if row.what == What.ENDED_SENTENCE]
    for earlier in CourtOrder.objects.filter(sentences__in=parts).distinct():
        end_sentences(tx, order, earlier, reason=reason)


def effect_of(kind: str) -> Effect:
    return order_kinds()[kind].effect


def _standing(order: CourtOrder) -> list[Sentence]:
    """The sentences that stand, or that stood until another order ended them: two entries of one
    paper reach the same."""
    rows = order.sentences.order_by("position")
    if order.state == State.STANDS:
        return list(rows.filter(state=Sentence.State.STANDS))
    return list(rows.filter(ended_at=order.state_at))
