"""What the exchange does with every event: keep the shelf true, and tell whoever is to be told.

One name for both, so that one transaction does both: `agency_freshness` reads its progress.
"""

from pims.exchange.feed.beginning import SUBSCRIBER, begun_at
from pims.exchange.feed.making import follow
from pims.exchange.feed.telling import TOLD
from pims.exchange.inbound import following
from pims.foundation.outbox.last import is_followed
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import subscriber

__all__ = ["following", "is_about_somebody", "tell"]

# The rooms of whose facts the shelf is made.
ROOMS = (
    "custody", "authority", "courts", "sentences", "release", "people", "safety", "vault",
    "biometrics",
)  # fmt: skip


def is_about_somebody(event: EventRecord) -> bool:
    return event.person_id is not None


@subscriber(
    SUBSCRIBER, kinds=[f"{room}.*" for room in ROOMS], only=is_about_somebody, since=begun_at
)
def tell(event: EventRecord) -> None:
    """Shelve the person anew and make the message, in the transaction that marks the event.

    Of several changes of one person at once the last has them shelved; a change that is told of is
    never passed over.
    """
    if event.kind in TOLD or not _comes_again(event):
        follow(event)


def _comes_again(event: EventRecord) -> bool:
    """Whether another event of the same person follows, which will see to the shelf."""
    person_id, seq = event.person_id, event.event_seq
    return person_id is not None and seq is not None and is_followed(person_id, seq, rooms=ROOMS)
