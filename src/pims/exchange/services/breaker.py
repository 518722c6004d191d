"""Messages that are held until a person has looked, and the amnesties that explain a burst."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from django.db import connection
from django.db.models import QuerySet

from pims.exchange import events_delivering as events
from pims.exchange import limits
from pims.exchange.catalogue import TEST_LABEL
from pims.exchange.feed import publishing, retractions
from pims.exchange.models import Announcement, Hold, Message
from pims.exchange.rules import breaker as rules
from pims.exchange.rules.breaker import Announced, Arrived, Verdict
from pims.exchange.services.common import end_everywhere, raise_at
from pims.foundation.access.scope import require_held
from pims.foundation.access.selectors import system_actor
from pims.foundation.commands.transaction import Command, Transaction, service
from pims.kernel.decisions import refuse
from pims.kernel.errors import InvalidInput, NotFound
from pims.kernel.reasons import Reason
from pims.kernel.text import clean_field

BREAKER = "exchange.breaker"
ALARM = "messages_held"
LET_GO, WITHDRAWN = "let_go", "withdrawn"
REASON = 500
# An amnesty is announced for days, not for good.
LONGEST_AMNESTY = timedelta(days=14)
MOST_FREED = 5000
_LOCK = 0x50494D53_4252


@dataclass(frozen=True, slots=True)
class HoldResult:
    hold_id: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncementResult:
    announcement_id: int


def screen(messages: Sequence[Message]) -> list[Message]:
    """Those of these new messages that may leave now; the others are held, in this transaction.

    Their rows exist. Nobody else counts until the transaction ends: take no lock after this but
    that of whoever publishes.
    """
    one_at_a_time()
    passing: list[Message] = []
    for message in messages:
        verdict, waits = _judged(message)
        if not verdict.held:
            passing.append(message)
            continue
        hold = waits if verdict.kind == rules.BEHIND else _hold_for(verdict, message)
        assert hold is not None
        message.state, message.hold, message.held_as = Message.State.HELD, hold, verdict.kind
        message.save(update_fields=["state", "hold", "held_as"])
    return passing


@service
def open_hold(
    tx: Transaction, *, kind: str, params: dict[str, str | int], establishment_id: int | None = None
) -> HoldResult:
    """Begin to hold messages, and have somebody look."""
    tx.require("assurance.sweep")
    hold = Hold.objects.create(kind=kind, opened_at=tx.now, params=params)
    tx.record(events.MessagesHeld(hold_id=hold.pk, hold_kind=kind))
    _alarm(tx, hold, establishment_id)
    return HoldResult(hold.pk)


@service
def alarm_here_too(tx: Transaction, *, hold_id: int, establishment_id: int) -> HoldResult:
    """Messages of another establishment are held with those of the first: its officers are told."""
    tx.require("assurance.sweep")
    hold = Hold.objects.get(pk=hold_id)
    _alarm(tx, hold, establishment_id)
    return HoldResult(hold.pk)


def _alarm(tx: Transaction, hold: Hold, establishment_id: int | None) -> None:
    raise_at(
        tx, kind=ALARM, key=_alarm_key(hold.pk), since=hold.opened_at,
        establishment_id=establishment_id, params={"hold_id": hold.pk, "why": [hold.kind]},
    )  # fmt: skip


@service
def let_go(tx: Transaction, *, hold_id: int, reason: str) -> HoldResult:
    """They are true: send what is held, in the order in which it happened.

    Raises InvalidInput, NotFound, Refused (decided already), NotPermitted.
    """
    hold, kept = _to_decide(tx, hold_id, reason)
    going = list(_held(hold))
    _release(going)
    _decided(tx, hold, LET_GO, kept, len(going), 0)
    return HoldResult(hold.pk, len(going))


@service
def withdraw(tx: Transaction, *, hold_id: int, reason: str, retract: bool = False) -> HoldResult:
    """They are not true: none of them is ever sent.

    What only stood behind them is true by itself and leaves, unless it takes one of them back.
    With `retract`, those of the same burst that had left before it was noticed are taken back too.
    Raises InvalidInput, NotFound, Refused (decided already), NotPermitted.
    """
    hold, kept = _to_decide(tx, hold_id, reason)
    held = list(_held(hold))
    false = [one for one in held if one.held_as != rules.BEHIND]
    gone = {one.pk for one in false}
    for one in held:
        if one.retracts_id in gone:
            gone.add(one.pk)
    Message.objects.filter(pk__in=gone).update(state=Message.State.WITHDRAWN)
    _release([one for one in held if one.pk not in gone])
    retracting = _left_before(hold) if retract else ()
    made = [retractions.retract(one, at=tx.now) for one in retracting]
    publishing.publish([one.pk for one in made])
    _decided(tx, hold, WITHDRAWN, kept, len(gone), len(made))
    return HoldResult(hold.pk, len(gone))


@service
def announce_amnesty(
    tx: Transaction, *, starts_at: datetime, ends_at: datetime, expected: int, reason: str
) -> AnnouncementResult:
    """Say beforehand that many will be freed; it counts once a second officer says so too.

    Raises InvalidInput, NotPermitted.
    """
    require_held(tx.actor, BREAKER)
    kept = clean_field("reason", reason, limit=REASON, multiline=True, required=True)
    if ends_at <= starts_at or ends_at <= tx.now:
        raise InvalidInput({"ends_at": Reason("exchange.ends_before_it_starts")})
    if ends_at - starts_at > LONGEST_AMNESTY:
        days = {"days": LONGEST_AMNESTY.days}
        raise InvalidInput({"ends_at": Reason("exchange.amnesty_too_long", days)})
    if not 1 <= expected <= MOST_FREED:
        raise InvalidInput({"expected": Reason("exchange.expected_range", {"most": MOST_FREED})})
    row = Announcement.objects.create(
        kind="amnesty", starts_at=starts_at, ends_at=ends_at, expected=expected, reason=kept,
        made_at=tx.now, made_by_id=tx.actor.user_id,
    )  # fmt: skip
    tx.record(
        events.AmnestyAnnounced(
            announcement_id=row.pk, expected=expected, starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
        )
    )  # fmt: skip
    return AnnouncementResult(row.pk)


@service
def second_amnesty(tx: Transaction, *, announcement_id: int) -> AnnouncementResult:
    """The second officer's word. Raises NotFound, Refused (the same officer), NotPermitted."""
    require_held(tx.actor, BREAKER)
    row = _announcement(announcement_id)
    if row.withdrawn_at is not None or row.ends_at <= tx.now:
        refuse(Reason("exchange.amnesty_over")).require()
    if row.made_by_id == tx.actor.user_id:
        refuse(Reason("exchange.another_officer", decided_by=BREAKER)).require()
    if row.seconded_at is None:
        row.seconded_at, row.second_by_id = tx.now, tx.actor.user_id
        row.save(update_fields=["seconded_at", "second_by_id"])
        tx.record(events.AmnestySeconded(announcement_id=row.pk))
    return AnnouncementResult(row.pk)


@service
def withdraw_amnesty(tx: Transaction, *, announcement_id: int) -> AnnouncementResult:
    """It is not to be, or over before its time. Raises NotFound, NotPermitted."""
    require_held(tx.actor, BREAKER)
    row = _announcement(announcement_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = tx.now
        row.save(update_fields=["withdrawn_at"])
        tx.record(events.AmnestyWithdrawn(announcement_id=row.pk))
    return AnnouncementResult(row.pk)


def one_at_a_time() -> None:
    """Nobody else screens or decides until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _judged(message: Message) -> tuple[Verdict, Hold | None]:
    """Why a message is held, and the hold of the one that it stands behind."""
    arrived = Arrived(message.type, message.origin, message.recorded_at, message.made_at)
    earlier = _counted(message)
    lateness = limits.lateness()
    before = {
        limit.code: _at_most(
            earlier.filter(type__in=limit.types, made_at__gt=message.made_at - limit.within),
            limit.most,
        )
        for limit in limits.limits()
        if message.type in limit.types
    }
    late_before = 0
    if rules.is_late(arrived, lateness):
        late = [
            one
            for one in earlier.filter(made_at__gt=message.made_at - lateness.within)
            .order_by("-pk")
            .values_list("made_at", "recorded_at")[: lateness.most * 10]
            if one[0] - one[1] > lateness.after
        ]
        late_before = len(late)
    waits = None
    if message.person_id is not None:
        first = Message.objects.filter(
            person_id=message.person_id, state=Message.State.HELD, pk__lt=message.pk
        )
        waiting = first.select_related("hold").order_by("pk").first()
        waits = waiting.hold if waiting else None
    verdict = rules.judge(
        arrived,
        limits=limits.limits(),
        before=before,
        lateness=lateness,
        late_before=late_before,
        announced=_announced(message) if arrived.type in rules.AMNESTY else (),
        person_waits=waits is not None,
        made_up=TEST_LABEL in message.labels,
    )
    return verdict, waits


def _counted(message: Message) -> QuerySet[Message]:
    """The messages before this one that count: whatever was withdrawn never was, and of test
    prisoners nobody is told but who tries things out."""
    found = Message.objects.exclude(state=Message.State.WITHDRAWN).filter(pk__lt=message.pk)
    return found.exclude(labels__contains=[TEST_LABEL])


def _at_most(found: QuerySet[Message], most: int) -> int:
    """How many there are, without counting further than matters."""
    return len(found.values_list("pk", flat=True)[:most])


def _announced(message: Message) -> list[Announced]:
    rows = Announcement.objects.filter(
        withdrawn_at=None, starts_at__lte=message.made_at, ends_at__gt=message.made_at
    )
    return [
        Announced(
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            expected=row.expected,
            told=_at_most(
                _counted(message).filter(type__in=rules.AMNESTY, made_at__gte=row.starts_at),
                row.expected,
            ),
            confirmed=row.seconded_at is not None,
        )
        for row in rows
    ]


def _hold_for(verdict: Verdict, message: Message) -> Hold:
    """The open hold of this kind, or a new one."""
    standing = Hold.objects.filter(kind=verdict.kind, decision="")
    if "limit" in verdict.params:
        standing = standing.filter(params__limit=verdict.params["limit"])
    hold = standing.order_by("pk").first()
    if hold is not None:
        if message.establishment_id is not None:
            once = uuid5(NAMESPACE_OID, f"hold/{hold.pk}/at/{message.establishment_id}")
            alarm_here_too(
                Command(system_actor(), once), hold_id=hold.pk,
                establishment_id=message.establishment_id,
            )  # fmt: skip
        return hold
    number = Hold.objects.count()
    command = Command(system_actor(), uuid5(NAMESPACE_OID, f"hold/{number}/{verdict.kind}"))
    params = {k: v for k, v in verdict.params.items() if isinstance(v, str | int)}
    opened = open_hold(
        command, kind=verdict.kind, params=params, establishment_id=message.establishment_id
    )
    return Hold.objects.get(pk=opened.hold_id)


def _to_decide(tx: Transaction, hold_id: int, reason: str) -> tuple[Hold, str]:
    require_held(tx.actor, BREAKER)
    kept = clean_field("reason", reason, limit=REASON, multiline=True, required=True)
    one_at_a_time()
    hold = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("hold", hold_id)
    if hold.decision:
        refuse(Reason("exchange.hold_decided")).require()
    return hold, kept


def _held(hold: Hold) -> QuerySet[Message]:
    return (
        hold.messages.select_for_update(of=("self",))
        .filter(state=Message.State.HELD)
        .order_by("pk")
    )


def _release(messages: Iterable[Message]) -> None:
    going = list(messages)
    Message.objects.filter(pk__in=[one.pk for one in going]).update(state=Message.State.READY)
    publishing.publish([one.pk for one in going])


def _left_before(hold: Hold) -> QuerySet[Message]:
    """The messages of the burst that had left before the limit was reached."""
    limit = next((one for one in limits.limits() if one.code == hold.params.get("limit")), None)
    found = Message.objects.filter(
        published__isnull=False, made_at__lte=hold.opened_at, retracts=None
    )
    if limit is None:
        return found.none()
    found = found.exclude(labels__contains=[TEST_LABEL])
    return found.filter(type__in=limit.types, made_at__gt=hold.opened_at - limit.within).order_by(
        "pk"
    )


def _decided(
    tx: Transaction, hold: Hold, decision: str, reason: str, count: int, retracted: int
) -> None:
    hold.decision, hold.reason = decision, reason
    hold.decided_at, hold.decided_by_id = tx.now, tx.actor.user_id
    hold.save()
    end_everywhere(tx.beyond_scope(), kind=ALARM, key=_alarm_key(hold.pk))
    tx.record(
        events.HoldDecided(hold_id=hold.pk, decision=decision, count=count, retracted=retracted)
    )


def _announcement(announcement_id: int) -> Announcement:
    row = Announcement.objects.select_for_update().filter(pk=announcement_id).first()
    if row is None:
        raise NotFound("announcement", announcement_id)
    return row


def _alarm_key(hold_id: int) -> str:
    return f"hold-{hold_id}"
