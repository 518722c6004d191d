"""How an order, its sentences and its hearings stand, by what other orders say of them.

Each function lets one row read as the deeds that count say, and records what that changes; where
it reads so already, nothing happens.
"""

from collections.abc import Iterable
from datetime import datetime

from pims.courts import events
from pims.courts.models import CourtOrder, Hearing, OrderDeed, Sentence
from pims.courts.services import deeds
from pims.courts.services.common import day_of
from pims.courts.services.deeds import What
from pims.courts.services.order_facts import last_days_of, order_reaches_to
from pims.courts.services.order_warrants import move_warrant, warrants_of
from pims.foundation.commands.transaction import Transaction

State = CourtOrder.State


def settle_order(tx: Transaction, order_id: int, *, reason: str) -> None:
    """The order stands unless another fells it. Where a person said that it does not, it stays."""
    order = CourtOrder.objects.get(pk=order_id)
    if order.state != State.STANDS and order.fell_by_id is None:
        return
    felling = deeds.counting(What.FELLED_ORDER, order_id)
    if not felling:
        if order.state != State.STANDS:
            _stand_again(tx, order, reason=reason)
        return
    first = felling[0]
    if order.state != State.STANDS:
        if (order.fell_by_id, order.state_at) == (first.order_id, first.at):
            return
        _stand_again(tx, order, reason=reason)
    fall(
        tx,
        order,
        state=str(first.after["state"]),
        at=first.at,
        reason=f"{first.order.body.name} {first.order.reference}".strip(),
        by=first.order,
        sentences_are=str(first.after["sentences"]),
    )


def fall(
    tx: Transaction,
    order: CourtOrder,
    *,
    state: str,
    at: datetime,
    reason: str,
    by: CourtOrder | None = None,
    sentences_are: str = Sentence.State.QUASHED,
) -> None:
    """The rows of an order that falls, inside a change whose permission is settled."""
    order.state, order.state_at, order.state_reason = state, at, reason[:300]
    order.fell_by_id = None if by is None else by.pk
    order.version += 1
    order.save(update_fields=["state", "state_at", "state_reason", "fell_by_id", "version"])
    ended = []
    for sentence in order.sentences.filter(state=Sentence.State.STANDS):
        _set_sentence(sentence, sentences_are, at)
        ended.append(sentence.pk)
    tx.record(
        events.OrderFell(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
            state=state,
            by_order_id=order.fell_by_id,
        ),
        details={"reason": reason},
    )
    shorten_followers(tx, by or order, ended, reason=reason)
    for deed in order.deeds.filter(what=What.MADE_HEARING):
        settle_hearing(tx, deed.target_id, reason=reason)


def _stand_again(tx: Transaction, order: CourtOrder, *, reason: str) -> None:
    fell_at = order.state_at
    order.state, order.state_at, order.state_reason = State.STANDS, None, ""
    order.fell_by_id = None
    order.version += 1
    order.save(update_fields=["state", "state_at", "state_reason", "fell_by_id", "version"])
    for sentence in order.sentences.filter(ended_at=fell_at):
        settle_sentence(tx, sentence.pk)
    tx.record(
        events.OrderStandsAgain(
            person_id=order.person_id,
            establishment_id=order.establishment_id,
            order_id=order.pk,
        ),
        details={"reason": reason},
    )
    for deed in order.deeds.filter(what=What.MADE_HEARING, undone_at=None):
        settle_hearing(tx, deed.target_id, reason=reason)


def settle_sentence(tx: Transaction, sentence_id: int) -> None:
    """A sentence stands while its order does and no other ends it."""
    sentence = Sentence.objects.select_related("order").get(pk=sentence_id)
    ending = deeds.counting(What.ENDED_SENTENCE, sentence_id)
    order = sentence.order
    if order.state != State.STANDS:
        ended = sentence.state if sentence.ended_at is not None else Sentence.State.QUASHED
        state, at = str(ended), order.state_at
    elif ending:
        state, at = str(ending[0].after["state"]), ending[0].at
    else:
        state, at = str(Sentence.State.STANDS), None
    if (sentence.state, sentence.ended_at) != (state, at):
        _set_sentence(sentence, state, at)


def end_sentences(tx: Transaction, by: CourtOrder, earlier: CourtOrder, *, reason: str) -> None:
    """What `by` ends of the sentences of an order of which others stand on: the paper holds no
    longer than those."""
    mine = [d for d in deeds.of_order(by, What.ENDED_SENTENCE) if d.effective_at is not None]
    own = set(earlier.sentences.values_list("pk", flat=True))
    ended = [deed.target_id for deed in mine if deed.target_id in own]
    for sentence_id in ended:
        settle_sentence(tx, sentence_id)
    tx.record(
        events.OrderChangedInPart(
            person_id=earlier.person_id,
            establishment_id=earlier.establishment_id,
            order_id=earlier.pk,
            by_order_id=by.pk,
        ),
        details={"reason": reason, "sentences": ended},
    )
    _reach(tx, by, earlier, reason=reason)
    shorten_followers(tx, by, ended, reason=reason)


def shorten_followers(
    tx: Transaction, by: CourtOrder, sentence_ids: Iterable[int], *, reason: str
) -> None:
    """What followed sentences that fell begins on its own day: its paper holds no longer than so;
    where others took their place, it begins after those.

    Longer only where a court made longer what it follows: anything else is for the calculation, and
    for whoever looks at it.
    """
    ended, seen = _and_before_them(sentence_ids), {by.pk}
    recorded = last_days_of(by.person_id)
    changed = {one for one in ended if recorded.in_its_place(one)}
    while ended:
        rows = Sentence.objects.filter(
            consecutive_to_id__in=ended, state=Sentence.State.STANDS, order__state=State.STANDS
        ).exclude(order_id__in=seen)
        following = CourtOrder.objects.filter(pk__in=rows.values("order_id"), person=by.person_id)
        ended = []
        for order in following.order_by("pk"):
            seen.add(order.pk)
            own = order.sentences.values_list("pk", "consecutive_to_id")
            longer = any(follows in changed for _, follows in own)
            _reach(tx, by, order, longer=longer, reason=reason)
            ended += [pk for pk, _ in own]
            changed |= {pk for pk, _ in own if longer}


def _and_before_them(sentence_ids: Iterable[int]) -> list[int]:
    """These, and of those that were changed the ones whose place they had taken: what followed the
    first of a paper follows its last."""
    found = set(sentence_ids)
    new = set(found)
    while new:
        changed = Sentence.objects.filter(pk__in=new, state=Sentence.State.REPLACED)
        earlier = Sentence.objects.filter(
            order_id__in=changed.values("order__changes_id"), state=Sentence.State.REPLACED
        )
        new = set(earlier.values_list("pk", flat=True)) - found
        found |= new
    return sorted(found)


def _reach(
    tx: Transaction, by: CourtOrder, order: CourtOrder, *, longer: bool = False, reason: str
) -> None:
    """The paper holds to the last day of its sentences as they are now, never `longer` unless so
    said."""
    brief = warrants_of(order.person_id).get(order.warrant_name_id or 0)
    until = order_reaches_to(order)
    if brief is None or brief.ends_at is not None or brief.until is None or until is None:
        return
    if until < brief.until or (longer and until != brief.until):
        move_warrant(
            tx,
            by,
            brief,
            until=until,
            next_appearance=brief.next_appearance,
            amount_cents=brief.amount_cents,
            reason=reason,
        )


def settle_hearing(tx: Transaction, hearing_id: int, *, reason: str) -> None:
    """A hearing that orders made is on while one of them stands and none takes its day away.

    What a person cancelled, and a day of which it is known what came, stay as they are; a day that
    is past is asked about unless there never was such an order.
    """
    hearing = Hearing.objects.get(pk=hearing_id)
    made = list(OrderDeed.objects.select_related("order").filter(
        what=What.MADE_HEARING, target_id=hearing_id
    ))  # fmt: skip
    by_person = hearing.cancelled_at is not None and hearing.cancelled_by_order_id is None
    if hearing.outcome or by_person or not made:
        return
    makers = [deed.order for deed in made]
    taking = deeds.counting(What.CANCELLED_HEARING, hearing_id)
    by = None
    if taking:
        by = taking[0].order
    elif all(deed.undone_at or deed.order.state != State.STANDS for deed in made):
        by = makers[-1]
    if by is None:
        if hearing.cancelled_at is not None:
            _restore(tx, hearing, reason)
        return
    never = all(deed.undone_at is not None for deed in made)
    to_come = hearing.on >= day_of(tx.now, hearing.establishment_id)
    if hearing.cancelled_at is None and (never or to_come):
        hearing.cancelled_at, hearing.cancelled_reason = tx.now, reason[:300]
        hearing.cancelled_by_order_id = by.pk
        hearing.version += 1
        hearing.save()
        tx.record(
            events.HearingCancelled(
                person_id=hearing.person_id,
                establishment_id=hearing.establishment_id,
                hearing_id=hearing.pk,
            ),
            details={"reason": reason},
        )


def _restore(tx: Transaction, hearing: Hearing, reason: str) -> None:
    hearing.cancelled_at, hearing.cancelled_reason = None, ""
    hearing.cancelled_by_order_id = None
    hearing.version += 1
    hearing.save()
    tx.record(
        events.HearingRestored(
            person_id=hearing.person_id,
            establishment_id=hearing.establishment_id,
            hearing_id=hearing.pk,
        ),
        details={"reason": reason},
    )


def _set_sentence(sentence: Sentence, state: str, at: datetime | None) -> None:
    sentence.state, sentence.ended_at = state, at
    sentence.version += 1
    sentence.save(update_fields=["state", "ended_at", "version"])
