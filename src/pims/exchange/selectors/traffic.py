"""What goes to agencies, as officers see it: delivered, on its way, held, dead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncHour

from pims.exchange.models import (
    AllowedAddress,
    Announcement,
    Cursor,
    Delivery,
    Endpoint,
    Hold,
    Inbound,
    Message,
    Published,
)
from pims.exchange.selectors.agencies import VIEW
from pims.exchange.selectors.agreements import VersionInfo, in_force
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held
from pims.foundation.access.selectors import user_names
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people

# What arrives longer after it came into the feed is late.
PROMISED = timedelta(seconds=5)
HOURS = 24


@dataclass(frozen=True, slots=True)
class EndpointInfo:
    """How pushing to one address goes. `waiting` are on their way, `unseen` places of the feed
    that were not looked at for it yet."""

    endpoint_id: int
    agreement_id: int
    agency_id: int
    agency_code: str
    agency_name: str
    purpose: str
    url: str
    scheme: str
    state: str
    state_reason: str
    state_at: datetime | None
    version: int
    own_secret: bool
    queued_upto: int
    unseen: int
    waiting: int
    delivered: int
    dead: int
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    tried_at: datetime | None
    last_status: int | None
    last_error: str
    beat_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """How far an agency has read the feed under an agreement in force, and what it is behind."""

    version: VersionInfo
    position: int
    behind: int
    seen_at: datetime | None
    acknowledged_at: datetime | None
    endpoint: EndpointInfo | None


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One message on its way to one endpoint, or arrived, or given up. It names nobody."""

    delivery_id: int
    position: int
    type: str
    occurred_at: datetime
    state: str
    attempts: int
    first_at: datetime | None
    next_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the last day: messages that arrived in time, late, and that were held."""

    begins: datetime
    in_time: int
    late: int
    held: int

    @property
    def all(self) -> int:
        return self.in_time + self.late + self.held


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """Messages that are or were held together. `types` counts them by what they tell."""

    hold_id: int
    kind: str
    params: Mapping[str, object]
    opened_at: datetime
    count: int
    types: Mapping[str, int]
    first_at: datetime | None
    last_at: datetime | None
    decision: str
    decided_at: datetime | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """One message of a hold; the prisoner only where the viewer may know of them."""

    message_id: int
    person_id: int | None
    type: str
    occurred_at: datetime
    recorded_at: datetime
    number: str
    name: str
    state: str
    held_as: str


@dataclass(frozen=True, slots=True)
class AnnouncementInfo:
    announcement_id: int
    starts_at: datetime
    ends_at: datetime
    expected: int
    told: int
    reason: str
    made_by_id: int
    made_by: str
    made_at: datetime
    second_by: str
    seconded_at: datetime | None
    withdrawn_at: datetime | None

    def stands(self, at: datetime) -> bool:
        return self.withdrawn_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True)
class AllowedInfo:
    allowed_id: int
    network: str
    plain: bool
    reason: str
    allowed_at: datetime
    by: str


def feeds(viewer: Actor) -> list[FeedInfo]:
    """Every agreement in force that tells of events, by agency. A constant number of queries."""
    require_held(viewer, VIEW)
    versions = [one for one in in_force() if one.terms.events]
    ids = [one.agreement_id for one in versions]
    newest = _newest()
    cursors = {row.agreement_id: row for row in Cursor.objects.filter(agreement_id__in=ids)}
    standing = Endpoint.objects.filter(agreement_id__in=ids).exclude(state="ended")
    pushed = {one.agreement_id: one for one in _endpoints(standing)}
    found = []
    for one in versions:
        cursor = cursors.get(one.agreement_id)
        position = cursor.position if cursor else 0
        found.append(
            FeedInfo(
                version=one,
                position=position,
                behind=max(0, newest - position),
                seen_at=cursor.seen_at if cursor else None,
                acknowledged_at=cursor.acknowledged_at if cursor else None,
                endpoint=pushed.get(one.agreement_id),
            )
        )
    return sorted(found, key=lambda one: (one.version.agency_name, one.version.purpose))


def endpoints(viewer: Actor) -> list[EndpointInfo]:
    """Every endpoint, those that ended last. A constant number of queries."""
    require_held(viewer, VIEW)
    return sorted(
        _endpoints(Endpoint.objects.all()),
        key=lambda one: (one.state == "ended", one.agency_name, one.endpoint_id),
    )


def endpoint(viewer: Actor, endpoint_id: int) -> EndpointInfo:
    """Raises NotFound, NotPermitted."""
    require_held(viewer, VIEW)
    found = _endpoints(Endpoint.objects.filter(pk=endpoint_id))
    if not found:
        raise NotFound("endpoint", endpoint_id)
    return found[0]


def deliveries(
    viewer: Actor, endpoint_id: int, *, state: str = "", limit: int = 50, before: int | None = None
) -> list[DeliveryLine]:
    """Messages of an endpoint, newest first, of one state where it is named. Two queries."""
    require_held(viewer, VIEW)
    rows = Delivery.objects.filter(endpoint_id=endpoint_id).exclude(state=Delivery.State.SKIPPED)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(position__lt=before)
    found = list(rows.order_by("-position")[:limit])
    places = Published.objects.select_related("message").in_bulk([row.position for row in found])
    return [
        DeliveryLine(
            delivery_id=row.pk,
            position=row.position,
            type=places[row.position].message.type,
            occurred_at=places[row.position].message.occurred_at,
            state=row.state,
            attempts=row.attempts,
            first_at=row.first_at,
            next_at=row.next_at,
            delivered_at=row.delivered_at,
            last_status=row.last_status,
            last_error=row.last_error,
            replayed=row.replayed_by_id is not None,
        )
        for row in found
    ]


def last_day(viewer: Actor) -> list[Hour]:
    """The last 24 hours, hour by hour, the oldest first: what arrived within the promised time of
    its place in the feed, what later, and how many were held. Three queries."""
    require_held(viewer, VIEW)
    now = clock.now()
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    arrived = Delivery.objects.filter(state=Delivery.State.DELIVERED, delivered_at__gte=first)
    rows = list(arrived.values_list("position", "delivered_at"))
    made = dict(
        Published.objects.filter(position__in={p for p, _ in rows}).values_list(
            "position", "published_at"
        )
    )
    in_time: dict[datetime, int] = defaultdict(int)
    late: dict[datetime, int] = defaultdict(int)
    for position, at in rows:
        assert at is not None
        hour = at.replace(minute=0, second=0, microsecond=0)
        on_time = position in made and at - made[position] <= PROMISED
        (in_time if on_time else late)[hour] += 1
    held = dict(
        Message.objects.filter(hold__isnull=False, made_at__gte=first)
        .annotate(hour=TruncHour("made_at", tzinfo=first.tzinfo))
        .values_list("hour")
        .annotate(n=Count("pk"))
    )
    hours = [first + timedelta(hours=n) for n in range(HOURS)]
    return [Hour(h, in_time[h], late[h], held.get(h, 0)) for h in hours]


def held_count() -> int:
    """How many messages are held now: a number, of nobody, for boards."""
    return Message.objects.filter(state=Message.State.HELD).count()


def holds(viewer: Actor, *, open_only: bool = False, limit: int = 50) -> list[HoldInfo]:
    """Holds, open ones first, then the newest. A constant number of queries."""
    require_held(viewer, VIEW)
    rows = Hold.objects.filter(decision="") if open_only else Hold.objects.all()
    return _holds(list(rows.order_by("-decided_at", "-opened_at")[:limit]))


def hold(viewer: Actor, hold_id: int) -> HoldInfo:
    """Raises NotFound, NotPermitted."""
    require_held(viewer, VIEW)
    found = _holds(list(Hold.objects.filter(pk=hold_id)))
    if not found:
        raise NotFound("hold", hold_id)
    return found[0]


def held_messages(viewer: Actor, hold_id: int, *, limit: int = 200) -> list[HeldMessage]:
    """The messages of a hold in the order in which they happened. Two queries."""
    require_held(viewer, VIEW)
    rows = list(Message.objects.filter(hold_id=hold_id).order_by("pk")[:limit])
    heads = people.person_headers(
        viewer, {row.person_id for row in rows if row.person_id is not None}, brief=True
    )
    return [
        HeldMessage(
            message_id=row.pk,
            person_id=row.person_id if row.person_id in heads else None,
            type=row.type,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            number=head.number if (head := heads.get(row.person_id or 0)) else "",
            name=head.display_name if head else "",
            state=row.state,
            held_as=row.held_as,
        )
        for row in rows
    ]


def announcements(viewer: Actor, *, limit: int = 20) -> list[AnnouncementInfo]:
    """Announced amnesties, the newest first."""
    require_held(viewer, VIEW)
    rows = list(Announcement.objects.order_by("-pk")[:limit])
    names = user_names(
        {i for row in rows for i in (row.made_by_id, row.second_by_id) if i is not None}
    )
    return [
        AnnouncementInfo(
            announcement_id=row.pk,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            expected=row.expected,
            told=Message.objects.filter(
                type="released", made_at__gte=row.starts_at, made_at__lt=row.ends_at
            )
            .exclude(state=Message.State.WITHDRAWN)
            .count(),
            reason=row.reason,
            made_by_id=row.made_by_id,
            made_by=names.get(row.made_by_id, ""),
            made_at=row.made_at,
            second_by=names.get(row.second_by_id or 0, ""),
            seconded_at=row.seconded_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def allowed_addresses(viewer: Actor) -> list[AllowedInfo]:
    """What messages may be pushed to within, now."""
    require_held(viewer, VIEW)
    rows = list(AllowedAddress.objects.filter(ended_at=None).order_by("pk"))
    names = user_names({row.recorded_by_id for row in rows})
    return [
        AllowedInfo(
            row.pk, row.network, row.plain, row.reason, row.allowed_at,
            names.get(row.recorded_by_id, ""),
        )
        for row in rows
    ]  # fmt: skip


def received_in_a_day(viewer: Actor) -> Mapping[str, int]:
    """How many messages came from agencies in the last day, by what became of them."""
    require_held(viewer, VIEW)
    rows = Inbound.objects.filter(received_at__gt=clock.now() - timedelta(days=1))
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def _endpoints(rows: Iterable[Endpoint]) -> list[EndpointInfo]:
    found = list(
        rows.select_related("agreement__agency", "goes")  # type: ignore[attr-defined]
    )
    newest = _newest()
    counts: dict[int, Mapping[str, int]] = {
        row["endpoint_id"]: {name: row[name] for name in ("waiting", "delivered", "dead")}
        for row in Delivery.objects.filter(endpoint__in=found)
        .values("endpoint_id")
        .annotate(
            waiting=Count("pk", filter=Q(state="pending")),
            delivered=Count("pk", filter=Q(state="delivered")),
            dead=Count("pk", filter=Q(state="dead")),
        )
    }
    return [_endpoint(row, counts.get(row.pk, {}), newest) for row in found]


def _endpoint(row: Endpoint, counts: Mapping[str, int], newest: int) -> EndpointInfo:
    goes, agency = row.goes, row.agreement.agency
    return EndpointInfo(
        endpoint_id=row.pk,
        agreement_id=row.agreement_id,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        purpose=row.agreement.purpose,
        url=row.url,
        scheme=row.scheme,
        state=row.state,
        state_reason=row.state_reason,
        state_at=row.state_at,
        version=row.version,
        own_secret=bool(row.secret_name),
        queued_upto=goes.queued_upto,
        unseen=0 if row.state == Endpoint.State.ENDED else max(0, newest - goes.queued_upto),
        waiting=counts.get("waiting", 0),
        delivered=counts.get("delivered", 0),
        dead=counts.get("dead", 0),
        failures=goes.failures,
        failing_since=goes.failing_since,
        rests_until=goes.rests_until,
        tried_at=goes.tried_at,
        last_status=goes.last_status,
        last_error=goes.last_error,
        beat_at=goes.beat_at,
    )


def _holds(rows: Sequence[Hold]) -> list[HoldInfo]:
    types: dict[int, dict[str, int]] = defaultdict(dict)
    spans: dict[int, tuple[datetime, datetime]] = {}
    for one in (
        Message.objects.filter(hold__in=rows)
        .values("hold_id", "type")
        .annotate(n=Count("pk"), first=Min("occurred_at"), last=Max("occurred_at"))
        .order_by("-n", "type")
    ):
        types[one["hold_id"]][one["type"]] = one["n"]
        first, last = spans.get(one["hold_id"], (one["first"], one["last"]))
        spans[one["hold_id"]] = (min(first, one["first"]), max(last, one["last"]))
    names = user_names({row.decided_by_id for row in rows if row.decided_by_id is not None})
    found = [
        HoldInfo(
            hold_id=row.pk,
            kind=row.kind,
            params=row.params,
            opened_at=row.opened_at,
            count=sum(types[row.pk].values()),
            types=types[row.pk],
            first_at=spans[row.pk][0] if row.pk in spans else None,
            last_at=spans[row.pk][1] if row.pk in spans else None,
            decision=row.decision,
            decided_at=row.decided_at,
            decided_by=names.get(row.decided_by_id or 0, ""),
            reason=row.reason,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (bool(one.decision), -one.opened_at.timestamp()))


def _newest() -> int:
    newest = Published.objects.order_by("-position").values_list("position", flat=True).first()
    return newest or 0
