"""The queue of second readings, and what the second officer is shown of an order: nothing keyed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pims.courts.models import CourtOrder, SecondReading
from pims.courts.selectors.cases import VIEW
from pims.foundation.access.actor import Actor
from pims.foundation.access.scope import visible_ids
from pims.jurisdictions.order_kinds import order_kinds
from pims.kernel import clock
from pims.kernel.errors import NotFound
from pims.people import selectors as people

READ_AGAIN = "courts.read_again"


@dataclass(frozen=True, slots=True)
class ReadingDue:
    """One paper that is to be read again, or of which two readings differ.

    `order_id` and `reading_id` are those of the first whom it names and the viewer may see, who
    are `person_ids`. `own`: the viewer recorded it, so another must read it.
    """

    reading_id: int
    order_id: int
    paper: UUID
    person_ids: tuple[int, ...]
    kind: str
    label: dict[str, str]
    body_name: str
    reference: str
    received_at: datetime
    due_at: datetime
    late: bool
    own: bool
    differences: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return bool(self.differences)


@dataclass(frozen=True, slots=True)
class BlindOrder:
    """What the second officer is shown of an order before keying it: which paper, whom it names,
    and which boxes its kind has. None of the values of the first reading is here."""

    order_id: int
    paper: UUID
    kind: str
    label: dict[str, str]
    fields: tuple[str, ...]
    body_name: str
    reference: str
    person_id: int
    name_as_written: str
    person_ids: tuple[int, ...]
    received_at: datetime
    due_at: datetime
    scan_blob_id: str | None
    warrant_name_id: int | None
    release_order_id: int | None
    own: bool
    # Whether the viewer had the first reading shown: a reading of theirs is not blind.
    seen: bool = False


def readings_due(viewer: Actor, establishment_id: int) -> list[ReadingDue]:
    """The standing orders that wait for a second reading or for a difference to be settled.

    Differences first, then by when they are due: one row a paper. Constant queries.
    """
    if not viewer.can_at(VIEW, establishment_id):
        return []
    rows = list(
        SecondReading.objects.filter(
            order__establishment_id=establishment_id, order__state=CourtOrder.State.STANDS
        )
        .exclude(read_at__isnull=False, differences=[])
        .filter(settled_at=None)
        .select_related("order__body")
        .order_by("due_at", "pk")
    )
    roots = people.ids_canonical({row.person_id for row in rows})
    seen = set(roots.values()) if viewer.system else visible_ids(viewer, VIEW, roots.values())
    papers: dict[UUID, list[SecondReading]] = defaultdict(list)
    for row in rows:
        if roots[row.person_id] in seen:
            papers[row.order.paper].append(row)
    now = clock.now()
    found = [
        ReadingDue(
            reading_id=first.pk,
            order_id=first.order_id,
            paper=paper,
            person_ids=tuple(dict.fromkeys(roots[row.person_id] for row in of_one)),
            kind=first.order.kind,
            label=dict(order_kinds()[first.order.kind].label),
            body_name=first.order.body.name,
            reference=first.order.reference,
            received_at=first.order.received_at,
            due_at=first.due_at,
            late=first.read_at is None and first.due_at <= now,
            own=first.order.recorded_by_id == viewer.user_id,
            differences=tuple(first.differences),
        )
        for paper, of_one in papers.items()
        for first in of_one[:1]
    ]
    return sorted(found, key=lambda one: (not one.differs, one.due_at, one.order_id))


def order_to_read(viewer: Actor, order_id: int) -> BlindOrder:
    """The blind form of one order. Raises NotFound: unknown, out of reach, or read already."""
    row = CourtOrder.objects.select_related("body").filter(pk=order_id).first()
    if row is None:
        raise NotFound("court_order", order_id)
    beside = list(CourtOrder.objects.filter(paper=row.paper).order_by("pk"))
    roots = people.ids_canonical({one.person_id for one in beside})
    seen = set(roots.values())
    if not viewer.system:
        seen = visible_ids(viewer, READ_AGAIN, seen)
    reading = SecondReading.objects.filter(order=row, read_at=None).first()
    if roots[row.person_id] not in seen or reading is None:
        raise NotFound("court_order", order_id)
    kind = order_kinds()[row.kind]
    return BlindOrder(
        order_id=row.pk,
        paper=row.paper,
        kind=row.kind,
        label=dict(kind.label),
        fields=kind.fields,
        body_name=row.body.name,
        reference=row.reference,
        person_id=roots[row.person_id],
        name_as_written=row.name_as_written,
        person_ids=tuple(
            dict.fromkeys(roots[o.person_id] for o in beside if roots[o.person_id] in seen)
        ),
        received_at=row.received_at,
        due_at=reading.due_at,
        scan_blob_id=None if row.scan_blob_id is None else str(row.scan_blob_id),
        warrant_name_id=row.warrant_name_id,
        release_order_id=row.release_order_id,
        own=row.recorded_by_id == viewer.user_id,
        seen=viewer.user_id in reading.seen_by_ids,
    )
