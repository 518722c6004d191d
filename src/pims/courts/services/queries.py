"""What the clerk of a court is asked about an order, and what the answer was."""

from pims.courts import events
from pims.courts.models import OrderQuery
from pims.courts.services.common import RECORD, locked_order
from pims.foundation.commands.transaction import Transaction, service
from pims.kernel.errors import NotFound
from pims.kernel.text import clean_field

LETTER = 4_000


@service
def send_order_query(tx: Transaction, *, query_id: int, text: str) -> None:
    """The drafted query, as a person worded it, was sent. Raises NotFound, InvalidInput."""
    query = _locked(tx, query_id)
    query.text = clean_field("text", text, limit=LETTER, multiline=True) or query.text
    query.sent_at = tx.now
    query.save(update_fields=["text", "sent_at"])
    tx.record(
        events.OrderQuerySent(
            person_id=query.order.person_id,
            establishment_id=query.order.establishment_id,
            order_id=query.order_id,
            query_id=query.pk,
        ),
        details={"text": query.text},
    )


@service
def record_order_answer(tx: Transaction, *, query_id: int, answer: str) -> None:
    """What the clerk said; given again, it takes the place of the first. It changes no order.

    Raises InvalidInput without an answer, NotFound.
    """
    query = _locked(tx, query_id)
    said = clean_field("answer", answer, limit=LETTER, multiline=True, required=True)
    before, query.answer, query.answered_at = query.answer, said, query.answered_at or tx.now
    query.save(update_fields=["answer", "answered_at"])
    tx.record(
        events.OrderQueryAnswered(
            person_id=query.order.person_id,
            establishment_id=query.order.establishment_id,
            order_id=query.order_id,
            query_id=query.pk,
        ),
        details={"answer": said, "before": before},
    )


def _locked(tx: Transaction, query_id: int) -> OrderQuery:
    found = OrderQuery.objects.filter(pk=query_id).values_list("order_id", flat=True).first()
    if found is None:
        raise NotFound("query", query_id)
    order = locked_order(tx, found, RECORD)
    query = OrderQuery.objects.get(pk=query_id)
    query.order = order
    return query
