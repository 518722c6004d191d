"""What the clerks of court were asked about defective papers."""

from dataclasses import dataclass
from datetime import datetime

from pims.authority.models import ClerkQuery
from pims.foundation.access.actor import Actor
from pims.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ClerkQueryInfo:
    query_id: int
    warrant_id: int
    body_name: str
    reference: str
    text: str
    drafted_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    answer: str


def query(viewer: Actor, query_id: int) -> ClerkQueryInfo:
    """One query to a clerk of court. Raises NotFound."""
    row = ClerkQuery.objects.select_related("warrant__body").filter(pk=query_id).first()
    if row is None or not viewer.can_at("authority.view", row.warrant.establishment_id):
        raise NotFound("query", query_id)
    return _query_info(row)


def queries_of(warrant_id: int) -> list[ClerkQueryInfo]:
    """The queries about one paper, for whoever may see the paper."""
    rows = ClerkQuery.objects.filter(warrant_id=warrant_id).select_related("warrant__body")
    return [_query_info(row) for row in rows.order_by("drafted_at")]


def open_queries(viewer: Actor, establishment_id: int) -> list[ClerkQueryInfo]:
    """Queries to clerks of court that have no answer yet, oldest first."""
    if not viewer.can_at("authority.view", establishment_id):
        return []
    rows = (
        ClerkQuery.objects.filter(warrant__establishment_id=establishment_id, answered_at=None)
        .select_related("warrant__body")
        .order_by("drafted_at")
    )
    return [_query_info(row) for row in rows]


def _query_info(row: ClerkQuery) -> ClerkQueryInfo:
    return ClerkQueryInfo(
        query_id=row.pk,
        warrant_id=row.warrant_id,
        body_name=row.warrant.body.name,
        reference=row.warrant.reference,
        text=row.text,
        drafted_at=row.drafted_at,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        answer=row.answer,
    )
