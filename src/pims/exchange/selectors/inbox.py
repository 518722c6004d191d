"""What came in from other agencies, for the officers who decide on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from pims.exchange.inbound.differences import Plan, plan
from pims.exchange.inbound.kinds import message_kinds
from pims.exchange.inbound.kinds.registry import Content, Kind
from pims.exchange.inbound.rows import INBOX, Said, persons_of, said
from pims.exchange.models import Inbound, OrderClock
from pims.exchange.rules import inbound as rules
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import require_held, visible_ids
from pims.foundation.access.selectors import user_names
from pims.kernel.errors import NotFound
from pims.people import selectors as people
from pims.people.selectors import PersonHeader

OPEN = (rules.UNMATCHED, rules.WAITING)
MOST = 200


@dataclass(frozen=True, slots=True)
class ClockInfo:
    """From the coming of a release order to freedom; `stopped_because` is a code, "" while it runs
    or where the person walked."""

    arrived_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    freed_at: datetime | None
    stopped_because: str

    @property
    def runs(self) -> bool:
        return self.freed_at is None and not self.stopped_because


@dataclass(frozen=True, slots=True)
class InboundLine:
    """One message in a list. `person` None where nobody was found, or nobody of whom the viewer
    may know; `kind` None for what is no kind of ours."""

    inbound_id: UUID
    message_id: str
    agency: str
    agency_es: str
    agency_id: int
    kind: Kind | None
    state: str
    received_at: datetime
    sent_at: datetime | None
    channel: str
    problems: tuple[str, ...]
    person: PersonHeader | None
    clock: ClockInfo | None

    def agency_in(self, language: str) -> str:
        return self.agency_es if language.startswith("es") and self.agency_es else self.agency

    @property
    def sounds(self) -> bool:
        return self.state in OPEN and self.clock is not None


@dataclass(frozen=True, slots=True)
class StepInfo:
    at: datetime
    state: str
    codes: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """Whom one line of a list, or the one subject of a message, was found to mean."""

    person: PersonHeader | None
    how: str
    doubts: tuple[str, ...]
    candidates: tuple[tuple[PersonHeader, tuple[str, ...]], ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class InboundDetail:
    """One message whole, with what would be done now. `content` None where it cannot be read."""

    line: InboundLine
    version: int
    establishment_id: int | None
    content: Content | None
    body: str
    kid: str
    digest: str
    corrects: str
    corrected_id: UUID | None
    matched: EntryInfo | None
    entries: tuple[EntryInfo, ...]
    plan: Plan
    steps: tuple[StepInfo, ...]
    decided_at: datetime | None
    decided_by: str
    reason: str
    result: dict[str, object]

    @property
    def open(self) -> bool:
        return self.line.state in OPEN


def inbox(viewer: Actor, establishment_id: int | None) -> list[InboundLine]:
    """What waits for an officer, the most urgent first, then what came first; with it what nobody
    has looked at yet, which is a moment's matter while all is well."""
    kinds = message_kinds()
    rows = (
        _seen_at(viewer, establishment_id)
        .filter(state__in=(rules.RECEIVED, *OPEN))
        .annotate(
            heard=Exists(OrderClock.objects.filter(inbound=OuterRef("pk"))),
            urgency=Case(
                *(When(kind=code, then=Value(kind.urgency)) for code, kind in kinds.items()),
                default=Value(len(kinds)),
                output_field=IntegerField(),
            ),
        )
        .order_by("-heard", "urgency", "received_at")
    )
    # Before it is cut: however much waits, an order that lets somebody go is on top.
    return _lines(viewer, rows[:MOST])


def orders_waiting(establishment_id: int) -> int:
    """How many orders to let somebody go came here, or nobody knows yet where, and wait for an
    officer: a number, of nobody, for boards."""
    here = Q(inbound__establishment_id=establishment_id) | Q(inbound__establishment_id=None)
    return OrderClock.objects.filter(here, inbound__state__in=OPEN).count()


def decided(viewer: Actor, establishment_id: int | None, *, limit: int = 50) -> list[InboundLine]:
    """What came to its end, the last first: applied, refused, answered."""
    rows = _seen_at(viewer, establishment_id).exclude(state__in=(*OPEN, rules.RECEIVED))
    return _lines(viewer, rows.order_by("-received_at")[:limit])


def messages_about(viewer: Actor, person_id: int, *, limit: int = 50) -> list[InboundLine]:
    """The messages about one person, the last first. Raises NotPermitted."""
    require_held(viewer, INBOX)
    if person_id not in visible_ids(viewer, INBOX, [person_id]) and not viewer.system:
        raise NotFound("person", person_id)
    own = people.persons_of(person_id)
    rows = Inbound.objects.filter(person_id__in=own).order_by("-received_at")
    return _lines(viewer, rows[:limit])


def message(viewer: Actor, inbound_id: UUID) -> InboundDetail:
    """One message. Raises NotFound, also where it is about somebody out of sight."""
    require_held(viewer, INBOX)
    row = Inbound.objects.select_related("agency").filter(pk=inbound_id).first()
    if row is None:
        raise NotFound("message", inbound_id)
    # What nobody can put anywhere is everybody's who decides on messages.
    if row.establishment_id is not None and not viewer.can_at(INBOX, row.establishment_id):
        raise NotFound("message", inbound_id)
    about = set(persons_of(row))
    if row.person_id is not None and about - _seen(viewer, about):
        raise NotFound("message", inbound_id)
    heard = said(row)
    (line,) = _lines(viewer, [row])
    steps = list(row.steps.order_by("at", "pk"))
    names = user_names([*(s.user_id for s in steps if s.user_id), row.decided_by_id or 0])
    corrected = None
    if row.corrects:
        corrected = (
            Inbound.objects.filter(agency_id=row.agency_id, message_id=row.corrects)
            .values_list("pk", flat=True)
            .first()
        )
    return InboundDetail(
        line=line,
        version=row.version,
        establishment_id=row.establishment_id,
        content=heard.content,
        body=row.body,
        kid=row.kid,
        digest=bytes(row.digest).hex(),
        corrects=row.corrects,
        corrected_id=corrected,
        matched=_entry(viewer, row.proposal["match"]) if "match" in row.proposal else None,
        entries=tuple(_entry(viewer, one) for one in row.proposal.get("entries", ())),
        plan=_plan(viewer, row, heard),
        steps=tuple(
            StepInfo(s.at, s.state, tuple(s.codes), names.get(s.user_id or 0, "")) for s in steps
        ),
        decided_at=row.decided_at,
        decided_by=names.get(row.decided_by_id or 0, ""),
        reason=row.reason,
        result=dict(row.result),
    )


def _plan(viewer: Actor, row: Inbound, heard: Said) -> Plan:
    return plan(viewer, row, heard) if row.state in OPEN else Plan()


def _seen_at(viewer: Actor, establishment_id: int | None) -> QuerySet[Inbound]:
    """Messages where the viewer may decide on them; those about somebody out of sight fall out
    later, when whom they are about is looked up."""
    require_held(viewer, INBOX)
    rows = Inbound.objects.select_related("agency").defer("body", "signature")
    if establishment_id is not None:
        rows = rows.filter(Q(establishment_id=establishment_id) | Q(establishment_id=None))
        if not viewer.can_at(INBOX, establishment_id):
            return rows.none()
    return rows


def _seen(viewer: Actor, person_ids: Iterable[int]) -> set[int]:
    ids = set(person_ids)
    return ids if viewer.system else visible_ids(viewer, INBOX, ids)


def _lines(viewer: Actor, rows: Iterable[Inbound]) -> list[InboundLine]:
    found = list(rows)[:MOST]
    about = {row.person_id for row in found if row.person_id is not None}
    seen = _seen(viewer, about)
    heads = people.person_headers(viewer, seen, brief=True)
    clocks = {one.inbound_id: one for one in OrderClock.objects.filter(inbound__in=found)}
    names = user_names([c.acknowledged_by_id for c in clocks.values() if c.acknowledged_by_id])
    return [
        InboundLine(
            inbound_id=row.pk,
            message_id=row.message_id,
            agency=row.agency.name,
            agency_es=row.agency.name_es,
            agency_id=row.agency_id,
            kind=message_kinds().get(row.kind),
            state=row.state,
            received_at=row.received_at,
            sent_at=row.sent_at,
            channel=row.channel,
            problems=tuple(dict.fromkeys((*row.problems, *doubts_of(row)))),
            person=heads.get(row.person_id or 0),
            clock=_clock(clocks.get(row.pk), names),
        )
        for row in found
        if row.person_id is None or row.person_id in seen
    ]


def doubts_of(row: Inbound) -> tuple[str, ...]:
    """What is in doubt about whom it means: for officers, not for the sender."""
    return tuple(row.proposal.get("match", {}).get("doubts", ()))


def _clock(row: OrderClock | None, names: dict[int, str]) -> ClockInfo | None:
    if row is None:
        return None
    return ClockInfo(
        row.arrived_at, row.acknowledged_at, names.get(row.acknowledged_by_id or 0, ""),
        row.freed_at, row.stopped_because,
    )  # fmt: skip


def _entry(viewer: Actor, kept: dict[str, object]) -> EntryInfo:
    candidates = kept.get("candidates")
    listed = candidates if isinstance(candidates, list) else []
    person_id = kept.get("person_id")
    ids = {one["person_id"] for one in listed} | (
        {person_id} if isinstance(person_id, int) else set()
    )
    seen = _seen(viewer, ids)
    heads = people.person_headers(viewer, seen)
    doubts = kept.get("doubts")
    return EntryInfo(
        person=heads.get(person_id) if isinstance(person_id, int) else None,
        how=str(kept.get("how", "")),
        doubts=tuple(doubts) if isinstance(doubts, list) else (),
        candidates=tuple(
            (heads[one["person_id"]], tuple(one["hows"]))
            for one in listed
            if one["person_id"] in heads and one["person_id"] != person_id
        ),
        hidden=len(ids - seen),
    )
