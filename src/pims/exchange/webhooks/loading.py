"""What is to be pushed to an endpoint next, and what became of it.

Before anything is sent the endpoint's place in the feed and the deliveries are committed; after it
what became of each. Whoever is killed in between sends some of it again, with the same id.
"""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from pims.exchange import selectors
from pims.exchange.enforcement import Told, open_own, reading
from pims.exchange.feed import rendering
from pims.exchange.models import Delivery, Endpoint, EndpointState, Message, Published
from pims.exchange.rules import retry
from pims.exchange.rules.retry import Fault, Schedule
from pims.exchange.rules.telling import tells
from pims.exchange.selectors import VersionInfo
from pims.exchange.services.endpoints import pause_gone
from pims.exchange.webhooks import secretfiles
from pims.exchange.webhooks.sending import Answer
from pims.exchange.webhooks.signing import Secret
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command
from pims.kernel import clock

BATCH = 100
# So many places of the feed are looked at for those that are an agency's own.
SCAN = 500
SCHEDULE = Schedule()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, ready to be sent. Those of a lane (a prisoner) go one after another."""

    delivery_id: int
    position: int
    message_id: str
    body: bytes
    lane: str


@dataclass(frozen=True, slots=True)
class Load:
    """What to send now; `again_at` is when to look again where nobody says that there is more."""

    parcels: tuple[Parcel, ...] = ()
    more: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """An endpoint that is pushed to."""

    endpoint_id: int
    agreement_id: int
    agency_id: int
    url: str
    secret_name: str

    def secrets(self) -> tuple[Secret, ...]:
        return tuple(secretfiles.held(self.secret_name, at=clock.now()))


def goals() -> list[Goal]:
    """The endpoints that are pushed to now: active, of an active agency, under an agreement in
    force. Whoever is not among them loses nothing: their place in the feed waits."""
    versions = {one.agreement_id for one in selectors.in_force()}
    rows = Endpoint.objects.filter(state=Endpoint.State.ACTIVE, agreement_id__in=versions)
    return [
        Goal(
            row.pk,
            row.agreement_id,
            row.agreement.agency_id,
            row.url,
            row.secret_name or secretfiles.OWN_KEY,
        )
        for row in rows.select_related("agreement").order_by("pk")
    ]


def load(goal: Goal) -> Load:
    """What is due again, and what is new, rendered under the agreement as it is now."""
    now = clock.now()
    standing = selectors.in_force(agency_ids=[goal.agency_id])
    version = next((one for one in standing if one.agreement_id == goal.agreement_id), None)
    state = EndpointState.objects.get(endpoint_id=goal.endpoint_id)
    if version is None:
        return Load()
    if state.rests_until is not None and state.rests_until > now:
        return Load(again_at=state.rests_until)
    # Whoever did not answer is asked with one message, not with a hundred.
    most = 1 if state.failures else BATCH
    due = list(_pending(goal).filter(next_at__lte=now).order_by("next_at", "position")[:most])
    fresh, looked_upto = _fresh(state, version, most - len(due))
    ready = _rendered(version, {*(row.position for row in due), *(p.position for p in fresh)})
    rows: dict[int, Delivery] = {}
    if due or looked_upto > state.queued_upto:
        rows = _noted(goal, due, ready, looked_upto)
    waiting = _pending(goal).filter(next_at__gt=now).order_by("next_at")
    return Load(
        parcels=tuple(
            Parcel(rows[position].pk, position, str(told.message_id), body, _lane(told))
            for position, (told, body) in sorted(ready.items())
        ),
        more=bool(due) or looked_upto > state.queued_upto,
        again_at=waiting.values_list("next_at", flat=True).first(),
    )


def settle(goal: Goal, sent: Sequence[tuple[Parcel, Answer]]) -> None:
    """Write down what became of what was sent. What was not tried stays as it was."""
    now = clock.now()
    faults = [retry.fault_of(answer.status) for _, answer in sent]
    with transaction.atomic():
        state = EndpointState.objects.select_for_update().get(endpoint_id=goal.endpoint_id)
        _settle_taken(sent, faults, now)
        missed = [one for one, fault in zip(sent, faults, strict=True) if fault is not None]
        rows = Delivery.objects.select_for_update().in_bulk([p.delivery_id for p, _ in missed])
        for parcel, answer in missed:
            row = rows.get(parcel.delivery_id)
            if row is not None and row.state == Delivery.State.PENDING:
                _settle_missed(row, answer, now)
        _settle_state(goal, state, sent, faults, now)
    if Fault.GONE in faults:
        pause_gone(Command(system_actor()), endpoint_id=goal.endpoint_id)


def _pending(goal: Goal) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint_id=goal.endpoint_id, state=Delivery.State.PENDING)


def _fresh(state: EndpointState, version: VersionInfo, room: int) -> tuple[list[Published], int]:
    """Messages that are for the agency, of those that nobody has looked at for this endpoint yet;
    and how far that looks. What it finds is judged again by whoever reads them."""
    after = Published.objects.filter(position__gt=state.queued_upto).order_by("position")
    found: list[Published] = []
    looked_upto = state.queued_upto
    if room <= 0:
        return found, looked_upto
    for place in after.select_related("message")[:SCAN]:
        if len(found) == room:
            break
        looked_upto = place.position
        if _is_for(version, place.message):
            found.append(place)
    return found, looked_upto


def _is_for(version: VersionInfo, message: Message) -> bool:
    labels = frozenset(message.labels) | frozenset(message.labels_now)
    return tells(
        version.reach, message.judged_as, frozenset(message.facets_before),
        frozenset(message.facets_after), labels,
    )  # fmt: skip


def _rendered(version: VersionInfo, positions: Collection[int]) -> dict[int, tuple[Told, bytes]]:
    """The messages at these positions as the agency may read them now; others are absent.

    The receipt that they leave says what was made ready for it; a delivery says whether it came.
    """
    if not positions:
        return {}
    inquired = open_own(version_id=version.version_id)
    with reading(inquired) as reader:
        told = reader.messages(positions=positions)
        return {
            one.position: (one, json.dumps(event, separators=(",", ":")).encode())
            for one, event in zip(told, rendering.render(reader, told), strict=True)
        }


def _noted(
    goal: Goal, due: Sequence[Delivery], ready: Collection[int], looked_upto: int
) -> dict[int, Delivery]:
    """Commit how far was looked, and a delivery for each message, before anything is sent."""
    now = clock.now()
    rows = {row.position: row for row in due}
    with transaction.atomic():
        state = EndpointState.objects.select_for_update().get(endpoint_id=goal.endpoint_id)
        made = [
            Delivery(endpoint_id=goal.endpoint_id, position=position, next_at=now)
            for position in sorted(set(ready) - rows.keys())
        ]
        Delivery.objects.bulk_create(made)
        # No longer theirs: the agreement has changed since they were first tried.
        gone = [row.pk for row in due if row.position not in ready]
        Delivery.objects.filter(pk__in=gone).update(state=Delivery.State.SKIPPED)
        state.queued_upto, state.taken_at = max(looked_upto, state.queued_upto), now
        state.save(update_fields=["queued_upto", "taken_at"])
    return rows | {row.position: row for row in made}


def _lane(told: Told) -> str:
    return f"message {told.position}" if told.person_id is None else f"person {told.person_id}"


def _settle_taken(
    sent: Sequence[tuple[Parcel, Answer]], faults: Sequence[Fault | None], now: datetime
) -> None:
    """Those that were taken, in one statement for each status that said so."""
    taken: dict[int | None, list[int]] = defaultdict(list)
    for (parcel, answer), fault in zip(sent, faults, strict=True):
        if fault is None:
            taken[answer.status].append(parcel.delivery_id)
    for status, ids in taken.items():
        Delivery.objects.filter(pk__in=ids, state=Delivery.State.PENDING).update(
            state=Delivery.State.DELIVERED,
            attempts=F("attempts") + 1,
            first_at=Coalesce("first_at", now),
            delivered_at=now,
            last_status=status,
            last_error="",
        )


def _settle_missed(row: Delivery, answer: Answer, now: datetime) -> None:
    row.attempts += 1
    row.first_at = row.first_at or now
    row.last_status, row.last_error = answer.status, answer.error
    following = retry.after_failure(
        attempts=row.attempts, first_at=row.first_at, now=now, chance=random.random(),
        asked_for=answer.asked_for, schedule=SCHEDULE,
    )  # fmt: skip
    row.state = Delivery.State.DEAD if following.dead else Delivery.State.PENDING
    row.next_at = following.at or row.next_at
    row.save()


def _settle_state(
    goal: Goal,
    state: EndpointState,
    sent: Sequence[tuple[Parcel, Answer]],
    faults: Sequence[Fault | None],
    now: datetime,
) -> None:
    """A receiver that took anything, or said no to one message, is there; one that did neither
    rests. Once it is back, what waited for it goes at once."""
    if not sent:
        return
    state.tried_at = now
    last = sent[-1][1]
    state.last_status, state.last_error = last.status, last.error
    there = any(fault in (None, Fault.MESSAGE) for fault in faults)
    if there:
        if state.failures:
            _pending(goal).exclude(pk__in=[p.delivery_id for p, _ in sent]).update(next_at=now)
        state.failures, state.failing_since, state.rests_until = 0, None, None
    else:
        state.failures += 1
        state.failing_since = state.failing_since or now
        asked = max((a.asked_for for _, a in sent if a.asked_for), default=None)
        pause = retry.wait(state.failures, chance=random.random(), schedule=SCHEDULE)
        if asked is not None:
            pause = max(pause, min(asked, retry.LONGEST_ASKED))
        state.rests_until = now + pause
    state.save()


def note_beat(goal: Goal, answer: Answer) -> None:
    """A heartbeat was taken, or not. One that is taken ends a rest: somebody is there again."""
    if retry.fault_of(answer.status) is not None:
        return
    now = clock.now()
    with transaction.atomic():
        state = EndpointState.objects.select_for_update().get(endpoint_id=goal.endpoint_id)
        state.beat_at = now
        if state.failures:
            state.failures, state.failing_since, state.rests_until = 0, None, None
            _pending(goal).update(next_at=now)
        state.save()
